// The mapping's own functions, and the rules of administrators. Whole hosts are scenarios:
// tests/scenarios/fleet.
#include <gtest/gtest.h>

#include "enrolment/fleet/host.h"
#include "enrolment/fleet/mapping.h"

namespace sallyport::fleet {
namespace {

TEST(FleetMapping, versions_are_found_in_fleets_texts) {
  struct Row {
    std::string_view text;
    System system;
    std::string_view version;
  };
  constexpr Row rows[] = {
      {"Ubuntu 22.04.4 LTS", linux_host, "22.04.4"},
      {"CentOS Linux 7", linux_host, "7"},
      {"Debian GNU/Linux 12.0.0", linux_host, "12.0.0"},
      {"Arch Linux rolling", linux_host, ""},
      {"macOS 13.4.1 (c)", macos_host, "13.4.1"},
      {"iPadOS 17.5", ios_host, "17.5"},
      {"Windows 11 Enterprise 23H2 10.0.22631.3007", windows_host, "10.0.22631.3007"},
      {"Windows 10 Pro 10.0.19045", windows_host, "10.0.19045"},
      {"Windows 11 Pro", windows_host, ""},
      {"10.0.", windows_host, ""},
      {"", linux_host, ""},
      {"   ", linux_host, ""},
  };
  for (const auto& row : rows) EXPECT_EQ(version_in(row.text, row.system), row.version) << row.text;
}

TEST(FleetMapping, every_row_is_of_a_type_that_it_can_tell) {
  using compliance::FactType;
  for (const auto& row : member_rows()) {
    const auto type = compliance::row_of(row.fact).type;
    const bool is_text = row.reading == Reading::text || row.reading == Reading::version;
    EXPECT_EQ(is_text, type == FactType::text || type == FactType::version) << row.member;
    EXPECT_EQ(!is_text, type == FactType::boolean) << row.member;
  }
}

std::string problem(std::string_view fact, std::string_view pass, std::string_view fail = "") {
  const auto rule = make_policy_rule(fact, pass, fail);
  return rule ? "" : rule.error().where + ": " + rule.error().message;
}

TEST(FleetPolicyRule, says_what_is_wrong_with_it) {
  EXPECT_EQ(problem("storageEncrypted", "true"), "");
  EXPECT_EQ(problem("storageEncrypted", "", "false"), "");
  EXPECT_EQ(problem("osVersion", "\"10.0.19045\""), "");
  EXPECT_EQ(problem("diskEncrypted", "true"),
            "fact: `diskEncrypted` is no fact; see docs/compliance.md");
  EXPECT_EQ(problem("storageEncrypted", "1").substr(0, 6), "pass: ");
  EXPECT_EQ(problem("storageEncrypted", "true", "\"no\"").substr(0, 6), "fail: ");
  EXPECT_EQ(problem("passwordMinimumLength", "-1").substr(0, 6), "pass: ");
  EXPECT_EQ(problem("passwordType", "\"wonderful\"").substr(0, 6), "pass: ");
  EXPECT_EQ(problem("storageEncrypted", R"({"error":"x"})"), "pass: must be a value");
  EXPECT_EQ(problem("storageEncrypted", "null"), "pass: must be a value");
  EXPECT_EQ(problem("installedApps", "[]"),
            "fact: `installedApps` is a list, which no policy can tell");
  EXPECT_EQ(problem("threatLevel", "\"secured\""),
            "fact: `threatLevel` is a list, which no policy can tell");
  EXPECT_EQ(problem("storageEncrypted", ""), "pass: says what the fact is when the policy passes");
}

TEST(FleetPage, what_is_no_page_is_an_error) {
  const Instant now(std::chrono::seconds(1'790'000'000));
  for (const auto* body : {"", "<html>", "[]", "{}", "{\"hosts\":7}", "{\"hosts\":[", "null"}) {
    EXPECT_FALSE(read_page(body, {}, now).has_value()) << body;
  }
  const auto empty = read_page("{\"hosts\":null}", {}, now);
  ASSERT_TRUE(empty.has_value());
  EXPECT_EQ(empty->size, 0U);
  const auto mixed =
      read_page(R"({"hosts":[7,{"id":1},{"id":2,"seen_time":"2026-01-01T00:00:00Z"}]})", {}, now);
  ASSERT_TRUE(mixed.has_value());
  EXPECT_EQ(mixed->size, 3U);
  EXPECT_EQ(mixed->hosts.size(), 1U);
  EXPECT_EQ(mixed->unreadable.size(), 2U);
}

}  // namespace
}  // namespace sallyport::fleet
