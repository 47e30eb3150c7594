// Order, selection and pages, seen as a caller sees them: through a List.
#include "odata/list.h"

#include <gtest/gtest.h>

#include "odata/skip_token.h"
#include "odata/test_schema.h"

namespace sallyport::odata {
namespace {

constexpr std::string_view key = "0123456789abcdef";

Result<List> compile(std::string_view query,
                     ListOptions options = {.resource = "things", .key = key}) {
  auto parsed = parse_query(query);
  if (!parsed) return tl::unexpected<Error>(parsed.error());
  return List::compile(*parsed, test_schema, options);
}

struct Shown {
  std::string ids;
  std::uint64_t count = 0;
  std::optional<std::string> token;
};

// `documents` is a JSON list.
Shown show(std::string_view query, std::string_view documents) {
  const auto parsed = json::parse(documents);
  auto list = compile(query);
  EXPECT_TRUE(list) << describe(list.error());
  if (!list || !parsed) return {};
  const auto items = parsed->root().items();
  for (std::size_t i = 0; i < items.size(); ++i) list->offer(items[i], i);
  const auto page = list->page();
  Shown shown{"", page.count, page.skip_token};
  for (const auto row : page.rows) shown.ids += items[row].find("id")->text();
  return shown;
}

constexpr auto things = R"([
  {"id":"d","displayName":"beta","riskScore":10,"createdDateTime":"2026-01-01T00:00:00Z"},
  {"id":"a","displayName":"Alpha","riskScore":9,"createdDateTime":"2026-01-01T01:00:00+02:00"},
  {"id":"c","displayName":null,"riskScore":-1.5,"accountEnabled":false},
  {"id":"b","displayName":"alpha","accountEnabled":true},
  {"id":"e","displayName":"Gamma","riskScore":9.0,"createdDateTime":"2025-12-31T23:00:00.5Z"}])";

TEST(ListOrder, is_by_id_when_nothing_is_said) { EXPECT_EQ(show("", things).ids, "abcde"); }

TEST(ListOrder, takes_texts_without_letter_case_and_null_first) {
  EXPECT_EQ(show("$orderby=displayName", things).ids, "cabde");
  EXPECT_EQ(show("$orderby=displayName desc", things).ids, "edabc");
}

TEST(ListOrder, takes_numbers_as_numbers) {
  EXPECT_EQ(show("$orderby=riskScore", things).ids, "bcaed");
}

TEST(ListOrder, takes_instants_as_instants) {
  EXPECT_EQ(show("$orderby=createdDateTime", things).ids, "bcaed");
}

TEST(ListOrder, takes_several_keys) {
  EXPECT_EQ(show("$orderby=riskScore desc,displayName desc", things).ids, "deacb");
  EXPECT_EQ(show("$orderby=accountEnabled,displayName", things).ids, "adecb");
}

TEST(ListOrder, refuses_what_cannot_be_sorted) {
  const auto error = [](std::string_view query) {
    const auto list = compile(query);
    return list ? "" : describe(list.error());
  };
  EXPECT_EQ(error("$orderby=tags").substr(0, 55),
            "$orderby: `tags` cannot be sorted; these can: `id`, `di");
  EXPECT_EQ(error("$orderby=colour").substr(0, 60),
            "$orderby: unknown property `colour`; these can be sorted: `i");
  EXPECT_EQ(error("$orderby=id,ID desc"), "$orderby: `ID` is given twice");
  EXPECT_EQ(error("$orderby=id,state,riskScore,displayName,externalId"),
            "$orderby: a list is sorted by at most 4 properties");
}

