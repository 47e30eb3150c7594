#include "service/live.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "service/resolve.h"
#include "service/test_request.h"

namespace sallyport {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

class LiveTenantTest : public testing::Test {
 protected:
  Outcome outcome(const SignInRequest& request) {
    const auto state = live_.state();
    ResolvedSignIn resolved;
    EXPECT_TRUE(resolve(request, *state, {}, test_now, resolved).has_value());
    return state->program->decide(resolved.sign_in).outcome;
  }
  void put(std::string_view kind, std::string_view id, const std::string& json) {
    ASSERT_TRUE(tenant_.store->put(kind, id, json).has_value());
  }
  bool refreshed() {
    const auto done = live_.refresh();
    EXPECT_TRUE(done.has_value()) << describe(done.error());
    return done.has_value();
  }

  TestTenant tenant_;
  LiveTenant live_{*tenant_.store};
  const SignInRequest outside_ = request_of(ada, wiki, "198.51.100.7");
};

TEST_F(LiveTenantTest, there_is_no_state_before_the_first_load) {
  EXPECT_EQ(live_.state(), nullptr);
  EXPECT_FALSE(live_.health().ready);
  ASSERT_TRUE(refreshed());
  EXPECT_TRUE(live_.health().ready);
  EXPECT_EQ(live_.health().sequence, *tenant_.store->last_sequence());
  EXPECT_EQ(live_.state()->program->policies().policies.size(), 7U);
}

TEST_F(LiveTenantTest, a_policy_change_counts_for_the_next_decision) {
  ASSERT_TRUE(refreshed());
  const auto hash = live_.state()->policy_set_hash;
  EXPECT_EQ(outcome(outside_), Outcome::interrupted);
  put("conditionalAccessPolicy", require_mfa,
      tenant_.edited("conditionalAccessPolicy", require_mfa, "\"enabled\"", "\"disabled\""));
  const auto directory = live_.state()->directory;
  ASSERT_TRUE(refreshed());
  EXPECT_EQ(outcome(outside_), Outcome::granted);
  EXPECT_NE(live_.state()->policy_set_hash, hash);
  EXPECT_EQ(live_.state()->directory, directory) << "the directory is not loaded again";
}

TEST_F(LiveTenantTest, a_location_change_counts_for_the_next_decision) {
  ASSERT_TRUE(refreshed());
  constexpr std::string_view office = "50000000-0000-4000-8000-000000000002";
  put("namedLocation", office,
      tenant_.edited("namedLocation", office, "192.0.2.0/24", "198.51.100.0/24"));
  ASSERT_TRUE(refreshed());
  EXPECT_EQ(outcome(outside_), Outcome::granted);
  EXPECT_EQ(outcome(request_of()), Outcome::interrupted);
}

TEST_F(LiveTenantTest, a_device_change_is_edited_into_the_inventory) {
  ASSERT_TRUE(refreshed());
  auto request = request_of(ada, finance);
  request.device = alan_laptop;
  EXPECT_EQ(outcome(request), Outcome::blocked);
  constexpr std::string_view object = "40000000-0000-4000-8000-000000000003";
  put("device", object,
      tenant_.edited("device", object, "\"isCompliant\": false", "\"isCompliant\": true"));
  ASSERT_TRUE(refreshed());
  EXPECT_EQ(outcome(request), Outcome::granted);
  ASSERT_TRUE(tenant_.store->remove("device", object).has_value());
  ASSERT_TRUE(refreshed());
  EXPECT_EQ(outcome(request), Outcome::blocked);
  EXPECT_EQ(live_.state()->inventory->size(), 2U);
}

TEST_F(LiveTenantTest, a_device_that_gets_another_device_id_leaves_none_behind) {
  ASSERT_TRUE(refreshed());
  constexpr std::string_view object = "40000000-0000-4000-8000-000000000001";
  constexpr std::string_view other = "41000000-0000-4000-8000-0000000000ff";
  put("device", object, tenant_.edited("device", object, ada_laptop, other));
  ASSERT_TRUE(refreshed());
  EXPECT_FALSE(live_.state()->inventory->find(DeviceId::of(ada_laptop)).has_value());
  EXPECT_TRUE(live_.state()->inventory->find(DeviceId::of(other)).has_value());
  EXPECT_EQ(live_.state()->inventory->size(), 3U);
}

TEST_F(LiveTenantTest, a_user_whose_groups_change_is_edited_into_the_directory) {
  ASSERT_TRUE(refreshed());
  // Break glass accounts are excluded from the MFA policy.
  put("user", ada,
      tenant_.edited("user", ada, "20000000-0000-4000-8000-000000000002",
                     "20000000-0000-4000-8000-000000000004"));
  const auto program = live_.state()->program;
  ASSERT_TRUE(refreshed());
  EXPECT_EQ(outcome(outside_), Outcome::granted);
  EXPECT_EQ(live_.state()->program, program) << "membership needs no new program";
  ASSERT_TRUE(tenant_.store->remove("user", ada).has_value());
  ASSERT_TRUE(refreshed());
  EXPECT_FALSE(live_.state()->directory->find_user(UserId::of(ada)).has_value());
}

TEST_F(LiveTenantTest, a_user_whom_a_role_names_keeps_the_role) {
  ASSERT_TRUE(refreshed());
  constexpr std::string_view edsger = "10000000-0000-4000-8000-000000000005";
  put("user", edsger, tenant_.edited("user", edsger, "Edsger Dijkstra", "E. W. Dijkstra"));
  ASSERT_TRUE(refreshed());
  const auto user = live_.state()->directory->find_user(UserId::of(edsger));
  ASSERT_TRUE(user.has_value());
  EXPECT_EQ(user->roles.size(), 1U);
}

TEST_F(LiveTenantTest, a_group_change_takes_its_members_along) {
  ASSERT_TRUE(refreshed());
  constexpr std::string_view break_glass = "20000000-0000-4000-8000-000000000004";
  auto json = tenant_.store->get("group", break_glass)->json;
  json.insert(json.find('{') + 1,
              "\"members\": [{\"@odata.type\": \"#microsoft.graph.user\", "
              "\"id\": \"" +
                  std::string(ada) + "\"}],");
  put("group", break_glass, json);
  ASSERT_TRUE(refreshed());
  EXPECT_EQ(outcome(outside_), Outcome::granted);
}

TEST_F(LiveTenantTest, a_damaged_policy_leaves_the_last_good_state_and_is_reported) {
  ASSERT_TRUE(refreshed());
  const auto before = live_.state();
  const auto good = tenant_.store->get("conditionalAccessPolicy", require_mfa)->json;
  put("conditionalAccessPolicy", require_mfa, "{ \"displayName\": ");
  for (int i = 0; i < 2; ++i) {
    const auto refused = live_.refresh();
    ASSERT_FALSE(refused.has_value());
    EXPECT_THAT(describe(refused.error()), HasSubstr(require_mfa));
    EXPECT_EQ(live_.state(), before);
  }
  EXPECT_THAT(live_.health().problem, HasSubstr("this document is damaged"));
  EXPECT_EQ(live_.health().failures, 1U);
  EXPECT_TRUE(live_.health().ready);
  EXPECT_EQ(outcome(outside_), Outcome::interrupted) << "never a silent allow";

  put("conditionalAccessPolicy", require_mfa, good);
  ASSERT_TRUE(refreshed());
  EXPECT_EQ(live_.health().problem, "");
  EXPECT_EQ(live_.health().sequence, *tenant_.store->last_sequence());
}

TEST_F(LiveTenantTest, a_damaged_document_at_the_start_is_never_a_tenant_without_it) {
  put("conditionalAccessPolicy", require_mfa, "[1, 2");
  EXPECT_FALSE(live_.refresh().has_value());
  EXPECT_EQ(live_.state(), nullptr);
  EXPECT_FALSE(live_.health().ready);
}

TEST_F(LiveTenantTest, the_same_documents_have_the_same_hash_wherever_they_are_loaded) {
  ASSERT_TRUE(refreshed());
  TestTenant other;
  LiveTenant elsewhere(*other.store);
  ASSERT_TRUE(elsewhere.refresh().has_value());
  EXPECT_EQ(elsewhere.state()->policy_set_hash, live_.state()->policy_set_hash);
  EXPECT_EQ(live_.state()->policy_set_hash.size(), 64U);
}

TEST_F(LiveTenantTest, readers_always_see_a_whole_state_while_another_process_writes) {
  ASSERT_TRUE(refreshed());
  live_.follow();
  const auto other = open_sqlite_store(tenant_.path());
  ASSERT_TRUE(other.has_value());
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> decisions{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        const auto state = live_.state();
        ResolvedSignIn resolved;
        EXPECT_TRUE(resolve(outside_, *state, {}, test_now, resolved).has_value());
        EXPECT_NE(state->program->decide(resolved.sign_in).outcome, Outcome::blocked);
        decisions.fetch_add(1);
      }
    });
  }
  constexpr std::string_view object = "40000000-0000-4000-8000-000000000003";
  const auto enabled = tenant_.store->get("conditionalAccessPolicy", require_mfa)->json;
  const auto disabled =
      tenant_.edited("conditionalAccessPolicy", require_mfa, "\"enabled\"", "\"disabled\"");
  const auto device = tenant_.store->get("device", object)->json;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(
        (*other)->put("conditionalAccessPolicy", require_mfa, i % 2 == 0 ? disabled : enabled));
    ASSERT_TRUE((*other)->put("device", object, device));
    std::this_thread::sleep_for(10ms);
  }
  const auto last = *tenant_.store->last_sequence();
  const auto give_up_at = std::chrono::steady_clock::now() + 20s;
  while (live_.health().sequence < last && std::chrono::steady_clock::now() < give_up_at) {
    std::this_thread::sleep_for(5ms);
  }
  stop = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(live_.health().sequence, last);
  EXPECT_GT(decisions.load(), 100U);
  EXPECT_EQ(outcome(outside_), Outcome::interrupted);
}

}  // namespace
}  // namespace sallyport
