#include "engine/id_map.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

UserId id(std::uint64_t i) { return UserId{Guid{i, 0}}; }

TEST(IdMap, finds_what_was_inserted_and_nothing_else) {
  for (const std::uint64_t count : {0U, 1U, 2U, 3U, 100U, 1000U}) {
    IdMap<UserId, std::uint64_t> map(count, 7'000);
    for (std::uint64_t i = 0; i < count; ++i) map.insert(id(i), i);
    for (std::uint64_t i = 0; i < count; ++i) EXPECT_EQ(map.find(id(i)), i);
    for (std::uint64_t i = count; i < count + 1000; ++i) EXPECT_EQ(map.find(id(i)), 7'000U);
  }
}

TEST(IdMap, an_id_of_zeros_is_an_id) {
  IdMap<UserId, std::uint64_t> map(2, 7);
  EXPECT_EQ(map.find(UserId{}), 7U);
  map.insert(id(1), 1);
  map.insert(UserId{}, 2);
  EXPECT_EQ(map.find(UserId{}), 2U);
  EXPECT_EQ(map.find(id(1)), 1U);
}

}  // namespace
}  // namespace sallyport
