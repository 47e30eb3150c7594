// The engine and the reference evaluator give the same answer to everything: outcome, error code,
// missing requirements, session; and of each policy its result, whether it applies, its conditions
// and its requirements.
//
// SALLYPORT_PAIRS in the environment is how many (policy set, sign-in) pairs to try, SALLYPORT_SEED
// where to begin. A failure names the seed of its world, and shows the fewest policies that differ.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "engine/program.h"
#include "tests/differential/evaluators.h"
#include "tests/differential/show.h"

namespace sallyport::testing_support {
namespace {

constexpr std::size_t sign_ins_per_world = 40;

std::size_t number_from_environment(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<std::size_t>(std::strtoull(text, nullptr, 10));
}

// How much of what was tried tests anything.
struct Coverage {
  std::size_t pairs = 0;
  std::size_t policies = 0;
  std::array<std::size_t, 4> applies{};  // by Match
  std::size_t of(Match match) const { return applies[static_cast<std::size_t>(match)]; }
  std::array<std::size_t, 3> outcomes{};
  std::array<std::size_t, 3> satisfactions{};
  std::size_t unknown_requirements = 0;
  std::size_t definite = 0;

  void count(const Answer& worst, const Answer& best) {
    ++pairs;
    ++outcomes[static_cast<std::size_t>(worst.outcome)];
    if (is_definite(worst, best)) ++definite;
    for (const PolicyAnswer& policy : worst.policies) {
      ++policies;
      ++applies[static_cast<std::size_t>(policy.applies)];
      for (const RequirementAnswer& one : policy.requirements) {
        ++satisfactions[static_cast<std::size_t>(one.satisfaction)];
        if (one.unknown) ++unknown_requirements;
      }
    }
  }

  void print() const {
    const auto percent = [](std::size_t part, std::size_t all) {
      return 100.0 * static_cast<double>(part) / static_cast<double>(all == 0 ? 1 : all);
    };
    const std::size_t requirements = satisfactions[0] + satisfactions[1] + satisfactions[2];
    std::printf("%zu pairs, %zu policy evaluations\n", pairs, policies);
    std::printf("  applies: no %.1f%%, yes %.1f%%, unknown %.1f%%, needs GPS %.1f%%\n",
                percent(of(Match::no), policies), percent(of(Match::yes), policies),
                percent(of(Match::unknown), policies), percent(of(Match::needs_gps), policies));
    std::printf("  outcome: granted %.1f%%, interrupted %.1f%%, blocked %.1f%%; definite %.1f%%\n",
                percent(outcomes[0], pairs), percent(outcomes[1], pairs),
                percent(outcomes[2], pairs), percent(definite, pairs));
    std::printf(
        "  requirements: satisfied %.1f%%, need the user %.1f%%, failed %.1f%%; "
        "unknown %.1f%%\n",
        percent(satisfactions[0], requirements), percent(satisfactions[1], requirements),
        percent(satisfactions[2], requirements), percent(unknown_requirements, requirements));
  }
};

std::string difference_of(const World& world, const PolicySet& policies, const SignIn& sign_in,
                          Assume assume) {
  return differences(reference_evaluator(world, policies)(sign_in, assume),
                     engine_evaluator(world, policies)(sign_in, assume));
}

// The fewest policies that still differ.
PolicySet shrink(const World& world, const SignIn& sign_in, Assume assume) {
  PolicySet set = world.policy_set;
  for (std::size_t i = 0; i < set.policies.size();) {
    PolicySet fewer = set;
    fewer.policies.erase(fewer.policies.begin() + static_cast<std::ptrdiff_t>(i));
    if (difference_of(world, fewer, sign_in, assume).empty()) {
      ++i;
    } else {
      set = std::move(fewer);
    }
  }
  return set;
}

std::string report(const World& world, std::size_t number, const SignIn& sign_in, Assume assume) {
  const PolicySet set = shrink(world, sign_in, assume);
  std::string text = "SALLYPORT_SEED=" + std::to_string(world.seed) + ", sign-in " +
                     std::to_string(number) + ", " + (assume == Assume::worst ? "worst" : "best") +
                     "\nreference | engine\n" + difference_of(world, set, sign_in, assume) + "\n" +
                     show(sign_in) + "\n";
  for (const Policy& policy : set.policies) text += show(policy) + "\n";
  return text + "reference says: " + show(reference_evaluator(world, set)(sign_in, assume));
}

// The compact decision says the same as the full answer.
std::string differences_of_decide(const Program& program, const SignIn& sign_in,
                                  const Answer& answer) {
  const Decision decision = program.decide(sign_in);
  std::string text;
  if (decision.outcome != answer.outcome) text += "decide(): another outcome\n";
  if (decision.error_code != answer.error_code) {
    text += "decide(): error code " + std::to_string(decision.error_code) + "\n";
  }
  if (program.missing(decision) != answer.missing) text += "decide(): other missing ones\n";
  return text;
}

TEST(Engine, agrees_with_the_reference_on_everything) {
  const std::size_t pairs = number_from_environment("SALLYPORT_PAIRS", 20'000);
  const std::size_t seed = number_from_environment("SALLYPORT_SEED", 1);
  Coverage coverage;
  for (std::size_t w = 0; coverage.pairs < pairs; ++w) {
    const World world = make_world(seed + w);
    const auto program = compile(world.policy_set, world.directory, world.inventory);
    ASSERT_TRUE(program.has_value()) << describe(program.error());
    const Decide reference = reference_evaluator(world, world.policy_set);
    Random random(seed + w);
    for (std::size_t i = 0; i < sign_ins_per_world; ++i) {
      const GeneratedSignIn generated = make_sign_in(world, random);
      const SignIn& sign_in = generated.sign_in;
      const Answer worst = reference(sign_in, Assume::worst);
      const Answer best = reference(sign_in, Assume::best);
      coverage.count(worst, best);
      for (const Assume assume : {Assume::worst, Assume::best}) {
        const Answer& expected = assume == Assume::worst ? worst : best;
        const auto difference = differences(expected, (*program)->explain(sign_in, assume));
        ASSERT_EQ(difference, "") << report(world, i, sign_in, assume);
      }
      ASSERT_EQ(differences_of_decide(**program, sign_in, worst), "")
          << report(world, i, sign_in, Assume::worst) << show(worst);
    }
  }
  coverage.print();
  if (coverage.pairs < 20'000) return;
  // A generator that rarely hits would let every mistake pass.
  EXPECT_GT(coverage.of(Match::yes) * 100, coverage.policies * 15);
  for (const std::size_t count : coverage.outcomes) EXPECT_GT(count * 100, coverage.pairs * 5);
  for (const std::size_t count : coverage.applies) EXPECT_GT(count * 1000, coverage.policies);
  EXPECT_GT(coverage.definite * 100, coverage.pairs * 30);
  EXPECT_LT(coverage.definite * 100, coverage.pairs * 90);
}

}  // namespace
}  // namespace sallyport::testing_support
