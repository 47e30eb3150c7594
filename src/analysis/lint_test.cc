#include "analysis/lint.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace sallyport {
namespace {

struct Row {
  const char* name;
  std::string text;
  std::string code;
  std::string pointer;
  std::uint32_t line;
};

class Lint : public testing::TestWithParam<Row> {};

std::vector<Finding> lint_text(const std::string& name, const std::string& text) {
  const auto file = std::filesystem::temp_directory_path() /
                    ("sallyport-lint-" + std::to_string(::getpid()) + '-' + name + ".json");
  std::ofstream(file, std::ios::binary) << text;
  const std::string paths[] = {file.string()};
  auto findings = lint(load(paths));
  std::filesystem::remove(file);
  return findings;
}

TEST_P(Lint, says_what_is_wrong_and_where) {
  const auto findings = lint_text(GetParam().name, GetParam().text);
  std::string all;
  for (const auto& f : findings) {
    all += f.code + ' ' + f.pointer + ' ' + std::to_string(f.line) + ' ' + f.message + '\n';
  }
  EXPECT_TRUE(std::ranges::any_of(findings, [&](const Finding& f) {
    return f.code == GetParam().code && f.pointer == GetParam().pointer &&
           f.line == GetParam().line;
  })) << all;
}

std::string policy(const std::string& conditions, const std::string& control = "mfa") {
  return "{\"id\":\"1\",\"displayName\":\"P\",\"state\":\"enabled\",\n\"conditions\":{" +
         conditions + "},\n\"grantControls\":{\"operator\":\"OR\",\"builtInControls\":[\"" +
         control + "\"]}}";
}

const std::string all_users = "\"users\":{\"includeUsers\":[\"All\"]},";
const std::string all_apps = "\"applications\":{\"includeApplications\":[\"All\"]}";

INSTANTIATE_TEST_SUITE_P(
    rows, Lint,
    testing::Values(
        Row{"rule", policy(all_users + all_apps, "passwordChange"), "V9",
            "/grantControls/builtInControls", 3},
        Row{"unknown_control", policy(all_users + all_apps, "prayer"), "L-unknown-word",
            "/grantControls/builtInControls/0", 3},
        Row{"undefined_location",
            policy(all_users + all_apps + ",\n\"locations\":{\"includeLocations\":[\"x\"]}"), "V23",
            "/conditions/locations/includeLocations/0", 3},
        Row{"unreadable_filter",
            policy(all_users + all_apps +
                   ",\"devices\":{\"deviceFilter\":{\"mode\":\"include\",\"rule\":\"(\"}}"),
            "L-filter", "/conditions/devices/deviceFilter/rule", 2},
        Row{"nobody", policy("\"users\":{\"includeUsers\":[\"None\"]}," + all_apps),
            "A-never-applies", "/conditions/users", 2},
        Row{"everybody_excluded_again",
            policy("\"users\":{\"includeGroups\":[\"g\"],\"excludeGroups\":[\"G\",\"g\"]}," +
                   all_apps),
            "A-never-applies", "/conditions/users", 2},
        Row{"no_application",
            policy(all_users + "\"applications\":{\"includeApplications\":[\"None\"]}"),
            "A-never-applies", "/conditions/applications", 2},
        Row{"platform_excluded_again",
            policy(all_users + all_apps +
                   ",\"platforms\":{\"includePlatforms\":[\"linux\"],\"excludePlatforms\":"
                   "[\"linux\"]}"),
            "A-never-applies", "/conditions/platforms", 2},
        Row{"inside_a_list", "{\"value\":[\n" + policy(all_apps) + "]}", "V2", "/conditions/users",
            3}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(LintFindings, are_none_for_an_ordinary_policy) {
  EXPECT_TRUE(lint_text("ordinary", policy(all_users + all_apps)).empty());
}

TEST(LintFindings, say_an_unreadable_filter_once) {
  const auto findings = lint_text(
      "once", policy(all_users + all_apps +
                     ",\"devices\":{\"deviceFilter\":{\"mode\":\"include\",\"rule\":\"(\"}}"));
  EXPECT_EQ(findings.size(), 1U);
}

}  // namespace
}  // namespace sallyport
