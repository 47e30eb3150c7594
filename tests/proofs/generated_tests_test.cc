// Generated tests: every one is a file's that reads back, holds for the set it was made of, and
// every edit that changes the outcome of any sign-in makes one of them fail. Those said to change
// nothing change nothing for random sign-ins.
//
// SALLYPORT_WORLDS in the environment is how many policy sets to try, SALLYPORT_SEED where to begin.
#include <gtest/gtest.h>

#include <cstdlib>

#include "analysis/proof/expectation_file.h"
#include "analysis/proof/generate.h"
#include "analysis/proof/prover.h"
#include "analysis/proof/search.h"
#include "analysis/proof/trial.h"
#include "tests/differential/generator.h"

namespace sallyport::proof {
namespace {

using testing_support::Random;
using testing_support::World;

std::size_t number_from_environment(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<std::size_t>(std::strtoull(text, nullptr, 10));
}

Tenant tenant_of(const World& world, bool with_people) {
  Tenant tenant;
  tenant.policy_set = world.policy_set;
  tenant.directory = with_people ? world.directory : std::make_shared<const Directory>();
  tenant.inventory = world.inventory;
  return tenant;
}

Interests interests_of(const std::vector<Expectation>& tests, const Tenant& tenant) {
  Interests interests;
  for (const Expectation& test : tests) {
    EXPECT_TRUE(add_interests(test, tenant, interests).has_value()) << test.name;
  }
  return interests;
}

struct Made {
  GeneratedTests generated;
  std::vector<Expectation> read_back;
  std::vector<std::size_t> changes_something;  // numbers of mutations
};

Made make(const Tenant& tenant, std::size_t seed) {
  Made made;
  const PolicySet variants = variants_of(tenant.policy_set, tenant.names);
  const auto prover = Prover::of(tenant, {}, &variants).value();
  made.generated = generate_tests(prover->encoding, *prover->program, prover->solver).value();
  EXPECT_TRUE(made.generated.given_up.empty()) << "seed " << seed;
  const auto mutations = mutations_of(tenant.policy_set, tenant.names);
  EXPECT_EQ(mutations.size(), made.generated.mutations);
  for (std::size_t i = 0; i < mutations.size(); ++i) {
    const auto differs = difference(mutations[i], prover->encoding, prover->solver);
    if (differs && !differs->is_empty()) made.changes_something.push_back(i);
  }
  EXPECT_EQ(made.changes_something.size(), made.generated.noticed) << "seed " << seed;
  const std::string text = write_expectations(made.generated.tests, "by a test");
  if (made.generated.tests.empty()) return made;  // nothing is enforced
  auto reading = read_expectations(text, "generated.toml", tenant);
  for (const Error& problem : reading.problems) ADD_FAILURE() << describe(problem) << '\n' << text;
  made.read_back = std::move(reading.expectations);
  EXPECT_EQ(made.read_back.size(), made.generated.tests.size());
  return made;
}

// The engine, not the proof, says what the edited set makes of it: the first test that fails.
const Expectation* first_to_notice(const std::vector<Expectation>& tests, const Tenant& edited) {
  const auto prover = Prover::of(edited, interests_of(tests, edited)).value();
  for (const Expectation& test : tests) {
    const auto trial = try_out(test, prover->encoding, *prover->program, prover->solver);
    EXPECT_TRUE(trial.has_value()) << test.name;
    if (trial && trial->result != TrialResult::holds) return &test;
  }
  return nullptr;
}

TEST(GeneratedTestsTest, hold_and_notice_every_edit_that_changes_anything) {
  const std::size_t worlds = number_from_environment("SALLYPORT_WORLDS", 12);
  const std::size_t first = number_from_environment("SALLYPORT_SEED", 1);
  constexpr std::size_t edits_tried = 12;  // a world: each needs a universe of its own
  std::size_t noticed = 0;
  for (std::size_t seed = first; seed < first + worlds; ++seed) {
    const World world = testing_support::make_world(seed, {.policies_min = 2, .policies_max = 5});
    const Tenant tenant = tenant_of(world, seed % 2 == 0);
    const Made made = make(tenant, seed);
    const auto* broken = first_to_notice(made.read_back, tenant);
    EXPECT_EQ(broken, nullptr) << "seed " << seed << ": " << (broken ? broken->name : "");
    const auto mutations = mutations_of(tenant.policy_set, tenant.names);
    const std::size_t step = made.changes_something.size() / edits_tried + 1;
    for (std::size_t i = seed % step; i < made.changes_something.size(); i += step) {
      const Mutation& mutation = mutations[made.changes_something[i]];
      Tenant edited = tenant;
      edited.policy_set.policies[mutation.policy] = mutation.edited;
      EXPECT_NE(first_to_notice(made.read_back, edited), nullptr)
          << "seed " << seed << ": policy " << mutation.policy << ": " << mutation.words;
      ++noticed;
    }
  }
  EXPECT_GT(noticed, 3 * worlds);
}

// A real sign-in with as many choices at random as there can be together.
Point random_sign_in(const Universe& universe, Random& random) {
  Bdd near = universe.reality();
  for (DimensionIndex i = 0; i < universe.dimensions().size(); ++i) {
    const auto choices = universe.dimensions()[i].choices.size();
    const auto choice = static_cast<ChoiceIndex>(random.chance(40) ? 0 : random.below(choices));
    const Bdd kept = near & universe.is(i, choice);
    if (!kept.is_empty()) near = kept;
  }
  return smallest(universe, near);
}

TEST(GeneratedTestsTest, edits_said_to_change_nothing_change_nothing_for_random_sign_ins) {
  const std::size_t worlds = number_from_environment("SALLYPORT_WORLDS", 12);
  constexpr int sign_ins = 20;  // an edit
  std::size_t tried = 0;
  for (std::size_t seed = 1; seed <= worlds; ++seed) {
    const World world = testing_support::make_world(seed, {.policies_min = 2, .policies_max = 6});
    const Tenant tenant = tenant_of(world, seed % 2 == 0);
    const PolicySet variants = variants_of(tenant.policy_set, tenant.names);
    const auto prover = Prover::of(tenant, {}, &variants).value();
    Random random(seed);
    for (const Mutation& mutation : mutations_of(tenant.policy_set, tenant.names)) {
      const auto differs = difference(mutation, prover->encoding, prover->solver);
      if (!differs || !differs->is_empty()) continue;
      PolicySet set = world.policy_set;
      set.policies[mutation.policy] = mutation.edited;
      const auto edited =
          compile(std::move(set), prover->universe.directory(), tenant.inventory).value();
      for (int i = 0; i < sign_ins; ++i, ++tried) {
        Draft draft;
        prover->universe.draft(random_sign_in(prover->universe, random), draft);
        const SignIn& sign_in = draft.settle();
        ASSERT_EQ(prover->program->decide(sign_in).outcome, edited->decide(sign_in).outcome)
            << "seed " << seed << ": policy " << mutation.policy << ": " << mutation.words;
      }
    }
  }
  EXPECT_GT(tried, 500U);
}

}  // namespace
}  // namespace sallyport::proof
