// What is a rule and what is not, where an error stands, and the one spelling of each rule.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "device/filter.h"
#include "device/filter_node.h"

namespace sallyport {
namespace {

Result<FilterRule> strict(std::string_view rule) {
  return FilterRule::parse(rule, FilterSubject::device, FilterDialect::strict);
}

template <class Row>
std::string row_name(const testing::TestParamInfo<Row>& info) {
  return info.param.name;
}

struct RefusalRow {
  const char* name;
  std::string rule;
  const char* where;
  const char* message;  // a part of it
};
void PrintTo(const RefusalRow& row, std::ostream* out) { *out << row.rule.substr(0, 80); }

class Refuses : public testing::TestWithParam<RefusalRow> {};

TEST_P(Refuses, and_says_where_and_why) {
  const auto& row = GetParam();
  const auto parsed = strict(row.rule);
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().where, row.where);
  EXPECT_NE(parsed.error().message.find(row.message), std::string::npos) << parsed.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Refuses,
    testing::Values(
        RefusalRow{"empty", "", "column 1", "the rule is empty"},
        RefusalRow{"blank", " \n ", "column 1", "the rule is empty"},
        RefusalRow{"no_prefix", R"(model -eq "x")", "column 1", "write `device.model` for `model`"},
        RefusalRow{"unknown_property_case_82", R"(device.unknownThing -eq "x")", "column 1",
                   "unknown property `device.unknownThing`"},
        RefusalRow{"what_if_word", R"(device.ownership -eq "x")", "column 1",
                   "`device.deviceOwnership`"},
        RefusalRow{"extension_16", R"(device.extensionAttribute16 -eq "x")", "column 1",
                   "unknown property"},
        RefusalRow{"no_operator", "device.model", "column 13", "expected an operator"},
        RefusalRow{"group_operator", R"(device.model -match "x")", "column 14",
                   "`-match` is for dynamic groups only; use `-eq`, `-ne`"},
        RefusalRow{"group_operator_le", R"(device.model -le "x")", "column 14",
                   "dynamic groups only"},
        RefusalRow{"unknown_operator", R"(device.model -like "x")", "column 14",
                   "`-like` is not an operator"},
        RefusalRow{"not_is_no_comparison", "device.model -not null", "column 14",
                   "`-not` is not an operator"},
        RefusalRow{"flag_starts_with_case_81", R"(device.isCompliant -startsWith "T")", "column 20",
                   "`device.isCompliant` does not support `-startsWith`; use `-eq` and `-ne`"},
        RefusalRow{"eq_on_collection", R"(device.systemLabels -eq "CloudPC")", "column 21",
                   "use `-contains` and `-notContains`"},
        RefusalRow{"contains_on_id", R"(device.deviceId -contains "4c")", "column 17",
                   "use `-eq`, `-ne`, `-in` and `-notIn`"},
        RefusalRow{"in_on_trust", R"(device.trustType -in ["a"])", "column 18", "does not support"},
        RefusalRow{"startswith_on_ownership", R"(device.deviceOwnership -startsWith "C")",
                   "column 24", "does not support"},
        RefusalRow{"contains_on_profile_type", R"(device.profileType -contains "C")", "column 20",
                   "does not support"},
        RefusalRow{"contains_on_mdm", R"(device.mdmAppId -contains "C")", "column 17",
                   "does not support"},
        RefusalRow{"in_on_physical_ids", R"(device.physicalIds -in ["C"])", "column 20",
                   "does not support"},
        RefusalRow{"no_value", "device.model -eq", "column 17", "ends too early"},
        RefusalRow{"list_for_eq", R"(device.model -eq ["x"])", "column 18", "only with `-in`"},
        RefusalRow{"scalar_for_in", R"(device.model -in "x")", "column 18", "expected a list"},
        RefusalRow{"empty_list", "device.model -in []", "column 19", "expected a value"},
        RefusalRow{"list_with_null", "device.model -in [null]", "column 19",
                   "cannot stand in a list"},
        RefusalRow{"open_list", R"(device.model -in ["a" "b"])", "column 23",
                   "expected `,` or `]`"},
        RefusalRow{"null_for_contains", "device.model -contains null", "column 24",
                   "only with `-eq`"},
        RefusalRow{"null_for_labels", "device.systemLabels -contains null", "column 31",
                   "only with `-eq`"},
        RefusalRow{"boolean_word", "device.isCompliant -eq Yes", "column 24", "never `Yes`"},
        RefusalRow{"open_string", R"(device.model -eq "x)", "column 18", "no closing quote"},
        RefusalRow{"escaped_closing_quote", "device.model -eq \"x`\"", "column 18",
                   "no closing quote"},
        RefusalRow{"unquoted_version", "device.operatingSystemVersion -eq 10.0.19041", "column 35",
                   "put double quotes around `10.0.19041`"},
        RefusalRow{"single_quotes", "device.model -eq 'x'", "column 18", "double quotes"},
        RefusalRow{"typographic_quotes", "device.model -eq \xe2\x80\x9cx\xe2\x80\x9d", "column 18",
                   "double quotes"},
        RefusalRow{"two_comparisons", R"(device.model -eq "x" device.model -eq "y")", "column 22",
                   "expected `-and`, `-or` or the end"},
        RefusalRow{"dangling_and", R"(device.model -eq "x" -and)", "column 26",
                   "expected a property"},
        RefusalRow{"open_parenthesis", R"((device.model -eq "x")", "column 22",
                   "the `(` at column 1"},
        RefusalRow{"extra_parenthesis", R"(device.model -eq "x"))", "column 21",
                   "the end of the rule"},
        RefusalRow{"empty_parentheses", "()", "column 2", "expected a property"},
        RefusalRow{"columns_count_characters", "device.model -eq \"\xc3\xa9\xe2\x82\xac\" x",
                   "column 23", "expected `-and`"},
        RefusalRow{"deep_parentheses",
                   std::string(101, '(') + "device.model -eq x" + std::string(101, ')'),
                   "column 102", "more than 100 levels"},
        RefusalRow{"very_deep", std::string(3000, '('), "column 102", "more than 100 levels"}),
    row_name<RefusalRow>);

std::string rule_of_length(std::size_t length, std::string_view letter) {
  std::string rule = R"(device.model -eq ")";
  const auto letters = length - rule.size() - 1;
  for (std::size_t i = 0; i < letters; ++i) rule += letter;
  return rule + '"';
}

