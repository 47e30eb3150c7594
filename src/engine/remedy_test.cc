// The what-if names what it depends on; the cheapest change does let the sign-in in.
#include "engine/remedy.h"

#include <gtest/gtest.h>

#include "engine/what_if.h"

namespace sallyport {
namespace {

Policy policy_with(GrantControl control) {
  Policy policy;
  policy.display_name = "policy";
  policy.conditions.users.emplace();
  policy.conditions.users->include_all = true;
  policy.conditions.applications.emplace();
  policy.conditions.applications->include_all = true;
  policy.grant_controls.emplace();
  policy.grant_controls->built_in_controls.insert(control);
  return policy;
}

class Remedies : public ::testing::Test {
 protected:
  Remedies() {
    sign_in_.user = UserView{};
    sign_in_.target.kind = TargetKind::applications;
    sign_in_.target.applications = applications_;
    sign_in_.client_app_type = ClientApp::browser;
  }
  std::shared_ptr<const Program> compiled() const {
    return compile(policies_, std::make_shared<const Directory>(),
                   std::make_shared<const Inventory>())
        .value();
  }
  std::vector<std::string> steps() const {
    const auto remedy = cheapest_change(*compiled(), sign_in_);
    return remedy ? remedy->steps : std::vector<std::string>{"nothing helps"};
  }
  PolicySet policies_ = empty_policy_set();
  std::vector<ApplicationId> applications_ = {ApplicationId::of("app")};
  SignIn sign_in_ = sign_in_with_nothing_else();
};

using Steps = std::vector<std::string>;

TEST_F(Remedies, a_sign_in_that_is_let_in_needs_no_change) { EXPECT_EQ(steps(), Steps{}); }

TEST_F(Remedies, what_is_asked_for_is_the_change) {
  policies_.policies = {policy_with(GrantControl::mfa)};
  EXPECT_EQ(steps(), Steps{"complete multifactor authentication"});
}

TEST_F(Remedies, of_two_ways_the_cheaper_is_told) {
  auto policy = policy_with(GrantControl::mfa);
  policy.grant_controls->built_in_controls.insert(GrantControl::compliant_device);
  policy.grant_controls->operation = GrantOperator::any_of;
  policies_.policies = {policy};
  EXPECT_EQ(steps(), Steps{"complete multifactor authentication"});
}

TEST_F(Remedies, a_block_on_legacy_clients_is_avoided_with_a_modern_one) {
  auto policy = policy_with(GrantControl::block);
  policy.conditions.client_app_types.insert(ClientApp::other);
  policies_.policies = {policy, policy_with(GrantControl::mfa)};
  sign_in_.client_app_type = ClientApp::other;
  EXPECT_EQ(steps(), (Steps{"use a browser", "complete multifactor authentication"}));
}

TEST_F(Remedies, a_block_for_everyone_has_no_remedy) {
  policies_.policies = {policy_with(GrantControl::block)};
  EXPECT_EQ(steps(), Steps{"nothing helps"});
}

TEST_F(Remedies, an_unknown_fact_is_named_and_a_told_one_is_not) {
  auto policy = policy_with(GrantControl::block);
  policy.conditions.platforms.emplace();
  policy.conditions.platforms->include.insert(Platform::ios);
  policies_.policies = {policy};
  sign_in_.device_platform = Fact<Platform>::unknown();
  const auto open = what_if(*compiled(), sign_in_);
  EXPECT_FALSE(open.definite);
  EXPECT_EQ(open.depends_on, std::vector{FactName::platform});
  sign_in_.device_platform = Platform::windows;
  const auto definite = what_if(*compiled(), sign_in_);
  EXPECT_TRUE(definite.definite);
  EXPECT_TRUE(definite.depends_on.empty());
}

}  // namespace
}  // namespace sallyport
