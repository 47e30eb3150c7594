#include "store/contract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

namespace sallyport {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

const Instant noon = *parse_instant("2026-03-01T12:00:00Z");

SignInRecord record(const std::string& id, int minute, const std::string& user = "alice",
                    const std::string& app = "mail", const std::string& outcome = "granted") {
  const auto at = noon + std::chrono::minutes(minute);
  return {id, at, user, app, outcome, "{\"id\":\"" + id + "\"}", 0};
}

std::vector<std::string> ids_of(const std::vector<SignInRecord>& records) {
  std::vector<std::string> ids;
  for (const auto& one : records) ids.push_back(one.decision_id);
  return ids;
}

std::vector<std::string> ids_of(const std::vector<VersionedDocument>& documents) {
  std::vector<std::string> ids;
  for (const auto& one : documents) ids.push_back(one.id);
  return ids;
}

// A store call that is expected to succeed.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(describe(result.error()));
  return std::move(*result);
}
void must(const Result<void>& result) {
  if (!result) throw std::runtime_error(describe(result.error()));
}

void a_document_comes_back_as_it_came(Store& store, StoreUnderTest& data) {
  const std::string json = "{ \"displayName\" : \"Zo\xc3\xab\",\n\t\"n\": 1.50e3, \"x\":null }\n";
  const auto version = must(store.put("policies", "p1", json));
  EXPECT_GT(version, 0);
  EXPECT_EQ(must(store.get("policies", "p1")).json, json);
  EXPECT_EQ(must(store.get("policies", "p1")).version, version);
  const auto again = must(data.open());
  EXPECT_EQ(must(again->get("policies", "p1")).json, json);
}

void kinds_do_not_mix(Store& store, StoreUnderTest&) {
  must(store.put("users", "1", "a user"));
  must(store.put("groups", "1", "a group"));
  must(store.put("groups", "2", ""));
  EXPECT_EQ(must(store.get("users", "1")).json, "a user");
  EXPECT_EQ(must(store.get("groups", "2")).json, "");
  const auto kinds = must(store.kinds());
  ASSERT_EQ(kinds.size(), 2U);
  EXPECT_EQ(kinds[0].kind, "groups");
  EXPECT_EQ(kinds[0].count, 2);
  EXPECT_EQ(kinds[1].kind, "users");
  EXPECT_EQ(store.get("users", "2").error().kind, ErrorKind::not_found);
}

void a_version_that_was_not_seen_is_a_conflict(Store& store, StoreUnderTest&) {
  const auto first = must(store.put("users", "1", "one", 0));
  const auto exists = store.put("users", "1", "another", 0);
  ASSERT_FALSE(exists.has_value());
  EXPECT_EQ(exists.error().kind, ErrorKind::conflict);
  EXPECT_EQ(exists.error().where, "users/1");
  const auto second = must(store.put("users", "1", "two", first));
  EXPECT_GT(second, first);
  EXPECT_EQ(store.put("users", "1", "three", first).error().kind, ErrorKind::conflict);
  EXPECT_EQ(store.remove("users", "1", first).error().kind, ErrorKind::conflict);
  EXPECT_EQ(must(store.get("users", "1")).json, "two");
  must(store.remove("users", "1", second));
  EXPECT_EQ(store.put("users", "1", "four", second).error().kind, ErrorKind::conflict);
  EXPECT_GT(must(store.put("users", "1", "five", 0)), second) << "a version is never used twice";
}

void what_is_not_there_cannot_be_removed(Store& store, StoreUnderTest&) {
  EXPECT_EQ(store.remove("users", "nobody").error().kind, ErrorKind::not_found);
  EXPECT_EQ(must(store.last_sequence()), 0);
}

void a_batch_is_all_or_nothing(Store& store, StoreUnderTest&) {
  must(store.put("users", "1", "one"));
  const auto before = must(store.last_sequence());
  const std::vector<Write> writes = {{"users", "2", "two", std::nullopt},
                                     {"users", "1", std::nullopt, std::nullopt},
                                     {"users", "3", "three", 77}};
  const auto refused = store.write(writes);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_EQ(refused.error().where, "users/3");
  EXPECT_THAT(ids_of(must(store.list("users", "", 10))), ElementsAre("1"));
  EXPECT_THAT(must(store.changes_after(before, 10)), IsEmpty());
  const auto versions = must(store.write(std::span(writes).first(2)));
  EXPECT_THAT(versions, ElementsAre(before + 1, before + 2)) << "a refused batch leaves no hole";
  EXPECT_THAT(must(store.write({})), IsEmpty());
}

