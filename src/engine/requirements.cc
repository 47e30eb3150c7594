#include "engine/requirements.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "engine/match.h"

namespace sallyport {
namespace {

auto key(const RequirementSpec& s) {
  const auto frequency = s.frequency
                             ? std::tuple(true, s.frequency->every_time, s.frequency->every.count(),
                                          s.frequency->authentication)
                             : std::tuple(false, false, std::chrono::hours::rep{0},
                                          FrequencyAuthentication::primary_and_secondary);
  return std::tuple(s.shown.kind, std::string_view(s.shown.id), s.waived_for_enrolment,
                    s.waived_for_registration, frequency, s.strength);
}

bool names_registration(const Policy& policy) {
  return policy.conditions.applications &&
         policy.conditions.applications->user_actions.contains(UserAction::register_security_info);
}

// Enrolment is let off a compliant device, for otherwise no device could become one; but not where
// something that can be asked for would do instead, or a password alone could enrol.
bool lets_enrolment_off(const Policy& policy) {
  const GrantControls& grant = *policy.grant_controls;
  const auto& controls = grant.built_in_controls;
  const bool askable = controls.contains(GrantControl::mfa) || grant.authentication_strength ||
                       controls.contains(GrantControl::password_change) ||
                       controls.contains(GrantControl::risk_remediation) ||
                       !grant.terms_of_use.empty() || !grant.custom_authentication_factors.empty();
  return policy.conditions.applications && policy.conditions.applications->include_all &&
         !(grant.operation == GrantOperator::any_of && askable);
}

void add_built_in_controls(const Policy& policy, std::vector<RequirementSpec>& out) {
  static constexpr std::pair<GrantControl, RequirementKind> kinds[] = {
      {GrantControl::mfa, RequirementKind::mfa},
      {GrantControl::compliant_device, RequirementKind::compliant_device},
      {GrantControl::domain_joined_device, RequirementKind::domain_joined_device},
      {GrantControl::approved_application, RequirementKind::approved_application},
      {GrantControl::compliant_application, RequirementKind::compliant_application},
      {GrantControl::password_change, RequirementKind::password_change},
      {GrantControl::risk_remediation, RequirementKind::risk_remediation},
  };
  const auto& controls = policy.grant_controls->built_in_controls;
  for (const auto& [control, kind] : kinds) {
    if (!controls.contains(control)) continue;
    RequirementSpec spec;
    spec.shown.kind = kind;
    spec.waived_for_enrolment =
        kind == RequirementKind::compliant_device && lets_enrolment_off(policy);
    out.push_back(spec);
  }
}

RequirementSpec strength_spec(const Policy& policy, const PolicySet& policies) {
  const GrantControls& grant = *policy.grant_controls;
  RequirementSpec spec;
  spec.shown = {RequirementKind::authentication_strength, grant.authentication_strength_text};
  spec.strength = policies.find_strength(*grant.authentication_strength);
  if (spec.strength == nullptr && grant.inline_strength) spec.strength = &*grant.inline_strength;
  spec.is_mfa_strength = *grant.authentication_strength == StrengthId::of(mfa_strength_id);
  spec.waived_for_registration = !names_registration(policy);
  return spec;
}

void add_listed_controls(const Policy& policy, const PolicySet& policies,
                         std::vector<RequirementSpec>& out) {
  const GrantControls& grant = *policy.grant_controls;
  for (std::size_t i = 0; i < grant.terms_of_use.size(); ++i) {
    RequirementSpec spec;
    spec.shown = {RequirementKind::terms_of_use, grant.terms_of_use_texts[i]};
    spec.agreement = grant.terms_of_use[i];
    out.push_back(spec);
  }
  for (std::size_t i = 0; i < grant.custom_authentication_factors.size(); ++i) {
    RequirementSpec spec;
    spec.shown = {RequirementKind::custom_control, grant.custom_authentication_factor_texts[i]};
    spec.custom_control = grant.custom_authentication_factors[i];
    out.push_back(spec);
  }
  for (const auto& control : grant.unknown_controls) {
    RequirementSpec spec;
    spec.shown = {RequirementKind::unknown_control, control};
    out.push_back(spec);
  }
  if (grant.authentication_strength) out.push_back(strength_spec(policy, policies));
}

void add_session_requirements(const Policy& policy, std::vector<RequirementSpec>& out) {
  if (!policy.session_controls) return;
  if (policy.session_controls->sign_in_frequency) {
    RequirementSpec spec;
    spec.shown.kind = RequirementKind::reauthentication;
    spec.frequency = policy.session_controls->sign_in_frequency;
    out.push_back(spec);
  }
  if (policy.session_controls->secure_sign_in_session) {
    RequirementSpec spec;
    spec.shown.kind = RequirementKind::token_protection;
    out.push_back(spec);
  }
}

// ---- Is it satisfied? ----

bool configuration_met(const CombinationConfiguration& configuration, MethodModes combination,
                       const Proofs& proofs) {
  if (std::ranges::find(configuration.applies_to, combination) == configuration.applies_to.end()) {
    return true;
  }
  if (configuration.unknown) return false;
  const auto listed = [](const std::vector<std::string>& list, std::string_view value) {
    return !value.empty() && std::ranges::find(list, value) != list.end();
  };
  if (!configuration.allowed_aaguids.empty() &&
      !listed(configuration.allowed_aaguids, proofs.fido2_aaguid)) {
    return false;
  }
  if (!configuration.allowed_issuer_skis.empty() &&
      !listed(configuration.allowed_issuer_skis, proofs.x509_issuer_ski)) {
    return false;
  }
  if (configuration.allowed_policy_oids.empty()) return true;
  constexpr std::size_t policy_oids_considered = 5;  // spec, section 1.7
  const auto oids = proofs.x509_policy_oids.first(
      std::min(policy_oids_considered, proofs.x509_policy_oids.size()));
  return std::ranges::any_of(
      oids, [&](const auto& oid) { return listed(configuration.allowed_policy_oids, oid); });
}

bool contains_allowed_combination(const AuthenticationStrength& strength, MethodModes used,
                                  const Proofs& proofs) {
  if (strength.combination_configurations.empty()) {
    bool found = false;  // no early end: where it lies differs from sign-in to sign-in
    for (const MethodModes c : strength.allowed_combinations) found |= (c & ~used) == 0;
    return found;
  }
  return std::ranges::any_of(strength.allowed_combinations, [&](MethodModes combination) {
    return (combination & ~used) == 0 &&
           std::ranges::all_of(strength.combination_configurations, [&](const auto& c) {
             return configuration_met(c, combination, proofs);
           });
  });
}

Truth strength_is_met(const RequirementSpec& spec, const SignIn& s) {
  const auto& methods = s.proofs.methods;
  const auto with = [&](MethodModes used) {
    return contains_allowed_combination(*spec.strength, used, s.proofs);
  };
  if (!methods.is_unknown())
    return with(methods.is_known() ? *methods : 0) ? Truth::yes : Truth::no;
  return spec.strength->allowed_combinations.empty() ? Truth::no : Truth::unknown;
}

template <class Id>
Truth is_in(std::span<const Id> list, bool list_is_known, Id id) {
  if (std::ranges::find(list, id) != list.end()) return Truth::yes;
  return list_is_known ? Truth::no : Truth::unknown;
}

Truth authenticated_recently(const SignInFrequency& frequency, const SignIn& s) {
  constexpr std::chrono::minutes every_time_tolerance{5};  // spec, section 5.2
  const auto& at = frequency.authentication == FrequencyAuthentication::secondary
                       ? s.proofs.secondary_authenticated_at
                       : s.proofs.primary_authenticated_at;
  if (at.is_unknown()) return Truth::unknown;
  if (at.is_absent()) return Truth::no;
  const auto age = s.now - *at;
  const bool recent = frequency.every_time ? age <= every_time_tolerance : age < frequency.every;
  return recent ? Truth::yes : Truth::no;
}

}  // namespace

bool operator==(const RequirementSpec& a, const RequirementSpec& b) { return key(a) == key(b); }
bool operator<(const RequirementSpec& a, const RequirementSpec& b) { return key(a) < key(b); }

PolicyRequirements requirements_of(const Policy& policy, const PolicySet& policies) {
  PolicyRequirements out;
  if (policy.grant_controls) {
    const GrantControls& grant = *policy.grant_controls;
    if (grant.built_in_controls.contains(GrantControl::block)) {
      out.all_of.push_back({});  // a block: whatever else is listed, nothing satisfies it
      return out;
    }
    auto& list = grant.operation == GrantOperator::all_of ? out.all_of : out.any_of;
    add_built_in_controls(policy, list);
    add_listed_controls(policy, policies, list);
  }
  add_session_requirements(policy, out.all_of);
  return out;
}

// docs/semantics.md, section 4: the table, a row each.
void settle(RequirementSpec& spec) {
  using enum Trait;
  constexpr auto ask = Satisfaction::needs_user;
  constexpr auto fail = Satisfaction::failed;
  constexpr TraitSet never, always(any_sign_in);
  constexpr TraitSet no_mfa_here(legacy_client, direct_connect_without_mfa_trust);
  constexpr TraitSet multifactor(mfa_claim, mfa_methods);
  constexpr TraitSet legacy_or_external(legacy_client, external);
  const auto row = [&](TraitSet fails_when, TraitSet met_when, Satisfaction otherwise) {
    spec.ask = {fails_when, met_when, otherwise, false};
  };
  const auto row_that_asks_itself = [&](TraitSet fails_when) {
    spec.ask = {fails_when, never, ask, true};
  };
  switch (spec.shown.kind) {
    case RequirementKind::block:
    case RequirementKind::unknown_control: return row(always, never, fail);
    case RequirementKind::gps_location: return row(never, never, ask);
    case RequirementKind::mfa: return row(no_mfa_here, multifactor, ask);
    case RequirementKind::authentication_strength:
      if (spec.strength == nullptr) return row(always, never, fail);
      if (spec.is_mfa_strength) return row(no_mfa_here, multifactor, ask);
      return row_that_asks_itself(no_mfa_here);
    case RequirementKind::compliant_device:
      return row(TraitSet(legacy_client, device_code_flow, external_without_compliance_trust),
                 TraitSet(compliant_device), fail);
    case RequirementKind::domain_joined_device:
      return row(TraitSet(legacy_client, device_code_flow, external_without_hybrid_join_trust),
                 TraitSet(hybrid_joined_device), fail);
    case RequirementKind::approved_application:
      return row(legacy_or_external, TraitSet(approved_application), fail);
    case RequirementKind::compliant_application:
      return row(legacy_or_external, TraitSet(protected_application), fail);
    case RequirementKind::password_change:
      return row(legacy_or_external, TraitSet(password_changed), ask);
    case RequirementKind::risk_remediation:
      return row(TraitSet(legacy_client, not_a_member), TraitSet(risk_remediated), ask);
    case RequirementKind::terms_of_use:
      return row_that_asks_itself(TraitSet(legacy_client, direct_connect));
    case RequirementKind::custom_control: return row_that_asks_itself(TraitSet(legacy_client));
    case RequirementKind::reauthentication: return row_that_asks_itself(never);
    case RequirementKind::token_protection: return row(never, TraitSet(browser, token_bound), fail);
  }
}

Truth is_met(const RequirementSpec& spec, const SignIn& s) {
  switch (spec.shown.kind) {
    case RequirementKind::authentication_strength: return strength_is_met(spec, s);
    case RequirementKind::terms_of_use:
      return is_in(s.proofs.accepted_terms, s.proofs.accepted_terms_known, spec.agreement);
    case RequirementKind::custom_control:
      return is_in(s.proofs.custom_controls, s.proofs.custom_controls_known, spec.custom_control);
    case RequirementKind::reauthentication: return authenticated_recently(*spec.frequency, s);
    default: return Truth::no;
  }
}

}  // namespace sallyport
