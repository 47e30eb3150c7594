#include "service/sign_in_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <set>

#include "service/test_wait.h"
#include "store/sqlite/sqlite_store.h"
#include "store/temporary_folder.h"

namespace sallyport {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

const Instant now = *parse_instant("2026-03-01T12:00:00Z");

SignInKey key_of(std::uint64_t user, std::uint64_t app = 1) {
  return {Guid{1, user}, Guid{2, app}};
}

SignInRecord record_of(const Guid& id) {
  return {to_string(id), now, "u", "a", "granted", "{}", 0};
}

class SignInLogTest : public testing::Test {
 protected:
  SignInLogTest() {
    SqliteOptions options;
    options.busy_timeout = 20ms;
    store_ = std::move(*open_sqlite_store(folder_.file("store.db"), options));
  }
  SignInLog::Seat enter(SignInLog& log, const SignInKey& key, std::uint64_t outcome,
                        Instant at = now) {
    const auto seat = log.enter(key, outcome, at, [&](const Guid& id, std::uint64_t repeats) {
      repeats_before_ = repeats;
      return record_of(id);
    });
    EXPECT_TRUE(seat.has_value());
    return seat.value_or(SignInLog::Seat{});
  }
  TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
  std::uint64_t repeats_before_ = 0;  // as the newest record was told
};

TEST_F(SignInLogTest, the_first_decision_is_recorded_and_repeats_are_counted) {
  SignInLog log(*store_);
  const auto first = enter(log, key_of(1), 7);
  EXPECT_TRUE(first.is_new);
  for (int i = 0; i < 5; ++i) {
    const auto again = enter(log, key_of(1), 7, now + std::chrono::minutes(i));
    EXPECT_FALSE(again.is_new);
    EXPECT_EQ(again.decision_id, first.decision_id);
  }
  EXPECT_TRUE(enter(log, key_of(2), 7).is_new) << "another identity";
  EXPECT_TRUE(enter(log, key_of(1, 2), 7).is_new) << "another application";
  EXPECT_EQ(log.counts().repeated, 5U);
}

TEST_F(SignInLogTest, a_clock_that_was_ahead_keeps_nothing_from_being_recorded) {
  SignInLog log(*store_);
  EXPECT_TRUE(enter(log, key_of(1), 7, now + std::chrono::days(365)).is_new);
  EXPECT_TRUE(enter(log, key_of(1), 7, now).is_new);
  EXPECT_FALSE(enter(log, key_of(1), 7, now - std::chrono::seconds(1)).is_new)
      << "made at the same time as the one before";
}

TEST_F(SignInLogTest, every_change_of_the_outcome_is_recorded) {
  SignInLog log(*store_);
  enter(log, key_of(1), 7);
  enter(log, key_of(1), 7);
  enter(log, key_of(1), 7);
  const auto changed = enter(log, key_of(1), 8);
  EXPECT_TRUE(changed.is_new);
  EXPECT_EQ(repeats_before_, 2U);
  EXPECT_TRUE(enter(log, key_of(1), 7).is_new) << "back again is a change, too";
}

TEST_F(SignInLogTest, a_session_that_lasts_too_long_is_recorded_anew) {
  SignInLog log(*store_);
  enter(log, key_of(1), 7);
  EXPECT_FALSE(enter(log, key_of(1), 7, now + 7h + 59min).is_new);
  EXPECT_TRUE(enter(log, key_of(1), 7, now + 8h).is_new);
}

TEST_F(SignInLogTest, what_is_remembered_is_bounded_and_the_oldest_go_first) {
  SignInLogOptions options;
  options.sessions_max = 320;
  SignInLog log(*store_, options);
  const auto kept = enter(log, key_of(0), 7);
  for (std::uint64_t user = 1; user < 5000; ++user) {
    enter(log, key_of(user), 7);
    EXPECT_FALSE(enter(log, key_of(0), 7).is_new) << "what is used is not forgotten";
  }
  EXPECT_EQ(enter(log, key_of(0), 7).decision_id, kept.decision_id);
  EXPECT_TRUE(enter(log, key_of(1), 7).is_new) << "what was not used is";
}

TEST_F(SignInLogTest, a_record_whose_ticket_was_waited_for_is_on_the_disk) {
  SignInLog log(*store_);
  const auto seat = enter(log, key_of(1), 7);
  ASSERT_TRUE(wait_until_durable(log, seat.ticket).has_value());
  const auto elsewhere = open_sqlite_store(folder_.file("store.db"));
  EXPECT_TRUE((*elsewhere)->find_sign_in(to_string(seat.decision_id)).has_value());
  EXPECT_EQ(log.counts().recorded, 1U);
  EXPECT_EQ(log.counts().waiting, 0U);
}

TEST_F(SignInLogTest, records_of_many_threads_are_all_written_when_the_log_ends) {
  constexpr int threads_count = 4;
  constexpr int each = 250;
  {
    SignInLog log(*store_);
    std::vector<std::thread> threads;
    for (int t = 0; t < threads_count; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < each; ++i) {
          const auto user = static_cast<std::uint64_t>(t * each + i);
          EXPECT_TRUE(log.enter(key_of(user), 7, now,
                                [](const Guid& id, std::uint64_t) { return record_of(id); }));
        }
      });
    }
    for (auto& thread : threads) thread.join();
  }
  const auto written = store_->sign_ins({}, std::nullopt, 10'000);
  ASSERT_TRUE(written.has_value());
  std::set<std::string> ids;
  for (const auto& one : *written) ids.insert(one.decision_id);
  EXPECT_EQ(ids.size(), std::size_t{threads_count * each});
}

