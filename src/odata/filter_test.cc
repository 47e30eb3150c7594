// What each operator, function and literal means: one row each.
#include "odata/filter.h"

#include <gtest/gtest.h>

#include <ostream>

#include "odata/filter_node.h"
#include "odata/test_schema.h"

namespace sallyport::odata {
namespace {

constexpr auto location = R"({
  "@odata.type": "#microsoft.graph.ipNamedLocation",
  "id": "4c299165-6e8f-4b45-a5ba-c5d250a707ff",
  "displayName": "Berlin O'Hara HQ",
  "externalId": "Ab",
  "createdDateTime": "2026-08-20T09:15:30.5Z",
  "accountEnabled": true,
  "riskScore": 2.5,
  "state": "enabled",
  "tags": ["red", "Blue", null],
  "scores": [1, 5],
  "conditions": {"users": {"includeUsers": ["All"]}},
  "grantControls": {"operator": "OR", "builtInControls": ["mfa"]},
  "isTrusted": true,
  "ipRanges": [
    {"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "192.0.2.0/24", "prefix": 24},
    {"@odata.type": "#microsoft.graph.iPv6CidrRange", "cidrAddress": "2001:db8::/32"}],
  "links": [{"name": "a", "parts": [{"name": "x"}, {"name": "Y"}]}, {"name": "b", "parts": []}]
})";

struct Row {
  const char* name;
  const char* filter;
  bool expected;
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.filter; }
};

bool matches(std::string_view text, std::string_view json) {
  const auto filter = Filter::compile(text, test_schema);
  EXPECT_TRUE(filter) << text << ": " << describe(filter.error());
  const auto document = json::parse(json);
  EXPECT_TRUE(document);
  return filter && document && filter->matches(document->root());
}

class FilterRows : public testing::TestWithParam<Row> {};

TEST_P(FilterRows, gives_the_answer_of_its_row) {
  EXPECT_EQ(matches(GetParam().filter, location), GetParam().expected);
}

TEST_P(FilterRows, means_the_same_once_written) {
  const auto filter = Filter::compile(GetParam().filter, test_schema);
  ASSERT_TRUE(filter);
  EXPECT_EQ(matches(filter->text(), location), GetParam().expected) << filter->text();
}

constexpr Row operators[] = {
    {"eq", "displayName eq 'berlin o''hara hq'", true},
    {"eq_other", "displayName eq 'berlin'", false},
    {"ne", "displayName ne 'berlin'", true},
    {"ne_same", "displayName ne 'BERLIN O''HARA HQ'", false},
    {"gt", "riskScore gt 2", true},
    {"gt_equal", "riskScore gt 2.5", false},
    {"ge_equal", "riskScore ge 2.50", true},
    {"lt", "riskScore lt 3", true},
    {"lt_equal", "riskScore lt 25e-1", false},
    {"le_equal", "riskScore le 2.5", true},
    {"le_less", "riskScore le -2", false},
    {"in", "state in ('disabled', 'ENABLED')", true},
    {"in_without", "state in ('disabled')", false},
    {"in_numbers", "riskScore in (1,2.5)", true},
    {"in_null", "riskScore in (1, null)", false},
    {"and", "riskScore gt 2 and state eq 'enabled'", true},
    {"and_one", "riskScore gt 2 and state eq 'disabled'", false},
    {"or", "riskScore gt 9 or state eq 'enabled'", true},
    {"or_none", "riskScore gt 9 or state eq 'disabled'", false},
    {"and_binds_first", "state eq 'enabled' or state eq 'enabled' and riskScore gt 9", true},
    {"brackets", "(state eq 'enabled' or state eq 'enabled') and riskScore gt 9", false},
    {"not_brackets", "not (riskScore gt 2)", false},
    {"not_function", "not startswith(displayName,'x')", true},
    {"not_comparison", "not displayName eq 'x'", true},
    {"not_not", "not not accountEnabled", true},
    {"capitals", "NOT(riskScore GT 9) AND state EQ 'enabled' OR riskScore IN (9)", true},
    {"value_on_the_left", "2 lt riskScore", true},
    {"value_on_the_left_text", "'BERLIN o''hara hq' eq displayName", true},
};