TEST(ListPages, are_told_how_many_there_are_in_all) {
  const auto first = show("$top=2&$count=true", things);
  EXPECT_EQ(first.ids, "ab");
  EXPECT_EQ(first.count, 5U);
  ASSERT_TRUE(first.token);
  const auto second = show("$top=2&$skiptoken=" + *first.token, things);
  EXPECT_EQ(second.ids, "cd");
  EXPECT_EQ(second.count, 5U);
  const auto third = show("$top=2&$skiptoken=" + second.token.value(), things);
  EXPECT_EQ(third.ids, "e");
  EXPECT_FALSE(third.token);
}

TEST(ListPages, end_without_a_token_when_they_come_out_even) {
  EXPECT_FALSE(show("$top=5", things).token);
  EXPECT_TRUE(show("$top=4", things).token);
  EXPECT_EQ(show("", "[]").ids, "");
}

TEST(ListPages, begin_after_what_was_skipped) {
  const auto page = show("$skip=1&$top=2", things);
  EXPECT_EQ(page.ids, "bc");
  EXPECT_EQ(show("$top=2&$skiptoken=" + page.token.value(), things).ids, "de");
  EXPECT_EQ(show("$skip=9", things).ids, "");
}

TEST(ListPages, hold_only_what_matches) {
  const auto page = show("$filter=riskScore ge 9&$top=2&$search=\"a\"", things);
  EXPECT_EQ(page.ids, "a");
  EXPECT_EQ(page.count, 1U);
}

TEST(ListPages, refuse_a_size_out_of_bounds) {
  for (const auto* query : {"$top=0", "$top=1000"}) {
    const auto list = compile(query);
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().where, "$top");
    EXPECT_EQ(list.error().message.substr(0, 35), "a page has between 1 and 999 rows, ");
  }
}

TEST(ListPages, continue_where_null_keys_and_equal_keys_end) {
  std::string ids;
  std::string query = "$orderby=accountEnabled desc&$top=1";
  for (auto page = show(query, things);;
       page = show(query + "&$skiptoken=" + *page.token, things)) {
    ids += page.ids;
    if (!page.token) break;
  }
  EXPECT_EQ(ids, "bcade");
}

TEST(SkipToken, serves_only_the_list_it_was_made_for) {
  const auto token =
      show("$top=1&$filter=riskScore gt 1&$orderby=displayName", things).token.value();
  const auto with = [&](std::string_view rest) {
    const auto list = compile(std::string(rest) + "&$skiptoken=" + token);
    return list ? "" : list.error().message;
  };
  // The size of the page, what is selected, and blanks may change.
  EXPECT_EQ(with("$top=3&$select=id&$filter=(riskScore  gt 1)&$orderby=displayName"), "");
  const std::string refused =
      "the token was changed, or was made for another list, `$filter`, `$search` or `$orderby`; "
      "begin with the first page";
  EXPECT_EQ(with("$orderby=displayName"), refused);
  EXPECT_EQ(with("$filter=riskScore gt 2&$orderby=displayName"), refused);
  EXPECT_EQ(with("$filter=riskScore gt 1"), refused);
  EXPECT_EQ(with("$filter=riskScore gt 1&$orderby=displayName desc"), refused);
  EXPECT_EQ(with("$filter=riskScore gt 1&$orderby=displayName&$search=\"a\""), refused);
  const auto query = parse_query("$filter=riskScore gt 1&$orderby=displayName&$skiptoken=" + token);
  EXPECT_FALSE(List::compile(*query, test_schema, {.resource = "others", .key = key}));
  EXPECT_FALSE(
      List::compile(*query, test_schema, {.resource = "things", .key = "fedcba9876543210"}));
}

TEST(SkipToken, notices_every_changed_letter) {
  const Place place{{{false, "alpha"}, {true, ""}}, "a"};
  const auto token = write_skip_token(place, "binding", key);
  EXPECT_EQ(read_skip_token(token, "binding", key), place);
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(read_skip_token(changed, "binding", key)) << i;
    EXPECT_FALSE(read_skip_token(token.substr(0, i), "binding", key)) << i;
  }
  EXPECT_FALSE(read_skip_token(token + "A", "binding", key));
  EXPECT_FALSE(read_skip_token(token + "=", "binding", key));
}

