#include "odata/search.h"

#include <gtest/gtest.h>

#include <ostream>

#include "odata/test_schema.h"

namespace sallyport::odata {
namespace {

constexpr auto document = R"({"displayName":"OneVideo HTTPServer2 Caf\u00e9-Berlin",
                              "tags":["Sales EMEA","pilot"], "state":"enabled"})";

struct Row {
  const char* name;
  const char* search;
  bool expected;
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.search; }
};

class SearchRows : public testing::TestWithParam<Row> {};

TEST_P(SearchRows, gives_the_answer_of_its_row) {
  const auto search = Search::compile(GetParam().search, test_schema);
  ASSERT_TRUE(search) << describe(search.error());
  EXPECT_EQ(search->matches(json::parse(document)->root()), GetParam().expected);
}

constexpr Row rows[] = {
    {"word", R"("displayName:berlin")", true},
    {"word_start", R"("displayName:BER")", true},
    {"word_middle", R"("displayName:erlin")", false},
    {"after_small_letter", R"("displayName:video")", true},
    {"over_two_words", R"("displayName:onevid")", true},
    {"capitals_are_one_word", R"("displayName:http")", true},
    {"inside_capitals", R"("displayName:server")", false},
    {"digit", R"("displayName:2")", true},
    {"beyond_ascii", "\"displayName:caf\xc3\xa9\"", true},
    {"two_words_any_order", R"("displayName:berlin one")", true},
    {"two_words_one_missing", R"("displayName:berlin two")", false},
    {"no_property", R"("sales")", true},
    {"no_property_other", R"("enabled")", false},
    {"words_of_one_value", R"("tags:sales pilot")", false},
    {"collection", R"("tags:emea")", true},
    {"and", R"("displayName:one" AND "tags:pilot")", true},
    {"and_not", R"("displayName:one" AND "tags:one")", false},
    {"or", R"("displayName:zwei" OR "tags:pilot")", true},
    {"without_and", R"("one" "zwei")", false},
    {"and_binds_first", R"("pilot" OR "pilot" AND "zwei")", true},
    {"brackets", R"(("pilot" OR "pilot") AND "zwei")", false},
    {"escapes", R"("displayName:\"one\\")", true},
    {"name_in_any_letters", R"("DISPLAYNAME: one")", true},
};
INSTANTIATE_TEST_SUITE_P(Rows, SearchRows, testing::ValuesIn(rows),
                         [](const auto& row) { return std::string(row.param.name); });

struct Wrong {
  const char* name;
  const char* search;
  const char* error;  // how it begins
  friend void PrintTo(const Wrong& row, std::ostream* out) { *out << row.search; }
};

class SearchErrors : public testing::TestWithParam<Wrong> {};

TEST_P(SearchErrors, say_where_and_what) {
  const auto search = Search::compile(GetParam().search, test_schema);
  ASSERT_FALSE(search);
  const auto error = describe(search.error());
  EXPECT_EQ(error.substr(0, std::string_view(GetParam().error).size()), GetParam().error) << error;
}

constexpr Wrong wrong[] = {
    {"no_quotes", "sales",
     "$search, column 1: expected a text in double quotes, such as \"displayName:sales\", found "
     "`sales`"},
    {"empty", " ", "$search, column 2: the search ends too early: expected a text"},
    {"open", "\"sales", "$search, column 1: the text that begins here has no closing quote"},
    {"unknown", R"("pilot" AND "colour:red")",
     "$search, column 14: `colour` cannot be searched; these can: `displayName` and `tags`"},
    {"not_searchable", R"("state:enabled")", "$search, column 2: `state` cannot be searched"},
    {"no_word", R"("displayName:--")",
     "$search, column 1: the text has no letter or digit to search for"},
    {"small_and", R"("a" and "b")", "$search, column 5: expected `AND`, `OR` or a text in double"},
    {"not", R"(NOT "a")", "$search, column 1: expected a text in double quotes"},
    {"bracket", R"(("a")", "$search, column 5: the search ends too early: expected `AND`, `OR` or"},
    {"deep", R"((((((((((("a"))))))))))", "$search, column 9: brackets nest at most 8 deep"},
};
INSTANTIATE_TEST_SUITE_P(Rows, SearchErrors, testing::ValuesIn(wrong),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(SearchBounds, texts) {
  std::string search = "\"a\"";
  for (std::size_t i = 1; i < search_clauses_max; ++i) search += "\"a\"";
  EXPECT_TRUE(Search::compile(search, test_schema));
  EXPECT_FALSE(Search::compile(search + "\"a\"", test_schema));
}

TEST(SearchBounds, words) {
  std::string words = "a";
  for (std::size_t i = 1; i < search_words_max; ++i) words += " a";
  EXPECT_TRUE(Search::compile('"' + words + '"', test_schema));
  EXPECT_FALSE(Search::compile('"' + words + " a\"", test_schema));
}

TEST(Search, is_refused_where_nothing_can_be_searched) {
  const Schema none{"microsoft.graph.thing", std::span(test_properties).first(1)};
  const auto search = Search::compile("\"a\"", none);
  ASSERT_FALSE(search);
  EXPECT_EQ(search.error().message, "nothing here can be searched; use `$filter`");
}

}  // namespace
}  // namespace sallyport::odata
