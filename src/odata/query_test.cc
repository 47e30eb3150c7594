#include "odata/query.h"

#include <gtest/gtest.h>

#include <ostream>

namespace sallyport::odata {
namespace {

Query good(std::string_view text) {
  auto query = parse_query(text);
  EXPECT_TRUE(query) << text << ": " << describe(query.error());
  return query ? std::move(*query) : Query();
}

TEST(Query, takes_every_option) {
  const auto query = good(
      "$filter=state%20eq+'a%26b'&$select=id,%20displayName&$expand=members($select=id;$top=5),"
      "owners"
      "&$orderby=displayName%20desc,id+asc&$top=5&$skip=10&$count=true&$search=%22a%22"
      "&$skiptoken=abc&$deltatoken=def&$format=json");
  EXPECT_EQ(query.filter, "state eq 'a&b'");
  EXPECT_EQ(query.select, (std::vector<std::string>{"id", "displayName"}));
  ASSERT_EQ(query.expand.size(), 2U);
  EXPECT_EQ(query.expand[0].path, "members");
  EXPECT_EQ(query.expand[0].options.select, std::vector<std::string>{"id"});
  EXPECT_EQ(query.expand[0].options.top, 5U);
  EXPECT_EQ(query.expand[1].path, "owners");
  EXPECT_EQ(query.order_by, (std::vector<OrderKey>{{"displayName", true}, {"id", false}}));
  EXPECT_EQ(query.top, 5U);
  EXPECT_EQ(query.skip, 10U);
  EXPECT_TRUE(query.count);
  EXPECT_EQ(query.search, "\"a\"");
  EXPECT_EQ(query.skip_token, "abc");
  EXPECT_EQ(query.delta_token, "def");
  EXPECT_EQ(query.format, "json");
  EXPECT_TRUE(query.others.empty());
}

TEST(Query, without_options_asks_for_everything) {
  for (const auto* text : {"", "&", "&&"}) {
    const auto query = good(text);
    EXPECT_FALSE(query.filter || query.top || query.skip || query.search || query.count);
    EXPECT_TRUE(query.select.empty() && query.expand.empty() && query.order_by.empty());
  }
}

TEST(Query, takes_names_in_any_letters_and_encoded) {
  EXPECT_EQ(good("%24Top=3").top, 3U);
  EXPECT_EQ(good("$ORDERBY=a DESC").order_by, (std::vector<OrderKey>{{"a", true}}));
  EXPECT_FALSE(good("$count=FALSE").count);
}

TEST(Query, keeps_other_parameters_apart) {
  using Others = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(good("a=1&top=5&a=%3D2&flag&$top=1").others,
            (Others{{"a", "1"}, {"top", "5"}, {"a", "=2"}, {"flag", ""}}));
}

TEST(Query, keeps_commas_and_semicolons_inside_brackets_and_quotes) {
  const auto query = good(
      "$expand=a($filter=x eq ';),(' and y in ('1','2');$expand=b($select=c,d);$count=true),e");
  ASSERT_EQ(query.expand.size(), 2U);
  const auto& options = query.expand[0].options;
  EXPECT_EQ(options.filter, "x eq ';),(' and y in ('1','2')");
  ASSERT_EQ(options.expand.size(), 1U);
  EXPECT_EQ(options.expand[0].options.select, (std::vector<std::string>{"c", "d"}));
  EXPECT_TRUE(options.count);
}

struct Row {
  const char* name;
  const char* query;
  const char* where;
  const char* message;  // how it begins
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.query; }
};

class QueryErrors : public testing::TestWithParam<Row> {};

TEST_P(QueryErrors, name_the_option) {
  const auto query = parse_query(GetParam().query);
  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().where, GetParam().where);
  EXPECT_EQ(query.error().message.substr(0, std::string_view(GetParam().message).size()),
            GetParam().message)
      << query.error().message;
}

