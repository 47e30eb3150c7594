// A list read page by page while a million users are created: who was there throughout is seen
// once, in order of id and by an index.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <set>
#include <thread>

#include "base/id.h"
#include "tests/api/api_client.h"

namespace sallyport::test {
namespace {

constexpr int there_count = 20'000;
// SALLYPORT_INSERTS: fewer, for a machine that has no hour.
const int created_count = [] {
  const char* wanted = std::getenv("SALLYPORT_INSERTS");
  return wanted == nullptr ? 1'000'000 : std::atoi(wanted);
}();
constexpr int group_size = 2000;

// Ids are spread, so that what is created lands between what is there.
std::string id_of(int number) { return to_string(guid_of_text("user " + std::to_string(number))); }

Write user(int number) {
  const auto id = id_of(number);
  return {"user", id,
          R"({"id":")" + id + R"(","displayName":"Al )" + id + R"(","userPrincipalName":"u)" +
              std::to_string(number) + R"(@example.org"})",
          Version{0}};
}

void create(Store& store, int first, int count) {
  std::vector<Write> writes;
  for (int i = first; i < first + count; ++i) {
    writes.push_back(user(i));
    if (writes.size() < group_size && i + 1 < first + count) continue;
    ASSERT_TRUE(store.write(writes).has_value());
    writes.clear();
  }
}

void read_all(ApiClient& client, std::string target, const std::set<std::string>& there) {
  std::set<std::string> seen;
  while (!target.empty()) {
    const auto page = client.send("GET", target);
    ASSERT_EQ(page.status, 200) << page.body;
    for (const auto& one : page.json.root().find("value")->items()) {
      EXPECT_TRUE(seen.insert(std::string(one.find("id")->text())).second) << "seen twice";
    }
    const auto next = page.text("/@odata.nextLink");
    target = next.empty() ? "" : next.substr(next.find("/v1.0"));
  }
  for (const auto& id : there) EXPECT_TRUE(seen.contains(id)) << "missed";
}

TEST(PagingLong, a_million_inserts_make_a_list_miss_and_repeat_nothing) {
  ApiClient client;
  create(client.store(), 0, there_count);
  std::set<std::string> there;
  for (int i = 0; i < there_count; ++i) there.insert(id_of(i));
  std::atomic<bool> done{false};
  std::thread writer([&] {
    create(client.store(), there_count, created_count);
    done = true;
  });
  int rounds = 0;
  while (!done) {
    read_all(client, "/v1.0/users?$top=999&$select=id", there);
    read_all(client, "/v1.0/users?$top=999&$select=id&$filter=startswith(displayName,'al%20')",
             there);
    ++rounds;
  }
  writer.join();
  EXPECT_GT(rounds, 0);
  EXPECT_EQ(*client.store().count("user"), there_count + created_count);
}

}  // namespace
}  // namespace sallyport::test