TEST(FilterParse, case_80_a_rule_has_at_most_3072_characters) {
  for (const auto* letter : {"x", "\xc3\xa9", "\xf0\x9f\x94\x92"}) {
    EXPECT_TRUE(strict(rule_of_length(3072, letter)).has_value());
    const auto longer = strict(rule_of_length(3073, letter));
    ASSERT_FALSE(longer.has_value());
    EXPECT_EQ(longer.error().kind, ErrorKind::too_large);
  }
  std::vector<std::string> notes;
  EXPECT_TRUE(FilterRule::parse(rule_of_length(3073, "x"), FilterSubject::device,
                                FilterDialect::lenient, &notes));
  EXPECT_EQ(notes.size(), 1U);
  // Bytes that start no character cannot smuggle in a longer one.
  EXPECT_FALSE(strict(std::string(1 << 20, '\x80')).has_value());
}

TEST(FilterParse, nesting_up_to_the_bound_is_read) {
  EXPECT_TRUE(strict(std::string(100, '(') + "device.model -eq x" + std::string(100, ')')));
  std::string nots;
  for (int i = 0; i < 100; ++i) nots += "-not ";
  EXPECT_TRUE(strict(nots + "device.model -eq x"));
  EXPECT_FALSE(strict("-not " + nots + "device.model -eq x"));
}

struct EscapeRow {
  const char* name;
  const char* rule;
  const char* value;
};
void PrintTo(const EscapeRow& row, std::ostream* out) { *out << row.rule; }

class Escapes : public testing::TestWithParam<EscapeRow> {};

