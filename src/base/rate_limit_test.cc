#include "base/rate_limit.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Instant start = *parse_instant("2026-11-26T03:00:00Z");

TEST(RateLimiter, takes_a_burst_and_then_what_comes_in) {
  RateLimiter limiter({0.5, 3});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(limiter.take("a", start), 0);
  EXPECT_EQ(limiter.take("a", start), 2) << "seconds until there is one again";
  EXPECT_EQ(limiter.take("a", start + milliseconds(1500)), 1);
  EXPECT_EQ(limiter.take("a", start + seconds(2)), 0);
  EXPECT_GT(limiter.take("a", start + seconds(2)), 0);
  EXPECT_EQ(limiter.take("b", start), 0) << "another has a bucket of its own";
}

TEST(RateLimiter, a_pause_fills_the_bucket_and_no_more) {
  RateLimiter limiter({1, 2});
  EXPECT_EQ(limiter.take("a", start), 0);
  const auto later = start + std::chrono::hours(9);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(limiter.take("a", later), 0);
  EXPECT_GT(limiter.take("a", later), 0);
}

TEST(RateLimiter, a_clock_that_is_set_back_gives_nothing_and_takes_nothing) {
  RateLimiter limiter({1, 2});
  EXPECT_EQ(limiter.take("a", start), 0);
  EXPECT_EQ(limiter.take("a", start - std::chrono::hours(1)), 0);
  EXPECT_GT(limiter.take("a", start - std::chrono::hours(1)), 0);
}

TEST(RateLimiter, forgetting_full_buckets_gives_nobody_more) {
  RateLimiter limiter({1, 1});
  EXPECT_EQ(limiter.take("a", start), 0);
  for (int i = 0; i < 30'000; ++i) EXPECT_EQ(limiter.take(std::to_string(i), start), 0);
  EXPECT_GT(limiter.take("a", start), 0);
}

TEST(RateLimiter, no_limit_takes_all) {
  RateLimiter limiter({0, 1});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(limiter.take("a", start), 0);
}

}  // namespace
}  // namespace sallyport
