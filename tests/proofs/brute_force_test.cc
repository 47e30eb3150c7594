// Every sign-in of small universes, one by one, through the engine and the reference: a gap is told
// exactly when there is one, it is the smallest, and its region holds nothing else.
//
// SALLYPORT_SETS in the environment is how many policy sets, SALLYPORT_SEED where to begin.
#include <gtest/gtest.h>

#include "analysis/proof/diff.h"
#include "analysis/proof/gaps.h"
#include "reference/decide.h"
#include "tests/proofs/small_universe.h"

namespace sallyport::proof::testing {
namespace {

using testing_support::Random;
using testing_support::World;

constexpr std::size_t sign_ins_max = 30'000;

// What all sign-ins say of one expectation.
struct Truth {
  bool violated = false;
  unsigned layer = 0;  // memberships of whoever violates it with fewest, as far as that is looked at
  unsigned weight = 0;
};

class BruteForceTest : public ::testing::Test {
 protected:
  std::size_t violated_ = 0, held_ = 0, decided_ = 0;
  Decision decision_;

  // The reference is slow: that the engine agrees with it has tests of its own.
  Outcome decide(const Case& c, const SignIn& s) {
    c.program->decide(s, decision_);
    constexpr std::size_t asked_of_the_reference = 16;  // one of so many
    if (++decided_ % asked_of_the_reference == 0) {
      const Answer expected =
          reference::decide(c.tenant.policy_set, *c.universe->directory(), s, Assume::worst);
      EXPECT_EQ(decision_.outcome, expected.outcome);
    }
    return decision_.outcome;
  }

  bool violates(const Case& c, const Expectation& e, const Point& point) {
    Draft draft;
    c.universe->draft(point, draft);
    const SignIn& s = draft.settle();
    return is_about(e, s, *c.universe->directory()) && !is_kept(e.need, s, decide(c, s));
  }

  void check_gap(const Case& c, const Expectation& e, const Gap& gap, Random& random) {
    const Universe& u = *c.universe;
    EXPECT_TRUE(violates(c, e, gap.witness)) << show(u, gap.witness);
    for (int i = 0; i < 10; ++i) {
      Point point;
      for (const auto& choices : gap.region) point.push_back(random.pick(choices));
      if (!u.holds(u.reality(), point)) continue;
      EXPECT_TRUE(violates(c, e, point)) << "in the region of a gap:" << show(u, point);
    }
  }

  void check(Case& c, std::uint64_t seed, const std::vector<Truth>& truth,
             const std::vector<std::vector<Point>>& violating) {
    const Universe& u = *c.universe;
    Random random(seed);
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const Expectation& e = c.expectations[i];
      SCOPED_TRACE(std::string(name_of(e.need)) + ", expectation " + std::to_string(i));
      GapFinder finder(*c.encoding, *c.program, c.solver);
      const auto verdict = finder.check(e);
      ASSERT_TRUE(verdict.has_value()) << describe(verdict.error());
      ASSERT_FALSE(verdict->gave_up);
      ASSERT_EQ(verdict->holds(), !truth[i].violated);
      ++(truth[i].violated ? violated_ : held_);
      if (!truth[i].violated) continue;
      ASSERT_FALSE(verdict->gaps.empty());
      const Gap& least = verdict->gaps.front();
      EXPECT_EQ(weight(u, least.witness), truth[i].weight) << show(u, least.witness);
      for (const Gap& gap : verdict->gaps) check_gap(c, e, gap, random);
      // Nothing is told to be complete that is not.
      if (verdict->more || verdict->not_all_looked_at || verdict->gaps.size() > 1) continue;
      const Bdd all = violations(e.need, *c.encoding, region_of(e, *c.encoding));
      for (const Point& point : violating[i]) EXPECT_TRUE(u.holds(all, point)) << show(u, point);
    }
  }

  // The first of ever simpler cases that is small enough.
  std::unique_ptr<Case> make_case(std::uint64_t seed, Random& random) {
    const std::size_t policies = 1 + seed % 4;
    const World world = testing_support::make_world(seed, {policies, policies, 4, 2, 1, 2});
    std::vector<Expectation> expectations;
    for (int i = 0; i < 3; ++i) expectations.push_back(make_expectation(world, random));
    Tenant tenant = tenant_of(world, seed % 2 == 0);
    for (int attempt = 0; attempt < 8; ++attempt) {
      auto c = std::make_unique<Case>(tenant, expectations);
      if (each_sign_in(*c, sign_ins_max, {})) return c;
      c.reset();  // there can be one solver only
      thin_out(tenant.policy_set, expectations, random);
    }
    return nullptr;
  }

  // False: the universe is too large.
  bool try_set(std::uint64_t seed) {
    Random random(seed);
    const auto made = make_case(seed, random);
    if (!made) return false;
    Case& c = *made;
    const Universe& u = *c.universe;
    std::vector<Truth> truth(c.expectations.size());
    std::vector<std::vector<Point>> violating(truth.size());
    each_sign_in(c, sign_ins_max, [&](const Point& point) {
      Draft draft;
      u.draft(point, draft);
      const SignIn& s = draft.settle();
      const Outcome outcome = decide(c, s);
      if (random.chance(5)) {
        if (const auto other = with_other_answers(c, point, random)) {
          Draft second;
          u.draft(*other, second);
          EXPECT_EQ(decide(c, second.settle()), outcome) << show(u, *other);
        }
      }
      for (std::size_t i = 0; i < truth.size(); ++i) {
        const Expectation& e = c.expectations[i];
        if (!is_about(e, s, *u.directory()) || is_kept(e.need, s, outcome)) continue;
        violating[i].push_back(point);
        const unsigned layer = u.has_people() ? 0 : std::min(memberships(u, point), 4U);
        const unsigned w = weight(u, point);
        Truth& t = truth[i];
        if (!t.violated || layer < t.layer || (layer == t.layer && w < t.weight)) {
          t = {true, layer, w};
        }
      }
    });
    check(c, seed, truth, violating);
    return true;
  }
};

TEST_F(BruteForceTest, a_gap_is_told_exactly_when_there_is_one) {
  const std::size_t sets = number_from_environment("SALLYPORT_SETS", 200);
  const std::size_t first = number_from_environment("SALLYPORT_SEED", 1);
  std::size_t tried = 0;
  for (std::size_t seed = first; seed < first + sets && !HasFailure(); ++seed) {
    SCOPED_TRACE("SALLYPORT_SEED=" + std::to_string(seed));
    if (try_set(seed)) ++tried;
  }
  // Most sets are small enough, or this would test little.
  EXPECT_GT(tried, sets / 2);
  RecordProperty("sets", static_cast<int>(tried));
  RecordProperty("violated", static_cast<int>(violated_));
  RecordProperty("held", static_cast<int>(held_));
  RecordProperty("sign_ins", static_cast<int>(decided_));
  // Nothing is shown by expectations that all hold, or none.
  EXPECT_GT(violated_, tried / 4);
  EXPECT_GT(held_, tried / 4);
}

}  // namespace
}  // namespace sallyport::proof::testing
