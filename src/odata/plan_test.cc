#include "odata/plan.h"

#include <gtest/gtest.h>

#include <ostream>

#include "odata/test_schema.h"

namespace sallyport::odata {
namespace {

constexpr Index indexes[] = {{.path = "id", .eq = true, .in = true},
                             {.path = "displayName", .eq = true, .starts_with = true},
                             {.path = "externalId", .eq = true},
                             {.path = "createdDateTime", .range = true}};

std::string show(const Plan& plan) {
  std::string out;
  if (plan.lookup) {
    constexpr const char* kinds[] = {"eq", "in", "startsWith", "range"};
    out = std::string(plan.lookup->property->path) + " " +
          kinds[static_cast<std::size_t>(plan.lookup->kind)];
    for (const auto& value : plan.lookup->values) out += " " + value;
    const auto bound = [&](const std::optional<Bound>& b, const char* open, const char* closed) {
      if (b) out += std::string(" ") + (b->inclusive ? closed : open) + b->value;
    };
    bound(plan.lookup->lower, ">", ">=");
    bound(plan.lookup->upper, "<", "<=");
  }
  if (plan.residual) out += " | " + plan.residual->text();
  return out;
}

struct Row {
  const char* name;
  const char* filter;
  const char* expected;
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.filter; }
};

class Plans : public testing::TestWithParam<Row> {};

TEST_P(Plans, split_the_filter_as_their_row_says) {
  const auto filter = Filter::compile(GetParam().filter, test_schema);
  ASSERT_TRUE(filter) << describe(filter.error());
  const auto plan = odata::plan(*filter, indexes);
  EXPECT_EQ(show(plan), GetParam().expected);
  EXPECT_EQ(plan.reason.empty(), plan.lookup.has_value());
}

constexpr Row rows[] = {
    {"eq", "displayName eq 'Berlin'", "displayName eq berlin"},
    {"eq_case_sensitive", "externalId eq 'Ab'", "externalId eq Ab"},
    {"eq_and_more", "state eq 'enabled' and displayName eq 'A' and riskScore gt 1",
     "displayName eq a | state eq 'enabled' and riskScore gt 1"},
    {"in", "id in ('b','A')", "id in a b"},
    {"or_of_eq", "(id eq 'b' or id in ('C','d')) and accountEnabled",
     "id in b c d | accountEnabled eq true"},
    {"or_of_others", "id eq 'a' or displayName eq 'a'", " | id eq 'a' or displayName eq 'a'"},
    {"starts_with", "startsWith(displayName,'BER') and accountEnabled",
     "displayName startsWith ber | accountEnabled eq true"},
    {"narrowest", "startsWith(displayName,'b') and id in ('x') and displayName eq 'B'",
     "displayName eq b | startsWith(displayName,'b') and id in ('x')"},
    {"range", "createdDateTime ge 2026-01-01 and accountEnabled and createdDateTime lt 2027-01-01",
     "createdDateTime range >=2026-01-01T00:00:00Z <2027-01-01T00:00:00Z | accountEnabled eq true"},
    {"range_one_end", "createdDateTime le 2026-01-01",
     "createdDateTime range <=2026-01-01T00:00:00Z"},
    {"range_twice", "createdDateTime gt 2026-01-01 and createdDateTime gt 2025-01-01",
     "createdDateTime range >2026-01-01T00:00:00Z | createdDateTime gt 2025-01-01"},
    {"tolower_of_no_letter_case", "tolower(displayName) eq 'a'", "displayName eq a"},
    {"tolower_of_letter_case", "tolower(externalId) eq 'a'", " | tolower(externalId) eq 'a'"},
    {"null", "displayName eq null", " | displayName eq null"},
    {"null_in", "id in ('a',null)", " | id in (null,'a')"},
    {"ne", "displayName ne 'a'", " | displayName ne 'a'"},
    {"ne_of_range", "createdDateTime ne 2026-01-01", " | createdDateTime ne 2026-01-01"},
    {"negation", "not (displayName eq 'a')", " | not (displayName eq 'a')"},
    {"not_indexed", "state eq 'enabled'", " | state eq 'enabled'"},
    {"inside_any", "tags/any(t: t eq 'a')", " | tags/any(t:t eq 'a')"},
};
INSTANTIATE_TEST_SUITE_P(Rows, Plans, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Plan, says_what_the_indexes_serve) {
  const auto filter = Filter::compile("state eq 'enabled'", test_schema);
  EXPECT_EQ(plan(*filter, indexes).reason,
            "no condition that every match has to fulfil is served by an index; there are `id` "
            "with eq, `id` with in, `displayName` with eq, `displayName` with startsWith, "
            "`externalId` with eq, `createdDateTime` with gt, ge, lt and le");
  EXPECT_EQ(plan(*filter, {}).reason, "there is no index here");
}

}  // namespace
}  // namespace sallyport::odata
