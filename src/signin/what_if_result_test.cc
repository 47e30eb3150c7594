#include "signin/what_if_result.h"

#include <gtest/gtest.h>

namespace sallyport {
namespace {

Policy requiring_mfa() {
  Policy policy;
  policy.grant_controls.emplace();
  policy.grant_controls->built_in_controls = {GrantControl::mfa};
  return policy;
}

PolicyAnswer answer_of(std::vector<ConditionAnswer> conditions) {
  PolicyAnswer answer;
  for (const auto& condition : conditions) {
    if (condition.match == Match::no) answer.applies = Match::no;
  }
  answer.conditions = std::move(conditions);
  return answer;
}

std::string_view reason(const PolicyAnswer& answer, IdentityKind identity = IdentityKind::user,
                        TargetKind target = TargetKind::applications) {
  return analysis_reason_of(requiring_mfa(), answer, identity, target);
}

TEST(AnalysisReason, is_the_first_condition_that_is_not_met) {
  EXPECT_EQ(reason(answer_of({{ConditionName::users, Match::yes, {}},
                              {ConditionName::applications, Match::yes, {}},
                              {ConditionName::locations, Match::no, {}},
                              {ConditionName::sign_in_risk, Match::no, {}}})),
            "location");
}

TEST(AnalysisReason, names_the_kind_of_identity_and_of_target) {
  const auto nobody = answer_of({{ConditionName::users, Match::no, {}}});
  EXPECT_EQ(reason(nobody), "users");
  EXPECT_EQ(reason(nobody, IdentityKind::service_principal), "workloadIdentities");
  const auto nothing = answer_of({{ConditionName::applications, Match::no, {}}});
  EXPECT_EQ(reason(nothing), "application");
  EXPECT_EQ(reason(nothing, IdentityKind::user, TargetKind::user_action), "userActions");
  EXPECT_EQ(reason(nothing, IdentityKind::user, TargetKind::authentication_context),
            "authenticationContext");
}

TEST(AnalysisReason, of_a_policy_that_applies_or_may_or_cannot) {
  PolicyAnswer answer;
  answer.applies = Match::yes;
  EXPECT_EQ(reason(answer), "notSet");
  answer.applies = Match::unknown;
  EXPECT_EQ(reason(answer), "notEnoughInformation");
  answer.applies = Match::no;
  EXPECT_EQ(analysis_reason_of(Policy{}, answer, IdentityKind::user, TargetKind::applications),
            "emptyPolicy");
  answer.result = PolicyResult::not_enabled;
  EXPECT_EQ(reason(answer), "policyNotEnabled");
}

TEST(WhatIfResult, is_the_policy_with_two_members_more) {
  PolicySet set;
  set.policies = {requiring_mfa(), requiring_mfa()};
  Answer answer;
  answer.policies = {answer_of({{ConditionName::users, Match::no, {}}}), PolicyAnswer{}};
  answer.policies[1].applies = Match::yes;
  const auto documents = json::parse(R"([{"displayName":"One","x":[1]},{"displayName":"Two"}])");
  ASSERT_TRUE(documents.has_value());
  const auto result = [&](bool applied_only) {
    return what_if_result(set, answer, documents->root().items(), SignIn{}, applied_only,
                          "https://example.org/v1.0");
  };
  const std::string context =
      R"~({"@odata.context":"https://example.org/v1.0/$metadata#Collection()~"
      R"~(microsoft.graph.whatIfAnalysisResult)","value":[)~";
  const std::string one =
      R"({"displayName":"One","x":[1],"policyApplies":false,"analysisReasons":"users"})";
  const std::string two =
      R"({"displayName":"Two","policyApplies":true,"analysisReasons":"notSet"})";
  EXPECT_EQ(result(false), context + one + "," + two + "]}");
  EXPECT_EQ(result(true), context + two + "]}");
}

}  // namespace
}  // namespace sallyport
