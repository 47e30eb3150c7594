#include "service/read_ahead.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace sallyport {
namespace {

struct Number {
  int given = 0;
  int read = 0;
};

class ReadAheadTest : public testing::TestWithParam<unsigned> {};

TEST_P(ReadAheadTest, takes_in_the_order_given_and_holds_few) {
  std::atomic<int> given = 0;
  int taken = 0;
  ReadAhead<Number> ahead(
      GetParam(),
      [](Number& number) {
        // Some take longer than others.
        for (int i = 0; i < number.given % 7; ++i) std::this_thread::yield();
        number.read = number.given * 2;
      },
      [&](Number& number) -> Result<void> {
        EXPECT_EQ(number.given, taken);
        EXPECT_EQ(number.read, taken * 2);
        // One is in the hands of each who gives and takes.
        EXPECT_LE(given - taken, static_cast<int>(ReadAhead<Number>::batches_max) + 2);
        ++taken;
        return {};
      });
  const auto done = ahead.run([&](const ReadAhead<Number>::Give& give) -> Result<void> {
    for (int i = 0; i < 2000; ++i) {
      ++given;
      EXPECT_TRUE(give({i, 0}));
    }
    return {};
  });
  ASSERT_TRUE(done.has_value());
  EXPECT_EQ(taken, 2000);
}

TEST_P(ReadAheadTest, an_error_of_taking_ends_it_and_nothing_more_is_taken) {
  int taken = 0;
  bool told = false;
  ReadAhead<Number> ahead(
      GetParam(), [](Number&) {},
      [&](Number& number) -> Result<void> {
        if (number.given == 500) return fail(ErrorKind::internal, "no more");
        ++taken;
        return {};
      });
  const auto done = ahead.run([&](const ReadAhead<Number>::Give& give) -> Result<void> {
    for (int i = 0; i < 2000; ++i) {
      if (give({i, 0})) continue;
      told = true;
      return fail(ErrorKind::internal, "nobody takes");
    }
    return {};
  });
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().message, "no more");
  EXPECT_TRUE(told);
  EXPECT_EQ(taken, 500);
}

TEST_P(ReadAheadTest, an_error_of_the_source_comes_after_all_it_gave) {
  int taken = 0;
  ReadAhead<Number> ahead(
      GetParam(), [](Number&) {},
      [&](Number&) -> Result<void> {
        ++taken;
        return {};
      });
  const auto done = ahead.run([&](const ReadAhead<Number>::Give& give) -> Result<void> {
    for (int i = 0; i < 100; ++i) give({i, 0});
    return fail(ErrorKind::unavailable, "gone");
  });
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().message, "gone");
  EXPECT_EQ(taken, 100);
}

INSTANTIATE_TEST_SUITE_P(Helpers, ReadAheadTest, testing::Values(0U, 1U, 3U));

}  // namespace
}  // namespace sallyport
