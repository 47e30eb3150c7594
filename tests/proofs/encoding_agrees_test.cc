// What the proofs take a sign-in for is what the engine makes of it: outcome by outcome, policy by
// policy, over random policy sets and random sign-ins of their universe, with and without a
// directory.
//
// SALLYPORT_PAIRS in the environment is how many sign-ins to try, SALLYPORT_SEED where to begin.
#include <gtest/gtest.h>

#include <cstdlib>

#include "analysis/proof/encoding.h"
#include "analysis/proof/search.h"
#include "engine/program.h"
#include "tests/differential/generator.h"

namespace sallyport::proof {
namespace {

using testing_support::Random;
using testing_support::World;

constexpr std::size_t sign_ins_per_world = 50;

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

Point random_point(const Universe& universe, Random& random) {
  Point point;
  for (const Dimension& dimension : universe.dimensions()) {
    const bool plain = random.chance(30);
    point.push_back(plain ? 0 : static_cast<ChoiceIndex>(random.below(dimension.choices.size())));
  }
  return point;
}

// Half of them anywhere, half near one that is real whatever the constraints are.
Point real_point(const Universe& universe, Random& random) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    const Point point = random_point(universe, random);
    if (universe.point_set(point).is_inside(universe.reality())) return point;
    // Keep as many of its choices as reality lets it.
    Bdd near = universe.reality();
    for (DimensionIndex i = 0; i < point.size(); ++i) {
      const Bdd kept = near & universe.is(i, point[i]);
      if (!kept.is_empty()) near = kept;
    }
    return smallest(universe, near);
  }
  return smallest(universe, universe.reality());
}

TEST(EncodingTest, agrees_with_the_engine) {
  const std::size_t pairs = number_from_environment("SALLYPORT_PAIRS", 20'000);
  const std::size_t first = number_from_environment("SALLYPORT_SEED", 1);
  std::size_t outcomes[3] = {};
  for (std::size_t tried = 0; tried < pairs; tried += sign_ins_per_world) {
    const std::size_t seed = first + tried / sign_ins_per_world;
    const World world = testing_support::make_world(seed);
    const bool with_people = seed % 2 == 0;
    const Tenant tenant = tenant_of(world, with_people);
    Solver solver;
    const PolicySet* sets[] = {&tenant.policy_set};
    const Universe universe(solver, sets, tenant);
    const Encoding encoding(universe, tenant.policy_set);
    const auto program = compile(tenant.policy_set, universe.directory(), tenant.inventory).value();
    Random random(seed);
    const Bdd granted = encoding.granted(universe.reality());
    const Bdd blocked = encoding.blocked(universe.reality());
    for (std::size_t i = 0; i < sign_ins_per_world; ++i) {
      const Point point = real_point(universe, random);
      const Bdd here = universe.point_set(point);
      Draft draft;
      universe.draft(point, draft);
      const Answer answer = program->explain(draft.settle());
      ++outcomes[static_cast<std::size_t>(answer.outcome)];
      std::string shown;
      for (DimensionIndex d = 0; d < point.size(); ++d) {
        if (point[d] != 0) shown += "; " + universe.dimensions()[d].choices[point[d]].words;
      }
      for (std::size_t p = 0; p < encoding.policies().size(); ++p) {
        const EncodedPolicy& encoded = encoding.policies()[p];
        const PolicyResult result = answer.policies[p].result;
        const bool applies = result != PolicyResult::not_applied &&
                             result != PolicyResult::not_enabled &&
                             result != PolicyResult::report_only_not_applied;
        const bool satisfied =
            result == PolicyResult::success || result == PolicyResult::report_only_success;
        const bool failed =
            result == PolicyResult::failure || result == PolicyResult::report_only_failure;
        if (result == PolicyResult::not_enabled) continue;
        ASSERT_EQ(here.meets(encoded.applies), applies)
            << "seed " << seed << ", policy " << p << shown;
        ASSERT_EQ(here.meets(encoded.satisfied), satisfied)
            << "seed " << seed << ", policy " << p << shown;
        ASSERT_EQ(here.meets(encoded.failed), failed)
            << "seed " << seed << ", policy " << p << shown;
      }
      ASSERT_EQ(here.meets(granted), answer.outcome == Outcome::granted) << "seed " << seed;
      ASSERT_EQ(here.meets(blocked), answer.outcome == Outcome::blocked) << "seed " << seed;
    }
    ASSERT_FALSE(solver.gave_up()) << "seed " << seed;
  }
  // A generator of which nothing gets in, or everything, would test nothing.
  for (const std::size_t count : outcomes) EXPECT_GT(count, pairs / 50);
}

}  // namespace
}  // namespace sallyport::proof
