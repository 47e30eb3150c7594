// Delta queries: whoever follows the links knows what there is, whatever changed on the way.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "tests/api/api_client.h"

namespace sallyport::test {
namespace {

// What a client knows who keeps only what delta queries told it.
class Follower {
 public:
  Follower(ApiClient& client, std::string first) : client_(client), link_(std::move(first)) {}

  void follow() {
    for (;;) {
      const auto page = client_.send("GET", link_);
      ASSERT_EQ(page.status, 200) << page.body;
      for (const auto& one : page.json.root().find("value")->items()) learn(one);
      const auto next = page.text("/@odata.nextLink");
      const auto target = next.empty() ? page.text("/@odata.deltaLink") : next;
      ASSERT_NE(target, "");
      link_ = target.substr(target.find("/v1.0"));
      if (next.empty()) return;
    }
  }

  using Known = std::map<std::string, std::set<std::string>>;  // and the members of each
  const Known& known() const { return known_; }

 private:
  void learn(const json::Value& one) {
    const std::string id(one.find("id")->text());
    if (one.find("@removed") != nullptr) {
      known_.erase(id);
      return;
    }
    auto& members = known_[id];
    const auto* delta = one.find("members@delta");
    if (delta == nullptr) return;
    for (const auto& member : delta->items()) {
      const std::string member_id(member.find("id")->text());
      if (member.find("@removed") != nullptr) {
        members.erase(member_id);
      } else {
        members.insert(member_id);
      }
    }
  }

  ApiClient& client_;
  std::string link_;
  Known known_;
};

std::string create_user(ApiClient& client, const std::string& name) {
  const auto created =
      client.send("POST", "/v1.0/users",
                  R"({"displayName":"U","userPrincipalName":")" + name + R"(@example.org"})");
  EXPECT_EQ(created.status, 201) << created.body;
  return created.text("/id");
}

TEST(Delta, misses_no_change) {
  ApiClient client;
  Follower follower(client, "/v1.0/users/delta?$select=displayName");
  Follower::Known there;
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 70; ++i) {
      there[create_user(client, std::to_string(round) + "-" + std::to_string(i))];
      if (i % 3 == 0) {
        EXPECT_EQ(client.send("DELETE", "/v1.0/users/" + there.begin()->first).status, 204);
        there.erase(there.begin());
      }
    }
    follower.follow();
    EXPECT_EQ(follower.known(), there);
  }
  EXPECT_EQ(client.send("GET", "/v1.0/users/delta?$deltatoken=d99999999").status, 410);
  EXPECT_EQ(client.send("GET", "/v1.0/users/delta?$deltatoken=x").status, 400);
}

std::string any_of(std::mt19937& random, const std::vector<std::string>& ids) {
  return ids[random() % ids.size()];
}

// Users and groups as members, added, removed and deleted; some memberships stated by the user.
TEST(Delta, tells_who_came_into_a_group_and_who_went) {
  ApiClient client;
  std::mt19937 random(20);
  std::vector<std::string> groups;
  std::vector<std::string> members;
  for (int i = 0; i < 45; ++i) {
    const auto created = client.send("POST", "/v1.0/groups", R"({"displayName":"G"})");
    ASSERT_EQ(created.status, 201) << created.body;
    groups.push_back(created.text("/id"));
  }
  for (int i = 0; i < 30; ++i) members.push_back(create_user(client, std::to_string(i)));
  members.insert(members.end(), groups.begin(), groups.begin() + 10);
  const auto id = "0b5b94a5-0b37-4d0c-9d5f-8f2f3f1a0001";
  ASSERT_TRUE(
      client.store()
          .put(
              "user", id,
              R"({"id":")" + std::string(id) +
                  R"(","displayName":"S","userPrincipalName":"s@example.org","memberOf":[{"id":")" +
                  groups[0] + R"("}]})")
          .has_value());
  members.emplace_back(id);
  Follower follower(client, "/v1.0/groups/delta");
  Follower only_members(client, "/v1.0/groups/delta?$select=members");
  for (int round = 0; round < 6; ++round) {
    for (int i = 0; i < 60; ++i) {
      const auto group = any_of(random, groups);
      const auto member = any_of(random, members);
      if (random() % 3 != 0) {
        client.send("POST", "/v1.0/groups/" + group + "/members/$ref",
                    R"({"@odata.id":"https://x/v1.0/directoryObjects/)" + member + R"("})");
      } else {
        client.send("DELETE", "/v1.0/groups/" + group + "/members/" + member + "/$ref");
      }
    }
    const auto gone = any_of(random, members);
    client.send("DELETE", "/v1.0/users/" + gone);  // a group stays
    if (round == 3) client.send("DELETE", "/v1.0/groups/" + groups[40]);
    follower.follow();
    only_members.follow();
    Follower::Known there;
    for (const auto& group : groups) {
      const auto answer = client.send("GET", "/v1.0/groups/" + group + "/members");
      if (answer.status == 404) continue;
      auto& known = there[group];
      for (const auto& one : answer.json.root().find("value")->items()) {
        known.insert(std::string(one.find("id")->text()));
      }
    }
    EXPECT_EQ(follower.known(), there);
    EXPECT_EQ(only_members.known(), there);
  }
  EXPECT_EQ(client.send("GET", "/v1.0/groups/delta?$select=displayName").body.find("members@delta"),
            std::string::npos);
}

}  // namespace
}  // namespace sallyport::test
