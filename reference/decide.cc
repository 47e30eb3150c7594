#include "reference/decide.h"

#include "reference/conditions.h"
#include "reference/requirements.h"
#include "reference/session.h"

namespace sallyport::reference {
namespace {

// One policy on its way to an answer.
struct Judged {
  const Policy* policy = nullptr;
  PolicyAnswer answer;
  Applicability how;
  Requirements requirements;

  bool enforced() const { return policy->state == PolicyState::enabled; }
  bool counts_as_applying(Assume assume) const {
    return how.applies == Match::yes || how.applies == Match::needs_gps ||
           (how.applies == Match::unknown && assume == Assume::worst);
  }
};

// ---- who the user is, transitively ----

void walk(GroupIndex group, Scene& scene) {
  if (!scene.groups.insert(group).second) return;  // a cycle is walked once
  const Group& g = scene.directory.groups()[group];
  scene.roles.insert(g.roles.begin(), g.roles.end());
  for (const GroupIndex outer : g.member_of) walk(outer, scene);
}

Scene look(const PolicySet& policies, const Directory& directory, const SignIn& sign_in) {
  Scene scene{policies, directory, sign_in, {}, {}};
  if (!sign_in.user.is_known()) return scene;
  for (const GroupIndex group : sign_in.user->groups) walk(group, scene);
  scene.roles.insert(sign_in.user->roles.begin(), sign_in.user->roles.end());
  return scene;
}

// ---- sections 2 and 6: does it apply? ----

bool names_people_by_directory(const PrincipalLists& l) {
  return !l.groups.empty() || !l.roles.empty() || l.all_groups || l.all_roles || !l.guests.empty();
}

template <class Test>
bool any_location(const Policy& policy, const Scene& scene, Test test) {
  if (!policy.conditions.locations) return false;
  const auto& locations = *policy.conditions.locations;
  for (const LocationLists* side : {&locations.include, &locations.exclude}) {
    for (const LocationId& id : side->locations) {
      if (test(find_location(id, scene))) return true;
    }
  }
  return false;
}

bool needs_live_data(const Policy& policy, const Scene& scene) {
  const Conditions& c = policy.conditions;
  if (c.users && names_people_by_directory(c.users->include)) return true;
  if (c.users && names_people_by_directory(c.users->exclude)) return true;
  if (!c.sign_in_risk_levels.empty() || !c.user_risk_levels.empty()) return true;
  if (!c.insider_risk_levels.empty() || !c.service_principal_risk_levels.empty()) return true;
  if (!c.agent_id_risk_levels.empty()) return true;
  if (policy.grant_controls && policy.grant_controls->authentication_strength) return true;
  return any_location(policy, scene, [](const NamedLocation* location) {
    return location == nullptr || location->kind == LocationKind::country ||
           location->kind == LocationKind::other;
  });
}

Match condition(const PolicyAnswer& answer, ConditionName name, Match when_not_configured) {
  for (const ConditionAnswer& one : answer.conditions) {
    if (one.condition == name) return one.match;
  }
  return when_not_configured;
}

bool may_need_gps(const Judged& judged, const Scene& scene) {
  if (judged.how.applies != Match::unknown || scene.sign_in.gps_country.is_known()) return false;
  if (condition(judged.answer, ConditionName::locations, Match::yes) == Match::yes) return false;
  return any_location(*judged.policy, scene, [](const NamedLocation* location) {
    return location != nullptr && location->kind == LocationKind::country &&
           location->lookup_by_gps;
  });
}

bool has_controls(const Policy& policy) {
  return (policy.grant_controls && !policy.grant_controls->empty()) ||
         (policy.session_controls && !policy.session_controls->empty());
}

Judged judge_applicability(const Policy& policy, const Scene& scene) {
  Judged judged;
  judged.policy = &policy;
  if (policy.state == PolicyState::disabled || !has_controls(policy)) return judged;

  judged.answer.conditions = test_conditions(policy.conditions, scene);
  Match applies = Match::yes;
  for (const ConditionAnswer& one : judged.answer.conditions) {
    applies = match_and(applies, one.match);
  }
  judged.how.applies = applies;
  judged.how.may_need_gps = may_need_gps(judged, scene);

  const bool denies_in_outage =
      policy.session_controls && policy.session_controls->disable_resilience_defaults;
  const Match applications = condition(judged.answer, ConditionName::applications, Match::no);
  if (scene.sign_in.outage && judged.enforced() && denies_in_outage && applications != Match::no &&
      needs_live_data(policy, scene)) {
    judged.how.applies = applications;
    judged.how.blocks_in_outage = true;
  }
  return judged;
}

// ---- section 4: registration ----

// Whether an enforced policy for registering security info demands its own strength.
Truth registration_strength(const std::vector<Judged>& all, const SignIn& s) {
  const bool registering = s.target.kind == TargetKind::user_action &&
                           s.target.user_action == UserAction::register_security_info;
  Truth truth = Truth::no;
  if (!registering) return truth;
  for (const Judged& one : all) {
    if (!one.enforced() || one.how.blocks_in_outage) continue;
    if (!lists_registration(*one.policy) || !requires_strength(*one.policy)) continue;
    if (one.how.applies == Match::unknown) truth = either(truth, Truth::unknown);
    if (one.how.applies == Match::yes) truth = Truth::yes;
  }
  return truth;
}

// ---- section 5: results and the outcome ----

PolicyResult result_of(const Judged& judged, Assume assume) {
  const bool report_only = judged.policy->state == PolicyState::report_only;
  if (judged.policy->state == PolicyState::disabled) return PolicyResult::not_enabled;
  if (!judged.counts_as_applying(assume)) {
    return report_only ? PolicyResult::report_only_not_applied : PolicyResult::not_applied;
  }
  switch (satisfaction_under(judged.requirements, assume)) {
    case Satisfaction::satisfied:
      return report_only ? PolicyResult::report_only_success : PolicyResult::success;
    case Satisfaction::needs_user:
      return report_only ? PolicyResult::report_only_interrupted : PolicyResult::interrupted;
    case Satisfaction::failed: break;
  }
  return report_only ? PolicyResult::report_only_failure : PolicyResult::failure;
}

Outcome outcome_of(const std::vector<Judged>& all) {
  Outcome outcome = Outcome::granted;
  for (const Judged& one : all) {
    if (one.answer.result == PolicyResult::failure) return Outcome::blocked;
    if (one.answer.result == PolicyResult::interrupted) outcome = Outcome::interrupted;
  }
  return outcome;
}

// What one policy that failed, or that needs the user, is missing.
void add_missing(const Judged& judged, Satisfaction wanted, Assume assume,
                 std::vector<Requirement>& missing) {
  const Requirements& r = judged.requirements;
  const bool any_of = r.operation == GrantOperator::any_of;
  const auto take = [&](const std::vector<Required>& list, bool only_the_first) {
    for (const Required& one : list) {
      if (one.range.under(assume) != wanted) continue;
      missing.push_back(one.requirement);
      if (only_the_first) return;
    }
  };
  take(r.always, false);
  if (!any_of || grants_under(r, assume) == wanted) {
    take(r.grants, any_of && wanted == Satisfaction::needs_user);
  }
}

std::vector<Requirement> missing_of(const std::vector<Judged>& all, Outcome outcome,
                                    Assume assume) {
  std::vector<Requirement> missing;
  if (outcome == Outcome::granted) return missing;
  const bool blocked = outcome == Outcome::blocked;
  const auto result = blocked ? PolicyResult::failure : PolicyResult::interrupted;
  const auto wanted = blocked ? Satisfaction::failed : Satisfaction::needs_user;
  for (const Judged& one : all) {
    if (one.answer.result == result) add_missing(one, wanted, assume, missing);
  }
  std::sort(missing.begin(), missing.end());
  missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
  // A remediation includes the change of password.
  if (lists(missing, Requirement{RequirementKind::risk_remediation, ""})) {
    const auto password = Requirement{RequirementKind::password_change, ""};
    missing.erase(std::remove(missing.begin(), missing.end(), password), missing.end());
  }
  return missing;
}

int error_code(const std::vector<Requirement>& missing, const SignIn& s) {
  if (missing.empty()) return 0;
  const RequirementKind kind = missing.front().kind;
  const bool authentication =
      kind == RequirementKind::mfa || kind == RequirementKind::authentication_strength;
  const bool device =
      kind == RequirementKind::compliant_device || kind == RequirementKind::domain_joined_device;
  if (authentication && s.proofs.has_registered_method.is(false)) return 50079;
  if (device && s.authentication_flow.is(TransferMethod::device_code_flow)) return 530033;
  return error_code_of(kind);
}

void tell_requirements(Judged& judged, Assume assume) {
  judged.answer.operation = judged.requirements.operation;
  auto& told = judged.answer.requirements;
  for (const auto* list : {&judged.requirements.grants, &judged.requirements.always}) {
    for (const Required& one : *list) {
      told.push_back({one.requirement, one.range.under(assume), one.range.best != one.range.worst});
    }
  }
  std::sort(told.begin(), told.end(), [](const RequirementAnswer& a, const RequirementAnswer& b) {
    return a.requirement < b.requirement;
  });
}

}  // namespace

Answer decide(const PolicySet& policies, const Directory& directory, const SignIn& sign_in,
              Assume assume) {
  const Scene scene = look(policies, directory, sign_in);
  std::vector<Judged> all;
  for (const Policy& policy : policies.policies) {
    all.push_back(judge_applicability(policy, scene));
  }

  const Truth registration = registration_strength(all, sign_in);
  Answer answer;
  for (Judged& one : all) {
    if (!lists_registration(*one.policy)) {
      one.how.registration_strength_elsewhere = registration;
    }
    one.requirements = requirements_of(*one.policy, one.how, scene);
    one.answer.applies = one.how.applies;
    one.answer.result = result_of(one, assume);
    tell_requirements(one, assume);

    const bool gives_session = one.enforced() && one.counts_as_applying(assume) &&
                               one.how.applies != Match::needs_gps && !one.how.blocks_in_outage;
    if (gives_session && one.policy->session_controls) {
      merge_into(answer.session, *one.policy->session_controls);
    }
  }
  answer.outcome = outcome_of(all);
  answer.missing = missing_of(all, answer.outcome, assume);
  answer.error_code = error_code(answer.missing, sign_in);
  for (Judged& one : all) answer.policies.push_back(std::move(one.answer));
  return answer;
}

}  // namespace sallyport::reference
