#include "store/each_of_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/sqlite/sqlite_store.h"
#include "store/temporary_folder.h"

namespace sallyport {
namespace {

constexpr std::size_t several_pages = 2'500;

class EachOfKindTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = open_sqlite_store(folder_.file("store.db"));
    ASSERT_TRUE(opened.has_value()) << describe(opened.error());
    store_ = std::move(*opened);
    std::vector<Write> writes;
    for (std::size_t i = 0; i < several_pages; ++i) {
      ids_.push_back(std::to_string(10'000 + i));
      writes.push_back({"users", ids_.back(), "{}"});
    }
    writes.push_back({"groups", "1", "{}"});
    ASSERT_TRUE(store_->write(writes).has_value());
  }
  TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
  std::vector<std::string> ids_;  // of the users
  std::vector<std::string> seen_;
};

TEST_F(EachOfKindTest, all_of_the_kind_are_seen_once_in_order) {
  const auto walked = each_of_kind(*store_, "users", [&](const VersionedDocument& one) {
    seen_.push_back(one.id);
    return Result<void>();
  });
  EXPECT_TRUE(walked.has_value());
  EXPECT_EQ(seen_, ids_);
}

TEST_F(EachOfKindTest, a_visitor_that_removes_what_it_sees_misses_nothing) {
  const auto walked = each_of_kind(*store_, "users", [&](const VersionedDocument& one) {
    seen_.push_back(one.id);
    if (one.id > "12000") return Result<void>();
    return store_->remove(one.kind, one.id, one.version).map([](Version) {});
  });
  EXPECT_TRUE(walked.has_value());
  EXPECT_EQ(seen_, ids_);
  EXPECT_EQ(store_->count("users").value(), 499);
}

TEST_F(EachOfKindTest, an_error_of_the_visitor_ends_the_walk_and_is_given_back) {
  const auto walked = each_of_kind(*store_, "users", [&](const VersionedDocument& one) {
    seen_.push_back(one.id);
    return Result<void>(fail(ErrorKind::denied, "not this one", one.id));
  });
  ASSERT_FALSE(walked.has_value());
  EXPECT_EQ(walked.error().kind, ErrorKind::denied);
  EXPECT_EQ(walked.error().where, ids_.front());
  EXPECT_THAT(seen_, testing::ElementsAre(ids_.front()));
}

TEST_F(EachOfKindTest, a_visitor_that_has_seen_enough_is_shown_no_more) {
  for (const std::size_t enough : {std::size_t{1}, std::size_t{1000}, std::size_t{1001}}) {
    seen_.clear();
    const auto walked = some_of_kind(*store_, "users", [&](const VersionedDocument& one) {
      seen_.push_back(one.id);
      return Result<bool>(seen_.size() < enough);
    });
    EXPECT_TRUE(walked.has_value());
    EXPECT_EQ(seen_.size(), enough);
  }
}

TEST_F(EachOfKindTest, a_kind_without_documents_is_no_error) {
  const auto walked = each_of_kind(*store_, "devices", [](const VersionedDocument& one) {
    return Result<void>(fail(ErrorKind::internal, "nothing is there", one.id));
  });
  EXPECT_TRUE(walked.has_value());
}

}  // namespace
}  // namespace sallyport
