// Compliance documents: everything the table of settings knows is read, checked and written back.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/base64.h"
#include "compliance/assignment_filter.h"
#include "compliance/setting.h"

namespace sallyport::compliance {
namespace {

json::Document parsed(const std::string& text) {
  auto document = json::parse(text);
  EXPECT_TRUE(document.has_value()) << text;
  return document ? std::move(*document) : json::Document();
}

std::string policy(PolicyType type, const std::string& members) {
  return R"({"@odata.type":"#microsoft.graph.)" + std::string(name_of(type)) +
         R"(","id":"p","displayName":"P")" + members +
         R"(,"scheduledActionsForRule":[{"scheduledActionConfigurations":[)"
         R"({"actionType":"block","gracePeriodHours":0}]}]})";
}

CompliancePolicyReading read(const std::string& text, Dialect dialect = Dialect::strict) {
  return read_compliance_policy(parsed(text).root(), dialect);
}

std::string rules_content() {
  return encode_base64(
      R"({"Rules":[{"SettingName":"Bios","Operator":"IsEquals","DataType":"String","Operand":"1",)"
      R"("MoreInfoUrl":"https://example.org","RemediationStrings":[{"Language":"en_US",)"
      R"("Title":"t","Description":"d"}]}]})");
}

// A value that asks for something.
std::string asking_value(const SettingRow& row) {
  switch (row.type) {
    case SettingType::boolean: return "true";
    case SettingType::integer: return std::to_string(row.most);
    case SettingType::word: {
      const auto asks = std::ranges::find_if(row.words, [&](std::string_view word) {
        return !asks_for_nothing(word) && word != "anywhere";
      });
      return '"' + std::string(*asks) + '"';
    }
    case SettingType::version: return R"("10.0.1")";
    case SettingType::build: return R"("20E772520a")";
    case SettingType::date: return R"("2025-02-01")";
    case SettingType::builds:
      return R"([{"description":"d","lowestVersion":"10.0.1","highestVersion":"10.0.2"}])";
    case SettingType::wsl: return R"([{"distribution":"ubuntu","minimumOSVersion":"22.04"}])";
    case SettingType::apps: return R"([{"name":"Clips","appId":"com.example.clips"}])";
    case SettingType::script:
      return R"({"deviceComplianceScriptId":"s","rulesContent":")" + rules_content() + "\"}";
    case SettingType::opaque:
    case SettingType::distros: break;
  }
  return "\"x\"";
}

template <class Visit>
void each_typed_row(Visit visit) {
  for (std::size_t i = 0; i < policy_type_count; ++i) {
    const auto type = static_cast<PolicyType>(i);
    if (type == PolicyType::linux || type == PolicyType::built_in) continue;
    for (const auto& row : setting_rows()) {
      if ((row.types & bit_of(type)) != 0) visit(type, row);
    }
  }
}

TEST(Settings, are_read_from_every_type_that_has_them) {
  int count = 0;
  each_typed_row([&](PolicyType type, const SettingRow& row) {
    ++count;
    std::string members = ",\"" + std::string(row.member) + "\":" + asking_value(row);
    if (!row.gate.empty()) members += ",\"" + std::string(row.gate) + "\":true";
    const auto reading = read(policy(type, members));
    const bool opaque = row.type == SettingType::opaque;
    EXPECT_EQ(reading.findings.size(), opaque ? 1U : 0U)
        << members << (reading.findings.empty() ? "" : reading.findings[0].message);
    ASSERT_EQ(reading.policy.settings.size(), 1U) << members;
    EXPECT_FALSE(required_words(reading.policy.settings[0]).empty());
    EXPECT_FALSE(row.name.empty());
    EXPECT_FALSE(row.remedy.empty());
  });
  EXPECT_GT(count, 200);
}

TEST(Settings, ask_for_nothing_when_null_or_off) {
  each_typed_row([](PolicyType type, const SettingRow& row) {
    const auto name = ",\"" + std::string(row.member) + "\":";
    EXPECT_TRUE(read(policy(type, name + "null")).policy.settings.empty()) << name;
    if (row.type == SettingType::boolean) {
      EXPECT_TRUE(read(policy(type, name + "false")).policy.settings.empty()) << name;
    }
  });
}

TEST(Settings, of_a_wrong_kind_are_met_by_nothing) {
  each_typed_row([](PolicyType type, const SettingRow& row) {
    if (row.type == SettingType::opaque) return;
    for (const std::string wrong : {R"({"a":1})", "[3]", "1.5"}) {
      std::string members = ",\"" + std::string(row.member) + "\":" + wrong;
      if (!row.gate.empty()) members += ",\"" + std::string(row.gate) + "\":true";
      const auto reading = read(policy(type, members), Dialect::lenient);
      // An object without script or rules asks for nothing.
      if (row.type == SettingType::script && wrong.front() == '{') continue;
      EXPECT_FALSE(reading.findings.empty()) << members;
      ASSERT_EQ(reading.policy.settings.size(), 1U) << members;
      const auto& setting = reading.policy.settings[0];
      EXPECT_TRUE(!setting.understood || setting.ranges.empty()) << members;
    }
  });
}

TEST(Settings, have_bounds_that_the_interface_refuses_beyond) {
  each_typed_row([](PolicyType type, const SettingRow& row) {
    if (row.type != SettingType::integer) return;
    for (const auto number : {row.least, row.most}) {
      const auto text = ",\"" + std::string(row.member) + "\":" + std::to_string(number);
      EXPECT_TRUE(read(policy(type, text)).findings.empty()) << text;
    }
    for (const auto number : {row.least - 1, row.most + 1}) {
      const auto text = ",\"" + std::string(row.member) + "\":" + std::to_string(number);
      EXPECT_FALSE(read(policy(type, text)).findings.empty()) << text;
    }
  });
}

