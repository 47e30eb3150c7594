#include "policy/read.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "policy/describe_policy.h"

namespace sallyport {
namespace {

// A policy with these conditions, and members after them.
std::string policy_with(const std::string& conditions, const std::string& rest = "") {
  return R"({"id":"p","displayName":"P","state":"enabled","conditions":{)" + conditions + "}" +
         rest + "}";
}

PolicyReading read(const std::string& text, Dialect dialect = Dialect::lenient) {
  const auto document = json::parse(text);
  EXPECT_TRUE(document.has_value()) << text;
  return document ? read_policy(document->root(), dialect) : PolicyReading{};
}

bool has(const PolicyReading& reading, std::string_view code, std::string_view pointer) {
  return std::ranges::any_of(reading.findings, [&](const Finding& finding) {
    return finding.code == code && finding.pointer == pointer;
  });
}

std::string codes(const PolicyReading& reading) {
  std::string out;
  for (const auto& f : reading.findings) out += f.code + ' ' + f.pointer + ' ' + f.message + '\n';
  return out;
}

// What is not understood makes the policy stricter, and is reported where it stands.
struct Misunderstanding {
  const char* name;
  std::string text;
  bool (*is_stricter)(const Policy&);
  const char* code;
  const char* pointer;
};

class NotUnderstood : public testing::TestWithParam<Misunderstanding> {};

TEST_P(NotUnderstood, is_stricter_and_reported) {
  const auto& row = GetParam();
  const auto reading = read(row.text);
  EXPECT_TRUE(row.is_stricter(reading.policy)) << describe(reading.policy);
  EXPECT_TRUE(has(reading, row.code, row.pointer)) << codes(reading);
}

INSTANTIATE_TEST_SUITE_P(
    rows, NotUnderstood,
    testing::Values(
        Misunderstanding{"unknown_state", R"({"displayName":"P","state":"on","conditions":{}})",
                         [](const Policy& p) { return p.state == PolicyState::enabled; },
                         "L-unknown-word", "/state"},
        Misunderstanding{"missing_state", R"({"displayName":"P","conditions":{}})",
                         [](const Policy& p) { return p.state == PolicyState::enabled; },
                         "L-missing-state", ""},
        Misunderstanding{"unknown_condition", policy_with(R"("weather":["rain"])"),
                         [](const Policy& p) { return !p.conditions.platforms; },
                         "L-unknown-member", "/conditions/weather"},
        Misunderstanding{"agent_context", policy_with(R"("agentContext":{"x":1})"),
                         [](const Policy& p) { return !p.conditions.platforms; }, "L-unsupported",
                         "/conditions/agentContext"},
        Misunderstanding{"unknown_platform",
                         policy_with(R"("platforms":{"includePlatforms":["beOS"]})"),
                         [](const Policy& p) { return p.conditions.platforms->include.unknown; },
                         "L-unknown-word", "/conditions/platforms/includePlatforms/0"},
        Misunderstanding{"include_users_of_the_wrong_type",
                         policy_with(R"("users":{"includeUsers":{"a":1}})"),
                         [](const Policy& p) { return p.conditions.users->include.unknown; },
                         "L-wrong-type", "/conditions/users/includeUsers"},
        Misunderstanding{"unknown_include_member",
                         policy_with(R"("users":{"includeRobots":["All"]})"),
                         [](const Policy& p) { return p.conditions.users->include.unknown; },
                         "L-unknown-member", "/conditions/users/includeRobots"},
        Misunderstanding{"conditions_of_the_wrong_type",
                         R"({"displayName":"P","state":"enabled","conditions":[1]})",
                         [](const Policy& p) {
                           return p.conditions.users->include.unknown &&
                                  p.conditions.applications->include_all;
                         },
                         "L-wrong-type", "/conditions"},
        Misunderstanding{"unreadable_filter",
                         policy_with(R"("devices":{"deviceFilter":{"mode":"include",)"
                                     R"("rule":"device.isCompliant -maybe True"}})"),
                         [](const Policy& p) {
                           return p.conditions.devices->filter.has_value() &&
                                  !p.conditions.devices->filter->rule;
                         },
                         "L-filter", "/conditions/devices/deviceFilter/rule"},
        Misunderstanding{
            "context_out_of_range",
            policy_with(
                R"("applications":{"includeAuthenticationContextClassReferences":["c100"]})"),
            [](const Policy& p) {
              return p.conditions.applications->unknown_authentication_context;
            },
            "L-unknown-word",
            "/conditions/applications/includeAuthenticationContextClassReferences/0"},
        Misunderstanding{"unknown_control",
                         policy_with("", R"(,"grantControls":{"builtInControls":["verifiedID"]})"),
                         [](const Policy& p) {
                           return p.grant_controls->unknown_controls ==
                                  std::vector<std::string>{"verifiedID"};
                         },
                         "L-unknown-word", "/grantControls/builtInControls/0"},
        Misunderstanding{
            "unknown_operator", policy_with("", R"(,"grantControls":{"operator":"XOR"})"),
            [](const Policy& p) { return p.grant_controls->operation == GrantOperator::all_of; },
            "L-unknown-word", "/grantControls/operator"},
        Misunderstanding{
            "strength_without_id",
            policy_with("", R"(,"grantControls":{"authenticationStrength":{}})"),
            [](const Policy& p) { return !p.grant_controls->unknown_controls.empty(); },
            "L-strength-without-id", "/grantControls/authenticationStrength"},
        Misunderstanding{
            "frequency_without_time",
            policy_with("",
                        R"(,"sessionControls":{"signInFrequency":{"isEnabled":true,"value":"x"}})"),
            [](const Policy& p) { return p.session_controls->sign_in_frequency->every_time; },
            "L-wrong-type", "/sessionControls/signInFrequency/value"},
        Misunderstanding{"two_spellings_of_one_member",
                         R"({"displayName":"P","State":"disabled","state":"enabled"})",
                         [](const Policy& p) { return p.state == PolicyState::enabled; },
                         "L-member-twice", "/State"}),
    [](const auto& row) { return std::string(row.param.name); });

// Two documents that mean the same.
struct Same {
  const char* name;
  std::string written;
  std::string meant;
};

class Spellings : public testing::TestWithParam<Same> {};

TEST_P(Spellings, mean_the_same) {
  EXPECT_EQ(describe(read(GetParam().written).policy), describe(read(GetParam().meant).policy));
}

INSTANTIATE_TEST_SUITE_P(
    rows, Spellings,
    testing::Values(
        Same{"case_40_platforms_in_lower_case",
             policy_with(R"("platforms":{"includePlatforms":["ios","macos"]})"),
             policy_with(R"("platforms":{"includePlatforms":["iOS","macOS"]})")},
        Same{"case_45_modern", policy_with(R"("clientAppTypes":["modern","easUnsupported"])"),
             policy_with(
                 R"("clientAppTypes":["mobileAppsAndDesktopClients","exchangeActiveSync"])")},
        Same{"case_12_guest_types_in_pascal_case",
             policy_with(R"("users":{"includeGuestsOrExternalUsers":{"guestOrExternalUserTypes":)"
                         R"("B2bDirectConnectUser, B2bCollaborationGuest"}})"),
             policy_with(R"("users":{"includeGuestsOrExternalUsers":{"guestOrExternalUserTypes":)"
                         R"("b2bCollaborationGuest,b2bDirectConnectUser"}})")},
        Same{"member_names_in_any_case",
             R"({"ID":"p","DisplayName":"P","State":"ENABLED","Conditions":{},)"
             R"("GrantControls":{"BuiltInControls":["MFA"],"Operator":"or"}})",
             policy_with("", R"(,"grantControls":{"operator":"OR","builtInControls":["mfa"]})")},
        Same{"flags_as_a_list", policy_with(R"("insiderRiskLevels":["elevated","minor"])"),
             policy_with(R"("insiderRiskLevels":"minor,elevated")")},
        Same{"explicit_nulls",
             policy_with(R"("platforms":null,"locations":[],"times":null,"userRiskLevels":null)",
                         R"(,"sessionControls":null,"grantControls":null)"),
             policy_with("")},
        Same{"annotations",
             policy_with(R"("users@odata.type":"#x","users":{"includeUsers":["All"]})",
                         R"(,"#microsoft.graph.restore":{},"@odata.context":"y")"),
             policy_with(R"("users":{"includeUsers":["All"]})")},
        Same{"a_list_given_as_one_text", policy_with(R"("users":{"includeUsers":"all"})"),
             policy_with(R"("users":{"includeUsers":["All"]})")},
        Same{"agents_beside_users",
             policy_with(R"("agents":{"includeAgentUsers":["All"],"agentFilter":null})"),
             policy_with(R"("users":{"includeUsers":["AllAgentIdUsers"]})")},
        Same{"no_operator", policy_with("", R"(,"grantControls":{"builtInControls":["mfa"]})"),
             policy_with("", R"(,"grantControls":{"operator":"AND","builtInControls":["mfa"]})")},
        Same{"deprecated_traffic_profiles",
             policy_with(R"("applications":{"networkAccess":{"includeTrafficProfiles":"m365"}})"),
             policy_with(R"("applications":{})")},
        Same{"controls_that_are_off",
             policy_with("", R"(,"sessionControls":{"persistentBrowser":{"isEnabled":false,)"
                             R"("mode":"never"},"secureSignInSession":{"isEnabled":null}})"),
             policy_with("", R"(,"sessionControls":{})")}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Template, reads_as_a_policy_that_only_reports) {
  // Case 131: the placeholder is nobody's id.
  const auto reading = read(
      R"({"id":"t","name":"T","description":"d","scenarios":"new","details":{"conditions":{"users":)"
      R"({"includeUsers":["All"],"excludeUsers":["Current administrator will be excluded"]}}}})");
  EXPECT_EQ(reading.policy.state, PolicyState::report_only);
  EXPECT_EQ(reading.policy.display_name, "T");
  EXPECT_TRUE(reading.policy.conditions.users->include_all);
  EXPECT_TRUE(reading.policy.conditions.users->exclude.users.empty());
  EXPECT_TRUE(has(reading, "L-placeholder-user", "/details/conditions/users/excludeUsers/0"))
      << codes(reading);
  EXPECT_TRUE(has(reading, "L-template", ""));
}

TEST(Id, comes_from_the_name_when_there_is_none) {
  const auto first = read(R"({"displayName":"A","conditions":{}})").policy;
  EXPECT_EQ(first.id, read(R"({"state":"disabled","displayName":"A"})").policy.id);
  EXPECT_NE(first.id, read(R"({"displayName":"B"})").policy.id);
  EXPECT_EQ(first.id, PolicyId::of(first.id_text));
}

TEST(Offsets, lead_to_what_was_not_understood) {
  const std::string text = R"({"displayName": "P", "state": "on"})";
  const auto reading = read(text);
  const auto unknown = std::ranges::find_if(
      reading.findings, [](const Finding& f) { return f.code == "L-unknown-word"; });
  ASSERT_NE(unknown, reading.findings.end()) << codes(reading);
  EXPECT_EQ(unknown->offset, text.find("\"on\""));
}

// In the strict dialect shape errors have the number 1007.
struct Refusal {
  const char* name;
  std::string text;
  bool refused;
};

class StrictDialect : public testing::TestWithParam<Refusal> {};

TEST_P(StrictDialect, has_1007_for_the_shape) {
  const auto reading = read(GetParam().text, Dialect::strict);
  const bool refused = std::ranges::any_of(reading.findings, [](const Finding& finding) {
    return finding.severity == Severity::error && finding.code == "1007";
  });
  EXPECT_EQ(refused, GetParam().refused) << codes(reading);
}

INSTANTIATE_TEST_SUITE_P(
    rows, StrictDialect,
    testing::Values(Refusal{"plain", policy_with(""), false},
                    Refusal{"case_64_insider_risk_as_a_list",
                            policy_with(R"("insiderRiskLevels":["minor"])"), true},
                    Refusal{"insider_risk_as_flags",
                            policy_with(R"("insiderRiskLevels":"minor,elevated")"), false},
                    Refusal{"case_132_unknown_member", policy_with(R"("weather":[])"), true},
                    Refusal{"member_in_another_case",
                            R"({"displayName":"P","state":"enabled","Conditions":{}})", true},
                    Refusal{"case_40_words_in_another_case",
                            policy_with(R"("platforms":{"includePlatforms":["ios"]})"), false},
                    Refusal{"unknown_word",
                            policy_with(R"("platforms":{"includePlatforms":["beOS"]})"), true},
                    Refusal{"case_126_an_export_posted_again",
                            R"({"@odata.context":"x","id":"a","createdDateTime":"b",)"
                            R"("state":"enabled","conditions":{},"#microsoft.graph.restore":{}})",
                            false},
                    Refusal{"case_32_context_c0",
                            policy_with(R"("applications":{)"
                                        R"("includeAuthenticationContextClassReferences":["c0"]})"),
                            true},
                    Refusal{"list_as_text", policy_with(R"("users":{"includeUsers":"All"})"), true},
                    Refusal{"no_object", "[]", true}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Words, every_one_survives_writing_and_reading) {
  for (const auto word : {PolicyState::enabled, PolicyState::disabled, PolicyState::report_only}) {
    EXPECT_EQ(parse_policy_state(name_of(word)), word);
  }
  for (const auto word :
       {ClientApp::browser, ClientApp::mobile_apps_and_desktop_clients,
        ClientApp::exchange_active_sync, ClientApp::eas_supported, ClientApp::other}) {
    EXPECT_EQ(parse_client_app(name_of(word)), word);
  }
  for (const auto word : {GrantControl::block, GrantControl::mfa, GrantControl::compliant_device,
                          GrantControl::domain_joined_device, GrantControl::approved_application,
                          GrantControl::compliant_application, GrantControl::password_change,
                          GrantControl::risk_remediation}) {
    EXPECT_EQ(parse_grant_control(name_of(word)), word);
  }
  EXPECT_EQ(parse_platform("IOS"), Platform::ios);
  EXPECT_EQ(parse_platform("all"), std::nullopt);
  EXPECT_EQ(parse_user_action("URN:user:registerDevice"), UserAction::register_device);
}

}  // namespace
}  // namespace sallyport
