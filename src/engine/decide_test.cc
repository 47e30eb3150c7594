// What the differential test's small worlds do not reach: many policies, many requirements.
#include <gtest/gtest.h>

#include "engine/program.h"

namespace sallyport {
namespace {

Policy policy_for_everyone(std::size_t number) {
  Policy policy;
  policy.id_text = "policy " + std::to_string(number);
  policy.id = PolicyId::of(policy.id_text);
  policy.display_name = policy.id_text;
  policy.conditions.users.emplace();
  policy.conditions.users->include_all = true;
  policy.conditions.applications.emplace();
  policy.conditions.applications->include_all = true;
  policy.grant_controls.emplace();
  return policy;
}

void require_terms(Policy& policy, std::size_t number) {
  const std::string text = "terms " + std::to_string(1000 + number);
  policy.grant_controls->terms_of_use.push_back(AgreementId::of(text));
  policy.grant_controls->terms_of_use_texts.push_back(text);
}

class Deciding : public ::testing::Test {
 protected:
  Deciding() {
    sign_in_.user = UserView{};
    sign_in_.target.kind = TargetKind::applications;
    sign_in_.target.applications = applications_;
  }

  std::shared_ptr<const Program> compiled() const {
    return compile(policies_, std::make_shared<const Directory>(),
                   std::make_shared<const Inventory>())
        .value();
  }

  // The two roads must say the same.
  void expect_agreement(const Program& program) {
    const Decision decision = program.decide(sign_in_);
    const Answer answer = program.explain(sign_in_);
    EXPECT_EQ(decision.outcome, answer.outcome);
    EXPECT_EQ(decision.error_code, answer.error_code);
    EXPECT_EQ(program.missing(decision), answer.missing);
  }

  PolicySet policies_ = empty_policy_set();
  std::vector<ApplicationId> applications_ = {ApplicationId::of("app")};
  SignIn sign_in_ = sign_in_with_nothing_else();
};

TEST_F(Deciding, more_requirements_than_a_word_holds_are_all_told) {
  for (std::size_t i = 0; i < 200; ++i) {
    policies_.policies.push_back(policy_for_everyone(i));
    require_terms(policies_.policies.back(), i);
  }
  const auto program = compiled();
  EXPECT_EQ(program->missing(program->decide(sign_in_)).size(), 200U);
  expect_agreement(*program);
}

TEST_F(Deciding, of_a_choice_beyond_the_first_word_only_the_first_is_asked_for) {
  auto choice = policy_for_everyone(0);
  choice.grant_controls->operation = GrantOperator::any_of;
  for (std::size_t i = 0; i < 200; ++i) require_terms(choice, i);
  policies_.policies.push_back(choice);
  auto all = policy_for_everyone(1);
  require_terms(all, 150);
  policies_.policies.push_back(all);
  const auto program = compiled();
  EXPECT_EQ(program->missing(program->decide(sign_in_)).size(), 2U);
  expect_agreement(*program);
  // The one that is needed anyway satisfies the choice.
  const std::vector<AgreementId> accepted = {AgreementId::of("terms 1150")};
  sign_in_.proofs.accepted_terms = accepted;
  EXPECT_EQ(program->decide(sign_in_).outcome, Outcome::granted);
  expect_agreement(*program);
}

TEST_F(Deciding, a_block_among_ten_thousand_policies_is_found_wherever_it_stands) {
  for (std::size_t i = 0; i < 10'000; ++i) {
    policies_.policies.push_back(policy_for_everyone(i));
    policies_.policies.back().session_controls.emplace();
    policies_.policies.back().session_controls->application_enforced_restrictions = true;
  }
  EXPECT_EQ(compiled()->decide(sign_in_).outcome, Outcome::granted);
  for (const std::size_t at : {0UL, 63UL, 64UL, 255UL, 256UL, 9'999UL}) {
    auto& controls = policies_.policies[at].grant_controls->built_in_controls;
    controls.insert(GrantControl::block);
    const auto program = compiled();
    EXPECT_EQ(program->decide(sign_in_).outcome, Outcome::blocked) << at;
    EXPECT_EQ(program->decide(sign_in_).error_code, 53003) << at;
    controls = {};
  }
}

TEST_F(Deciding, a_group_gets_its_policies_wherever_they_stand) {
  const auto group = [](std::size_t i) { return GroupId::of("group " + std::to_string(i)); };
  constexpr std::size_t groups = 40;
  Directory::Editor directory;
  for (std::size_t i = 0; i < groups; ++i) directory.put_group(group(i), "");
  directory.add_nested_group(group(1), group(0));
  for (std::size_t i = 0; i < 2'000; ++i) {
    policies_.policies.push_back(policy_for_everyone(i));
    auto& policy = policies_.policies.back();
    policy.conditions.users->include_all = i % 5 == 0;
    (i % 3 == 0 ? policy.conditions.users->exclude : policy.conditions.users->include)
        .groups.push_back(group(i * 7 % groups));
    require_terms(policy, i);
  }
  for (std::size_t i = 0; i < groups; ++i) {
    directory.put_user({.id = UserId::of(std::to_string(i)),
                        .groups = {group(i), group(i * 11 % groups), group(groups - 1 - i)}});
  }
  const std::shared_ptr<const Directory> built = std::move(directory).build();
  for (const std::size_t count : {2'000UL, 1'000UL, 200UL}) {
    policies_.policies.resize(count);
    const auto program = compile(policies_, built, std::make_shared<const Inventory>()).value();
    for (std::size_t i = 0; i < groups; ++i) {
      sign_in_.user = *built->find_user(UserId::of(std::to_string(i)));
      EXPECT_FALSE(program->missing(program->decide(sign_in_)).empty());
      expect_agreement(*program);
    }
  }
}

TEST_F(Deciding, what_a_hundred_policies_want_in_their_own_way_is_told_once) {
  for (int i = 0; i < 100; ++i) {
    policies_.policies.push_back(policy_for_everyone(static_cast<std::size_t>(i)));
    auto& session = policies_.policies.back().session_controls.emplace();
    session.sign_in_frequency.emplace().every = std::chrono::hours(1 + i);
  }
  const auto program = compiled();
  EXPECT_EQ(program->missing(program->decide(sign_in_)).size(), 1U);
  expect_agreement(*program);
}

TEST_F(Deciding, a_decision_can_be_used_again) {
  policies_.policies.push_back(policy_for_everyone(0));
  policies_.policies.back().grant_controls->built_in_controls.insert(GrantControl::mfa);
  const auto program = compiled();
  Decision decision;
  program->decide(sign_in_, decision);
  EXPECT_EQ(decision.outcome, Outcome::interrupted);
  EXPECT_EQ(decision.error_code, 50076);
  sign_in_.proofs.mfa_claim = true;
  program->decide(sign_in_, decision);
  EXPECT_EQ(decision.outcome, Outcome::granted);
  EXPECT_EQ(decision.error_code, 0);
  EXPECT_TRUE(program->missing(decision).empty());
}

TEST(Compile, refuses_more_policies_than_it_can_number) {
  PolicySet policies = empty_policy_set();
  policies.policies.resize(70'000);
  const auto program = compile(std::move(policies), std::make_shared<const Directory>(),
                               std::make_shared<const Inventory>());
  ASSERT_FALSE(program.has_value());
  EXPECT_EQ(program.error().kind, ErrorKind::too_large);
}

}  // namespace
}  // namespace sallyport
