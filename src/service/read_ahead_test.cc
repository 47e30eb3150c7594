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
  int given = 0;
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
        EXPECT_LE(given - taken, static_cast<int>(ReadAhead<Number>::batches_max));
        ++taken;
        return {};
      });
  for (; given < 2000;) {
    ++given;
    ASSERT_TRUE(ahead.give({given - 1, 0}).has_value());
  }
  ASSERT_TRUE(ahead.finish().has_value());
  EXPECT_EQ(taken, 2000);
}

TEST_P(ReadAheadTest, an_error_ends_it_and_nothing_more_is_taken) {
  int taken = 0;
  ReadAhead<Number> ahead(
      GetParam(), [](Number&) {},
      [&](Number& number) -> Result<void> {
        if (number.given == 500) return fail(ErrorKind::internal, "no more");
        ++taken;
        return {};
      });
  Result<void> done;
  for (int i = 0; i < 2000 && done; ++i) done = ahead.give({i, 0});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().message, "no more");
  EXPECT_EQ(taken, 500);
}

INSTANTIATE_TEST_SUITE_P(Helpers, ReadAheadTest, testing::Values(0U, 1U, 3U));

}  // namespace
}  // namespace sallyport
