#include "service/change_queue.h"

#include <gtest/gtest.h>

#include <new>

#include "service/test_tenant.h"
#include "store/faulty_store.h"

namespace sallyport {
namespace {

constexpr std::string_view kind = "sallyport.test";

class ChangeQueueTest : public ::testing::Test {
 protected:
  ChangeQueueTest() : store_(*tenant_.store), live_(store_), queue_(store_, live_) {
    EXPECT_TRUE(live_.refresh().has_value());
  }
  static ChangeQueue::Plan put(std::string id, std::string json) {
    return [id = std::move(id), json = std::move(json)](Draft& draft) -> Result<void> {
      const auto was = draft.get(kind, id);
      draft.write({std::string(kind), id, json, was ? was->version : Version{0}});
      return {};
    };
  }
  std::string stored(std::string_view id) {
    const auto found = store_.get(kind, id);
    return found ? found->json : "none";
  }

  TestTenant tenant_;
  FaultyStore store_;
  LiveTenant live_;
  ChangeQueue queue_;
};

TEST_F(ChangeQueueTest, of_two_changes_of_one_document_the_later_sees_the_earlier) {
  const ChangeQueue::Plan plans[] = {
      put("a", "{}"), [](Draft& draft) -> Result<void> {
        const auto was = draft.get(kind, "a");
        if (!was) return tl::unexpected<Error>(was.error());
        draft.write({std::string(kind), "a", was->json + " ", was->version});
        return {};
      }};
  const auto outcomes = queue_.run_all(plans);
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_TRUE(outcomes[0].has_value());
  EXPECT_TRUE(outcomes[1].has_value());
  EXPECT_EQ(stored("a"), "{} ");
}

TEST_F(ChangeQueueTest, a_change_that_another_process_overtakes_is_planned_again) {
  store_.before_write = [&](std::span<const Write>) -> Result<void> {
    store_.before_write = nullptr;
    EXPECT_TRUE(tenant_.store->put(kind, "a", "[1]").has_value());
    return {};
  };
  const auto done = queue_.run([](Draft& draft) -> Result<void> {
    const auto was = draft.get(kind, "a");
    draft.write({std::string(kind), "a", was ? was->json + " and mine" : "mine",
                 was ? was->version : Version{0}});
    return {};
  });
  ASSERT_TRUE(done.has_value()) << describe(done.error());
  EXPECT_EQ(stored("a"), "[1] and mine");
}

TEST_F(ChangeQueueTest, a_group_that_runs_out_of_memory_fails_and_holds_up_no_other) {
  store_.before_write = [&](std::span<const Write>) -> Result<void> {
    store_.before_write = nullptr;
    throw std::bad_alloc();
  };
  const ChangeQueue::Plan plans[] = {put("a", "{}"), put("b", "{}")};
  for (const auto& outcome : queue_.run_all(plans)) {
    ASSERT_FALSE(outcome.has_value());
    EXPECT_EQ(outcome.error().kind, ErrorKind::unavailable);
  }
  EXPECT_EQ(stored("a"), "none");
  const auto next = queue_.run(put("a", "{}"));
  ASSERT_TRUE(next.has_value()) << describe(next.error());
  EXPECT_EQ(stored("a"), "{}");
}

}  // namespace
}  // namespace sallyport
