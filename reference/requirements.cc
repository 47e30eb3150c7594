// What does a policy require, and is it there? docs/semantics.md, section 4.
//
// A requirement is a row of the table there: when it fails outright, what proves it, and what comes
// of it when not proven. Facts that are not known make a cell unknown; the best and the worst value
// then give the range.
#include "reference/requirements.h"

#include "reference/conditions.h"

namespace sallyport::reference {
namespace {

struct Row {
  Truth failed = Truth::no;
  Truth proven = Truth::no;
  Satisfaction otherwise = Satisfaction::needs_user;
};

Range range_of(const Row& row) {
  Range range;
  range.best = row.failed == Truth::yes  ? Satisfaction::failed
               : row.proven != Truth::no ? Satisfaction::satisfied
                                         : row.otherwise;
  range.worst = row.failed != Truth::no    ? Satisfaction::failed
                : row.proven == Truth::yes ? Satisfaction::satisfied
                                           : row.otherwise;
  return range;
}

constexpr Range always_failed{Satisfaction::failed, Satisfaction::failed};

Truth yes_when(bool b) { return b ? Truth::yes : Truth::no; }

Truth holds(const Fact<bool>& fact) {
  return fact.is_unknown() ? Truth::unknown : yes_when(fact.is(true));
}

template <class T, class Test>
Truth is(const Fact<T>& fact, Test test) {
  if (fact.is_unknown()) return Truth::unknown;
  return yes_when(fact.is_known() && test(*fact));
}

// ---- the columns' words ----

Truth legacy(const SignIn& s) {
  return is(s.client_app_type, [](ClientApp client) {
    return client == ClientApp::exchange_active_sync || client == ClientApp::eas_supported ||
           client == ClientApp::other;
  });
}

Truth device_code(const SignIn& s) {
  return is(s.authentication_flow,
            [](TransferMethod flow) { return flow == TransferMethod::device_code_flow; });
}

template <class Test>
Truth user_type(const SignIn& s, Test test) {
  if (!s.user.is_known() || !s.user->type_known) return Truth::unknown;
  return yes_when(test(s.user->type));
}

Truth external(const SignIn& s) {
  return user_type(s, [](UserType type) {
    return type != UserType::member && type != UserType::internal_guest;
  });
}

Truth guest(const SignIn& s) {
  return user_type(s, [](UserType type) { return type != UserType::member; });
}

Truth direct(const SignIn& s) {
  return user_type(s, [](UserType type) { return type == UserType::b2b_direct_connect_user; });
}

Truth unless_trusted(Truth who, bool trusted) { return trusted ? Truth::no : who; }

Truth on_platform(const SignIn& s, std::initializer_list<Platform> platforms) {
  return is(s.device_platform, [&](Platform platform) { return lists(platforms, platform); });
}

// ---- multifactor authentication and strengths ----

Truth mfa_proven(const Proofs& proofs) {
  return either(holds(proofs.mfa_claim), is(proofs.methods, satisfies_mfa));
}

bool narrowing_is_met(const CombinationConfiguration& c, const Proofs& proofs) {
  if (c.unknown) return false;
  if (!c.allowed_aaguids.empty() && !lists(c.allowed_aaguids, proofs.fido2_aaguid)) return false;
  if (!c.allowed_issuer_skis.empty() && !lists(c.allowed_issuer_skis, proofs.x509_issuer_ski)) {
    return false;
  }
  if (c.allowed_policy_oids.empty()) return true;
  const std::size_t counted = std::min<std::size_t>(5, proofs.x509_policy_oids.size());
  for (const std::string& oid : proofs.x509_policy_oids.first(counted)) {
    if (lists(c.allowed_policy_oids, oid)) return true;
  }
  return false;
}

bool combination_is_met(MethodModes combination, const AuthenticationStrength& strength,
                        const Proofs& proofs) {
  if ((*proofs.methods & combination) != combination) return false;
  for (const CombinationConfiguration& c : strength.combination_configurations) {
    if (lists(c.applies_to, combination) && !narrowing_is_met(c, proofs)) return false;
  }
  return true;
}

Truth strength_proven(const AuthenticationStrength& strength, const Proofs& proofs) {
  if (strength.allowed_combinations.empty() || proofs.methods.is_absent()) return Truth::no;
  if (proofs.methods.is_unknown()) return Truth::unknown;
  for (const MethodModes combination : strength.allowed_combinations) {
    if (combination_is_met(combination, strength, proofs)) return Truth::yes;
  }
  return Truth::no;
}

const AuthenticationStrength* find_strength(const GrantControls& grant, const Scene& scene) {
  const StrengthId id = *grant.authentication_strength;
  for (const auto& strength : scene.policies.authentication_strengths) {
    if (strength.id == id) return &strength;
  }
  for (const auto& strength : built_in_strengths()) {
    if (strength.id == id) return &strength;
  }
  const auto& inlined = grant.inline_strength;
  return inlined && inlined->id == id ? &*inlined : nullptr;
}

Row mfa_row(const SignIn& s) {
  return {either(legacy(s), unless_trusted(direct(s), s.trust.mfa)), mfa_proven(s.proofs),
          Satisfaction::needs_user};
}

Row strength_row(const GrantControls& grant, const Scene& scene) {
  static const auto mfa_strength = StrengthId::of(mfa_strength_id);
  Row row = mfa_row(scene.sign_in);
  if (*grant.authentication_strength == mfa_strength) return row;
  const auto* strength = find_strength(grant, scene);
  if (strength == nullptr) return {Truth::yes, Truth::no, Satisfaction::failed};
  row.proven = strength_proven(*strength, scene.sign_in.proofs);
  return row;
}

// ---- the other rows ----

Row built_in_row(GrantControl control, const SignIn& s) {
  const Truth no_device = either(legacy(s), device_code(s));
  switch (control) {
    case GrantControl::block: return {Truth::yes, Truth::no, Satisfaction::failed};
    case GrantControl::mfa: return mfa_row(s);
    case GrantControl::compliant_device:
      return {either(no_device, unless_trusted(external(s), s.trust.compliant_device)),
              is_compliant(s.device), Satisfaction::failed};
    case GrantControl::domain_joined_device:
      return {either(no_device, unless_trusted(external(s), s.trust.hybrid_joined_device)),
              is_hybrid_joined(s.device), Satisfaction::failed};
    case GrantControl::approved_application:
      return {
          either(legacy(s), external(s)),
          both(holds(s.approved_client_app), on_platform(s, {Platform::ios, Platform::android})),
          Satisfaction::failed};
    case GrantControl::compliant_application:
      return {either(legacy(s), external(s)),
              both(holds(s.app_protection_policy),
                   on_platform(s, {Platform::ios, Platform::android, Platform::windows})),
              Satisfaction::failed};
    case GrantControl::password_change:
      return {either(legacy(s), external(s)), holds(s.proofs.password_changed),
              Satisfaction::needs_user};
    case GrantControl::risk_remediation:
      return {either(legacy(s), guest(s)), holds(s.proofs.risk_remediated),
              Satisfaction::needs_user};
  }
  return {Truth::yes, Truth::no, Satisfaction::failed};
}

RequirementKind kind_of(GrantControl control) {
  switch (control) {
    case GrantControl::block: return RequirementKind::block;
    case GrantControl::mfa: return RequirementKind::mfa;
    case GrantControl::compliant_device: return RequirementKind::compliant_device;
    case GrantControl::domain_joined_device: return RequirementKind::domain_joined_device;
    case GrantControl::approved_application: return RequirementKind::approved_application;
    case GrantControl::compliant_application: return RequirementKind::compliant_application;
    case GrantControl::password_change: return RequirementKind::password_change;
    case GrantControl::risk_remediation: return RequirementKind::risk_remediation;
  }
  return RequirementKind::block;
}

template <class IdType>
Truth given(std::span<const IdType> accepted, bool all_known, IdType id) {
  if (lists(accepted, id)) return Truth::yes;
  return all_known ? Truth::no : Truth::unknown;
}

Row terms_row(AgreementId id, const SignIn& s) {
  return {either(legacy(s), direct(s)),
          given(s.proofs.accepted_terms, s.proofs.accepted_terms_known, id),
          Satisfaction::needs_user};
}

Row custom_control_row(CustomControlId id, const SignIn& s) {
  return {legacy(s), given(s.proofs.custom_controls, s.proofs.custom_controls_known, id),
          Satisfaction::needs_user};
}

Row reauthentication_row(const SignInFrequency& frequency, const SignIn& s) {
  const bool primary = frequency.authentication == FrequencyAuthentication::primary_and_secondary;
  const auto& authenticated_at =
      primary ? s.proofs.primary_authenticated_at : s.proofs.secondary_authenticated_at;
  const Truth fresh = is(authenticated_at, [&](Instant at) {
    const auto age = s.now - at;
    return frequency.every_time ? age <= std::chrono::minutes(5) : age < frequency.every;
  });
  return {Truth::no, fresh, Satisfaction::needs_user};
}

Row token_protection_row(const SignIn& s) {
  const Truth browser =
      is(s.client_app_type, [](ClientApp client) { return client == ClientApp::browser; });
  return {Truth::no, either(browser, holds(s.proofs.token_bound)), Satisfaction::failed};
}

// ---- the two exceptions ----

// Something else is enough, and it can be asked for in the sign-in.
bool offers_what_can_be_asked(const GrantControls& grant) {
  if (grant.operation != GrantOperator::any_of) return false;
  const auto& controls = grant.built_in_controls;
  return controls.contains(GrantControl::mfa) || controls.contains(GrantControl::password_change) ||
         controls.contains(GrantControl::risk_remediation) || grant.authentication_strength ||
         !grant.terms_of_use.empty() || !grant.custom_authentication_factors.empty();
}

// Otherwise no device could ever become compliant.
Truth is_enrolment(const Policy& policy, const SignIn& s) {
  static const std::vector<ApplicationId> services = {
      ApplicationId::of("d4ebce55-015a-49b5-a083-c84d1797ae8c"),   // Microsoft Intune Enrollment
      ApplicationId::of("01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9")};  // Device Registration Service
  const auto& applications = policy.conditions.applications;
  if (!applications || !applications->include_all) return Truth::no;
  if (offers_what_can_be_asked(*policy.grant_controls)) return Truth::no;
  const Target& target = s.target;
  if (target.kind == TargetKind::unknown) return Truth::unknown;
  if (target.kind == TargetKind::user_action) {
    return yes_when(target.user_action == UserAction::register_device);
  }
  if (target.kind != TargetKind::applications || target.applications.empty()) return Truth::no;
  for (const ApplicationId& id : target.applications) {
    if (!lists(services, id)) return Truth::no;
  }
  return Truth::yes;
}

Range or_satisfied(Range range, Truth excepted) {
  if (excepted != Truth::no) range.best = Satisfaction::satisfied;
  if (excepted == Truth::yes) range.worst = Satisfaction::satisfied;
  return range;
}

// ---- all of a policy ----

void sort_each_once(std::vector<Required>& list) {
  std::sort(list.begin(), list.end(),
            [](const Required& a, const Required& b) { return a.requirement < b.requirement; });
  const auto same = [](const Required& a, const Required& b) {
    return a.requirement == b.requirement;
  };
  list.erase(std::unique(list.begin(), list.end(), same), list.end());
}

std::vector<Required> grants_of(const Policy& policy, const Applicability& how,
                                const Scene& scene) {
  std::vector<Required> list;
  if (!policy.grant_controls) return list;
  const GrantControls& grant = *policy.grant_controls;
  const SignIn& s = scene.sign_in;
  const auto add = [&](RequirementKind kind, std::string id, Range range) {
    // None of this is something a service principal could do.
    if (s.identity == IdentityKind::service_principal) range = always_failed;
    list.push_back({{kind, std::move(id)}, range});
  };
  for (unsigned i = 0; i <= static_cast<unsigned>(GrantControl::risk_remediation); ++i) {
    const auto control = static_cast<GrantControl>(i);
    if (!grant.built_in_controls.contains(control)) continue;
    Range range = range_of(built_in_row(control, s));
    if (control == GrantControl::compliant_device) {
      range = or_satisfied(range, is_enrolment(policy, s));
    }
    add(kind_of(control), "", range);
  }
  if (grant.authentication_strength) {
    add(RequirementKind::authentication_strength, grant.authentication_strength_text,
        or_satisfied(range_of(strength_row(grant, scene)), how.registration_strength_elsewhere));
  }
  for (std::size_t i = 0; i < grant.terms_of_use.size(); ++i) {
    add(RequirementKind::terms_of_use, grant.terms_of_use_texts[i],
        range_of(terms_row(grant.terms_of_use[i], s)));
  }
  for (std::size_t i = 0; i < grant.custom_authentication_factors.size(); ++i) {
    add(RequirementKind::custom_control, grant.custom_authentication_factor_texts[i],
        range_of(custom_control_row(grant.custom_authentication_factors[i], s)));
  }
  for (const std::string& text : grant.unknown_controls) {
    add(RequirementKind::unknown_control, text, always_failed);
  }
  sort_each_once(list);
  return list;
}

// A service principal has no authenticator to ask.
Satisfaction asking_for_gps(const SignIn& s) {
  return s.identity == IdentityKind::user ? Satisfaction::needs_user : Satisfaction::failed;
}

std::vector<Required> always_of(const Policy& policy, const Applicability& how, const SignIn& s) {
  std::vector<Required> list;
  if (how.may_need_gps) {
    list.push_back(
        {{RequirementKind::gps_location, ""}, {Satisfaction::satisfied, asking_for_gps(s)}});
  }
  if (!policy.session_controls || s.identity == IdentityKind::service_principal) return list;
  if (const auto& frequency = policy.session_controls->sign_in_frequency) {
    list.push_back(
        {{RequirementKind::reauthentication, ""}, range_of(reauthentication_row(*frequency, s))});
  }
  if (policy.session_controls->secure_sign_in_session) {
    list.push_back({{RequirementKind::token_protection, ""}, range_of(token_protection_row(s))});
  }
  return list;
}

}  // namespace

bool blocks(const Policy& policy) {
  return policy.grant_controls &&
         policy.grant_controls->built_in_controls.contains(GrantControl::block);
}

bool requires_strength(const Policy& policy) {
  return policy.grant_controls && policy.grant_controls->authentication_strength && !blocks(policy);
}

bool lists_registration(const Policy& policy) {
  return policy.conditions.applications &&
         policy.conditions.applications->user_actions.contains(UserAction::register_security_info);
}

Requirements requirements_of(const Policy& policy, const Applicability& how, const Scene& scene) {
  Requirements r;
  if (policy.grant_controls) r.operation = policy.grant_controls->operation;
  if (how.applies == Match::no) return r;
  if (how.blocks_in_outage) {
    r.always.push_back({{RequirementKind::block, ""}, always_failed});
  } else if (how.applies == Match::needs_gps) {
    const Satisfaction asking = asking_for_gps(scene.sign_in);
    r.always.push_back({{RequirementKind::gps_location, ""}, {asking, asking}});
  } else if (blocks(policy)) {
    r.always.push_back({{RequirementKind::block, ""}, always_failed});
  } else {
    r.grants = grants_of(policy, how, scene);
    r.always = always_of(policy, how, scene.sign_in);
  }
  return r;
}

Satisfaction grants_under(const Requirements& r, Assume assume) {
  if (r.grants.empty()) return Satisfaction::satisfied;
  Satisfaction result = r.grants.front().range.under(assume);
  for (const Required& one : r.grants) {
    const Satisfaction s = one.range.under(assume);
    result = r.operation == GrantOperator::all_of ? std::max(result, s) : std::min(result, s);
  }
  return result;
}

Satisfaction satisfaction_under(const Requirements& r, Assume assume) {
  Satisfaction result = grants_under(r, assume);
  for (const Required& one : r.always) result = std::max(result, one.range.under(assume));
  return result;
}

}  // namespace sallyport::reference
