// What a filter that cannot be read is told: where, what is wrong, and what to write.
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "odata/filter.h"
#include "odata/test_schema.h"

namespace sallyport::odata {
namespace {

struct Row {
  const char* name;
  const char* filter;
  int column;
  const char* message;  // how it begins
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.filter; }
};

class FilterErrors : public testing::TestWithParam<Row> {};

TEST_P(FilterErrors, say_where_and_what) {
  const auto filter = Filter::compile(GetParam().filter, test_schema);
  ASSERT_FALSE(filter) << filter->text();
  EXPECT_EQ(filter.error().kind, ErrorKind::invalid_argument);
  EXPECT_EQ(filter.error().where, "$filter, column " + std::to_string(GetParam().column));
  EXPECT_EQ(filter.error().message.substr(0, std::string_view(GetParam().message).size()),
            GetParam().message)
      << filter.error().message;
}

constexpr Row rows[] = {
    {"empty", "  ", 1, "the filter is empty"},
    {"unknown_property", "state eq 'enabled' and colour eq 'red'", 24,
     "unknown property `colour`; there are `id`, `displayName`, `externalId`, `createdDateTime`, "},
    {"unknown_member", "grantControls/colour eq 'red'", 15,
     "unknown property `colour`; there are "},
    {"not_filterable", "secret eq 'x'", 1, "`secret` cannot be filtered; these can: `id`, "},
    {"needs_a_cast", "isTrusted eq true", 1,
     "`isTrusted` is of another type; write `microsoft.graph.ipNamedLocation/isTrusted`"},
    {"unknown_type", "microsoft.graph.user/isTrusted eq true", 1,
     "unknown type `microsoft.graph.user`; there are `microsoft.graph.ipNamedLocation`, "
     "`microsoft.graph.countryNamedLocation`"},
    {"unknown_isof", "isof('microsoft.graph.user')", 6, "unknown type `microsoft.graph.user`; "},
    {"isof_text", "isof(displayName,'microsoft.graph.user')", 6,
     "`displayName` has no type to test"},
    {"object", "conditions/users eq null", 1,
     "`conditions/users` is an object; name one of its members"},
    {"member_of_text", "displayName/length eq 3", 13, "`displayName` has no members"},
    {"member_of_collection", "links/name eq 'a'", 7,
     "`links` is a collection; ask its items: `any(i: i/...)`"},
    {"collection", "tags eq 'red'", 1,
     "`tags` is a collection; write `tags/any(i: i eq ...)` or `tags/$count eq ...`"},
    {"any_of_text", "displayName/any(d: d eq 'a')", 13, "`any` goes only with a collection"},
    {"count_of_text", "displayName/$count eq 3", 13, "`$count` goes only with a collection"},
    {"cast_of_collection",
     "microsoft.graph.ipNamedLocation/ipRanges/microsoft.graph.iPv4CidrRange/"
     "any(r: true)",
     42, "a type does not go with a whole collection"},
    {"no_operator", "displayName", 12,
     "the filter ends too early: expected an operator (`eq`, `ne`, `gt`, `ge`, `lt`, `le` or "
     "`in`) after `displayName`"},
    {"unknown_operator", "riskScore add 1 eq 2", 11,
     "expected an operator (`eq`, `ne`, `gt`, `ge`, `lt`, `le` or `in`) after `riskScore`, found "
     "`add 1 eq 2`"},
    {"double_equals", "displayName == 'a'", 13, "expected an operator ("},
    {"unknown_function", "length(displayName) eq 3", 1,
     "`length` is not a function here; there are `startsWith`, `endsWith`, `contains`, `tolower`, "
     "`toupper` and `isof`"},
    {"function_of_number", "startsWith(riskScore,'1')", 12,
     "`riskScore` is no text, as `startsWith` needs"},
    {"function_of_enumeration", "contains(state,'e')", 10, "`state` is no text"},
    {"function_null", "contains(displayName,null)", 22, "`contains` needs a text, not `null`"},
    {"function_one_argument", "contains(displayName)", 21, "expected `,`, found `)`"},
    {"function_open", "contains(displayName,'a'", 25, "the filter ends too early: expected `)`"},
    {"function_eq_text", "contains(displayName,'a') eq 'true'", 30,
     "this condition is compared with `true` or `false`"},
    {"letters_of_number", "tolower(riskScore) eq 'a'", 9, "`riskScore` is no text"},
    {"no_value", "displayName eq", 15, "the filter ends where a value is expected"},
    {"bare_word", "displayName eq red", 16,
     "expected a value; a text stands in single quotes: 'red'"},
    {"double_quotes", "displayName eq \"red\"", 16, "texts stand in single quotes: 'like this'"},
    {"open_quote", "displayName eq 'red", 16, "the text that begins here has no closing quote"},
    {"other_property", "displayName eq externalId", 16,
     "a property is compared with a value, not with another property such as `externalId`"},
    {"two_values", "1 eq 1", 6, "two values are compared; one has to be a property"},
    {"value_alone", "'a'", 4, "the filter ends too early: expected `eq`, `ne`, "},
    {"text_for_number", "riskScore eq '3'", 14,
     "`riskScore` is compared with a number such as 3, without quotes"},
    {"number_for_text", "displayName eq 3", 16,
     "`displayName` is compared with a text in single quotes"},
    {"text_for_boolean", "accountEnabled eq 'true'", 19,
     "`accountEnabled` is compared with `true` or `false`"},
    {"text_for_instant", "createdDateTime gt '2026-08-20'", 20,
     "`createdDateTime` is compared with a date or a date and time without quotes, such as "
     "2026-08-20T09:15:30Z"},
    {"text_for_object", "grantControls eq 'a'", 18, "`grantControls` is compared with `null` only"},
    {"instant_without_offset", "createdDateTime gt 2026-08-20T00:00:00", 20,
     "`2026-08-20T00:00:00` is not a date or a date and time such as 2026-08-20T09:15:30Z; a time "
     "needs `Z` or an offset, and `+` is %2B in a URL"},
    {"no_such_day", "createdDateTime gt 2026-02-30", 20, "`2026-02-30` is not a date"},
    {"odata_2_guid", "id eq guid'4c299165-6e8f-4b45-a5ba-c5d250a707ff'", 7,
     "`guid'...'` is no value of OData 4: leave out `guid`"},
    {"number_out_of_range", "riskScore lt 1e999", 14,
     "`1e999` is not a number, or is out of range"},
    {"broken_number", "riskScore lt 1x", 14, "`1x` is not a number, or is out of range"},
    {"unknown_word", "state eq 'off'", 10,
     "`state` is never `off`; it is one of `enabled`, `disabled`, "
     "`enabledForReportingButNotEnforced`"},
    {"order_of_enumeration", "state gt 'enabled'", 7,
     "`state` has no order; use `eq`, `ne` or `in`"},
    {"order_of_boolean", "accountEnabled ge true", 16, "`accountEnabled` has no order"},
    {"not_boolean_eq", "not accountEnabled eq false", 5,
     "`not` before `accountEnabled` could mean two things; put brackets around the comparison"},
    {"in_without_list", "state in 'enabled'", 10, "expected a list such as `('a','b')`"},
    {"in_empty", "state in ()", 11, "expected a value, found `)`"},
    {"in_open", "state in ('enabled'", 20, "the filter ends too early: expected `,` or `)`"},
    {"in_of_blanks", "state in ('enabled' 'disabled')", 21,
     "expected `,` or `)`, found `'disabled"},
    {"bracket_open", "(state eq 'enabled'", 20,
     "the filter ends too early: expected `and`, `or` or the `)` for the `(` at column 1"},
    {"bracket_close", "state eq 'enabled')", 19,
     "expected `and`, `or` or the end of the filter, found `)`"},
    {"and_nothing", "state eq 'enabled' and", 23, "the filter ends where a property is expected"},
    {"two_conditions", "accountEnabled state eq 'enabled'", 16,
     "expected `and`, `or` or the end of the filter, found `state eq 'enabled'`"},
    {"any_of_it", "any(t: t eq 'a')", 1, "`any` is not a function here"},
    {"all_nothing", "tags/all()", 10, "expected a variable, as in `any(i: i eq 'x')`, found `)`"},
    {"no_colon", "tags/any(t t eq 'a')", 12, "expected `:` after the variable"},
    {"variable_twice", "links/any(l: l/parts/any(l: l/name eq 'a'))", 26,
     "`l` is already a variable here"},
    {"variable_outside", "tags/any(t: t eq 'a') and t eq 'b'", 27, "unknown property `t`"},
    {"collection_of_document_inside", "links/any(l: tags/any(t: t eq 'a'))", 14,
     "inside `any` and `all` only the collections of an item can be gone into: begin with `l/`"},
    {"lambda_on_the_right", "true eq tags/any(t: t eq 'a')", 6,
     "write `any` and `all` without a comparison"},
    {"empty_segment", "grantControls//operator eq 'or'", 15,
     "expected a property, found `/operator"},
    {"control_characters", "displayName eq \x01", 16, "expected a value, found `\\x01`"},
};

INSTANTIATE_TEST_SUITE_P(Rows, FilterErrors, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

// ---- bounds: what is at one is taken, what is beyond is told which ----

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

void expect_bound(const std::string& at, const std::string& beyond, std::string_view message) {
  const auto good = Filter::compile(at, test_schema);
  EXPECT_TRUE(good) << describe(good.error());
  const auto bad = Filter::compile(beyond, test_schema);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().kind, ErrorKind::too_large);
  EXPECT_NE(bad.error().message.find(message), std::string::npos) << bad.error().message;
}

TEST(FilterBounds, depth_of_brackets) {
  const auto nested = [](std::size_t n) {
    return repeat("(", n) + "accountEnabled" + repeat(")", n);
  };
  expect_bound(nested(filter_depth_max), nested(filter_depth_max + 1), "nest at most 32 deep");
  EXPECT_FALSE(Filter::compile(repeat("(", filter_length_max), test_schema));
}

TEST(FilterBounds, depth_of_not) {
  const auto nested = [](std::size_t n) { return repeat("not ", n) + "accountEnabled"; };
  expect_bound(nested(filter_depth_max), nested(filter_depth_max + 1), "nest at most 32 deep");
}

TEST(FilterBounds, written_filters_nest_no_deeper) {
  const auto deep = repeat("not ", filter_depth_max) + "displayName eq 'a'";
  const auto filter = Filter::compile(deep, test_schema);
  ASSERT_TRUE(filter);
  const auto again = Filter::compile(filter->text(), test_schema);
  EXPECT_TRUE(again) << describe(again.error());
}

TEST(FilterBounds, nodes) {
  const auto conditions = [](std::size_t n) {
    return "id eq 'a'" + repeat(" or id eq 'a'", n - 1);
  };
  expect_bound(conditions(filter_nodes_max - 1), conditions(filter_nodes_max),
               "at most 512 conditions");
}

TEST(FilterBounds, values) {
  const auto list = [](std::size_t n) { return "riskScore in (1" + repeat(",1", n - 1) + ")"; };
  expect_bound(list(filter_values_max), list(filter_values_max + 1), "at most 256 values");
}

TEST(FilterBounds, part_of_a_text) {
  const auto part = [](std::size_t n) { return "contains(displayName,'" + repeat("a", n) + "')"; };
  expect_bound(part(filter_part_max), part(filter_part_max + 1), "a text of at most 256 bytes");
}

TEST(FilterBounds, length) {
  const auto long_text = [](std::size_t n) {
    const std::string_view rest = "displayName eq ''";
    return "displayName eq '" + repeat("a", n - rest.size()) + "'";
  };
  expect_bound(long_text(filter_length_max), long_text(filter_length_max + 1),
               "at most 8192 bytes, this one 8193");
}

}  // namespace
}  // namespace sallyport::odata
