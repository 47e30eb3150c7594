#include "check_settings.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace sallyport::cli {
namespace {

CheckSettingsReading read(std::string_view text) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("sallyport-settings-" + std::to_string(getpid()) + ".toml");
  std::ofstream(path, std::ios::binary) << text;
  auto reading = read_check_settings(path.string());
  std::filesystem::remove(path);
  return reading;
}

constexpr std::string_view every_key = R"(
emergency_accounts = ["11111111-0000-4000-8000-000000000001"]
emergency_groups = ["11111111-0000-4000-8000-000000000002"]
sync_accounts = ["11111111-0000-4000-8000-000000000003"]
approved_exclusions = ["11111111-0000-4000-8000-000000000004"]
admin_roles = ["global administrator", "194ae4cb-b126-40b2-bd5b-6091b380977d"]
tier0_roles = ["Global Administrator"]
token_families = []
licences = ["p1", "p2", "workload", "agents", "insider", "intune"]
sign_in_frequency_days = 14
admin_sign_in_frequency_hours = 9
report_only_days = 1
disabled_days = 2
shared_exclusions_percent = 25
grace_hours = 24
policies_max = 195
name_pattern = "CA[0-9]+.*"
phishing_resistant_for_everyone = true
terms_of_use_for_guests = true
private_access = true
medium_risk_blocked = true
any_alternative_counts = false
security_defaults = false
exclusions = "approved-only"
report_only = "nothing"
admin_roles_needed = "any"
[os_minimum_versions]
windows = "10.0.22631"
)";

TEST(CheckSettings, take_every_key) {
  const auto [s, problems] = read(every_key);
  for (const auto& problem : problems) ADD_FAILURE() << describe(problem);
  EXPECT_EQ(s.emergency_accounts.size(), 1U);
  EXPECT_EQ(s.emergency_groups.size(), 1U);
  EXPECT_EQ(s.sync_accounts.size(), 1U);
  EXPECT_EQ(s.approved_exclusions.size(), 1U);
  ASSERT_EQ(s.admin_roles.size(), 2U);
  EXPECT_EQ(to_string(s.admin_roles[0]), "62e90394-69f5-4237-9190-012177145e10");
  EXPECT_EQ(s.tier0_roles.size(), 1U);
  EXPECT_TRUE(s.token_families.empty());
  EXPECT_EQ(s.licences.size(), 6U);
  EXPECT_EQ(s.sign_in_frequency_days, 14);
  EXPECT_EQ(s.admin_sign_in_frequency_hours, 9);
  EXPECT_EQ(s.report_only_days, 1);
  EXPECT_EQ(s.disabled_days, 2);
  EXPECT_EQ(s.shared_exclusions_percent, 25);
  EXPECT_EQ(s.grace_hours, 24);
  EXPECT_EQ(s.policies_max, 195);
  EXPECT_EQ(s.name_pattern, "CA[0-9]+.*");
  EXPECT_TRUE(s.phishing_resistant_for_everyone && s.terms_of_use_for_guests);
  EXPECT_TRUE(s.private_access && s.medium_risk_blocked);
  EXPECT_FALSE(s.any_alternative_counts);
  EXPECT_EQ(s.security_defaults, false);
  EXPECT_EQ(s.exclusions, Exclusions::approved_only);
  EXPECT_EQ(s.report_only, ReportOnly::nothing);
  EXPECT_EQ(s.admin_roles_needed, RolesNeeded::any);
  EXPECT_EQ(s.os_minimum_versions.at("windows"), "10.0.22631");
}

TEST(CheckSettings, are_all_documented) {
  const auto unknown = read("no_such_key = 1\n");
  ASSERT_EQ(unknown.problems.size(), 1U);
  std::ifstream in(SALLYPORT_SOURCE_DIR "/docs/analysis/lint.md");
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  auto keys = unknown.problems[0].message.substr(unknown.problems[0].message.find("are ") + 4);
  std::size_t count = 0;
  while (!keys.empty()) {
    const auto comma = std::min(keys.find(", "), keys.size());
    const auto key = keys.substr(0, comma);
    keys.erase(0, std::min(comma + 2, keys.size()));
    ++count;
    EXPECT_NE(text.find(key), std::string::npos) << key;
    EXPECT_NE(every_key.find(key), std::string::npos) << key << " is not tested";
  }
  EXPECT_EQ(count, 26U);
}

TEST(CheckSettings, tell_every_mistake_with_its_line) {
  for (const auto& [text, where] :
       {std::pair("licences = [\"p3\"]", ":1:12"), std::pair("exclusions = \"maybe\"", ":1:14"),
        std::pair("private_access = 1", ":1:18"), std::pair("emergency_accounts = \"x\"", ":1:22"),
        std::pair("emergency_accounts = [", ":1:"),
        std::pair("[os_minimum_versions]\nbeos = \"1\"", ":2:1")}) {
    const auto reading = read(text);
    ASSERT_EQ(reading.problems.size(), 1U) << text;
    EXPECT_NE(reading.problems[0].where.find(where), std::string::npos)
        << text << ": " << describe(reading.problems[0]);
  }
}

}  // namespace
}  // namespace sallyport::cli
