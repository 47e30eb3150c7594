// Every sign-in of small universes, one by one, through the engine and the reference: a gap is told
// exactly when there is one, it is the smallest, and its region holds nothing else.
//
// SALLYPORT_SETS in the environment is how many policy sets, SALLYPORT_SEED where to begin.
#include <gtest/gtest.h>

#include <set>
#include <utility>

#include "analysis/proof/diff.h"
#include "analysis/proof/gaps.h"
#include "analysis/proof/minimize.h"
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

  // Until so many were small enough: test(seed) says whether it was.
  template <class Test>
  void for_many_seeds(std::size_t sets, Test test) {
    const std::size_t first = number_from_environment("SALLYPORT_SEED", 1);
    std::size_t tried = 0;
    for (std::size_t seed = first; tried < sets && seed < first + 4 * sets && !HasFailure();
         ++seed) {
      SCOPED_TRACE("SALLYPORT_SEED=" + std::to_string(seed));
      if (test(seed)) ++tried;
    }
    RecordProperty("sets", static_cast<int>(tried));
    EXPECT_GT(tried, sets / 2);  // or this would test little
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
  for_many_seeds(number_from_environment("SALLYPORT_SETS", 200),
                 [&](std::uint64_t seed) { return try_set(seed); });
  RecordProperty("violated", static_cast<int>(violated_));
  RecordProperty("held", static_cast<int>(held_));
  RecordProperty("sign_ins", static_cast<int>(decided_));
  // Nothing is shown by expectations that all hold, or none.
  EXPECT_GT(violated_, held_ / 10);
  EXPECT_GT(held_, violated_ / 10);
}

// ---- two sets ----

// Another policy in the place of one, or one less, or one more.
PolicySet edited(const World& world, const PolicySet& set, Random& random) {
  PolicySet out = set;
  const std::size_t at = random.below(out.policies.size());
  switch (random.below(4)) {
    case 0: out.policies.erase(out.policies.begin() + static_cast<std::ptrdiff_t>(at)); break;
    case 1: out.policies.push_back(make_policy(world, random, 90)); break;
    case 2: std::swap(out.policies[at], out.policies.front()); break;  // no change at all
    default: {
      std::vector<Expectation> none;
      PolicySet one = out;
      one.policies = {out.policies[at]};
      thin_out(one, none, random);
      out.policies[at] = one.policies.front();
    }
  }
  return out;
}

TEST_F(BruteForceTest, a_difference_is_told_exactly_where_there_is_one) {
  std::size_t different = 0, same = 0;
  for_many_seeds(number_from_environment("SALLYPORT_SETS", 200) / 2, [&](std::uint64_t seed) {
    Random random(seed);
    const std::size_t policies = 1 + seed % 3;
    const World world = testing_support::make_world(seed, {policies, policies, 4, 2, 1, 2});
    Tenant tenant = tenant_of(world, seed % 2 == 0);
    std::vector<Expectation> none;
    thin_out(tenant.policy_set, none, random);
    const PolicySet after = edited(world, tenant.policy_set, random);
    Case c(std::move(tenant), {}, after);
    if (!each_sign_in(c, sign_ins_max, {})) return false;
    const Universe& u = *c.universe;
    bool changes = false;
    const auto outcomes = [&](const Point& point) {
      Draft draft;
      u.draft(point, draft);
      const SignIn& s = draft.settle();
      c.other_program->decide(s, decision_);
      const Outcome later = decision_.outcome;
      return std::pair(decide(c, s), later);
    };
    each_sign_in(c, sign_ins_max, [&](const Point& point) {
      const auto [earlier, later] = outcomes(point);
      changes = changes || earlier != later;
    });
    const auto found =
        diff(*c.encoding, *c.other_encoding, *c.program, *c.other_program, c.solver);
    EXPECT_TRUE(found.has_value());
    if (!found) return true;
    EXPECT_EQ(!found->rules.empty(), changes)
        << (found->rules.empty() ? std::string() : show(u, found->rules.front().witness));
    ++(changes ? different : same);
    for (const DiffRule& rule : found->rules) {
      EXPECT_EQ(outcomes(rule.witness), std::pair(rule.before, rule.after));
      for (int i = 0; i < 10; ++i) {
        Point point;
        for (const auto& choices : rule.region) point.push_back(random.pick(choices));
        if (!u.holds(u.reality(), point)) continue;
        EXPECT_EQ(outcomes(point), std::pair(rule.before, rule.after)) << show(u, point);
      }
    }
    return true;
  });
  RecordProperty("different", static_cast<int>(different));
  RecordProperty("same", static_cast<int>(same));
  EXPECT_GT(different, 0U);
  EXPECT_GT(same, 0U);
}