TEST_F(SignInLogTest, whoever_listens_is_told_of_commits_after_they_are_on_the_disk) {
  SignInLog log(*store_);
  std::atomic<LogTicket> ticket{0};
  std::atomic<int> told{0};
  log.on_commit([&] {
    if (ticket != 0 && log.is_durable(ticket, std::chrono::steady_clock::now()).value_or(false))
      ++told;
  });
  ticket = enter(log, key_of(1), 7).ticket;
  // Whether or not the first commit came before its ticket was noted, the second comes after it.
  ASSERT_TRUE(wait_until_durable(log, enter(log, key_of(2), 7).ticket).has_value());
  for (int i = 0; i < 1000 && told == 0; ++i) std::this_thread::sleep_for(1ms);
  EXPECT_GT(told, 0);
  log.on_commit({});
  const int before = told;
  ASSERT_TRUE(wait_until_durable(log, enter(log, key_of(3), 7).ticket).has_value());
  EXPECT_EQ(told, before);
}

TEST_F(SignInLogTest, while_the_store_refuses_records_wait_and_then_nobody_gets_in) {
  SignInLogOptions options;
  options.queue_max = 3;
  options.wait_max = 100ms;
  SignInLog log(*store_, options);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(folder_.file("store.db").c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr), SQLITE_OK);

  LogTicket ticket = 0;
  for (std::uint64_t user = 0; user < 3; ++user) ticket = enter(log, key_of(user), 7).ticket;
  const auto late = wait_until_durable(log, ticket);
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(late.error().message, HasSubstr("could not be recorded"));
  EXPECT_THAT(describe(late.error()), Not(HasSubstr("database")))
      << "whoever signs in is told this";
  EXPECT_THAT(log.counts().problem, HasSubstr("store.db: the database is locked"));
  const auto refused = log.enter(key_of(9), 7, now, [](const Guid& id, std::uint64_t) {
    ADD_FAILURE() << "made a record that has no place";
    return record_of(id);
  });
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("3 records wait"));
  const auto repeat = enter(log, key_of(0), 7);
  EXPECT_FALSE(repeat.is_new);
  EXPECT_NE(repeat.ticket, 0U) << "a repeat waits for the record that it repeats";
  EXPECT_FALSE(log.is_durable(ticket, std::chrono::steady_clock::now()).has_value())
      << "would wait for a log that is stuck";
  EXPECT_THAT(log.counts().problem, HasSubstr("locked by another program"));

  ASSERT_EQ(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  for (int i = 0; i < 100 && !wait_until_durable(log, ticket); ++i)
    std::this_thread::sleep_for(50ms);
  EXPECT_EQ(enter(log, key_of(0), 7).ticket, 0U) << "it is on the disk";
  EXPECT_EQ(store_->sign_ins({}, std::nullopt, 10)->size(), 3U);
  EXPECT_EQ(log.counts().problem, "");
  EXPECT_TRUE(enter(log, key_of(9), 7).is_new);
}

}  // namespace
}  // namespace sallyport
