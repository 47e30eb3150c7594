#include "service/feed_retention.h"

#include <gtest/gtest.h>

#include "service/compliance/posture.h"
#include "service/test_tenant.h"

namespace sallyport {
namespace {

TEST(FeedRetention, a_device_that_reports_for_years_does_not_make_the_feed_grow) {
  const TemporaryFolder folder;
  const auto store = std::move(*open_sqlite_store(folder.file("store.db")));
  FeedRetention retention;
  constexpr int reports = 500;
  constexpr Sequence keep = 20;
  for (int i = 0; i < reports; ++i) {
    ASSERT_TRUE(store->put(posture_kind, "d", std::to_string(i)).has_value());
    ASSERT_TRUE(store->put("device", "d", std::to_string(i)).has_value());
    if (i % 100 == 0) {
      ASSERT_TRUE(store->put("user", "u", std::to_string(i)).has_value());
    }
    while (*retention.forget(*store, 7, keep) != 0) {
    }
  }
  const auto left = store->changes_after(0, 10'000);
  ASSERT_TRUE(left.has_value());
  // Two creations, five changes of a user, and the newest.
  EXPECT_EQ(left->size(), 2U + 5U + keep);
  EXPECT_EQ(left->back().sequence, *store->last_sequence());
}

TEST(FeedRetention, what_is_there_already_goes_bit_by_bit) {
  const TemporaryFolder folder;
  const auto store = std::move(*open_sqlite_store(folder.file("store.db")));
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(store->put("device", "d", std::to_string(i)).has_value());
  }
  FeedRetention retention;
  EXPECT_EQ(*retention.forget(*store, 40, 10), 40U);
  EXPECT_EQ(store->changes_after(0, 1000)->size(), 61U);
  EXPECT_EQ(*retention.forget(*store, 40, 10), 40U);
  EXPECT_EQ(*retention.forget(*store, 40, 10), 0U);
  EXPECT_EQ(store->changes_after(0, 1000)->size(), 11U);
}

}  // namespace
}  // namespace sallyport