// What minimize() takes out changes nothing; of what it leaves, each changes something.
TEST_F(BruteForceTest, what_is_redundant_is_exactly_what_changes_nothing) {
  std::size_t redundant = 0, needed = 0;
  for_many_seeds(number_from_environment("SALLYPORT_SETS", 200) / 2, [&](std::uint64_t seed) {
    Random random(seed);
    const std::size_t policies = 2 + seed % 3;
    const World world = testing_support::make_world(seed, {policies, policies, 4, 2, 1, 2});
    Tenant tenant = tenant_of(world, seed % 2 == 0);
    std::vector<Expectation> none;
    thin_out(tenant.policy_set, none, random);
    // Session controls change no outcome, and have their own rules.
    for (Policy& policy : tenant.policy_set.policies) policy.session_controls.reset();
    Case c(std::move(tenant), {});
    if (!each_sign_in(c, sign_ins_max, {})) return false;
    const PolicySet& set = c.tenant.policy_set;
    const Minimized found = minimize(*c.encoding, c.solver);
    EXPECT_FALSE(found.gave_up);
    std::set<std::size_t> out;
    for (const Redundant& one : found.policies) out.insert(one.policy);
    PolicySet rest = set;
    std::vector<std::size_t> left;
    rest.policies.clear();
    for (std::size_t i = 0; i < set.policies.size(); ++i) {
      if (out.contains(i)) continue;
      rest.policies.push_back(set.policies[i]);
      if (c.encoding->policies()[i].enforced()) left.push_back(rest.policies.size() - 1);
    }
    // The rest, and the rest without each of its policies.
    std::vector<std::shared_ptr<const Program>> programs;
    const auto add = [&](const PolicySet& one) {
      programs.push_back(compile(one, c.universe->directory(), c.tenant.inventory).value());
    };
    add(rest);
    for (const std::size_t i : left) {
      PolicySet fewer = rest;
      fewer.policies.erase(fewer.policies.begin() + static_cast<std::ptrdiff_t>(i));
      add(fewer);
    }
    std::vector<bool> changes(programs.size());
    each_sign_in(c, sign_ins_max, [&](const Point& point) {
      Draft draft;
      c.universe->draft(point, draft);
      const SignIn& s = draft.settle();
      const Outcome whole = decide(c, s);
      for (std::size_t i = 0; i < programs.size(); ++i) {
        programs[i]->decide(s, decision_);
        if (decision_.outcome != whole) changes[i] = true;
      }
    });
    EXPECT_FALSE(changes[0]) << "what was taken out is missed";
    for (std::size_t i = 1; i < changes.size(); ++i) {
      const Policy& policy = rest.policies[left[i - 1]];
      const bool waives = policy.conditions.applications &&
                          policy.conditions.applications->user_actions.contains(
                              UserAction::register_security_info) &&
                          policy.grant_controls && policy.grant_controls->authentication_strength;
      EXPECT_TRUE(waives || changes[i]) << "not missed: " << policy.display_name;
    }
    redundant += out.size();
    needed += left.size();
    return true;
  });
  RecordProperty("redundant", static_cast<int>(redundant));
  RecordProperty("needed", static_cast<int>(needed));
  EXPECT_GT(redundant, 0U);
  EXPECT_GT(needed, 0U);
}

}  // namespace
}  // namespace sallyport::proof::testing
