// The interface refuses a change that locks out a declared break-glass account, and does it when it
// is told why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/api/api_client.h"

namespace sallyport::test {
namespace {

using testing::HasSubstr;

constexpr const char* policies = "/v1.0/identity/conditionalAccess/policies";
constexpr const char* account = "10000000-0000-4000-8000-0000000000e1";

std::string policy(const std::string& name, const std::string& excluded) {
  return R"({"displayName":")" + name +
         R"(","state":"enabled","conditions":{"clientAppTypes":["all"],)"
         R"("applications":{"includeApplications":["All"]},"users":{"includeUsers":["All"],)"
         R"("excludeUsers":[)" +
         excluded + R"(]}},"grantControls":{"operator":"OR","builtInControls":["block"]}})";
}
const std::string left_out = '"' + std::string(account) + '"';

class LockoutOverRest : public testing::Test {
 protected:
  LockoutOverRest() {
    put("user", account,
        std::string(R"({"@odata.type":"#microsoft.graph.user","id":")") + account +
            R"(","userPrincipalName":"emergency@example.org","userType":"Member"})");
    put("sallyportSettings", "settings",
        R"({"id":"settings","breakGlass":{"accounts":[")" + std::string(account) + R"("]}})");
  }
  void put(const std::string& kind, const std::string& id, const std::string& json) {
    ASSERT_TRUE(client_.store().put(kind, id, json).has_value());
  }
  std::int64_t stored() { return *client_.store().count("conditionalAccessPolicy"); }
  std::string newest_audit() {
    const auto audits = client_.store().audits({}, std::nullopt, 1);
    return audits && !audits->empty() ? audits->front().json : "";
  }
  ApiClient client_;
};

TEST_F(LockoutOverRest, a_policy_that_locks_out_is_refused_and_nothing_is_stored) {
  const auto answered = client_.send("POST", policies, policy("Everybody", ""));
  EXPECT_EQ(answered.status, 400) << answered.body;
  EXPECT_EQ(answered.text("/error/code"), "BadRequest");
  EXPECT_THAT(answered.text("/error/message"),
              testing::AllOf(HasSubstr("`emergency@example.org` would be locked out"),
                             HasSubstr("exclude `emergency@example.org` from `Everybody`"),
                             HasSubstr("Sallyport-Override-Lockout")));
  EXPECT_EQ(stored(), 0);
  EXPECT_THAT(newest_audit(), testing::Not(HasSubstr("conditional access policy")));
}

TEST_F(LockoutOverRest, one_that_leaves_it_out_is_taken_and_taking_that_back_is_refused) {
  const auto made = client_.send("POST", policies, policy("Everybody", left_out));
  ASSERT_EQ(made.status, 201) << made.body;
  const auto one = std::string(policies) + '/' + made.text("/id");
  const auto refused = client_.send(
      "PATCH", one, R"({"conditions":{"users":{"includeUsers":["All"],"excludeUsers":[]}}})");
  EXPECT_EQ(refused.status, 400) << refused.body;
  EXPECT_THAT(client_.send("GET", one).body, HasSubstr(account));
}

TEST_F(LockoutOverRest, a_membership_that_locks_out_is_refused) {
  const auto made = client_.send("POST", "/v1.0/groups",
                                 R"({"displayName":"Staff","mailEnabled":false,)"
                                 R"("mailNickname":"staff","securityEnabled":true})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string id = made.text("/id");
  const std::string staff =
      R"({"displayName":"No staff","state":"enabled","conditions":{"clientAppTypes":["all"],)"
      R"("applications":{"includeApplications":["All"]},"users":{"includeGroups":[")" +
      id + R"("]}},"grantControls":{"operator":"OR","builtInControls":["block"]}})";
  ASSERT_EQ(client_.send("POST", policies, staff).status, 201);
  const std::string reference =
      R"({"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/)" +
      std::string(account) + "\"}";
  const auto added = client_.send("POST", "/v1.0/groups/" + id + "/members/$ref", reference);
  EXPECT_EQ(added.status, 400) << added.body;
  EXPECT_THAT(added.body, HasSubstr("`No staff` would block"));
  EXPECT_THAT(client_.send("GET", "/v1.0/groups/" + id + "/members").body,
              testing::Not(HasSubstr(account)));
}

TEST_F(LockoutOverRest, an_override_is_done_and_its_reason_is_in_the_audit_log) {
  const auto made = client_.send("POST", policies, policy("Everybody", ""),
                                 {{"Sallyport-Override-Lockout", "an attack is under way"}});
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(stored(), 1);
  EXPECT_THAT(newest_audit(), HasSubstr("lockout overridden: an attack is under way"));
  // It is broken now, and may be repaired step by step.
  const auto one = std::string(policies) + '/' + made.text("/id");
  EXPECT_EQ(client_.send("PATCH", one, R"({"displayName":"Renamed"})").status, 204);
  EXPECT_EQ(client_.send("DELETE", one).status, 204);
}

TEST_F(LockoutOverRest, an_empty_reason_is_none) {
  EXPECT_EQ(client_.send("POST", policies, policy("Everybody", ""),
                         {{"Sallyport-Override-Lockout", "  "}})
                .status,
            400);
}

}  // namespace
}  // namespace sallyport::test