TEST(Documents, keep_what_they_do_not_know_and_are_their_own_canonical_form) {
  each_typed_row([](PolicyType type, const SettingRow& row) {
    const auto text = policy(type, ",\"newThing\":{\"a\":[1]},\"" + std::string(row.member) +
                                       "\":" + asking_value(row) + ",\"extra@odata.type\":\"x\"");
    const auto document = parsed(text);
    json::Arena arena;
    const auto once = json::write(canonical_compliance_policy(document.root(), arena));
    EXPECT_NE(once.find("newThing"), std::string::npos);
    EXPECT_NE(once.find("extra@odata.type"), std::string::npos);
    const auto again = parsed(once);
    EXPECT_EQ(json::write(canonical_compliance_policy(again.root(), arena)), once);
    EXPECT_EQ(once.size(), json::write(document.root()).size());
  });
}

TEST(Documents, are_read_in_any_spelling_when_lenient) {
  const auto reading = read(
      R"({"@odata.type":"#Microsoft.Graph.WINDOWS10compliancePolicy","Id":"p","displayname":"P",)"
      R"("TPMrequired":true,"PasswordRequiredType":"AlphaNumeric"})",
      Dialect::lenient);
  EXPECT_EQ(reading.policy.type, PolicyType::windows10);
  EXPECT_EQ(reading.policy.settings.size(), 2U);
}

TEST(Documents, of_an_unknown_type_are_for_no_device) {
  const auto reading =
      read(R"({"@odata.type":"#microsoft.graph.visionOSCompliancePolicy","displayName":"P"})");
  EXPECT_EQ(platform_of(reading.policy.type), Platform::unknown);
  ASSERT_FALSE(reading.findings.empty());
  EXPECT_EQ(reading.findings[0].pointer, "/@odata.type");
}

TEST(Documents, have_another_edition_when_their_settings_change) {
  const auto edition = [](const std::string& members) {
    return read(policy(PolicyType::macos, members)).policy.edition;
  };
  EXPECT_EQ(edition(R"(,"passwordMinimumLength":6)"), edition(R"(,"passwordMinimumLength":6)"));
  EXPECT_NE(edition(R"(,"passwordMinimumLength":6)"), edition(R"(,"passwordMinimumLength":8)"));
  EXPECT_EQ(edition(R"(,"description":"a")"), edition(R"(,"description":"b")"));
}

TEST(Catalog, asks_for_what_it_does_not_know) {
  const auto reading =
      read(R"({"@odata.type":"#microsoft.graph.deviceManagementCompliancePolicy","name":"L",)"
           R"("settings":[{"settingInstance":{"settingDefinitionId":"linux_secure_boot_required",)"
           R"("choiceSettingValue":{"value":"linux_secure_boot_required_true"}}}]})",
           Dialect::lenient);
  ASSERT_EQ(reading.policy.settings.size(), 1U);
  EXPECT_FALSE(reading.policy.settings[0].understood);
}

TEST(Names, of_states_are_read_in_any_case_and_written_in_their_own) {
  EXPECT_EQ(parse_compliance_state("nonCompliant"), ComplianceState::noncompliant);
  EXPECT_EQ(name_of(ComplianceState::noncompliant), "noncompliant");
  EXPECT_EQ(parse_compliance_status("noncompliant"), ComplianceStatus::non_compliant);
  EXPECT_EQ(name_of(ComplianceStatus::non_compliant), "nonCompliant");
  EXPECT_FALSE(parse_compliance_state("well").has_value());
}

TEST(Filters, refuse_what_is_too_long_or_too_deep) {
  EXPECT_FALSE(AssignmentRule::parse(std::string(4000, '(')).has_value());
  EXPECT_FALSE(AssignmentRule::parse(std::string(100, '(') + "device.model -eq \"a\"" +
                                     std::string(100, ')'))
                   .has_value());
}

TEST(Filters, over_apps_match_no_device) {
  const auto rule = AssignmentRule::parse(R"((app.osVersion -ne "1"))");
  ASSERT_TRUE(rule.has_value());
  EXPECT_TRUE(rule->is_about_apps());
  EXPECT_FALSE(rule->matches({}));
}

TEST(Versions, are_numbers_with_dots) {
  EXPECT_LT(*parse_version("10.0.19045.999"), *parse_version("10.0.19045.2965"));
  EXPECT_EQ(*parse_version("15"), *parse_version("15.0.0"));
  EXPECT_LT(*parse_version("15"), *parse_version("15.0.1"));
  for (const auto* text :
       {"", "1.", ".1", "1..2", "a", "1.2.3.4.5.6.7", "99999999999", "1 ", "-1"}) {
    EXPECT_FALSE(parse_version(text).has_value()) << text;
  }
}

TEST(Builds, of_apple_have_an_order) {
  const char* const in_order[] = {"9Z1", "18A291", "20E252", "20E772520", "20E772520a", "20F1"};
  for (std::size_t i = 1; i < std::size(in_order); ++i) {
    EXPECT_LT(*parse_apple_build(in_order[i - 1]), *parse_apple_build(in_order[i]));
  }
  EXPECT_FALSE(parse_apple_build("20E").has_value());
  EXPECT_FALSE(parse_apple_build("E20").has_value());
}

}  // namespace
}  // namespace sallyport::compliance
