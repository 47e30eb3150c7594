// Promises, named as such, over random filters, documents and lists.
//
// SALLYPORT_PAIRS scales how many cases are tried (20,000 is the fast suite's), SALLYPORT_SEED says
// where to begin.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "base/text.h"
#include "odata/filter_node.h"
#include "odata/list.h"
#include "odata/plan.h"
#include "odata/test_schema.h"
#include "tests/odata/make.h"

namespace sallyport::testing_support {
namespace {

using odata::Filter;
using odata::test_schema;

std::size_t number_from_environment(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<std::size_t>(std::strtoull(text, nullptr, 10));
}

// Calls test(random) for `cases` seeds, a part of what SALLYPORT_PAIRS asks for.
template <class Test>
void in_many_cases(std::size_t part, Test test) {
  const auto cases = number_from_environment("SALLYPORT_PAIRS", 20'000) / part;
  const auto seed = number_from_environment("SALLYPORT_SEED", 8'000'000);
  for (std::size_t i = 0; i < cases && !testing::Test::HasFatalFailure(); ++i) {
    SCOPED_TRACE("SALLYPORT_SEED=" + std::to_string(seed + i));
    Random random(seed + i);
    test(random);
  }
}

Filter compile(const std::string& text) {
  auto filter = Filter::compile(text, test_schema);
  if (filter) return std::move(*filter);
  ADD_FAILURE() << text << "\n" << describe(filter.error());
  return *Filter::compile("id eq null", test_schema);
}

std::string some_filter(Random& random) {
  return make_filter(random, static_cast<int>(random.below(5)));
}

TEST(OdataPromise, a_filter_that_is_written_and_read_is_the_same_filter) {
  in_many_cases(4, [](Random& random) {
    const auto filter = compile(some_filter(random));
    const auto again = compile(filter.text());
    ASSERT_EQ(again.root(), filter.root()) << filter.text();
    ASSERT_EQ(again.text(), filter.text());
  });
}

TEST(OdataPromise, not_turns_the_answer_round_and_not_not_turns_it_back) {
  in_many_cases(4, [](Random& random) {
    const auto text = some_filter(random);
    const auto filter = compile(text);
    const auto negated = compile("not (" + text + ")");
    const auto twice = compile("not (not (" + text + "))");
    json::Arena arena;
    const auto document = make_document(random, arena);
    ASSERT_NE(negated.matches(document), filter.matches(document)) << text;
    ASSERT_EQ(twice.matches(document), filter.matches(document)) << text;
  });
}

TEST(OdataPromise, and_and_or_do_not_mind_the_order) {
  in_many_cases(4, [](Random& random) {
    const auto a = "(" + some_filter(random) + ")";
    const auto b = "(" + some_filter(random) + ")";
    json::Arena arena;
    const auto document = make_document(random, arena);
    for (const std::string word : {" and ", " or "}) {
      ASSERT_EQ(compile(a + word + b).matches(document), compile(b + word + a).matches(document));
    }
    ASSERT_EQ(compile("not (" + a + " and " + b + ")").matches(document),
              compile("not " + a + " or not " + b).matches(document));
  });
}

// ---- plans ----

constexpr odata::Index indexes[] = {
    {.path = "id", .eq = true, .in = true},
    {.path = "displayName", .eq = true, .in = true, .starts_with = true, .range = true},
    {.path = "externalId", .eq = true, .in = true, .starts_with = true, .range = true},
    {.path = "createdDateTime", .eq = true, .in = true, .range = true},
    {.path = "state", .eq = true, .in = true}};

// What an index would find, told by the values it is given alone.
bool index_finds(const odata::Lookup& lookup, const json::Value& document) {
  using odata::PropertyKind;
  const auto kind = lookup.property->kind;
  const auto* value = document.find(lookup.property->path);
  if (value == nullptr || !value->is_string()) return false;
  const auto order = [&](const std::string& given) -> int {
    if (kind == PropertyKind::date_time) {
      const auto a = *parse_instant(value->text());
      const auto b = *parse_instant(given);
      return a < b ? -1 : a > b ? 1 : 0;
    }
    const bool exact = kind == PropertyKind::string_case_sensitive;
    const auto text = exact ? std::string(value->text()) : to_lower(value->text());
    return text.compare(given);
  };
  if (kind == PropertyKind::date_time && !parse_instant(value->text())) return false;
  if (lookup.kind == odata::Lookup::Kind::starts_with) {
    const auto& begin = lookup.values.front();
    const auto text = value->text().substr(0, begin.size());
    return kind == PropertyKind::string_case_sensitive ? text == begin : to_lower(text) == begin;
  }
  if (lookup.kind == odata::Lookup::Kind::range) {
    if (lookup.lower && order(lookup.lower->value) < (lookup.lower->inclusive ? 0 : 1))
      return false;
    return !lookup.upper || order(lookup.upper->value) <= (lookup.upper->inclusive ? 0 : -1);
  }
  return std::any_of(lookup.values.begin(), lookup.values.end(),
                     [&](const auto& given) { return order(given) == 0; });
}

TEST(OdataPromise, a_look_up_and_what_is_left_find_what_the_filter_finds) {
  std::size_t served = 0;
  std::size_t found = 0;
  in_many_cases(2, [&](Random& random) {
    auto text = some_filter(random);
    if (random.chance(70)) text = "(" + text + ") and " + make_filter(random, 0);
    const auto filter = compile(text);
    const auto plan = odata::plan(filter, indexes);
    ASSERT_EQ(plan.lookup.has_value(), plan.reason.empty());
    if (!plan.lookup) {
      ASSERT_EQ(plan.residual->root(), filter.root());
      return;
    }
    ++served;
    for (int i = 0; i < 5; ++i) {
      json::Arena arena;
      const auto document = make_document(random, arena);
      const bool finds = index_finds(*plan.lookup, document) &&
                         (!plan.residual || plan.residual->matches(document));
      found += finds ? 1 : 0;
      ASSERT_EQ(finds, filter.matches(document)) << text << "\n" << json::write(document);
    }
  });
  EXPECT_GT(served, 0U);
  EXPECT_GT(found, 0U);
}

// ---- order and pages ----

std::string some_order(Random& random) {
  static const std::vector<std::string> keys = {"displayName",    "externalId", "createdDateTime",
                                                "accountEnabled", "riskScore",  "state"};
  std::string order;
  std::size_t first = random.below(keys.size());
  for (std::size_t i = random.below(4); i > 0; --i) {
    order += (order.empty() ? "$orderby=" : ",") + keys[first++ % keys.size()];
    if (random.chance(50)) order += " desc";
  }
  return order;
}

int sign(std::weak_ordering order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

TEST(OdataPromise, order_is_total_and_a_place_stands_where_its_document_stands) {
  in_many_cases(4, [](Random& random) {
    const auto query = odata::parse_query(some_order(random));
    ASSERT_TRUE(query);
    const auto order = odata::Order::compile(query->order_by, test_schema);
    ASSERT_TRUE(order);
    json::Arena arena;
    const json::Value d[] = {make_document(random, arena), make_document(random, arena),
                             make_document(random, arena)};
    for (const auto& a : d) {
      ASSERT_EQ(sign(order->compare(a, a)), 0);
      for (const auto& b : d) {
        const int way = sign(order->compare(a, b));
        ASSERT_EQ(sign(order->compare(b, a)), -way);
        ASSERT_EQ(sign(order->compare(a, order->place_of(b))), way);
        ASSERT_EQ(sign(order->compare(order->place_of(a), order->place_of(b))), way);
      }
    }
    if (order->compare(d[0], d[1]) <= 0 && order->compare(d[1], d[2]) <= 0) {
      ASSERT_LE(sign(order->compare(d[0], d[2])), 0);
    }
  });
}

// A collection that changes while it is read: documents by id, each with a random content. No id is
// used twice.
class Changing {
 public:
  explicit Changing(Random& random) : random_(random) {}

  void add() {
    const auto id = "id" + std::to_string(random_.below(1000));
    if (!used_.insert(id).second) return;  // what comes back with its id would be seen again
    const auto made = make_document(random_, arena_);
    std::vector<json::Member> members{{"id", arena_.string(id)}};
    for (const auto& member : made.members()) {
      if (member.name != "id") members.push_back(member);
    }
    documents_.try_emplace(id, arena_.object(members));
  }
  void remove(const std::string& id) { documents_.erase(id); }
  const std::map<std::string, json::Value>& documents() const { return documents_; }

 private:
  Random& random_;
  json::Arena arena_;
  std::map<std::string, json::Value> documents_;
  std::set<std::string> used_;
};

TEST(OdataPromise, pages_show_what_stays_exactly_once_whatever_comes_and_goes) {
  in_many_cases(100, [](Random& random) {
    Changing collection(random);
    for (std::size_t i = random.below(40); i > 0; --i) collection.add();
    std::map<std::string, std::size_t> seen;
    std::map<std::string, bool> stayed;
    for (const auto& [id, document] : collection.documents()) stayed[id] = true;
    auto query = *odata::parse_query(some_order(random));
    if (random.chance(50)) query.filter = make_filter(random, 1);
    const auto matching = query.filter ? compile(*query.filter) : compile("id ne null");
    query.top = random.between(1, 7);
    for (std::size_t pages = 0;; ++pages) {
      ASSERT_LT(pages, 1000U);
      auto list =
          odata::List::compile(query, test_schema, {.resource = "r", .key = "0123456789abcdef"});
      ASSERT_TRUE(list) << describe(list.error());
      std::vector<std::string> ids;
      for (const auto& [id, document] : collection.documents()) {
        list->offer(document, ids.size());
        ids.push_back(id);
      }
      const auto page = list->page();
      ASSERT_LE(page.rows.size(), *query.top);
      for (const auto row : page.rows) ASSERT_EQ(++seen[ids[row]], 1U) << ids[row];
      if (!page.skip_token) break;
      ASSERT_EQ(page.rows.size(), *query.top);
      query = *odata::parse_query(odata::next_query(query, *page.skip_token));
      if (random.chance(50)) collection.add();
      if (random.chance(50) && !ids.empty()) {
        const auto& gone = random.pick(ids);
        collection.remove(gone);
        stayed.erase(gone);
      }
    }
    for (const auto& [id, yes] : stayed) {
      const bool matches = matching.matches(collection.documents().at(id));
      ASSERT_EQ(seen[id], matches ? 1U : 0U) << id;
    }
  });
}

TEST(OdataPromise, pages_follow_each_other_as_one_list) {
  in_many_cases(200, [](Random& random) {
    Changing collection(random);
    for (std::size_t i = random.below(40); i > 0; --i) collection.add();
    const auto read = [&](std::uint64_t top) {
      odata::Query query;
      query.order_by = {{"displayName", true}, {"riskScore", false}};
      query.top = top;
      std::vector<std::string> all;
      for (;;) {
        auto list =
            odata::List::compile(query, test_schema, {.resource = "r", .key = "0123456789abcdef"});
        std::vector<std::string> ids;
        for (const auto& [id, document] : collection.documents()) {
          list->offer(document, ids.size());
          ids.push_back(id);
        }
        const auto page = list->page();
        EXPECT_EQ(page.count, ids.size());
        for (const auto row : page.rows) all.push_back(ids[row]);
        if (!page.skip_token) return all;
        query.skip_token = page.skip_token;
      }
    };
    ASSERT_EQ(read(random.between(1, 7)), read(999));
  });
}

TEST(OdataPromise, a_selection_takes_away_and_changes_nothing) {
  static const std::vector<std::string> paths = {"displayName", "tags",  "conditions/users",
                                                 "links/name",  "state", "links/parts/name"};
  in_many_cases(4, [](Random& random) {
    json::Arena arena;
    const auto document = make_document(random, arena);
    const auto chosen = random.some(paths, 3);
    const auto select = odata::Select::compile(chosen, test_schema);
    ASSERT_TRUE(select);
    std::string once;
    json::Writer writer(once);
    select->write(writer, document);
    const auto read = json::parse(once);
    ASSERT_TRUE(read);
    for (const auto& member : read->root().members()) {
      ASSERT_NE(document.find(member.name), nullptr);
      if (member.value.is_object() || member.value.is_array()) continue;
      ASSERT_EQ(member.value, *document.find(member.name));
    }
    std::string twice;
    json::Writer again(twice);
    select->write(again, read->root());
    ASSERT_EQ(twice, once);
  });
}

}  // namespace
}  // namespace sallyport::testing_support