void a_list_is_paged_in_order_of_id(Store& store, StoreUnderTest&) {
  for (const auto* id : {"c", "a", "e", "b", "d"}) must(store.put("users", id, id));
  must(store.put("groups", "bb", "another kind"));
  EXPECT_THAT(ids_of(must(store.list("users", "", 2))), ElementsAre("a", "b"));
  EXPECT_THAT(ids_of(must(store.list("users", "b", 2))), ElementsAre("c", "d"));
  EXPECT_THAT(ids_of(must(store.list("users", "d", 2))), ElementsAre("e"));
  EXPECT_THAT(must(store.list("users", "e", 2)), IsEmpty());
  EXPECT_THAT(must(store.list("nothing", "", 2)), IsEmpty());
}

void every_document_is_visited_once_until_the_visitor_has_enough(Store& store, StoreUnderTest&) {
  must(store.put("users", "b", "1"));
  must(store.put("groups", "a", "2"));
  must(store.put("users", "a", "3"));
  const auto version = must(store.put("users", "b", "4"));
  must(store.put("groups", "c", "5"));
  must(store.remove("groups", "c"));
  std::vector<std::string> seen;
  must(store.each_document([&](const DocumentView& document) -> Result<void> {
    seen.push_back(std::string(document.kind) + "/" + std::string(document.id) + "=" +
                   std::string(document.json));
    if (document.json == "4") {
      EXPECT_EQ(document.version, version);
    }
    return {};
  }));
  EXPECT_THAT(seen, testing::UnorderedElementsAre("users/b=4", "groups/a=2", "users/a=3"));
  int visits = 0;
  const auto ended = store.each_document([&](const DocumentView&) -> Result<void> {
    ++visits;
    return fail(ErrorKind::internal, "enough");
  });
  ASSERT_FALSE(ended.has_value());
  EXPECT_EQ(ended.error().message, "enough");
  EXPECT_EQ(visits, 1);
  EXPECT_EQ(must(store.get("users", "a")).json, "3") << "the store goes on";
}

void the_feed_tells_every_change_in_order(Store& store, StoreUnderTest&) {
  EXPECT_EQ(must(store.last_sequence()), 0);
  must(store.put("users", "1", "one"));
  must(store.put("users", "1", "uno"));
  must(store.put("groups", "g", "group"));
  must(store.remove("users", "1"));
  EXPECT_EQ(must(store.last_sequence()), 4);
  EXPECT_THAT(must(store.changes_after(0, 2)), ElementsAre(Change{1, "users", "1", false, true},
                                                           Change{2, "users", "1", false, false}));
  EXPECT_THAT(must(store.changes_after(2, 10)), ElementsAre(Change{3, "groups", "g", false, true},
                                                            Change{4, "users", "1", true, false}));
  EXPECT_THAT(must(store.changes_after(4, 10)), IsEmpty());
  const Write noted{"groups", "g", "grouped", std::nullopt, "what came of it"};
  must(store.write({&noted, 1}));
  EXPECT_THAT(must(store.changes_after(4, 10)),
              ElementsAre(Change{5, "groups", "g", false, false, "what came of it"}));
}

