#include "table.h"

#include <gtest/gtest.h>

namespace sallyport::cli {
namespace {

Table people() {
  Table table;
  table.columns = {{"ID", "id", false, false, true},
                   {"POLICY", "policy", true, true, false},
                   {"WHY", "why", true, false, false}};
  table.rows = {{{"1", Tone::plain}, {"Require MFA", Tone::strong}, {"all users", Tone::plain}},
                {{"1", Tone::plain}, {"Require MFA", Tone::strong}, {"iOS, \"a\"|b", Tone::bad}},
                {{"2", Tone::plain}, {"Block", Tone::strong}, {"", Tone::plain}}};
  return table;
}

Presentation as(Format format, int width = 0, bool colour = false) {
  return {format, colour, width};
}

TEST(Table, people_see_groups_once_and_no_ids) {
  EXPECT_EQ(render(people(), as(Format::table)),
            "POLICY       WHY\n"
            "Require MFA  all users\n"
            "             iOS, \"a\"|b\n"
            "Block\n");
}

TEST(Table, programs_see_every_value) {
  EXPECT_EQ(render(people(), as(Format::csv)),
            "id,policy,why\n"
            "1,Require MFA,all users\n"
            "1,Require MFA,\"iOS, \"\"a\"\"|b\"\n"
            "2,Block,\n");
  EXPECT_EQ(render(people(), as(Format::jsonl)),
            "{\"id\":\"1\",\"policy\":\"Require MFA\",\"why\":\"all users\"}\n"
            "{\"id\":\"1\",\"policy\":\"Require MFA\",\"why\":\"iOS, \\\"a\\\"|b\"}\n"
            "{\"id\":\"2\",\"policy\":\"Block\",\"why\":\"\"}\n");
}

TEST(Table, markdown_escapes_bars) {
  EXPECT_EQ(render(people(), as(Format::markdown)),
            "| POLICY | WHY |\n"
            "| --- | --- |\n"
            "| Require MFA | all users |\n"
            "|  | iOS, \"a\"\\|b |\n"
            "| Block |  |\n");
}

TEST(Table, no_line_is_wider_than_the_terminal) {
  Table table = people();
  table.rows[0][1].text = table.rows[1][1].text =
      "CA001-Global-AttackSurfaceReduction-AnyApp-AnyPlatform-BLOCK";
  const std::string text = render(table, as(Format::table, 32));
  std::size_t lines = 0;
  for (std::size_t start = 0; start < text.size(); ++lines) {
    const std::size_t end = text.find('\n', start);
    EXPECT_LE(end - start, 32U) << text;
    start = end + 1;
  }
  EXPECT_GT(lines, 4U);
}

TEST(Table, a_word_is_broken_only_where_there_is_no_room_for_it) {
  Table table;
  table.columns = {{"BY", "by", true}, {"FROM", "from", true}, {"OFTEN", "often", true}};
  table.rows = {{{"001 Require multifactor authentication"}, {"granted by somebody"}, {""}}};
  table.columns.back().rare = true;
  EXPECT_EQ(render(table, as(Format::table, 28)),
            "BY               FROM\n"
            "001 Require      granted by\n"
            "multifactor      somebody\n"
            "authentication\n");
  EXPECT_EQ(render(table, as(Format::csv)),
            "by,from,often\n001 Require multifactor authentication,granted by somebody,\n");
}

TEST(Table, colour_only_where_asked_for) {
  EXPECT_EQ(render(people(), as(Format::table)).find('\x1b'), std::string::npos);
  EXPECT_NE(render(people(), as(Format::table, 0, true)).find("\x1b[31m"), std::string::npos);
  EXPECT_EQ(render(people(), as(Format::markdown, 0, true)).find('\x1b'), std::string::npos);
}

TEST(Table, names_cannot_command_the_terminal) {
  Table table = people();
  table.rows[0][2].text = "\x1b[2Jgone\r";
  const std::string text = render(table, as(Format::table));
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

TEST(Wrap, breaks_at_blanks_then_behind_hyphens_then_anywhere) {
  EXPECT_EQ(wrap("one two three", 8), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrap("one-two-three", 8), (std::vector<std::string>{"one-two-", "three"}));
  EXPECT_EQ(wrap("abcdefghij", 4), (std::vector<std::string>{"abcd", "efgh", "ij"}));
  EXPECT_EQ(wrap("", 4), (std::vector<std::string>{""}));
}

TEST(Wrap, counts_columns_and_not_bytes) {
  EXPECT_EQ(display_width("Zürich"), 6U);
  EXPECT_EQ(display_width("東京"), 4U);
  EXPECT_EQ(wrap("ZürichÖst", 6), (std::vector<std::string>{"Zürich", "Öst"}));
}

}  // namespace
}  // namespace sallyport::cli
