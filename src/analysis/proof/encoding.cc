#include "analysis/proof/encoding.h"

#include <algorithm>

#include "analysis/proof/conditions.h"
#include "engine/conditions/conditions.h"

namespace sallyport::proof {
namespace {

bool has_control(const Policy& policy) {
  return (policy.grant_controls && !policy.grant_controls->empty()) ||
         (policy.session_controls && !policy.session_controls->empty());
}

bool lists_registration(const Policy& policy) {
  return policy.conditions.applications &&
         policy.conditions.applications->user_actions.contains(UserAction::register_security_info);
}

bool blocks(const Policy& policy) {
  return policy.grant_controls &&
         policy.grant_controls->built_in_controls.contains(GrantControl::block);
}

Bdd methods_used(const Universe& u, MethodModes combination) {
  Bdd set = Bdd::all();
  for (MethodModes one = 1; one <= method::qr_code_pin; one <<= 1U) {
    if ((combination & one) == 0) continue;
    const auto dimension = u.method(one);
    if (!dimension) return {};
    set &= u.is(*dimension, one == method::password ? 0 : 1);  // a password is the plain choice
  }
  return set;
}

Bdd narrowing_met(const Universe& u, const CombinationConfiguration& c) {
  if (c.unknown) return {};
  const auto listed = [](const std::vector<std::string>& list, std::string_view value) {
    return !value.empty() && std::ranges::find(list, value) != list.end();
  };
  Bdd set = Bdd::all();
  if (!c.allowed_aaguids.empty()) {
    set &= u.where({Question::key}, [&](const SignIn& s) {
      return listed(c.allowed_aaguids, s.proofs.fido2_aaguid);
    });
  }
  if (!c.allowed_issuer_skis.empty()) {
    set &= u.where({Question::certificate_issuer}, [&](const SignIn& s) {
      return listed(c.allowed_issuer_skis, s.proofs.x509_issuer_ski);
    });
  }
  if (!c.allowed_policy_oids.empty()) {
    set &= u.where({Question::certificate_policy}, [&](const SignIn& s) {
      return std::ranges::any_of(s.proofs.x509_policy_oids, [&](const std::string& oid) {
        return listed(c.allowed_policy_oids, oid);
      });
    });
  }
  return set;
}

Bdd own_proof(const Encoding& encoding, const RequirementSpec& spec) {
  const Universe& u = encoding.universe();
  const auto done = [&](std::optional<DimensionIndex> dimension) {
    return dimension ? u.is(*dimension, 1) : Bdd();
  };
  switch (spec.shown.kind) {
    case RequirementKind::authentication_strength:
      return spec.strength != nullptr ? encoding.strength_met(*spec.strength) : Bdd();
    case RequirementKind::terms_of_use: return done(u.terms(spec.agreement));
    case RequirementKind::custom_control: return done(u.custom_control(spec.custom_control));
    default: break;
  }
  return u.where({Question::primary_age, Question::secondary_age},
                 [&](const SignIn& s) { return is_met(spec, s) == Truth::yes; });
}

}  // namespace

bool waives_for_registration(const Policy& policy) {
  return policy.state == PolicyState::enabled && lists_registration(policy) && !blocks(policy) &&
         policy.grant_controls && policy.grant_controls->authentication_strength;
}

Bdd Encoding::strength_met(const AuthenticationStrength& strength) const {
  Bdd set;
  for (const MethodModes combination : strength.allowed_combinations) {
    Bdd one = methods_used(universe_, combination);
    for (const auto& narrowing : strength.combination_configurations) {
      const auto& to = narrowing.applies_to;
      if (std::ranges::find(to, combination) != to.end())
        one &= narrowing_met(universe_, narrowing);
    }
    set |= one;
  }
  return set;
}

Bdd Encoding::phishing_resistant() const {
  return methods_used(universe_, method::fido2) |
         methods_used(universe_, method::windows_hello_for_business) |
         methods_used(universe_, method::x509_certificate_multi_factor);
}

Bdd Encoding::nothing_but_methods() const {
  Bdd set = Bdd::all();
  for (const Question question :
       {Question::approved_app, Question::protected_app, Question::token_bound,
        Question::terms_of_use, Question::custom_control, Question::password_changed,
        Question::risk_remediated}) {
    set &= universe_.is_plain(question);
  }
  return set - trait(Trait::compliant_device) - trait(Trait::hybrid_joined_device);
}

Bdd Encoding::nothing_proven() const {
  return nothing_but_methods() & universe_.is_plain(Question::method) &
         universe_.is_plain(Question::mfa_claim) & universe_.is_plain(Question::secondary_age);
}

Bdd Encoding::exactly(MethodModes methods) const {
  const Universe& u = universe_;
  Bdd set = Bdd::all();
  for (MethodModes one = method::qr_code_pin; one != 0; one >>= 1U) {
    const auto dimension = u.method(one);
    if (!dimension) continue;  // nobody asks for it
    const bool held = (methods & one) != 0;
    set &= u.is(*dimension, held == (one == method::password) ? 0 : 1);  // a password is plain
  }
  for (const Question question :
       {Question::approved_app, Question::protected_app, Question::token_bound, Question::mfa_claim,
        Question::key, Question::certificate_issuer, Question::certificate_policy,
        Question::primary_age, Question::terms_of_use, Question::custom_control,
        Question::password_changed, Question::risk_remediated}) {
    set &= u.is_plain(question);
  }
  // The authenticator app, which would tell where it is, is no method that signs in alone.
  if (u.find(Question::gps_country)) {
    set &=
        u.where({Question::gps_country}, [](const SignIn& s) { return !s.gps_country.is_known(); });
  }
  if (!u.find(Question::secondary_age)) return set;
  const bool second = satisfies_mfa(methods);
  return set & u.where({Question::secondary_age}, [second](const SignIn& s) {
    const auto& at = s.proofs.secondary_authenticated_at;
    return second ? at.is(drafted_at) : !at.is_known();
  });
}

Bdd Encoding::trait(Trait trait) const {
  std::vector<DimensionIndex> asked;
  const auto ask = [&](auto... questions) {
    for (const Question question : {questions...}) {
      if (const auto found = universe_.find(question)) asked.push_back(*found);
    }
  };
  switch (trait) {
    case Trait::any_sign_in: return Bdd::all();
    case Trait::legacy_client:
    case Trait::browser: ask(Question::client_app); break;
    case Trait::device_code_flow: ask(Question::flow); break;
    case Trait::not_a_member:
    case Trait::external:
    case Trait::direct_connect: ask(Question::user_type); break;
    case Trait::direct_connect_without_mfa_trust:
      ask(Question::user_type, Question::trust_mfa);
      break;
    case Trait::external_without_compliance_trust:
      ask(Question::user_type, Question::trust_compliant);
      break;
    case Trait::external_without_hybrid_join_trust:
      ask(Question::user_type, Question::trust_hybrid_joined);
      break;
    case Trait::enrolment: return enrolment_;
    case Trait::mfa_claim: ask(Question::mfa_claim); break;
    case Trait::mfa_methods: return multifactor_by_methods_;
    case Trait::compliant_device:
      ask(Question::device);
      asked.push_back(universe_.compliance());
      break;
    case Trait::hybrid_joined_device:
      ask(Question::device);
      asked.push_back(universe_.trust_type());
      break;
    case Trait::approved_application: ask(Question::platform, Question::approved_app); break;
    case Trait::protected_application: ask(Question::platform, Question::protected_app); break;
    case Trait::password_changed: ask(Question::password_changed); break;
    case Trait::risk_remediated: ask(Question::risk_remediated); break;
    case Trait::token_bound: ask(Question::token_bound); break;
  }
  return universe_.where(std::span<const DimensionIndex>(asked), [&](const SignIn& s) {
    return SignInTraits(s, device_traits(s.device)).any_of(TraitSet(trait)) == Truth::yes;
  });
}

Bdd Encoding::any_of(TraitSet traits) const {
  Bdd set;
  for (unsigned i = 0; i <= static_cast<unsigned>(Trait::any_sign_in); ++i) {
    const auto one = static_cast<Trait>(i);
    if (traits.meets(TraitSet(one))) set |= trait(one);
  }
  return set;
}

Encoding::Requirements Encoding::requirement(RequirementSpec spec) const {
  settle(spec);
  const Bdd fails = any_of(spec.ask.fails_when);
  const Bdd met = spec.ask.asks_itself ? own_proof(*this, spec) : any_of(spec.ask.met_when);
  Requirements out;
  out.satisfied = met - fails;
  out.failed = spec.ask.otherwise == Satisfaction::failed ? !out.satisfied : fails;
  const auto waive = [&](const Bdd& where) {
    out.satisfied |= where;
    out.failed -= where;
  };
  if (spec.waived_for_enrolment) waive(enrolment_);
  if (spec.waived_for_registration) waive(registration_waiver_);
  return out;
}

Encoding::Requirements Encoding::requirements(const Policy& policy) const {
  const PolicyRequirements wanted = requirements_of(policy, set_);
  Requirements out{Bdd::all(), {}};
  if (!wanted.any_of.empty()) {
    out = {{}, Bdd::all()};
    for (const auto& spec : wanted.any_of) {
      const auto one = requirement(spec);
      out.satisfied |= one.satisfied;
      out.failed &= one.failed;
    }
  }
  for (const auto& spec : wanted.all_of) {
    const auto one = requirement(spec);
    out.satisfied &= one.satisfied;
    out.failed |= one.failed;
  }
  // A workload identity can prove nothing, and has no session.
  if (policy.grant_controls && !policy.grant_controls->empty()) {
    out.satisfied -= workload_;
    out.failed |= workload_;
  } else {
    out.satisfied |= workload_;
    out.failed -= workload_;
  }
  return out;
}

EncodedPolicy Encoding::encode(const Policy& policy, const Applicability& how) const {
  const Requirements wanted = requirements(policy);
  EncodedPolicy out;
  out.policy = &policy;
  out.considered = true;
  // The position is asked for before anything else, and only of people.
  const Bdd& asks_position = how.applies.needs_gps;
  const Bdd own = how.applies.yes | how.applies.unknown;
  out.applies = own | asks_position | how.denied_by_outage;
  out.satisfied = (own & wanted.satisfied) - how.needs_gps_too - how.denied_by_outage;
  out.failed = (own & wanted.failed) | ((asks_position | how.needs_gps_too) & workload_) |
               how.denied_by_outage;
  out.unmet = !wanted.satisfied;
  return out;
}

EncodedPolicy Encoding::encode(const Policy& policy) const {
  if (policy.state == PolicyState::disabled || !has_control(policy)) return {&policy};
  return encode(policy, applicability(universe_, set_, policy));
}

Encoding::Encoding(const Universe& universe, const PolicySet& set)
    : universe_(universe), set_(set) {
  const Universe& u = universe;
  workload_ = u.is(*u.find(Question::identity), 1);
  enrolment_ = u.where({Question::target},
                       [](const SignIn& s) { return is_enrolment(s.target) == Truth::yes; });
  for (const MethodModes combination : mfa_combinations()) {
    multifactor_by_methods_ |= methods_used(u, combination);
  }
  multifactor_ = multifactor_by_methods_ | u.is(*u.find(Question::mfa_claim), 1);
  std::vector<Applicability> how(set.policies.size());
  for (std::size_t i = 0; i < set.policies.size(); ++i) {
    const Policy& policy = set.policies[i];
    if (policy.state == PolicyState::disabled || !has_control(policy)) continue;
    how[i] = applicability(u, set, policy);
    if (waives_for_registration(policy)) {
      registration_waiver_ |= how[i].applies.yes - how[i].denied_by_outage;
    }
  }
  registration_waiver_ &= u.where({Question::target}, [](const SignIn& s) {
    return s.target.kind == TargetKind::user_action &&
           s.target.user_action == UserAction::register_security_info;
  });
  for (std::size_t i = 0; i < set.policies.size(); ++i) {
    const Policy& policy = set.policies[i];
    const bool considered = policy.state != PolicyState::disabled && has_control(policy);
    policies_.push_back(considered ? encode(policy, how[i]) : EncodedPolicy{&policy});
    if (policies_.back().enforced()) stops_.push_back({i, policies_.back().stops()});
  }
  std::vector<double> breadth(set.policies.size());
  for (const Stop& stop : stops_) breadth[stop.policy] = stop.set.log_count();
  std::ranges::stable_sort(stops_, std::greater<>(),
                           [&](const Stop& s) { return breadth[s.policy]; });
}

Bdd Encoding::granted(const Bdd& region) const { return granted_if_enforced(region, {}); }

Bdd Encoding::granted_if_enforced(const Bdd& region, const std::vector<std::size_t>& more) const {
  Bdd in = region;
  for (const Stop& stop : stops_) in -= stop.set;
  for (const std::size_t policy : more) in -= policies_[policy].stops();
  return in;
}

Bdd Encoding::blocked(const Bdd& region) const {
  Bdd out;
  for (const EncodedPolicy& p : policies_) {
    if (p.enforced()) out |= p.failed & region;
  }
  return out;
}

}  // namespace sallyport::proof