constexpr Row functions[] = {
    {"startsWith", "startsWith(displayName,'BERLIN')", true},
    {"startswith_lower", "startswith(displayName,'berlin o''')", true},
    {"startsWith_longer", "startsWith(externalId,'Abc')", false},
    {"endsWith", "endsWith(displayName,'hq')", true},
    {"endsWith_other", "endsWith(displayName,'h')", false},
    {"contains", "contains(displayName,'O''hara')", true},
    {"contains_empty", "contains(displayName,'')", true},
    {"contains_at_the_end", "contains(displayName,' HQ')", true},
    {"contains_not", "contains(displayName,'paris')", false},
    {"case_sensitive", "startsWith(externalId,'a')", false},
    {"function_eq_true", "startsWith(displayName,'berlin') eq true", true},
    {"function_eq_false", "startsWith(displayName,'berlin') eq false", false},
    {"function_ne_false", "contains(displayName,'berlin') ne false", true},
    {"tolower", "tolower(externalId) eq 'ab'", true},
    {"tolower_other", "tolower(externalId) eq 'Ab'", false},
    {"toupper", "toupper(externalId) eq 'AB'", true},
    {"tolower_insensitive", "tolower(displayName) eq 'BERLIN O''HARA HQ'", true},
    {"tolower_in_function", "startsWith(tolower(externalId),'a')", true},
    {"isof", "isof('microsoft.graph.ipNamedLocation')", true},
    {"isof_bare", "isof(microsoft.graph.ipNamedLocation)", true},
    {"isof_it", "isof($it,'microsoft.graph.ipNamedLocation')", true},
    {"isof_base", "isof('microsoft.graph.namedLocation')", true},
    {"isof_other", "isof('microsoft.graph.countryNamedLocation')", false},
};

constexpr Row collections[] = {
    {"any", "tags/any(t: t eq 'blue')", true},
    {"any_none", "tags/any(t:t eq 'green')", false},
    {"any_null_item", "tags/any(t: t eq null)", true},
    {"any_without_test", "tags/any()", true},
    {"any_of_nothing", "microsoft.graph.countryNamedLocation/countriesAndRegions/any()", false},
    {"nested_none", "links/any(l: l/parts/any(p: p/name eq 'y'))", false},
    {"all", "scores/all(s: s gt 0)", true},
    {"all_not", "scores/all(s: s gt 1)", false},
    {"all_of_nothing", "microsoft.graph.countryNamedLocation/countriesAndRegions/all(c: c eq 'x')",
     true},
    {"count", "tags/$count eq 3", true},
    {"count_in", "scores/$count in (1,2)", true},
    {"count_of_nothing", "microsoft.graph.countryNamedLocation/countriesAndRegions/$count eq 0",
     true},
    {"members_of_items", "links/any(l: l/name eq 'B')", true},
    {"nested", "links/any(l: l/name eq 'a' and l/parts/any(p: p/name eq 'Y'))", true},
    {"nested_all", "links/all(l: l/parts/all(p: p/name ne 'z'))", true},
    {"outer_variable", "links/any(l: l/parts/any(p: p/name eq 'x' and l/name eq 'a'))", true},
    {"document_from_inside", "links/any(l: displayName eq 'x' or $it/riskScore eq 2.5)", true},
    {"variable_like_a_property", "tags/any(displayName: displayName eq 'red')", true},
    {"property_behind_a_variable", "tags/any(displayName: $it/displayName eq 'red')", false},
    {"cast_of_items",
     "microsoft.graph.ipNamedLocation/ipRanges/any(r: "
     "r/microsoft.graph.iPv4CidrRange/prefix eq 24)",
     true},
    {"isof_of_items",
     "microsoft.graph.ipNamedLocation/ipRanges/all(r: "
     "isof(r,'microsoft.graph.iPv4CidrRange'))",
     false},
    {"any_eq_true", "tags/any(t: t eq 'blue') eq true", true},
};

