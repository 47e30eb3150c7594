// Each scenario about a sign-in, through the reference evaluator and through the engine.
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "engine/program.h"
#include "reference/decide.h"
#include "tests/support/expectation.h"
#include "tests/support/scenario.h"

namespace sallyport::test {
namespace {

std::string lines_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += "\n  " + line;
  return text;
}

class Scenarios : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    auto loaded = load_scenario(GetParam());
    ASSERT_TRUE(loaded.has_value()) << describe(loaded.error());
    scenario_ = std::move(*loaded);
    ASSERT_FALSE(scenario_.is_document) << "documents belong into tests/scenarios/documents";
    world_ = tenant_of(scenario_);
    for (const auto& finding : world_.findings) {
      EXPECT_NE(finding.severity, Severity::error) << finding.pointer << ": " << finding.message;
    }
    ASSERT_EQ(world_.policies.size(), world_.tenant.policy_set.policies.size());
  }

  // `evaluate` gives the JSON of what it saw; `names` are the members it can tell, empty for all.
  template <class Evaluate>
  void expect_each(Evaluate evaluate, std::span<const std::string_view> names = {}) {
    for (const auto& check : scenario_.checks) {
      const auto input = sign_in_of(scenario_, check, world_.tenant);
      ASSERT_TRUE(input.has_value()) << check.description << ": " << describe(input.error());
      const auto actual = json::parse(evaluate(*input));
      ASSERT_TRUE(actual.has_value());
      json::Arena arena;
      const auto expected = names.empty() ? check.expect : only(check.expect, names, arena);
      const auto lines = differences(expected, actual->root());
      EXPECT_TRUE(lines.empty()) << check.description << lines_of(lines);
    }
  }

  Scenario scenario_;
  ScenarioTenant world_;
};

TEST_P(Scenarios, the_reference_gives_the_expected_answer) {
  const Tenant& tenant = world_.tenant;
  expect_each([&](const SignInInput& input) {
    const auto answer = reference::decide(tenant.policy_set, *tenant.directory, input.sign_in());
    return observed(tenant.policy_set, world_.policies, answer, input);
  });
}

TEST_P(Scenarios, the_engine_gives_the_expected_answer) {
  const Tenant& tenant = world_.tenant;
  const auto program = compile(tenant.policy_set, tenant.directory, tenant.inventory);
  ASSERT_TRUE(program.has_value()) << describe(program.error());
  expect_each([&](const SignInInput& input) {
    const auto answer = (*program)->explain(input.sign_in(), Assume::worst);
    return observed(tenant.policy_set, world_.policies, answer, input);
  });
}

TEST_P(Scenarios, the_engine_decides_as_it_explains) {
  const Tenant& tenant = world_.tenant;
  const auto program = compile(tenant.policy_set, tenant.directory, tenant.inventory);
  ASSERT_TRUE(program.has_value()) << describe(program.error());
  constexpr std::array<std::string_view, 3> told = {"outcome", "errorCode", "missing"};
  expect_each(
      [&](const SignInInput& input) {
        const auto decision = (*program)->decide(input.sign_in());
        return observed(decision.outcome, decision.error_code, (*program)->missing(decision));
      },
      told);
}

// The facts that the sign-in leaves out may be anything, also what the expected answer takes them
// for: not knowing them may only make the answer stricter under `worst`, and milder under `best`.
TEST_P(Scenarios, telling_less_never_lets_anyone_in) {
  const Tenant& tenant = world_.tenant;
  const auto program = compile(tenant.policy_set, tenant.directory, tenant.inventory);
  ASSERT_TRUE(program.has_value()) << describe(program.error());
  for (const auto& check : scenario_.checks) {
    const auto told = sign_in_of(scenario_, check, tenant, Missing::absent);
    const auto less = sign_in_of(scenario_, check, tenant, Missing::unknown);
    ASSERT_TRUE(told.has_value() && less.has_value()) << check.description;
    const auto outcome = (*program)->decide(told->sign_in()).outcome;
    const auto worst = (*program)->explain(less->sign_in(), Assume::worst);
    const auto best = (*program)->explain(less->sign_in(), Assume::best);
    EXPECT_GE(worst.outcome, outcome) << check.description;
    EXPECT_LE(best.outcome, outcome) << check.description;
    EXPECT_EQ((*program)->decide(less->sign_in()).outcome, worst.outcome) << check.description;
    const auto& set = tenant.policy_set;
    EXPECT_EQ(reference::decide(set, *tenant.directory, less->sign_in(), Assume::worst).outcome,
              worst.outcome)
        << check.description;
    EXPECT_EQ(reference::decide(set, *tenant.directory, less->sign_in(), Assume::best).outcome,
              best.outcome)
        << check.description;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Scenarios,
                         ::testing::ValuesIn(scenario_names(ScenarioKind::sign_in)),
                         [](const auto& file) { return test_name_of(file.param); });

// Section 11 of the fact sheet has 132 cases; tests/scenarios/README.md tells where these are.
TEST(ScenarioFiles, hold_every_case_once_but_for_those_of_the_api_and_the_doors) {
  std::multiset<int> numbers = {53, 56, 116, 124, 125, 128, 129, 130};
  for (const auto kind : {ScenarioKind::sign_in, ScenarioKind::document}) {
    for (const auto& name : scenario_names(kind)) {
      numbers.insert(std::stoi(name.substr(name.find('/') + 1, 3)));
    }
  }
  for (int number = 1; number <= 132; ++number) EXPECT_EQ(numbers.count(number), 1U) << number;
}

}  // namespace
}  // namespace sallyport::test
