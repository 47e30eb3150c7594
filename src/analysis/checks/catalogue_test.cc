// The catalogue against the fact sheet it implements, which lies beside the project. Without the
// sheet that test is skipped.
#include "analysis/checks/catalogue.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>

namespace sallyport {
namespace {

// Id and severity of every row of the sheet's tables: `| COV-01 | critical | ...`.
std::map<std::string, std::string> rows_of_the_sheet() {
  std::map<std::string, std::string> rows;
  std::ifstream sheet(SALLYPORT_SOURCE_DIR "/../shared/spec/analysis-checks.md");
  for (std::string line; std::getline(sheet, line);) {
    const bool is_row = line.size() > 10 && line.starts_with("| ") && line[5] == '-' &&
                        line[6] >= '0' && line[6] <= '9';
    if (!is_row) continue;
    const auto bar = line.find(" | ", 2);
    const auto next = line.find(" | ", bar + 3);
    rows[line.substr(2, bar - 2)] = line.substr(bar + 3, next - bar - 3);
  }
  return rows;
}

TEST(Catalogue, holds_every_check_of_the_sheet_at_its_severity) {
  const auto sheet = rows_of_the_sheet();
  if (sheet.empty()) GTEST_SKIP() << "the fact sheet is not here";
  EXPECT_EQ(sheet.size(), 174U);
  for (const auto& [id, severity] : sheet) {
    const auto* check = find_check(id);
    ASSERT_NE(check, nullptr) << id;
    EXPECT_EQ(name_of(check->severity), severity) << id;
  }
}

TEST(Catalogue, says_of_every_check_what_why_and_what_to_do) {
  std::set<std::string_view> ids;
  for (const auto& check : check_catalogue()) {
    EXPECT_TRUE(ids.insert(check.id).second) << check.id << " is there twice";
    EXPECT_FALSE(check.name.empty()) << check.id;
    for (const auto sentence : {check.rule, check.why, check.fix}) {
      EXPECT_TRUE(sentence.ends_with('.')) << check.id << ": " << sentence;
    }
    EXPECT_EQ(check.name.ends_with('.'), false) << check.id;
    if (check.decided == Decided::by_missing_input) {
      EXPECT_FALSE(check.needs.empty()) << check.id;
    }
  }
  EXPECT_EQ(find_check("COV-99"), nullptr);
}

}  // namespace
}  // namespace sallyport
