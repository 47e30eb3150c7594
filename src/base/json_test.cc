#include "base/json.h"

#include <gtest/gtest.h>

namespace sallyport::json {
namespace {

std::string error_of(std::string_view text) {
  const auto document = parse(text);
  return document ? "read" : describe(document.error());
}

TEST(Json, parse_write_parse_is_the_identity) {
  for (const std::string_view text :
       {R"({"a":1,"b":[true,false,null,"x\ny"],"c":{"d":-1.50e+3,"":"\u00e9\ud83d\ude00"}})",
        R"([])", R"({})", R"("text")", R"(12)", R"(true)", R"(null)",
        R"([[[1],[2,[3]]],{"z":1,"a":2}])", R"(123456789012345678901234567890)"}) {
    const auto first = parse(text);
    ASSERT_TRUE(first.has_value()) << text << ' ' << describe(first.error());
    const auto compact = write(first->root());
    const auto second = parse(compact);
    ASSERT_TRUE(second.has_value()) << compact;
    EXPECT_EQ(first->root(), second->root()) << text;
    const auto third = parse(write_pretty(first->root()));
    ASSERT_TRUE(third.has_value()) << text << ' ' << describe(third.error());
    EXPECT_EQ(third->root(), first->root()) << text;
  }
}

TEST(Json, numbers_keep_their_digits) {
  EXPECT_EQ(write(parse("[1.0, 1e2,-0,  100000000000000000000]")->root()),
            "[1.0,1e2,-0,100000000000000000000]");
}

TEST(Json, a_value_knows_where_it_stood) {
  const auto document = parse("{\n  \"state\": \"enabled\",\n  \"list\": [1,\n    22]\n}");
  const auto& root = document->root();
  const auto at = document->position(*root.find("state"));
  EXPECT_EQ(at.line, 2U);
  EXPECT_EQ(at.column, 12U);
  EXPECT_EQ(document->position(root.find("list")->items()[1]).line, 4U);
  EXPECT_EQ(locate(document->text(), root.members()[1].offset).column, 3U);
}

TEST(Json, a_duplicate_member_is_an_error_with_its_place) {
  EXPECT_EQ(error_of("{\"a\":1,\n \"b\":2, \"a\":3}"),
            "2:9: member `a` appears twice in one object");
  EXPECT_EQ(error_of(R"({"a":1,"\u0061":2})"), "1:8: member `a` appears twice in one object");
  std::string many = "{";
  for (int i = 0; i < 100; ++i) many += "\"m" + std::to_string(i) + "\":0,";
  EXPECT_EQ(error_of(many + "\"m7\":1}").substr(0, 6), "1:792:") << error_of(many + "\"m7\":1}");
}

TEST(Json, a_duplicate_that_is_null_can_be_left_out_and_told) {
  std::vector<NullDuplicate> duplicates;
  ReadOptions options;
  options.null_duplicates = &duplicates;
  const auto document = parse(R"({"a":null,"b":1,"a":{"c":2},"a":null})", options);
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(write(document->root()), R"({"b":1,"a":{"c":2}})");
  ASSERT_EQ(duplicates.size(), 2U);
  EXPECT_EQ(duplicates[0].name, "a");
  EXPECT_EQ(duplicates[0].offset, 1U);
  EXPECT_FALSE(parse(R"({"a":1,"a":1})", options).has_value());
  EXPECT_FALSE(parse(R"({"a":null,"a":1})").has_value());
}

TEST(Json, what_is_not_json_is_refused) {
  for (const std::string_view text : {"",          "   ",        "{",
                                      "[1,2",      "{\"a\":}",   "{\"a\" 1}",
                                      "[1 2]",     "{} x",       "1 2",
                                      "tru",       "nulll",      "[01]",
                                      "[1.]",      "\"a",        "[\"a\nb\"]",
                                      "[\"\\q\"]", "{\"a\":1,}", "[,]",
                                      "\xff",      "[\"\xc3\"]", "[\"\\ud800\"]",
                                      "{'a':1}",   "[1,]",       "[nan]",
                                      "]",         "{\"a\":1}}", "null null"}) {
    EXPECT_NE(error_of(text), "read") << text;
  }
}

TEST(Json, depth_is_bounded) {
  EXPECT_EQ(error_of(std::string(64, '[') + std::string(64, ']')), "read");
  EXPECT_EQ(error_of(std::string(65, '[') + std::string(65, ']')),
            "1:65: this is nested deeper than 64 levels");
  EXPECT_NE(error_of(std::string(100'000, '[')), "read");
}

TEST(Json, members_are_found_exactly_or_in_any_case) {
  const auto document = parse(R"({"GrantControls":1,"grantcontrols":2})");
  EXPECT_EQ(document->root().find("grantControls"), nullptr);
  EXPECT_EQ(document->root().find_ignoring_case("grantcontrols")->text(), "2");
  EXPECT_EQ(document->root().find_ignoring_case("GRANTCONTROLS")->text(), "1");
}

TEST(Json, the_writer_places_commas) {
  std::string out;
  Writer w(out);
  w.begin_object();
  w.member("a", true);
  w.key("b");
  w.begin_array();
  w.value(std::int64_t{1});
  w.value("q\"\x01");
  w.begin_object();
  w.end_object();
  w.null();
  w.end_array();
  w.member("c", "x");
  w.end_object();
  EXPECT_EQ(out, R"({"a":true,"b":[1,"q\"\u0001",{},null],"c":"x"})");
}

TEST(Json, what_must_be_escaped_is_found_wherever_it_stands) {
  for (int c = 0; c < 256; ++c) {
    for (std::size_t size = 1; size <= 20; ++size) {
      for (std::size_t at = 0; at < size; ++at) {
        std::string text(size, 'x');
        text[at] = static_cast<char>(c);
        std::string out;
        json::append_quoted(out, text);
        const bool escaped = c < 0x20 || c == '"' || c == '\\';
        EXPECT_EQ(out != '"' + text + '"', escaped) << c << " at " << at << " of " << size;
        if (c >= 0x80) continue;  // no UTF-8 of its own
        const auto read = json::parse(out);
        ASSERT_TRUE(read.has_value()) << out;
        EXPECT_EQ(read->root().text(), text);
      }
    }
  }
}

TEST(Json, a_pointer_escapes_its_names) {
  const Pointer root;
  const auto a = root.member("a/b~c");
  const auto b = a.item(3);
  EXPECT_EQ(root.text(), "");
  EXPECT_EQ(b.text(), "/a~1b~0c/3");
}

// A string is found eight bytes at a time: an end or an escape may stand anywhere in them.
TEST(Json, strings_of_every_length_end_where_they_end) {
  for (std::size_t before = 0; before < 20; ++before) {
    for (std::size_t after = 0; after < 20; ++after) {
      const auto text = std::string(before, 'a') + "\xc3\xa9" + std::string(after, 'b');
      const auto plain = parse("[\"" + text + "\",\"\"]");
      ASSERT_TRUE(plain.has_value());
      EXPECT_EQ(plain->root().items()[0].text(), text);
      EXPECT_EQ(plain->root().items()[1].text(), "");
      const auto head = std::string(before, 'a');
      const auto escaped = parse("[\"" + head + R"(\"\\)" + std::string(after, 'b') + "\"]");
      ASSERT_TRUE(escaped.has_value());
      EXPECT_EQ(escaped->root().items()[0].text(), head + "\"\\" + std::string(after, 'b'));
    }
  }
}

TEST(Json, a_parser_reads_text_after_text_as_parse_does) {
  const std::string texts[] = {R"({"a":[1,{"b":"x\ny"}],"c":null})",
                               "",
                               R"({"a":1,"a":2})",
                               "[1,2",
                               "[" + std::string(5000, ' ') + "true]",
                               "7",
                               R"("text")",
                               "null",
                               "{} {}",
                               "[\"" + std::string(100000, 'x') + "\"]",
                               "{}"};
  Parser parser;
  for (int round = 0; round < 2; ++round) {
    for (const auto& text : texts) {
      const auto padded = text + std::string(Parser::padding, '\0');
      const auto one = parser.parse(std::string_view(padded).substr(0, text.size()));
      const auto other = parse(text);
      ASSERT_EQ(one.has_value(), other.has_value()) << text.substr(0, 40);
      if (one) {
        EXPECT_EQ(write(*one), write(other->root()));
      } else {
        EXPECT_EQ(one.error().message, other.error().message);
        EXPECT_EQ(one.error().where, other.error().where);
      }
    }
  }
}

}  // namespace
}  // namespace sallyport::json
