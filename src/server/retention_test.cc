#include "server/retention.h"

#include <gtest/gtest.h>

#include "store/sqlite/sqlite_store.h"
#include "store/temporary_folder.h"

namespace sallyport {
namespace {

const Instant now = *parse_instant("2026-03-01T12:00:00Z");

class RetentionTest : public testing::Test {
 protected:
  void add(std::size_t count, Instant at) {
    std::vector<SignInRecord> records;
    for (; count > 0; --count)
      records.push_back({std::to_string(++ids_), at, "u", "a", "granted", "{}", 0});
    ASSERT_TRUE(store_->append(records).has_value());
  }
  // One that has run since an hour ago, and so believes the clock.
  Retention settled(Retention::Forget forget = &Store::forget_sign_ins, int days = 30) {
    Retention retention(*store_, std::move(forget), std::chrono::days(days));
    EXPECT_EQ(*retention.tick(now - Retention::pause), 0U);
    return retention;
  }
  std::size_t left() { return store_->sign_ins({}, std::nullopt, 10'000)->size(); }

  TemporaryFolder folder_;
  std::unique_ptr<Store> store_ = std::move(*open_sqlite_store(folder_.file("store.db")));
  int ids_ = 0;
};

TEST_F(RetentionTest, what_is_older_goes_little_by_little_and_the_rest_stays) {
  add(Retention::records_max + 50, now - std::chrono::days(31));
  add(7, now - std::chrono::days(29));
  auto retention = settled();
  EXPECT_EQ(*retention.tick(now), Retention::records_max);
  EXPECT_EQ(*retention.tick(now), 50U);
  EXPECT_EQ(left(), 7U);
}

TEST_F(RetentionTest, after_the_last_it_rests_for_an_hour) {
  auto retention = settled();
  EXPECT_EQ(*retention.tick(now), 0U);
  add(3, now - std::chrono::days(31));
  EXPECT_EQ(*retention.tick(now + std::chrono::minutes(59)), 0U);
  EXPECT_EQ(*retention.tick(now + std::chrono::minutes(60)), 3U);
}

TEST_F(RetentionTest, a_clock_that_leaps_removes_nothing_until_it_has_stayed_there) {
  auto retention = settled();
  EXPECT_EQ(*retention.tick(now), 0U);
  add(3, now);
  const auto leapt = now + std::chrono::days(100);
  EXPECT_EQ(*retention.tick(leapt), 0U);
  EXPECT_EQ(*retention.tick(leapt + std::chrono::minutes(59)), 0U);
  EXPECT_EQ(left(), 3U);
  EXPECT_EQ(*retention.tick(leapt + std::chrono::minutes(61)), 3U);
}

TEST_F(RetentionTest,
       a_clock_that_is_ahead_at_the_start_removes_nothing_until_it_has_stayed_there) {
  add(3, now);
  const auto ahead = now + std::chrono::days(100);
  Retention retention(*store_, &Store::forget_sign_ins, std::chrono::days(30));
  EXPECT_EQ(*retention.tick(ahead), 0U);
  EXPECT_EQ(*retention.tick(ahead + std::chrono::minutes(59)), 0U);
  EXPECT_EQ(left(), 3U);
  EXPECT_EQ(*retention.tick(ahead + std::chrono::minutes(60)), 3U);
}

TEST_F(RetentionTest, it_rests_no_longer_when_the_clock_is_set_back) {
  auto retention = settled();
  EXPECT_EQ(*retention.tick(now + std::chrono::days(1000)), 0U);
  add(3, now - std::chrono::days(31));
  EXPECT_EQ(*retention.tick(now), 3U);
}

TEST_F(RetentionTest, audits_are_forgotten_by_their_own_days) {
  add(3, now - std::chrono::days(31));
  const std::vector<AuditRecord> audits = {{"a1", now - std::chrono::days(31), "a", "t", "{}", 0},
                                           {"a2", now - std::chrono::days(29), "a", "t", "{}", 0}};
  ASSERT_TRUE(store_->write({}, audits).has_value());
  auto retention = settled(&Store::forget_audits);
  EXPECT_EQ(*retention.tick(now), 1U);
  EXPECT_EQ(store_->audits({}, std::nullopt, 10)->front().id, "a2");
  EXPECT_EQ(left(), 3U);
}

TEST_F(RetentionTest, no_days_keep_everything) {
  add(3, now - std::chrono::days(10'000));
  auto retention = settled(&Store::forget_sign_ins, 0);
  EXPECT_EQ(*retention.tick(now), 0U);
  EXPECT_EQ(left(), 3U);
}

}  // namespace
}  // namespace sallyport
