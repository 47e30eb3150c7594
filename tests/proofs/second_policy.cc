// What is required, and the outcome: docs/semantics.md, sections 4 to 6.
#include "tests/proofs/second_policy.h"

#include <algorithm>

namespace sallyport::proof::testing {
namespace {

bool has_controls(const Policy& policy) {
  return (policy.grant_controls && !policy.grant_controls->empty()) ||
         (policy.session_controls && !policy.session_controls->empty());
}

bool blocks(const Policy& policy) {
  return policy.grant_controls &&
         policy.grant_controls->built_in_controls.contains(GrantControl::block);
}

bool is_for_registration(const Policy& policy) {
  return policy.conditions.applications &&
         policy.conditions.applications->user_actions.contains(UserAction::register_security_info);
}

template <class Test>
bool any_location(const PolicySet& set, const Policy& policy, Test test) {
  if (!policy.conditions.locations) return false;
  for (const auto* side :
       {&policy.conditions.locations->include, &policy.conditions.locations->exclude}) {
    for (const LocationId id : side->locations) {
      const auto at = std::find_if(set.named_locations.begin(), set.named_locations.end(),
                                   [&](const NamedLocation& l) { return l.id == id; });
      if (test(at == set.named_locations.end() ? nullptr : &*at)) return true;
    }
  }
  return false;
}

bool asks_for_position(const PolicySet& set, const Policy& policy) {
  return any_location(set, policy, [](const NamedLocation* l) {
    return l != nullptr && l->kind == LocationKind::country && l->lookup_by_gps;
  });
}

// Cannot be evaluated during an outage.
bool needs_live_data(const PolicySet& set, const Policy& policy) {
  const Conditions& c = policy.conditions;
  const auto by_directory = [](const PrincipalLists& l) {
    return !l.groups.empty() || !l.roles.empty() || l.all_groups || l.all_roles ||
           !l.guests.empty();
  };
  if (c.users && (by_directory(c.users->include) || by_directory(c.users->exclude))) return true;
  if (!c.sign_in_risk_levels.empty() || !c.user_risk_levels.empty() ||
      !c.insider_risk_levels.empty() || !c.service_principal_risk_levels.empty() ||
      !c.agent_id_risk_levels.empty()) {
    return true;
  }
  if (policy.grant_controls && policy.grant_controls->authentication_strength) return true;
  return any_location(set, policy, [](const NamedLocation* l) {
    return l == nullptr || l->kind == LocationKind::country || l->kind == LocationKind::other;
  });
}

}  // namespace

SecondPolicies::SecondPolicies(const SecondFacts& facts, const PolicySet& set)
    : f_(facts), set_(set), waived_(facts.boolean(false)) {
  z3::expr waived = no();
  for (const Policy& policy : set.policies) {
    const bool demands = policy.grant_controls && policy.grant_controls->authentication_strength;
    if (policy.state != PolicyState::enabled || !has_controls(policy) || blocks(policy) ||
        !demands || !is_for_registration(policy)) {
      continue;
    }
    const How applicable = how(policy);
    const bool denied = policy.session_controls &&
                        policy.session_controls->disable_resilience_defaults &&
                        needs_live_data(set, policy);
    const z3::expr outage = f_.outage && yes_if(denied) && applicable.what.possible();
    waived = waived || (applicable.applies.yes && !outage);
  }
  waived_ = waived && f_.target == 1;
}

z3::expr SecondPolicies::multifactor() const {
  z3::expr any = f_.mfa_claim;
  for (const MethodModes one : mfa_combinations()) any = any || f_.uses(one);
  return any;
}

z3::expr SecondPolicies::strong(const AuthenticationStrength& strength) const {
  z3::expr any = no();
  for (const MethodModes combination : strength.allowed_combinations) {
    z3::expr met = f_.uses(combination);
    for (const auto& c : strength.combination_configurations) {
      if (std::find(c.applies_to.begin(), c.applies_to.end(), combination) == c.applies_to.end()) {
        continue;
      }
      const auto one_of = [&](const std::vector<std::string>& list, auto is) {
        z3::expr some = yes_if(list.empty());
        for (const std::string& text : list) some = some || is(text);
        return some;
      };
      met = met && yes_if(!c.unknown) &&
            one_of(c.allowed_aaguids, [&](const auto& id) { return f_.key.is(id); }) &&
            one_of(c.allowed_issuer_skis, [&](const auto& id) { return f_.issuer.is(id); }) &&
            one_of(c.allowed_policy_oids, [&](const auto& id) { return f_.oids.at(id); });
    }
    any = any || met;
  }
  return any;
}

z3::expr SecondPolicies::strength_control(const GrantControls& grant) const {
  const StrengthId id = *grant.authentication_strength;
  const z3::expr cannot =
      f_.legacy() || (f_.is_type(UserType::b2b_direct_connect_user) && !f_.trust_mfa);
  if (id == StrengthId::of(mfa_strength_id)) return multifactor() && !cannot;
  const auto with_id = [&](const auto& list) -> const AuthenticationStrength* {
    for (const auto& one : list) {
      if (one.id == id) return &one;
    }
    return nullptr;
  };
  const AuthenticationStrength* found = with_id(set_.authentication_strengths);
  if (found == nullptr) found = with_id(built_in_strengths());
  const auto& inlined = grant.inline_strength;
  if (found == nullptr && inlined && inlined->id == id) found = &*inlined;
  return found != nullptr ? strong(*found) && !cannot : no();
}

// The table of docs/semantics.md, section 4: done, and nothing in the way.
z3::expr SecondPolicies::control(GrantControl control, const Policy& policy) const {
  const z3::expr legacy = f_.legacy(), external = f_.external();
  const z3::expr no_device = legacy || f_.flow == 1;
  switch (control) {
    case GrantControl::block: return no();
    case GrantControl::mfa:
      return multifactor() && !legacy &&
             !(f_.is_type(UserType::b2b_direct_connect_user) && !f_.trust_mfa);
    case GrantControl::compliant_device: {
      const auto& grant = *policy.grant_controls;
      const bool askable = grant.operation == GrantOperator::any_of &&
                           (grant.built_in_controls.contains(GrantControl::mfa) ||
                            grant.built_in_controls.contains(GrantControl::password_change) ||
                            grant.built_in_controls.contains(GrantControl::risk_remediation) ||
                            grant.authentication_strength || !grant.terms_of_use.empty() ||
                            !grant.custom_authentication_factors.empty());
      const bool everything =
          policy.conditions.applications && policy.conditions.applications->include_all && !askable;
      const auto service = [&](const char* id) {
        return f_.target == 0 && f_.application.is(ApplicationId::of(id));
      };
      const z3::expr enrols = f_.target == 2 || service("d4ebce55-015a-49b5-a083-c84d1797ae8c") ||
                              service("01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9");
      return (yes_if(everything) && enrols) ||
             (f_.compliant() && !no_device && !(external && !f_.trust_compliant));
    }
    case GrantControl::domain_joined_device:
      return f_.hybrid_joined() && !no_device && !(external && !f_.trust_hybrid);
    case GrantControl::approved_application:
      return f_.approved_app && (f_.on(Platform::ios) || f_.on(Platform::android)) && !legacy &&
             !external;
    case GrantControl::compliant_application:
      return f_.protected_app &&
             (f_.on(Platform::ios) || f_.on(Platform::android) || f_.on(Platform::windows)) &&
             !legacy && !external;
    case GrantControl::password_change: return f_.password_changed && !legacy && !external;
    case GrantControl::risk_remediation:
      return f_.risk_remediated && !legacy && f_.is_type(UserType::member);
  }
  return no();
}

z3::expr SecondPolicies::grants(const Policy& policy) const {
  if (!policy.grant_controls || policy.grant_controls->empty()) return yes_if(true);
  const GrantControls& grant = *policy.grant_controls;
  if (blocks(policy)) return no();
  std::vector<z3::expr> wanted;
  for (unsigned i = 0; i <= static_cast<unsigned>(GrantControl::risk_remediation); ++i) {
    const auto one = static_cast<GrantControl>(i);
    if (grant.built_in_controls.contains(one)) wanted.push_back(control(one, policy));
  }
  if (grant.authentication_strength) {
    wanted.push_back(strength_control(grant) || (waived_ && yes_if(!is_for_registration(policy))));
  }
  for (const AgreementId id : grant.terms_of_use) {
    wanted.push_back(f_.terms.at(id) && !f_.legacy() &&
                     !f_.is_type(UserType::b2b_direct_connect_user));
  }
  for (const CustomControlId id : grant.custom_authentication_factors) {
    wanted.push_back(f_.custom_controls.at(id) && !f_.legacy());
  }
  if (!grant.unknown_controls.empty()) wanted.push_back(no());
  const z3::expr given =
      grant.operation == GrantOperator::all_of ? f_.all_of(wanted) : f_.any_of(wanted);
  return given && !f_.workload;  // none of this is something a workload could do
}

z3::expr SecondPolicies::session(const SessionControls& session) const {
  z3::expr met = yes_if(true);
  if (const auto& frequency = session.sign_in_frequency) {
    const bool primary =
        frequency->authentication == FrequencyAuthentication::primary_and_secondary;
    const z3::expr known = primary ? f_.primary_known : f_.secondary_known;
    const z3::expr age = primary ? f_.primary_age : f_.secondary_age;
    const auto limit = static_cast<std::int64_t>(std::chrono::seconds(frequency->every).count());
    met = met && known && (frequency->every_time ? age <= 300 : age < f_.context.int_val(limit));
  }
  if (session.secure_sign_in_session) {
    met = met && (f_.through(ClientApp::browser) || f_.token_bound);
  }
  return met || f_.workload;
}

z3::expr SecondPolicies::stops(const Policy& policy) const {
  const How h = how(policy);
  z3::expr satisfied = grants(policy) && !h.applies.needs_gps;
  // A policy that blocks asks for nothing else; it is never satisfied anyhow.
  if (policy.session_controls) satisfied = satisfied && session(*policy.session_controls);
  if (asks_for_position(set_, policy)) {
    satisfied = satisfied && !(h.applies.unknown && !f_.gps_known && !h.where.yes);
  }
  const bool denies = policy.session_controls &&
                      policy.session_controls->disable_resilience_defaults &&
                      needs_live_data(set_, policy);
  return (h.applies.possible() && !satisfied) || (f_.outage && yes_if(denies) && h.what.possible());
}

z3::expr SecondPolicies::gets_in() const {
  z3::expr in = yes_if(true);
  for (const Policy& policy : set_.policies) {
    if (policy.state == PolicyState::enabled && has_controls(policy)) in = in && !stops(policy);
  }
  return in;
}

}  // namespace sallyport::proof::testing
