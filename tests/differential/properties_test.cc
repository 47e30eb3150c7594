// Promises, named as such, over random tenants and sign-ins: each holds for the reference evaluator
// and for the engine.
//
// SALLYPORT_PAIRS scales how many cases are tried (20,000 is the fast suite's), SALLYPORT_SEED says
// where to begin.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/differential/evaluators.h"
#include "tests/differential/show.h"

namespace sallyport::testing_support {
namespace {

std::size_t number_from_environment(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<std::size_t>(std::strtoull(text, nullptr, 10));
}

// The effect of a decision: all that anybody notices of it.
std::string effect(const Answer& answer) {
  Answer without_policies = answer;
  without_policies.policies.clear();
  without_policies.error_code = 0;
  return show(without_policies);
}

class Promise : public testing::TestWithParam<Evaluator> {
 protected:
  // Calls test(world, random) for many worlds; stops at the first failure.
  template <class Test>
  void in_many_worlds(Test test) {
    const std::size_t worlds = number_from_environment("SALLYPORT_PAIRS", 20'000) / 100;
    const std::size_t seed = number_from_environment("SALLYPORT_SEED", 500'000);
    for (std::size_t w = 0; w < worlds && !HasFatalFailure(); ++w) {
      const World world = make_world(seed + w, small);
      Random random(seed + w);
      SCOPED_TRACE("SALLYPORT_SEED=" + std::to_string(seed + w));
      test(world, random);
    }
  }
  static Decide decider(const World& world, const PolicySet& policies) {
    return GetParam().make(world, policies);
  }
  static constexpr WorldSize small{1, 6, 12, 6, 4, 6};
};

std::string show_all(const PolicySet& set) {
  std::string text;
  for (const Policy& policy : set.policies) text += show(policy);
  return text;
}

bool is_about_registration(const SignIn& s) {
  return s.target.kind == TargetKind::unknown ||
         (s.target.kind == TargetKind::user_action &&
          s.target.user_action == UserAction::register_security_info);
}

// The exception that docs/semantics.md, section 4, states: strengths made for registering security
// info go before all others.
bool is_a_strength_for_registration(const Policy& policy) {
  return policy.grant_controls && policy.grant_controls->authentication_strength &&
         policy.conditions.applications &&
         policy.conditions.applications->user_actions.contains(UserAction::register_security_info);
}

TEST_P(Promise, adding_a_policy_never_grants) {
  in_many_worlds([](const World& world, Random& random) {
    PolicySet more = world.policy_set;
    const Policy added = make_policy(world, random, 100);
    const auto at =
        more.policies.begin() + static_cast<std::ptrdiff_t>(random.below(more.policies.size() + 1));
    more.policies.insert(at, added);
    const Decide before = decider(world, world.policy_set);
    const Decide after = decider(world, more);
    for (int i = 0; i < 12; ++i) {
      const auto g = make_sign_in(world, random);
      if (is_about_registration(g.sign_in) && is_a_strength_for_registration(added)) continue;
      for (const Assume assume : {Assume::worst, Assume::best}) {
        ASSERT_GE(after(g.sign_in, assume).outcome, before(g.sign_in, assume).outcome)
            << show(g.sign_in) << "added: " << show(added) << show_all(world.policy_set);
      }
    }
  });
}

TEST_P(Promise, order_never_matters) {
  in_many_worlds([](const World& world, Random& random) {
    PolicySet shuffled = world.policy_set;
    auto& policies = shuffled.policies;
    for (std::size_t i = policies.size(); i > 1; --i) {
      std::swap(policies[i - 1], policies[random.below(i)]);
    }
    const Decide straight = decider(world, world.policy_set);
    const Decide mixed = decider(world, shuffled);
    for (int i = 0; i < 12; ++i) {
      const auto g = make_sign_in(world, random);
      const Answer a = straight(g.sign_in, Assume::worst);
      const Answer b = mixed(g.sign_in, Assume::worst);
      ASSERT_EQ(a.error_code, b.error_code) << show(g.sign_in);
      ASSERT_EQ(effect(a), effect(b)) << show(g.sign_in);
    }
  });
}

// One thing more that is proven; nothing that was is taken back.
void add_a_proof(const World& world, Random& random, GeneratedSignIn& to) {
  Proofs& p = to.sign_in.proofs;
  switch (random.below(10)) {
    case 0: p.mfa_claim = true; break;
    case 1: p.password_changed = true; break;
    case 2: p.risk_remediated = true; break;
    case 3: p.token_bound = true; break;
    case 4: p.primary_authenticated_at = to.sign_in.now; break;
    case 5: p.secondary_authenticated_at = to.sign_in.now; break;
    case 6: to.sign_in.approved_client_app = true; break;
    case 7: to.sign_in.app_protection_policy = true; break;
    case 8:
      p.accepted_terms = world.agreements;
      p.accepted_terms_known = true;
      break;
    default: {
      const MethodModes more = random.chance(50) ? method::fido2 : method::password | method::sms;
      p.methods = (p.methods.is_known() ? *p.methods : 0U) | more;
    }
  }
}

TEST_P(Promise, an_additional_proof_never_hurts) {
  in_many_worlds([](const World& world, Random& random) {
    const Decide decide = decider(world, world.policy_set);
    for (int i = 0; i < 12; ++i) {
      auto g = make_sign_in(world, random);
      const Answer before = decide(g.sign_in, Assume::worst);
      const std::string facts = show(g.sign_in);
      add_a_proof(world, random, g);
      const Answer after = decide(g.sign_in, Assume::worst);
      ASSERT_LE(after.outcome, before.outcome)
          << facts << "then: " << show(g.sign_in) << show_all(world.policy_set);
    }
  });
}

bool is_enrolment_control(const RequirementAnswer& one) {
  return one.requirement.kind == RequirementKind::compliant_device;
}

TEST_P(Promise, an_unknown_fact_never_satisfies_a_requirement) {
  in_many_worlds([](const World& world, Random& random) {
    const Decide decide = decider(world, world.policy_set);
    for (int i = 0; i < 12; ++i) {
      auto g = make_sign_in(world, random);
      for (const FactOfSignIn& fact : facts_of_sign_in()) {
        if (fact.proves || fact.name == "device") fact.make_unknown(g);
      }
      // Facts of other kinds satisfy these: a browser needs no binding, enrolment no device, and
      // registration prefers its own strengths.
      g.sign_in.client_app_type = ClientApp::mobile_apps_and_desktop_clients;
      const bool enrolment = g.sign_in.target.kind != TargetKind::authentication_context;
      const Answer answer = decide(g.sign_in, Assume::worst);
      for (const PolicyAnswer& policy : answer.policies) {
        for (const RequirementAnswer& one : policy.requirements) {
          if (one.requirement.kind == RequirementKind::authentication_strength &&
              is_about_registration(g.sign_in)) {
            continue;
          }
          if (is_enrolment_control(one) && enrolment) continue;
          ASSERT_NE(one.satisfaction, Satisfaction::satisfied)
              << name_of(one.requirement.kind) << "\n"
              << show(g.sign_in) << show(answer) << show_all(world.policy_set);
        }
      }
    }
  });
}

TEST_P(Promise, a_failed_source_never_does_better_than_any_value) {
  in_many_worlds([](const World& world, Random& random) {
    const Decide decide = decider(world, world.policy_set);
    const auto facts = facts_of_sign_in();
    for (int i = 0; i < 12; ++i) {
      auto g = make_sign_in(world, random);
      const Answer before = decide(g.sign_in, Assume::worst);
      const Answer before_at_best = decide(g.sign_in, Assume::best);
      const std::string shown = show(g.sign_in);
      const FactOfSignIn& fact = facts[random.below(facts.size())];
      fact.make_unknown(g);
      const Answer after = decide(g.sign_in, Assume::worst);
      ASSERT_GE(after.outcome, before.outcome)
          << fact.name << " is not known\n"
          << shown << show(before) << "then " << show(after) << show_all(world.policy_set);
      ASSERT_LE(decide(g.sign_in, Assume::best).outcome, before_at_best.outcome)
          << fact.name << " is not known\n"
          << shown << show_all(world.policy_set);
    }
  });
}

// Tries the values that facts hidden from a sign-in could have had.
void try_completions(const Decide& decide, const World& world, Random& random,
                     const GeneratedSignIn& open, const std::vector<const FactOfSignIn*>& hidden,
                     const Answer& definite) {
  for (int i = 0; i < 16; ++i) {
    GeneratedSignIn complete = open;
    std::string names;
    for (const FactOfSignIn* fact : hidden) {
      names += std::string(fact->name) + " ";
      if (fact->make_absent != nullptr && random.chance(20)) {
        fact->make_absent(complete);
      } else {
        fact->set(world, random, complete);
      }
    }
    for (const Assume assume : {Assume::worst, Assume::best}) {
      const Answer answer = decide(complete.sign_in, assume);
      ASSERT_EQ(effect(answer), effect(definite))
          << names << "\n"
          << show(complete.sign_in) << show_all(world.policy_set);
    }
  }
}

TEST_P(Promise, what_is_definite_holds_for_every_completion) {
  std::size_t definite = 0;
  std::size_t open = 0;
  in_many_worlds([&](const World& world, Random& random) {
    const Decide decide = decider(world, world.policy_set);
    const auto facts = facts_of_sign_in();
    for (int i = 0; i < 8; ++i) {
      auto g = make_complete_sign_in(world, random);
      std::vector<const FactOfSignIn*> hidden;
      for (std::size_t n = random.between(1, 2); n > 0; --n) {
        hidden.push_back(&facts[random.below(facts.size())]);
      }
      // In the order of the table, in which a part of the user comes after the user.
      std::sort(hidden.begin(), hidden.end());
      for (const FactOfSignIn* fact : hidden) fact->make_unknown(g);
      const Answer worst = decide(g.sign_in, Assume::worst);
      if (!is_definite(worst, decide(g.sign_in, Assume::best))) {
        ++open;
        continue;
      }
      ++definite;
      ASSERT_NO_FATAL_FAILURE(try_completions(decide, world, random, g, hidden, worst));
    }
  });
  EXPECT_GT(definite, open / 4);
  EXPECT_GT(open, definite / 20);
}

TEST_P(Promise, report_only_never_disturbs) {
  in_many_worlds([](const World& world, Random& random) {
    PolicySet more = world.policy_set;
    more.policies.push_back(make_policy(world, random, 100));
    more.policies.back().state = PolicyState::report_only;
    const Decide before = decider(world, world.policy_set);
    const Decide after = decider(world, more);
    for (int i = 0; i < 12; ++i) {
      const auto g = make_sign_in(world, random);
      for (const Assume assume : {Assume::worst, Assume::best}) {
        const Answer a = before(g.sign_in, assume);
        const Answer b = after(g.sign_in, assume);
        ASSERT_EQ(a.error_code, b.error_code) << show(g.sign_in);
        ASSERT_EQ(effect(a), effect(b)) << show(g.sign_in) << show(more.policies.back());
      }
    }
  });
}

INSTANTIATE_TEST_SUITE_P(of_every_evaluator, Promise, testing::ValuesIn(evaluators()),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace sallyport::testing_support
