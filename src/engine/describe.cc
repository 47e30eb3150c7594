#include "engine/describe.h"

#include <algorithm>

#include "directory/well_known.h"

namespace sallyport {
namespace {

std::string quoted(std::string_view name) { return '`' + std::string(name) + '`'; }

// A group or role nobody named is told by its id.
template <class Named>
std::string name_or_id(const Named& named) {
  return quoted(named.display_name.empty() ? to_string(named.id) : named.display_name);
}

std::string name_of_application(ApplicationId id, const Directory& directory) {
  if (const auto* principal = directory.find_service_principal_by_app(id);
      principal != nullptr && !principal->display_name.empty()) {
    return quoted(principal->display_name);
  }
  const auto text = to_string(id);
  const auto known = well_known_name(text);
  return quoted(known.empty() ? std::string_view(text) : known);
}

std::string_view fact_of(ConditionName condition) {
  switch (condition) {
    case ConditionName::users: return "user";
    case ConditionName::client_applications: return "service principal";
    case ConditionName::applications: return "application";
    case ConditionName::platforms: return "platform";
    case ConditionName::locations: return "location";
    case ConditionName::client_app_types: return "client app";
    case ConditionName::devices: return "device";
    case ConditionName::sign_in_risk: return "sign-in risk";
    case ConditionName::user_risk: return "user risk";
    case ConditionName::insider_risk: return "insider risk";
    case ConditionName::authentication_flows: return "authentication flow";
    case ConditionName::service_principal_risk: return "service principal risk";
    case ConditionName::agent_id_risk: return "agent risk";
  }
  return "fact";
}

std::string value_of(ConditionName condition, const SignIn& s) {
  const auto word = [](const auto& fact) {
    return fact.is_known() ? std::string(name_of(*fact)) : std::string();
  };
  switch (condition) {
    case ConditionName::platforms: return word(s.device_platform);
    case ConditionName::client_app_types: return word(s.client_app_type);
    case ConditionName::sign_in_risk: return word(s.sign_in_risk_level);
    case ConditionName::user_risk: return word(s.user_risk_level);
    case ConditionName::insider_risk: return word(s.insider_risk_level);
    case ConditionName::authentication_flows: return word(s.authentication_flow);
    case ConditionName::service_principal_risk: return word(s.service_principal_risk_level);
    case ConditionName::agent_id_risk: return word(s.agent_id_risk_level);
    default: return {};
  }
}

// "country FR, 192.0.2.7", whatever of it is known.
std::string place_of(const SignIn& s) {
  std::string out;
  if (s.country.is_known()) out = "country " + to_string(*s.country);
  if (s.ip_address.is_known()) {
    out += (out.empty() ? "" : ", ") + to_string(*s.ip_address);
  }
  return out.empty() ? "this place" : out;
}

std::string not_listed(ConditionName condition, const ProgramState& program, const SignIn& s) {
  switch (condition) {
    case ConditionName::users: return "the user is not among those included";
    case ConditionName::client_applications: return "the service principal is not included";
    case ConditionName::locations: return place_of(s) + " is not included";
    case ConditionName::applications: break;
    default: return std::string(fact_of(condition)) + " is not included";
  }
  if (s.target.kind == TargetKind::user_action) {
    return "the action " + quoted(name_of(s.target.user_action)) + " is not included";
  }
  if (s.target.kind == TargetKind::authentication_context) {
    return "the context `c" + std::to_string(s.target.authentication_context) + "` is not included";
  }
  if (s.target.applications.empty()) return "the application is not included";
  return name_of_application(s.target.applications.front(), *program.directory) +
         " is not included";
}

std::string absent(ConditionName condition) {
  switch (condition) {
    case ConditionName::platforms: return "no known platform";
    case ConditionName::devices: return "no registered device";
    case ConditionName::client_app_types: return "no known client app";
    case ConditionName::authentication_flows: return "an ordinary flow";
    default: return "no " + std::string(fact_of(condition));
  }
}

std::string undefined_location(const Reason& reason, const CompiledPolicy& policy) {
  const auto& locations = *policy.policy->conditions.locations;
  const auto& lists = reason.excludes ? locations.exclude : locations.include;
  return "location `" + to_string(lists.locations[reason.operand]) + "`, which nothing defines";
}

std::string application_at(std::uint32_t index, const ProgramState& program, const SignIn& s) {
  if (index >= s.target.applications.size()) return "the application";
  return name_of_application(s.target.applications[index], *program.directory);
}

// The entry that decided, without saying on which side it stands.
std::string entry(const ConditionExplanation& condition, const CompiledPolicy& policy,
                  const ProgramState& program, const SignIn& s) {
  const Reason& reason = condition.reason;
  switch (reason.kind) {
    case ReasonKind::nothing_included: return "nothing is included";
    case ReasonKind::not_listed: return not_listed(condition.condition, program, s);
    case ReasonKind::not_excluded: return "nothing excludes it";
    case ReasonKind::everyone: return "all users";
    case ReasonKind::user: return s.user.is_known() ? "user " + quoted(s.user->name) : "the user";
    case ReasonKind::group:
      return "group " + name_or_id(program.directory->groups()[reason.operand]);
    case ReasonKind::role: return "role " + name_or_id(program.directory->roles()[reason.operand]);
    case ReasonKind::any_group: return "any group";
    case ReasonKind::any_role: return "any role";
    case ReasonKind::guest:
      return s.user.is_known() && s.user->type_known
                 ? "guest type " + std::string(name_of(s.user->type))
                 : "guests";
    case ReasonKind::agent_user: return "agents' users";
    case ReasonKind::other_identity:
      return s.identity == IdentityKind::user ? "the policy is not about users"
                                              : "the policy is not about service principals";
    case ReasonKind::service_principal: return "the service principal";
    case ReasonKind::all_service_principals: return "all service principals of the tenant";
    case ReasonKind::all_agents: return "all agents";
    case ReasonKind::application: return application_at(reason.operand, program, s);
    case ReasonKind::office365: return "Office365";
    case ReasonKind::admin_portals: return "MicrosoftAdminPortals";
    case ReasonKind::agent_resource: return "agent resources";
    case ReasonKind::application_filter: return "the application filter";
    case ReasonKind::all_resources: return "all resources";
    case ReasonKind::user_action: return "the action " + quoted(name_of(s.target.user_action));
    case ReasonKind::authentication_context:
      return "the context `c" + std::to_string(s.target.authentication_context) + '`';
    case ReasonKind::location:
      return "location " + quoted(program.policies.named_locations[reason.operand].display_name);
    case ReasonKind::undefined_location: return undefined_location(reason, policy);
    case ReasonKind::all_locations: return "all locations";
    case ReasonKind::trusted_locations: return "trusted locations";
    case ReasonKind::mfa_trusted_ips: return "MFA trusted addresses";
    case ReasonKind::value:
      return std::string(fact_of(condition.condition)) + ' ' + value_of(condition.condition, s);
    case ReasonKind::absent: return absent(condition.condition);
    case ReasonKind::fact_unknown:
      return "the " + std::string(fact_of(condition.condition)) + " is not known";
    case ReasonKind::filter_matches: return "the device filter matches";
    case ReasonKind::filter_does_not_match: return "the device filter does not match";
    case ReasonKind::filter_unreadable: return "a device filter that cannot be read";
    case ReasonKind::compliant_device: return "compliant device";
    case ReasonKind::domain_joined_device: return "hybrid joined device";
    case ReasonKind::unknown_word: return "a word this version does not know";
  }
  return {};
}

}  // namespace

std::string describe(const ConditionExplanation& condition, const CompiledPolicy& policy,
                     const ProgramState& program, const SignIn& sign_in) {
  const Reason& reason = condition.reason;
  std::string text = entry(condition, policy, program, sign_in);
  const bool filter =
      reason.kind == ReasonKind::filter_matches || reason.kind == ReasonKind::filter_does_not_match;
  if (reason.excludes && !filter && reason.kind != ReasonKind::fact_unknown) {
    text = "excluded: " + text;
  }
  if (reason.kind == ReasonKind::value && condition.match == Match::no && !reason.excludes) {
    text += " is not included";
  }
  const bool says_so =
      reason.kind == ReasonKind::fact_unknown || reason.kind == ReasonKind::undefined_location;
  if (condition.match == Match::unknown && !says_so) text += "? not known";
  if (condition.match == Match::needs_gps) text += ": the GPS position has yet to be asked for";
  return text;
}

namespace {

PolicyAnswer answer_of(const PolicyExplanation& policy, const CompiledPolicy& compiled,
                       const Explanation& e, const ProgramState& program, const SignIn& sign_in) {
  PolicyAnswer out;
  out.result = policy.result;
  out.applies = policy.applies;
  for (auto i = policy.conditions_begin; i < policy.conditions_end; ++i) {
    const auto& c = e.conditions[i];
    out.conditions.push_back({c.condition, c.match, describe(c, compiled, program, sign_in)});
  }
  std::vector<RequirementExplanation> requirements(
      e.requirements.begin() + policy.requirements_begin,
      e.requirements.begin() + policy.requirements_end);
  std::ranges::stable_sort(requirements, {}, &RequirementExplanation::requirement);
  for (const auto& r : requirements) {
    out.requirements.push_back({program.shown[r.requirement], r.satisfaction, r.unknown});
  }
  if (compiled.policy->grant_controls) out.operation = compiled.policy->grant_controls->operation;
  return out;
}

}  // namespace

Answer Program::answer(const Explanation& explanation, const SignIn& sign_in) const {
  Answer out;
  out.outcome = explanation.outcome;
  out.error_code = explanation.error_code;
  for (const auto number : explanation.missing) out.missing.push_back(state_->shown[number]);
  out.session = explanation.session;
  for (std::size_t i = 0; i < explanation.policies.size(); ++i) {
    out.policies.push_back(
        answer_of(explanation.policies[i], state_->compiled[i], explanation, *state_, sign_in));
  }
  return out;
}

Answer Program::explain(const SignIn& sign_in, Assume assume) const {
  Explanation explanation;
  explain(sign_in, assume, explanation);
  return answer(explanation, sign_in);
}

}  // namespace sallyport