TEST(SkipToken, does_not_go_with_skip) {
  const auto list = compile("$skip=1&$skiptoken=abc");
  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().where, "$skip");
}

TEST(SkipToken, fits_its_bound_whatever_the_texts) {
  const Place::Key worst{false, std::string(order_text_max, '\x01')};
  const Place place{{worst, worst, worst, worst}, std::string(200, 'x')};
  const auto token = write_skip_token(place, "", key);
  EXPECT_LE(token.size(), skip_token_length_max);
  EXPECT_EQ(read_skip_token(token, "", key), place);
}

TEST(SkipToken, cuts_long_texts_between_characters) {
  std::string name = "x";
  while (name.size() < 2 * order_text_max) name += "\xc3\xa9";
  const auto documents =
      R"([{"id":"a","displayName":")" + name + R"("},{"id":"b","displayName":")" + name + R"("}])";
  const auto page = show("$orderby=displayName&$top=1", documents);
  EXPECT_EQ(show("$orderby=displayName&$top=1&$skiptoken=" + page.token.value(), documents).ids,
            "b");
}

// ---- $select ----

std::string select(std::string_view paths, std::string_view json) {
  const auto list = compile("$select=" + std::string(paths));
  EXPECT_TRUE(list) << describe(list.error());
  const auto document = json::parse(json);
  std::string out;
  json::Writer writer(out);
  if (list) list->select().write(writer, document->root());
  return out;
}

constexpr auto thing =
    R"({"@odata.type":"#t","id":"a","displayName":"n","state":"enabled","tags":["x"],)"
    R"("tags@odata.count":1,"conditions":{"@odata.type":"#c","users":{"includeUsers":["All"],)"
    R"("excludeUsers":[]},"locations":null},"links":[{"name":"l","parts":[{"name":"p"}]},null]})";

TEST(Select, keeps_what_is_named_and_id_and_annotations) {
  EXPECT_EQ(select("displayName", thing), R"({"@odata.type":"#t","id":"a","displayName":"n"})");
  EXPECT_EQ(select("TAGS", thing),
            R"({"@odata.type":"#t","id":"a","tags":["x"],"tags@odata.count":1})");
}

TEST(Select, goes_into_objects_and_lists) {
  EXPECT_EQ(select("conditions/users/includeUsers", thing),
            R"({"@odata.type":"#t","id":"a","conditions":{"@odata.type":"#c","users":)"
            R"({"includeUsers":["All"]}}})");
  EXPECT_EQ(select("links/name", thing),
            R"({"@odata.type":"#t","id":"a","links":[{"name":"l"},null]})");
  EXPECT_EQ(select("conditions/users,conditions/users/includeUsers", thing),
            R"({"@odata.type":"#t","id":"a","conditions":{"@odata.type":"#c","users":)"
            R"({"includeUsers":["All"],"excludeUsers":[]}}})");
}

TEST(Select, keeps_everything_for_a_star) { EXPECT_EQ(select("id,*", thing), thing); }

TEST(Select, leaves_out_the_type_before_a_name) {
  EXPECT_EQ(select("microsoft.graph.ipNamedLocation/isTrusted", R"({"isTrusted":true,"x":1})"),
            R"({"isTrusted":true})");
}

TEST(Select, says_what_goes_into_the_context) {
  EXPECT_EQ(compile("$select=ID,conditions/users")->select().context(), "(id,conditions/users)");
  EXPECT_EQ(compile("")->select().context(), "");
}

TEST(Select, refuses_unknown_names) {
  const auto list = compile("$select=id,colour");
  ASSERT_FALSE(list);
  EXPECT_EQ(describe(list.error()).substr(0, 60),
            "$select: unknown property `colour`; there are `id`, `display");
}

}  // namespace
}  // namespace sallyport::odata