TEST_P(Escapes, are_undone) {
  const auto parsed = strict(GetParam().rule);
  ASSERT_TRUE(parsed.has_value()) << describe(parsed.error());
  EXPECT_EQ(parsed->root().comparison.values.front(), GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Escapes,
    testing::Values(EscapeRow{"double_quote", "device.model -eq \"15`\" screen\"", "15\" screen"},
                    EscapeRow{"single_quote_doubled", "device.model -eq \"O''Brien\"", "O'Brien"},
                    EscapeRow{"single_quote_alone", "device.model -eq \"O'Brien\"", "O'Brien"},
                    EscapeRow{"backtick", "device.model -eq \"a``\"", "a`"},
                    EscapeRow{"backtick_before_a_letter", "device.model -eq \"a`b\"", "a`b"},
                    EscapeRow{"backslash_is_a_letter", "device.model -eq \"a\\\"", "a\\"}),
    row_name<EscapeRow>);

struct CanonicalRow {
  const char* name;
  const char* rule;
  const char* canonical;
  std::size_t notes;
};
void PrintTo(const CanonicalRow& row, std::ostream* out) { *out << row.rule; }

class Canonical : public testing::TestWithParam<CanonicalRow> {};

TEST_P(Canonical, is_the_one_spelling) {
  const auto& row = GetParam();
  std::vector<std::string> notes;
  const auto parsed =
      FilterRule::parse(row.rule, FilterSubject::device, FilterDialect::lenient, &notes);
  ASSERT_TRUE(parsed.has_value()) << describe(parsed.error());
  EXPECT_EQ(parsed->canonical(), row.canonical);
  EXPECT_EQ(parsed->text(), row.rule);
  EXPECT_EQ(notes.size(), row.notes);
  const auto again = strict(row.canonical);
  ASSERT_TRUE(again.has_value()) << describe(again.error());
  EXPECT_EQ(again->canonical(), row.canonical);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Canonical,
    testing::Values(
        CanonicalRow{"operators",
                     "DEVICE.MODEL STARTSWITH \"x\" AND device.model NOTIN [a,\"b c\"]",
                     R"(device.model -startsWith "x" -and device.model -notIn ["a","b c"])", 0},
        CanonicalRow{"booleans", R"(device.isCompliant -eq "true")", "device.isCompliant -eq True",
                     0},
        CanonicalRow{"null", "device.model -NE NULL", "device.model -ne null", 0},
        CanonicalRow{"needless_parentheses",
                     "((device.model -eq a) -or ((device.model -eq b -and (device.model -eq c))))",
                     R"(device.model -eq "a" -or device.model -eq "b" -and device.model -eq "c")",
                     0},
        CanonicalRow{"needed_parentheses",
                     "-not(device.model -eq a -or device.model -eq b) -and (device.model -eq c or "
                     "device.model -eq d)",
                     R"(-not (device.model -eq "a" -or device.model -eq "b") -and )"
                     R"((device.model -eq "c" -or device.model -eq "d"))",
                     0},
        CanonicalRow{"not_of_a_comparison", "-NOT (device.model -eq a)",
                     R"(-not device.model -eq "a")", 0},
        CanonicalRow{"escapes", "device.model -eq \"`\"O'B`x\"", "device.model -eq \"`\"O''B``x\"",
                     0},
        CanonicalRow{"missing_prefix", "model -eq x", R"(device.model -eq "x")", 1},
        CanonicalRow{
            "eq_on_a_collection", R"(device.systemLabels -eq "CloudPC" -or physicalIds -ne "x")",
            R"(device.systemLabels -contains "CloudPC" -or device.physicalIds -notContains "x")",
            3},
        CanonicalRow{"unquoted_version", "device.operatingSystemVersion -in [10.0.1,10.0.2]",
                     R"(device.operatingSystemVersion -in ["10.0.1","10.0.2"])", 2}),
    row_name<CanonicalRow>);

TEST(FilterParse, a_note_says_where_and_what_was_understood) {
  std::vector<std::string> notes;
  ASSERT_TRUE(FilterRule::parse(R"(device.systemLabels -eq "CloudPC")", FilterSubject::device,
                                FilterDialect::lenient, &notes));
  EXPECT_EQ(
      notes.front(),
      "column 21: `-eq` is read as `-contains`, because `device.systemLabels` is a collection");
}

}  // namespace
}  // namespace sallyport