constexpr Row paths[] = {
    {"path", "grantControls/operator eq 'or'", true},
    {"path_to_collection", "conditions/users/includeUsers/any(u: u eq 'all')", true},
    {"names_in_any_letters", "DISPLAYNAME eq 'berlin o''hara hq'", true},
    {"it", "$it/displayName eq 'berlin o''hara hq'", true},
    {"cast", "microsoft.graph.ipNamedLocation/isTrusted eq true", true},
    {"cast_to_base", "microsoft.graph.namedLocation/riskScore eq 2.5", true},
    {"cast_to_other", "microsoft.graph.countryNamedLocation/countriesAndRegions/any(c: c eq 'CA')",
     false},
    {"boolean_alone", "accountEnabled", true},
    {"boolean_cast", "not microsoft.graph.ipNamedLocation/isTrusted", false},
    {"object_there", "grantControls ne null", true},
    {"object_not_there", "grantControls eq null", false},
};

constexpr Row literals[] = {
    {"guid_bare", "id eq 4C299165-6e8f-4b45-a5ba-c5d250a707ff", true},
    {"guid_quoted", "id eq '4c299165-6e8f-4b45-a5ba-c5d250a707ff'", true},
    {"guid_other", "id eq 'All'", false},
    {"instant", "createdDateTime eq 2026-08-20T09:15:30.500Z", true},
    {"instant_offset", "createdDateTime eq 2026-08-20T11:15:30.5+02:00", true},
    {"instant_ge", "createdDateTime ge 2019-09-01T00:00:00Z", true},
    {"instant_lt", "createdDateTime lt 2026-08-20T09:15:30Z", false},
    {"date", "createdDateTime gt 2026-08-20", true},
    {"date_next", "createdDateTime ge 2026-08-21", false},
    {"enumeration_any_letters", "state eq 'Enabled'", true},
    {"enumeration_typed", "state eq microsoft.graph.conditionalAccessPolicyState'enabled'", true},
    {"false", "accountEnabled eq false", false},
    {"true_in_capitals", "accountEnabled eq TRUE", true},
    {"number_as_real", "scores/any(s: s eq 5.0)", true},
    {"number_exponent", "riskScore lt 1e3", true},
    {"null_word_in_quotes", "displayName eq 'null'", false},
};

std::string name_of_row(const testing::TestParamInfo<Row>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Operators, FilterRows, testing::ValuesIn(operators), name_of_row);
INSTANTIATE_TEST_SUITE_P(Functions, FilterRows, testing::ValuesIn(functions), name_of_row);
INSTANTIATE_TEST_SUITE_P(Collections, FilterRows, testing::ValuesIn(collections), name_of_row);
INSTANTIATE_TEST_SUITE_P(Paths, FilterRows, testing::ValuesIn(paths), name_of_row);
INSTANTIATE_TEST_SUITE_P(Literals, FilterRows, testing::ValuesIn(literals), name_of_row);

// ---- null: what is not there, is null, or is of another kind ----

class Nothing : public testing::TestWithParam<const char*> {};

TEST_P(Nothing, equals_null_and_nothing_else) {
  const auto* document = GetParam();
  EXPECT_TRUE(matches("displayName eq null", document));
  EXPECT_FALSE(matches("displayName ne null", document));
  EXPECT_TRUE(matches("displayName in ('a', null)", document));
  EXPECT_FALSE(matches("displayName in ('a')", document));
  EXPECT_FALSE(matches("displayName eq 'a'", document));
  EXPECT_TRUE(matches("displayName ne 'a'", document));
  EXPECT_TRUE(matches("tolower(displayName) eq null", document));
}

TEST_P(Nothing, has_no_order_and_no_letters) {
  const auto* document = GetParam();
  for (const auto* op : {"gt", "ge", "lt", "le"}) {
    const std::string filter = std::string("displayName ") + op;
    EXPECT_FALSE(matches(filter + " 'a'", document));
    EXPECT_FALSE(matches(filter + " null", document));
    EXPECT_TRUE(matches("not (" + filter + " 'a')", document));
  }
  EXPECT_FALSE(matches("startsWith(displayName,'')", document));
  EXPECT_FALSE(matches("contains(displayName,'')", document));
  EXPECT_TRUE(matches("not endsWith(displayName,'a')", document));
}