void writers_at_once_leave_no_hole_and_lose_nothing(Store& store, StoreUnderTest& data) {
  constexpr int writers = 4;
  constexpr int each = 10;
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int w = 0; w < writers; ++w) {
    threads.emplace_back([&, w] {
      // Half of them as another process would.
      auto own = w % 2 == 0 ? data.open() : Result<std::unique_ptr<Store>>();
      Store& mine = w % 2 == 0 && own ? **own : store;
      for (int i = 0; i < each; ++i) {
        if (!mine.put("users", std::to_string(w * each + i), "x")) ++refused;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(must(store.list("users", "", 1000)).size(), std::size_t{writers * each});
  const auto changes = must(store.changes_after(0, 1000));
  ASSERT_EQ(changes.size(), std::size_t{writers * each});
  for (std::size_t i = 0; i < changes.size(); ++i) {
    EXPECT_EQ(changes[i].sequence, static_cast<Sequence>(i + 1));
  }
}

void one_of_many_who_change_the_same_version_wins(Store& store, StoreUnderTest& data) {
  const auto version = must(store.put("users", "1", "start"));
  std::atomic<int> won{0};
  std::atomic<int> lost{0};
  std::vector<std::thread> threads;
  for (int w = 0; w < 4; ++w) {
    threads.emplace_back([&] {
      const auto own = data.open();
      if (!own) return;
      const auto put = (*own)->put("users", "1", "mine", version);
      if (put) ++won;
      if (!put && put.error().kind == ErrorKind::conflict) ++lost;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 3);
}

void waiting_ends_with_news_or_with_time(Store& store, StoreUnderTest& data) {
  EXPECT_EQ(must(store.wait_for_change(0, milliseconds(20))), 0);
  for (const bool elsewhere : {false, true}) {
    const auto after = must(store.last_sequence());
    std::thread writer([&] {
      std::this_thread::sleep_for(milliseconds(20));
      if (elsewhere) {
        EXPECT_TRUE((*data.open())->put("users", "1", "news").has_value());
      } else {
        EXPECT_TRUE(store.put("users", "1", "news").has_value());
      }
    });
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(must(store.wait_for_change(after, milliseconds(20'000))), after + 1);
    EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(10'000));
    writer.join();
  }
  EXPECT_EQ(must(store.wait_for_change(0, milliseconds(0))), 2);
}

void a_sign_in_comes_back_as_it_came(Store& store, StoreUnderTest& data) {
  auto one = record("d1", 0);
  one.at += std::chrono::microseconds(123'456);
  must(store.append({&one, 1}));
  const auto again = must(data.open());
  const auto found = must(again->find_sign_in("d1"));
  EXPECT_EQ(found.at, one.at);
  EXPECT_EQ(found.user_id, "alice");
  EXPECT_EQ(found.app_id, "mail");
  EXPECT_EQ(found.outcome, "granted");
  EXPECT_EQ(found.json, one.json);
  EXPECT_EQ(store.find_sign_in("d2").error().kind, ErrorKind::not_found);
}

void a_group_of_sign_ins_is_all_or_nothing(Store& store, StoreUnderTest&) {
  const std::vector<SignInRecord> first = {record("d1", 0), record("d2", 1)};
  must(store.append(first));
  const std::vector<SignInRecord> second = {record("d3", 2), record("d1", 3)};
  const auto refused = store.append(second);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_EQ(refused.error().where, "d1");
  EXPECT_THAT(ids_of(must(store.sign_ins({}, std::nullopt, 10))), ElementsAre("d2", "d1"));
  EXPECT_EQ(must(store.find_sign_in("d1")).at, noon) << "a record is never changed";
}

void sign_ins_are_paged_newest_first(Store& store, StoreUnderTest&) {
  // Several at one instant, and one that was appended late.
  must(store.append(std::vector{record("d1", 1), record("d2", 2), record("d3", 2), record("d4", 2),
                                record("d5", 3), record("d0", 0)}));
  std::vector<std::string> seen;
  std::optional<SignInCursor> after;
  for (;;) {
    const auto page = must(store.sign_ins({}, after, 2));
    for (const auto& id : ids_of(page)) seen.push_back(id);
    if (page.size() < 2) break;
    after = SignInCursor{page.back().at, page.back().sequence};
  }
  EXPECT_THAT(seen, ElementsAre("d5", "d4", "d3", "d2", "d1", "d0"));
}

void sign_ins_are_found_by_what_they_are(Store& store, StoreUnderTest&) {
  must(store.append(
      std::vector{record("d1", 1, "alice", "mail"), record("d2", 2, "bob", "mail", "blocked"),
                  record("d3", 3, "alice", "files", "blocked"), record("d4", 4, "alice", "mail")}));
  const auto with = [&](const SignInFilter& filter) {
    return ids_of(must(store.sign_ins(filter, std::nullopt, 10)));
  };
  SignInFilter of_alice;
  of_alice.user_id = "alice";
  EXPECT_THAT(with(of_alice), ElementsAre("d4", "d3", "d1"));
  of_alice.app_id = "mail";
  EXPECT_THAT(with(of_alice), ElementsAre("d4", "d1"));
  SignInFilter blocked;
  blocked.outcome = "blocked";
  EXPECT_THAT(with(blocked), ElementsAre("d3", "d2"));
  SignInFilter between;
  between.from = noon + std::chrono::minutes(2);
  between.until = noon + std::chrono::minutes(4);
  EXPECT_THAT(with(between), ElementsAre("d3", "d2")) << "until is exclusive, from is not";
  between.user_id = "bob";
  EXPECT_THAT(with(between), ElementsAre("d2"));
}

void old_sign_ins_can_be_forgotten(Store& store, StoreUnderTest&) {
  must(store.append(std::vector{record("d1", 1), record("d2", 2), record("d3", 3)}));
  const auto before = noon + std::chrono::minutes(3);
  EXPECT_EQ(must(store.forget_sign_ins(before, 1)), 1U);
  EXPECT_EQ(must(store.forget_sign_ins(before, 10)), 1U);
  EXPECT_EQ(must(store.forget_sign_ins(before, 10)), 0U);
  EXPECT_THAT(ids_of(must(store.sign_ins({}, std::nullopt, 10))), ElementsAre("d3"));
}

// In the order in which they came, whatever their time: who has read up to one has missed none.
void sign_ins_are_a_feed(Store& store, StoreUnderTest& data) {
  EXPECT_EQ(must(store.last_sign_in()), 0);
  must(store.append(std::vector{record("d1", 5), record("d2", 2)}));
  const auto last = must(store.last_sign_in());
  must(must(data.open())->append(std::vector{record("d3", 1)}));
  EXPECT_THAT(ids_of(must(store.sign_ins_after(0, 2))), ElementsAre("d1", "d2"));
  EXPECT_THAT(ids_of(must(store.sign_ins_after(last, 10))), ElementsAre("d3"));
  EXPECT_EQ(must(store.last_sign_in()), must(store.sign_ins_after(last, 10)).back().sequence);
  EXPECT_EQ(must(store.forget_sign_ins(noon + std::chrono::hours(1), 10)), 3U);
  must(store.append(std::vector{record("d4", 0)}));
  EXPECT_THAT(ids_of(must(store.sign_ins_after(last, 10))), ElementsAre("d4"));
}

void the_feed_tells_what_is_new(Store& store, StoreUnderTest&) {
  must(store.put("users", "1", "a"));
  must(store.put("users", "1", "b"));
  must(store.remove("users", "1"));
  must(store.put("users", "1", "c"));
  std::vector<bool> created;
  for (const auto& change : must(store.changes_after(0, 10))) created.push_back(change.created);
  EXPECT_THAT(created, ElementsAre(true, false, false, true));
}

void what_later_changes_of_a_document_follow_can_be_forgotten(Store& store, StoreUnderTest&) {
  must(store.put("devices", "1", "a"));  // 1
  must(store.put("devices", "1", "b"));  // 2
  must(store.put("users", "1", "a"));    // 3
  must(store.put("users", "1", "b"));    // 4
  must(store.put("devices", "2", "a"));  // 5
  must(store.put("devices", "1", "c"));  // 6
  must(store.put("devices", "2", "b"));  // 7
  must(store.remove("devices", "2"));    // 8
  must(store.put("users", "1", "c"));    // 9
  must(store.put("devices", "1", "d"));  // 10
  constexpr std::string_view kinds[] = {"other", "devices"};
  EXPECT_EQ(must(store.forget_changes(kinds, 0, 9, 4)), 4);
  EXPECT_EQ(must(store.forget_changes(kinds, 4, 9, 100)), 9) << "and nothing behind it";
  EXPECT_EQ(must(store.forget_changes(kinds, 9, 9, 100)), 9);
  std::vector<Sequence> left;
  for (const auto& change : must(store.changes_after(0, 100))) left.push_back(change.sequence);
  EXPECT_THAT(left, ElementsAre(1, 3, 4, 5, 8, 9, 10));
  EXPECT_EQ(must(store.forget_changes(kinds, 9, 10, 100)), 10) << "the last of a document stays";
  EXPECT_EQ(must(store.last_sequence()), 10);
  EXPECT_EQ(must(store.put("devices", "1", "e", 10)), 11);
}

// By this process or another: whoever remembers what they read knows when to read again.
void the_mark_changes_with_every_commit(Store& store, StoreUnderTest& data) {
  std::set<std::uint64_t> marks = {store.commit_mark()};
  const auto other = must(data.open());
  for (int i = 0; i < 50; ++i) {
    must((i % 2 == 0 ? store : *other).put("users", "1", std::to_string(i)));
    const auto mark = store.commit_mark();
    EXPECT_TRUE(mark == 0 || marks.insert(mark).second);
    EXPECT_EQ(store.commit_mark(), mark) << "reading changes nothing";
    EXPECT_EQ(must(store.get("users", "1")).json, std::to_string(i));
    EXPECT_EQ(store.commit_mark(), mark);
  }
  must(other->append(std::vector{record("d1", 1)}));
  const auto mark = store.commit_mark();
  EXPECT_TRUE(mark == 0 || marks.insert(mark).second);
}

AuditRecord audit(const std::string& id, int minute, const std::string& actor = "ada",
                  const std::string& target = "p1") {
  return {id, noon + std::chrono::minutes(minute), actor, target, "{\"id\":\"" + id + "\"}", 0};
}

std::vector<std::string> ids_of(const std::vector<AuditRecord>& records) {
  std::vector<std::string> ids;
  for (const auto& one : records) ids.push_back(one.id);
  return ids;
}

void a_change_and_its_audit_are_kept_together_or_not_at_all(Store& store, StoreUnderTest& data) {
  const Write good{"policies", "p1", "one", Version{0}};
  const AuditRecord entry = audit("a1", 1);
  must(store.write({&good, 1}, {&entry, 1}));
  const Write bad{"policies", "p1", "two", Version{77}};
  const AuditRecord other = audit("a2", 2);
  EXPECT_EQ(store.write({&bad, 1}, {&other, 1}).error().kind, ErrorKind::conflict);
  EXPECT_EQ(store.find_audit("a2").error().kind, ErrorKind::not_found);
  // The other way round: an audit that cannot be kept takes the change with it.
  const Write second{"policies", "p2", "two", Version{0}};
  EXPECT_EQ(store.write({&second, 1}, {&entry, 1}).error().kind, ErrorKind::conflict);
  EXPECT_EQ(store.get("policies", "p2").error().kind, ErrorKind::not_found);
  const auto again = must(data.open());
  EXPECT_EQ(must(again->find_audit("a1")).json, entry.json);
  EXPECT_EQ(must(again->find_audit("a1")).at, entry.at);
}

void audits_are_paged_newest_first_and_found_by_what_they_are(Store& store, StoreUnderTest&) {
  const std::vector<AuditRecord> entries = {audit("a1", 1), audit("a2", 2, "bob"),
                                            audit("a3", 2, "ada", "p2"), audit("a4", 4)};
  must(store.write({}, entries));
  EXPECT_THAT(ids_of(must(store.audits({}, std::nullopt, 10))),
              ElementsAre("a4", "a3", "a2", "a1"));
  const auto first = must(store.audits({}, std::nullopt, 2));
  EXPECT_THAT(ids_of(must(store.audits({}, LogCursor{first[1].at, first[1].sequence}, 10))),
              ElementsAre("a2", "a1"));
  EXPECT_THAT(ids_of(must(store.audits({"bob", {}, {}, {}}, std::nullopt, 10))), ElementsAre("a2"));
  EXPECT_THAT(ids_of(must(store.audits({{}, "p2", {}, {}}, std::nullopt, 10))), ElementsAre("a3"));
  const auto minute = [](int n) { return noon + std::chrono::minutes(n); };
  EXPECT_THAT(ids_of(must(store.audits({{}, {}, minute(2), minute(4)}, std::nullopt, 10))),
              ElementsAre("a3", "a2"));
}

void old_audits_can_be_forgotten(Store& store, StoreUnderTest&) {
  must(store.write({}, std::vector{audit("a1", 1), audit("a2", 2), audit("a3", 3)}));
  const auto before = noon + std::chrono::minutes(3);
  EXPECT_EQ(must(store.forget_audits(before, 1)), 1U);
  EXPECT_EQ(must(store.forget_audits(before, 10)), 1U);
  EXPECT_EQ(must(store.forget_audits(before, 10)), 0U);
  EXPECT_THAT(ids_of(must(store.audits({}, std::nullopt, 10))), ElementsAre("a3"));
}

void documents_are_counted(Store& store, StoreUnderTest&) {
  EXPECT_EQ(must(store.count("users")), 0);
  must(store.put("users", "1", "{}"));
  must(store.put("users", "2", "{}"));
  must(store.put("groups", "3", "{}"));
  EXPECT_EQ(must(store.count("users")), 2);
}

void documents_are_found_by_an_indexed_member(Store& store, StoreUnderTest&) {
  const auto user = [&](const std::string& id, const std::string& name) {
    must(store.put("user", id, R"({"displayName":)" + name + "}"));
  };
  user("4", R"("Carol")");
  user("3", R"("bob")");
  user("1", R"("Alice")");
  user("2", R"("BOB")");
  user("5", "null");
  must(store.put("user", "6", "this is damaged"));
  must(store.put("group", "7", R"({"displayName":"bob"})"));
  EXPECT_THAT(store.indexed_members("user"), testing::Contains("displayName"));
  EXPECT_THAT(store.indexed_members("no such kind"), IsEmpty());
  ValueRange range;
  range.member = "displayName";
  EXPECT_THAT(ids_of(must(store.find("user", range, 10))), ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(ids_of(must(store.find("user", range, 2))), ElementsAre("1", "2"));
  range.after = {"bob", "2"};
  EXPECT_THAT(ids_of(must(store.find("user", range, 10))), ElementsAre("3", "4"));
  range.after.reset();
  range.from = "bob";
  range.upto = "bob";
  EXPECT_THAT(ids_of(must(store.find("user", range, 10))), ElementsAre("2", "3"));
  range.prefix = "c";
  EXPECT_THAT(ids_of(must(store.find("user", range, 10))), ElementsAre("4"));
  must(store.remove("user", "4"));
  EXPECT_THAT(must(store.find("user", range, 10)), IsEmpty());
}

using Check = void (*)(Store&, StoreUnderTest&);

class ContractTest : public testing::Test {
 public:
  ContractTest(StoreFactory factory, Check check) : factory_(std::move(factory)), check_(check) {}
  void TestBody() override {
    const auto data = factory_();
    auto store = data->open();
    ASSERT_TRUE(store.has_value()) << describe(store.error());
    ASSERT_NO_THROW(check_(**store, *data));
  }

 private:
  StoreFactory factory_;
  Check check_;
};

}  // namespace

int store_contract(const char* backend, StoreFactory factory) {
  static constexpr std::pair<const char*, Check> checks[] = {
#define SALLYPORT_CHECK(name) {#name, name}
      SALLYPORT_CHECK(a_document_comes_back_as_it_came),
      SALLYPORT_CHECK(kinds_do_not_mix),
      SALLYPORT_CHECK(a_version_that_was_not_seen_is_a_conflict),
      SALLYPORT_CHECK(what_is_not_there_cannot_be_removed),
      SALLYPORT_CHECK(a_batch_is_all_or_nothing),
      SALLYPORT_CHECK(a_list_is_paged_in_order_of_id),
      SALLYPORT_CHECK(every_document_is_visited_once_until_the_visitor_has_enough),
      SALLYPORT_CHECK(the_feed_tells_every_change_in_order),
      SALLYPORT_CHECK(writers_at_once_leave_no_hole_and_lose_nothing),
      SALLYPORT_CHECK(one_of_many_who_change_the_same_version_wins),
      SALLYPORT_CHECK(waiting_ends_with_news_or_with_time),
      SALLYPORT_CHECK(a_sign_in_comes_back_as_it_came),
      SALLYPORT_CHECK(a_group_of_sign_ins_is_all_or_nothing),
      SALLYPORT_CHECK(sign_ins_are_paged_newest_first),
      SALLYPORT_CHECK(sign_ins_are_found_by_what_they_are),
      SALLYPORT_CHECK(old_sign_ins_can_be_forgotten),
      SALLYPORT_CHECK(sign_ins_are_a_feed),
      SALLYPORT_CHECK(the_feed_tells_what_is_new),
      SALLYPORT_CHECK(what_later_changes_of_a_document_follow_can_be_forgotten),
      SALLYPORT_CHECK(old_audits_can_be_forgotten),
      SALLYPORT_CHECK(the_mark_changes_with_every_commit),
      SALLYPORT_CHECK(a_change_and_its_audit_are_kept_together_or_not_at_all),
      SALLYPORT_CHECK(audits_are_paged_newest_first_and_found_by_what_they_are),
      SALLYPORT_CHECK(documents_are_counted),
      SALLYPORT_CHECK(documents_are_found_by_an_indexed_member),
#undef SALLYPORT_CHECK
  };
  const auto suite = std::string(backend) + "StoreContract";
  for (const auto& [name, check] : checks) {
    const Check body = check;
    testing::RegisterTest(
        suite.c_str(), name, nullptr, nullptr, __FILE__, __LINE__,
        [factory, body]() -> testing::Test* { return new ContractTest(factory, body); });
  }
  return static_cast<int>(std::size(checks));
}

}  // namespace sallyport
