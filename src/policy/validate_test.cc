#include "policy/validate.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "directory/read.h"

namespace sallyport {
namespace {

constexpr const char* everybody = R"("users":{"includeUsers":["All"]})";
constexpr const char* everything = R"("applications":{"includeApplications":["All"]})";
constexpr const char* mfa = R"("grantControls":{"operator":"OR","builtInControls":["mfa"]})";

// A policy of conditions and controls, both without their braces' outer half.
std::string policy_of(const std::string& conditions, const std::string& controls = mfa) {
  return R"({"displayName":"P","state":"enabled","conditions":{)" + conditions + "}" +
         (controls.empty() ? "" : "," + controls) + "}";
}
std::string ordinary(const std::string& controls) {
  return policy_of(std::string(everybody) + "," + everything, controls);
}
std::string with(const std::string& condition, const std::string& controls = mfa) {
  return policy_of(std::string(everybody) + "," + everything + "," + condition, controls);
}
std::string on_apps(const std::string& applications, const std::string& controls = mfa) {
  return policy_of(std::string(everybody) + R"(,"applications":{)" + applications + "}", controls);
}
std::string rule_of(const std::string& rule) {
  return with(R"("devices":{"deviceFilter":{"mode":"include","rule":)" + rule + "}}");
}

std::vector<Violation> check(const std::string& text, Dialect dialect = Dialect::strict) {
  const auto document = json::parse(text);
  EXPECT_TRUE(document.has_value()) << text;
  return document ? validate(document->root(), empty_policy_set(), dialect)
                  : std::vector<Violation>{};
}

// `said`: rule and number of the first error, `advice` and rule, or empty.
struct Row {
  const char* name;
  std::string document;
  std::string said;
};

std::string first_of(const std::vector<Violation>& violations) {
  for (const auto& v : violations) {
    if (v.is_error) return std::string(v.rule) + ' ' + std::to_string(v.number);
  }
  return violations.empty() ? "" : "advice " + std::string(violations[0].rule);
}

class Rules : public testing::TestWithParam<Row> {};

TEST_P(Rules, in_the_rest_api) {
  const auto violations = check(GetParam().document);
  std::string all;
  for (const auto& v : violations) all += graph_message(v) + ' ' + v.pointer + '\n';
  EXPECT_EQ(first_of(violations), GetParam().said) << all;
}

const std::string password_reset =
    R"("grantControls":{"operator":"AND","builtInControls":["mfa","passwordChange"]})";
const std::string high_risk = R"("userRiskLevels":["high"])";
const std::string strength =
    R"("authenticationStrength":{"id":"00000000-0000-0000-0000-000000000004"})";

INSTANTIATE_TEST_SUITE_P(
    rows, Rules,
    testing::Values(
        Row{"ordinary", ordinary(mfa), ""},
        Row{"v1_no_name",
            R"({"state":"enabled","conditions":{)" + std::string(everybody) + "," + everything +
                "}," + mfa + "}",
            "V1 1007"},
        Row{"v1_no_conditions", R"({"displayName":"P","state":"enabled",)" + std::string(mfa) + "}",
            "V1 1007"},
        Row{"v2_no_users", policy_of(everything), "V2 1032"},
        Row{"v2_guests_are_users",
            policy_of(R"("users":{"includeGuestsOrExternalUsers":{"guestOrExternalUserTypes":)"
                      R"("internalGuest"}},)" +
                      std::string(everything)),
            ""},
        Row{"v3_all_and_a_group",
            policy_of(R"("users":{"includeUsers":["All"],"includeGroups":["g"]},)" +
                      std::string(everything)),
            "V3 1032"},
        Row{"v3_none_and_roles",
            policy_of(R"("users":{"includeUsers":["None"],"includeRoles":["r"]},)" +
                      std::string(everything)),
            ""},
        Row{"v4_no_target", policy_of(everybody), "V4 1032"},
        Row{"case_29_applications_and_actions",
            on_apps(R"("includeApplications":["All"],)"
                    R"("includeUserActions":["urn:user:registersecurityinfo"])"),
            "V4 1032"},
        Row{"v5_filter_includes_beside_all",
            on_apps(R"("includeApplications":["All"],"applicationFilter":{"mode":"include",)"
                    R"("rule":"CustomSecurityAttribute.A_B -eq \"x\""})"),
            "V5 1032"},
        Row{"v5_filter_excludes_beside_all",
            on_apps(R"("includeApplications":["All"],"applicationFilter":{"mode":"exclude",)"
                    R"("rule":"CustomSecurityAttribute.A_B -contains \"x\""})"),
            ""},
        Row{"v6_nothing_required", ordinary(""), "V6 1032"},
        Row{"case_112_only_controls_that_are_off",
            ordinary(R"("sessionControls":{"persistentBrowser":null,"disableResilienceDefaults":)"
                     R"(false,"signInFrequency":{"isEnabled":false}})"),
            "V6 1032"},
        Row{"v7_block_and_mfa",
            ordinary(R"("grantControls":{"operator":"OR","builtInControls":["block","mfa"]})"),
            "V7 1032"},
        Row{"case_96_mfa_and_strength",
            ordinary(R"("grantControls":{"operator":"AND","builtInControls":["mfa"],)" + strength +
                     "}"),
            "V8 1032"},
        Row{"case_97_password_change_without_mfa",
            with(high_risk, R"("grantControls":{"operator":"AND","builtInControls":)"
                            R"(["passwordChange"]})"),
            "V9 1032"},
        Row{"case_97_password_change_or",
            with(high_risk, R"("grantControls":{"operator":"OR","builtInControls":)"
                            R"(["mfa","passwordChange"]})"),
            "V9 1032"},
        Row{"case_97_password_change_with_platforms",
            with(high_risk + R"(,"platforms":{"includePlatforms":["all"]})", password_reset),
            "V9 1032"},
        Row{"case_97_password_change_with_exclusion",
            policy_of(std::string(everybody) + "," + high_risk +
                          R"(,"applications":{"includeApplications":["All"],)"
                          R"("excludeApplications":["Office365"]})",
                      password_reset),
            "V9 1032"},
        Row{"case_98_password_change_and_mfa", with(high_risk, password_reset), ""},
        Row{"password_change_with_flows_of_none",
            with(high_risk + R"(,"authenticationFlows":{"transferMethods":"none"})",
                 password_reset),
            ""},
        Row{"case_99_remediation_without_strength",
            with(high_risk, R"("grantControls":{"operator":"AND","builtInControls":)"
                            R"(["riskRemediation"]})"),
            "V10 1032"},
        Row{"remediation_with_strength",
            with(high_risk, R"("grantControls":{"operator":"AND","builtInControls":)"
                            R"(["riskRemediation"],)" +
                                strength + "}"),
            ""},
        Row{"case_30_register_device_compliant",
            on_apps(R"("includeUserActions":["urn:user:registerdevice"])",
                    R"("grantControls":{"operator":"OR","builtInControls":["compliantDevice"]})"),
            "V11 1032"},
        Row{"case_31_register_device_strength",
            on_apps(R"("includeUserActions":["urn:user:registerdevice"])",
                    R"("grantControls":{"operator":"OR",)" + strength + "}"),
            ""},
        Row{"v12_workload_mfa",
            policy_of(R"("clientApplications":{"includeServicePrincipals":["s"]},)" +
                      std::string(everything)),
            "V12 1032"},
        Row{"v12_workload_block",
            policy_of(R"("clientApplications":{"includeServicePrincipals":["s"]},)" +
                          std::string(everything),
                      R"("grantControls":{"operator":"OR","builtInControls":["block"]})"),
            ""},
        Row{"v13_agents_mfa",
            policy_of(R"("clientApplications":{"includeAgentIdServicePrincipals":["All"]},)" +
                      std::string(everything)),
            "V13 1032"},
        Row{"v13_agents_by_location",
            policy_of(
                R"("clientApplications":{"includeAgentIdServicePrincipals":["All"]},)"
                R"("locations":{"includeLocations":["All"],"excludeLocations":["AllTrusted"]},)" +
                    std::string(everything),
                R"("grantControls":{"operator":"OR","builtInControls":["block"]})"),
            "V13 1032"},
        Row{"v13_agents_by_risk",
            policy_of(R"("clientApplications":{"includeAgentIdServicePrincipals":["All"]},)"
                      R"("agentIdRiskLevels":"high",)" +
                          std::string(everything),
                      R"("grantControls":{"operator":"OR","builtInControls":["block"]})"),
            ""},
        Row{"v14_app_control_on_a_mac",
            with(R"("platforms":{"includePlatforms":["macOS"]})",
                 R"("grantControls":{"operator":"OR","builtInControls":["approvedApplication"]})"),
            "advice V14"},
        Row{"v15_sync_for_everybody", with(R"("clientAppTypes":["exchangeActiveSync"])"),
            "advice V15"},
        Row{"case_107_every_time_with_a_value",
            ordinary(R"("sessionControls":{"signInFrequency":{"isEnabled":true,"value":4,)"
                     R"("type":"hours","frequencyInterval":"everyTime"}})"),
            "V16 1032"},
        Row{"v16_without_a_type",
            ordinary(R"("sessionControls":{"signInFrequency":{"isEnabled":true,"value":4}})"),
            "V16 1032"},
        Row{"v16_many_hours",
            ordinary(R"("sessionControls":{"signInFrequency":{"isEnabled":true,"value":48,)"
                     R"("type":"hours","frequencyInterval":"timeBased"}})"),
            "advice V16"},
        Row{"v17_for_one_application",
            on_apps(R"("includeApplications":["a"])",
                    R"("sessionControls":{"continuousAccessEvaluation":{"mode":"disabled"}})"),
            "advice V17"},
        Row{"v18_browser_for_one_application",
            on_apps(R"("includeApplications":["a"])",
                    R"("sessionControls":{"persistentBrowser":{"isEnabled":true,"mode":"never"}})"),
            "V18 1032"},
        Row{"v19_restrictions_everywhere",
            ordinary(R"("sessionControls":{"applicationEnforcedRestrictions":{"isEnabled":true}})"),
            "advice V19"},
        Row{"case_83_filter_and_states",
            with(R"("devices":{"excludeDevices":["Compliant"],"deviceFilter":{"mode":"include",)"
                 R"("rule":"device.isCompliant -eq True"}})"),
            "V20 1032"},
        Row{"case_83_filter_and_empty_states",
            with(R"("devices":{"excludeDevices":[],"deviceFilter":{"mode":"include",)"
                 R"("rule":"device.isCompliant -eq True"}})"),
            ""},
        Row{"case_81_operator_not_supported", rule_of(R"("device.isCompliant -startsWith \"T\"")"),
            "V21 1032"},
        Row{"case_82_unknown_property", rule_of(R"("device.unknownThing -eq \"x\"")"), "V21 1032"},
        Row{"case_80_a_rule_of_3072",
            rule_of("\"device.model -eq \\\"" + std::string(3072 - 19, 'm') + "\\\"\""), ""},
        Row{"case_80_a_rule_of_3073",
            rule_of("\"device.model -eq \\\"" + std::string(3073 - 19, 'm') + "\\\"\""),
            "V21 1032"},
        Row{"v22_users_and_workloads",
            with(R"("clientApplications":{"includeServicePrincipals":["s"]})",
                 R"("grantControls":{"operator":"OR","builtInControls":["block"]})"),
            "V22 1032"},
        Row{"v23_unknown_location",
            with(R"("locations":{"includeLocations":["11111111-1111-1111-1111-111111111111"]})"),
            "V23 1032"},
        Row{"v23_mfa_trusted_ips_are_no_location",
            with(R"("locations":{"includeLocations":["All"],)"
                 R"("excludeLocations":["00000000-0000-0000-0000-000000000000","AllTrusted"]})"),
            ""},
        Row{"v23_unknown_strength",
            ordinary(R"("grantControls":{"operator":"OR","authenticationStrength":{"id":"x"}})"),
            "V23 1032"},
        Row{"v24_two_risks", with(high_risk + R"(,"signInRiskLevels":["high"])"), "advice V24"},
        Row{"case_32_context_c100",
            on_apps(R"("includeAuthenticationContextClassReferences":["c100"])"), "schema 1007"},
        Row{"case_64_insider_risk_list", with(R"("insiderRiskLevels":["minor"])"), "schema 1007"},
        Row{"case_132_unknown_member", with(R"("weather":["rain"])"), "schema 1007"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Rules, count_applications) {
  std::string ids;
  for (int i = 0; i < 251; ++i) ids += (i == 0 ? "\"a" : ",\"a") + std::to_string(i) + "\"";
  EXPECT_EQ(first_of(check(on_apps(R"("includeApplications":[)" + ids + "]"))), "limit 1032");
}

TEST(Rules, count_policies) {
  EXPECT_FALSE(check_policy_count(240).has_value());
  EXPECT_TRUE(check_policy_count(241).has_value());
}

TEST(Rules, of_templates_point_into_the_details) {
  const auto violations =
      check(R"({"name":"T","details":{"conditions":{},"grantControls":null}})", Dialect::lenient);
  ASSERT_FALSE(violations.empty());
  EXPECT_EQ(violations[0].pointer, "/details/conditions/users");
}

TEST(Rules, references_are_advice_on_import) {
  const auto violations =
      check(with(R"("locations":{"includeLocations":["x"]})"), Dialect::lenient);
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_FALSE(violations[0].is_error);
  EXPECT_EQ(violations[0].pointer, "/conditions/locations/includeLocations/0");
}

TEST(GraphError, has_the_services_shape) {
  const auto violations = check(policy_of(everything));
  ASSERT_FALSE(violations.empty());
  const auto message = graph_message(violations[0]);
  EXPECT_EQ(message.substr(0, 20), "1032: InvalidUsers: ");
  EXPECT_EQ(graph_error_body("BadRequest", "1007: a \"b\"", {"2026-01-31T12:00:00", "r", "c"}),
            R"({"error":{"code":"BadRequest","message":"1007: a \"b\"","innerError":)"
            R"({"date":"2026-01-31T12:00:00","request-id":"r","client-request-id":"c"}}})");
}

// Named locations are checked where they are read; the cases stand with the other refusals.
TEST(NamedLocation, cases_54_55_57) {
  const auto refused = [](const std::string& text) {
    const auto document = json::parse(text);
    EXPECT_TRUE(document.has_value()) << text;
    return read_named_location(document->root(), Dialect::strict).has_errors();
  };
  const auto with_ranges = [](const std::string& ranges) {
    return R"({"@odata.type":"#microsoft.graph.ipNamedLocation","displayName":"L",)"
           R"("isTrusted":false,"ipRanges":[)" +
           ranges + "]}";
  };
  const auto range = [](const std::string& cidr) {
    return R"({"@odata.type":"#microsoft.graph.iPv4CidrRange","cidrAddress":")" + cidr + "\"}";
  };
  EXPECT_TRUE(refused(with_ranges(range("10.0.0.0/8"))));
  EXPECT_FALSE(refused(with_ranges(range("10.0.0.0/9"))));
  std::string many = range("203.0.113.0/32");
  for (int i = 1; i < 2000; ++i) {
    many +=
        "," + range("198.51." + std::to_string(i / 256) + "." + std::to_string(i % 256) + "/32");
  }
  EXPECT_FALSE(refused(with_ranges(many)));
  EXPECT_TRUE(refused(with_ranges(many + "," + range("192.0.2.1/32"))));
  EXPECT_TRUE(refused(R"({"displayName":"L","isTrusted":false,"ipRanges":[)" +
                      range("203.0.113.0/24") + "]}"));
}

}  // namespace
}  // namespace sallyport