INSTANTIATE_TEST_SUITE_P(Documents, Nothing,
                         testing::Values("{}", R"({"displayName":null})", R"({"displayName":1})",
                                         R"({"displayName":["a"]})", R"("displayName")", "[]"));

TEST(Filter, takes_a_value_of_another_kind_as_null) {
  EXPECT_TRUE(matches("createdDateTime eq null", R"({"createdDateTime":"yesterday"})"));
  EXPECT_TRUE(matches("riskScore eq null", R"({"riskScore":"3"})"));
  EXPECT_TRUE(
      matches("riskScore eq null", "{\"riskScore\":1." + std::string(bare_length_max, '0') + "}"));
  EXPECT_TRUE(matches("accountEnabled eq null", R"({"accountEnabled":"true"})"));
  EXPECT_FALSE(matches("accountEnabled", R"({"accountEnabled":"true"})"));
  EXPECT_TRUE(matches("grantControls eq null", R"({"grantControls":[]})"));
  EXPECT_TRUE(matches("tags/$count eq 0", R"({"tags":"red"})"));
  EXPECT_TRUE(matches("tags/all(t: t eq 'x')", R"({"tags":"red"})"));
}

TEST(Filter, looks_behind_a_cast_only_in_documents_of_that_type) {
  const auto* filter = "microsoft.graph.ipNamedLocation/isTrusted";
  EXPECT_TRUE(
      matches(filter, R"({"@odata.type":"#Microsoft.Graph.ipNamedLocation","isTrusted":true})"));
  EXPECT_TRUE(
      matches(filter, R"({"@odata.type":"microsoft.graph.ipNamedLocation","isTrusted":true})"));
  EXPECT_FALSE(matches(
      filter, R"({"@odata.type":"#microsoft.graph.countryNamedLocation","isTrusted":true})"));
  EXPECT_FALSE(matches(filter, R"({"isTrusted":true})"));
  EXPECT_FALSE(matches(filter, R"({"@odata.type":1,"isTrusted":true})"));
}

TEST(Filter, compares_large_whole_numbers_exactly) {
  const auto* document = R"({"riskScore":9007199254740993})";
  EXPECT_TRUE(matches("riskScore eq 9007199254740993", document));
  EXPECT_FALSE(matches("riskScore eq 9007199254740992", document));
  EXPECT_TRUE(matches("riskScore gt 9007199254740992.0", document));
}

TEST(Filter, orders_texts_without_letter_case_where_the_property_has_none) {
  EXPECT_TRUE(matches("displayName gt 'A'", R"({"displayName":"b"})"));
  EXPECT_TRUE(matches("displayName lt 'B'", R"({"displayName":"a"})"));
  EXPECT_FALSE(matches("externalId lt 'B'", R"({"externalId":"a"})"));
}

TEST(Filter, writes_one_spelling) {
  const auto text = [](std::string_view filter) {
    const auto compiled = Filter::compile(filter, test_schema);
    return compiled ? compiled->text() : describe(compiled.error());
  };
  EXPECT_EQ(text(" ( DisplayName  EQ 'a' )and( state ne'enabled' or (accountEnabled) ) "),
            "displayName eq 'a' and (state ne 'enabled' or accountEnabled eq true)");
  EXPECT_EQ(text("NOT(displayName eq 'O''B') or STARTSWITH(displayName , 'x') eq false"),
            "not (displayName eq 'O''B') or not startsWith(displayName,'x')");
  EXPECT_EQ(text("displayName in ('b', 'A','a')"), "displayName in ('A','b')");
  EXPECT_EQ(text("3 lt riskScore"), "riskScore gt 3");
  EXPECT_EQ(text("tags/ANY( t : $it/tags/$count gt 1 and t eq 'a')"),
            "tags/any(t:tags/$count gt 1 and t eq 'a')");
}

}  // namespace
}  // namespace sallyport::odata