constexpr Row rows[] = {
    {"unknown", "$fliter=a", "$fliter",
     "unknown query option; there are `$filter`, `$select`, `$expand`, `$orderby`, `$top`, "
     "`$skip`, `$count`, `$search`, `$format`, `$skiptoken` and `$deltatoken`"},
    {"apply", "$apply=aggregate", "$apply", "unknown query option"},
    {"twice", "$top=1&%24TOP=2", "$top", "the option is given twice"},
    {"twice_filter", "$filter=a&$filter=b", "$filter", "the option is given twice"},
    {"empty", "$filter=", "$filter", "the option is empty"},
    {"blank", "$select=+", "$select", "the option is empty"},
    {"no_value", "$top", "$top", "the option is empty"},
    {"top_word", "$top=all", "$top", "expected a whole number such as 20, found `all`"},
    {"top_negative", "$top=-1", "$top", "expected a whole number such as 20, found `-1`"},
    {"top_huge", "$top=99999999999999999999", "$top", "expected a whole number"},
    {"skip_beyond", "$skip=100001", "$skip", "at most 100000 rows are taken"},
    {"count_word", "$count=yes", "$count", "expected `true` or `false`, found `yes`"},
    {"order_word", "$orderby=a down", "$orderby",
     "expected `asc` or `desc` after `a`, found `down`"},
    {"comma", "$select=a,,b", "$select", "a name is missing before or after a comma"},
    {"comma_end", "$orderby=a,", "$orderby", "a name is missing before or after a comma"},
    {"expand_open", "$expand=a($select=b", "$expand", "a bracket or a quote is not closed"},
    {"expand_close", "$expand=a)", "$expand", "a bracket or a quote is not closed"},
    {"expand_nameless", "$expand=($top=1)", "$expand", "a name is missing before `(`"},
    {"expand_rest", "$expand=a($top=1)b", "$expand", "expected `,` after the options of `a`"},
    {"expand_option", "$expand=a($levels=2)", "$expand, a, $levels",
     "unknown query option; there are `$filter`, `$select`, `$expand`, `$orderby`, `$top`, "
     "`$skip`, `$count` and `$search`"},
    {"expand_token", "$expand=a($skiptoken=2)", "$expand, a, $skiptoken", "unknown query option"},
    {"expand_twice", "$expand=a($top=1;$top=2)", "$expand, a, $top", "the option is given twice"},
    {"expand_deep", "$expand=a($expand=b($expand=c($expand=d)))",
     "$expand, a, $expand, b, $expand, c, $expand", "`$expand` nests at most 3 deep"},
    {"percent", "$filter=100%", "$filter", "`%` is no percent-encoding; write %25 for `%`"},
    {"percent_letters", "$filter=%zz", "$filter", "`%zz` is no percent-encoding"},
    {"percent_name", "%=1", "", "`%` is no percent-encoding"},
    {"latin1", "$filter=%e9", "$filter", "the text is not UTF-8"},
    {"overlong", "$filter=%c0%af", "$filter", "the text is not UTF-8"},
    {"surrogate", "$filter=%ed%a0%80", "$filter", "the text is not UTF-8"},
    {"beyond_unicode", "$filter=%f4%90%80%80", "$filter", "the text is not UTF-8"},
    {"cut_character", "$filter=%e2%82", "$filter", "the text is not UTF-8"},
};

INSTANTIATE_TEST_SUITE_P(Rows, QueryErrors, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(QueryBounds, length) {
  const auto of_length = [](std::size_t n) { return "a=" + std::string(n - 2, 'x'); };
  EXPECT_TRUE(parse_query(of_length(query_length_max)));
  EXPECT_TRUE(parse_query("a=%78" + of_length(query_length_max - 1).substr(2)));
  const auto beyond = parse_query(of_length(query_length_max + 1));
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().kind, ErrorKind::too_large);
  const auto token = "$skiptoken=" + std::string(skip_token_length_max - 11, 'x');
  EXPECT_TRUE(parse_query(of_length(query_length_max - 1) + "&" + token));
}

TEST(QueryBounds, parameters_and_names) {
  std::string parameters = "a=1";
  std::string names = "$select=a";
  for (std::size_t i = 1; i < parameters_max; ++i) parameters += "&a=1";
  for (std::size_t i = 1; i < list_size_max; ++i) names += ",a";
  EXPECT_TRUE(parse_query(parameters));
  EXPECT_FALSE(parse_query(parameters + "&a=1"));
  EXPECT_TRUE(parse_query(next_query(good(parameters), "token")));
  EXPECT_TRUE(parse_query(names));
  EXPECT_FALSE(parse_query(names + ",a"));
}

TEST(NextQuery, asks_the_same_of_the_page_after) {
  const auto query = good(
      "$skip=5&$top=2&$filter=a eq 'b%26%2B%25 \xc3\xa4'&x=y%3D&$orderby=a desc&"
      "$expand=m($filter=a eq ';';$skip=3),n&$count=true&$search=\"a b\"");
  const auto next = next_query(query, "to-ken_");
  EXPECT_EQ(next,
            "$filter=a+eq+'b%26%2B%25+%C3%A4'&$search=%22a+b%22&$expand=m($filter=a+eq+';';$skip=3)"
            ",n&$orderby=a+desc&$count=true&$top=2&x=y=&$skiptoken=to-ken_");
  const auto again = good(next);
  EXPECT_EQ(again.filter, query.filter);
  EXPECT_EQ(again.search, query.search);
  EXPECT_EQ(again.order_by, query.order_by);
  EXPECT_EQ(again.others, query.others);
  EXPECT_EQ(again.expand.at(0).options.filter, "a eq ';'");
  EXPECT_EQ(again.expand.at(0).options.skip, 3U);
  EXPECT_EQ(again.skip, std::nullopt);
  EXPECT_EQ(next_query(again, "to-ken_"), next);
}

}  // namespace
}  // namespace sallyport::odata
