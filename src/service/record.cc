#include "service/record.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "service/facts.h"

namespace sallyport {
namespace {

bool applies(PolicyResult result) {
  return result != PolicyResult::not_applied && result != PolicyResult::not_enabled &&
         result != PolicyResult::report_only_not_applied;
}

// conditionalAccessConditions; the newer words have no place there.
std::string_view condition_word(ConditionName condition) {
  switch (condition) {
    case ConditionName::users: return "users";
    case ConditionName::client_applications: return "servicePrincipals";
    case ConditionName::applications: return "application";
    case ConditionName::platforms: return "devicePlatform";
    case ConditionName::locations: return "location";
    case ConditionName::client_app_types: return "clientType";
    case ConditionName::devices: return "deviceState";
    case ConditionName::sign_in_risk: return "signInRisk";
    case ConditionName::user_risk: return "userRisk";
    case ConditionName::insider_risk: return "insiderRisk";
    case ConditionName::authentication_flows: return "authenticationFlows";
    case ConditionName::service_principal_risk: return "servicePrincipalRisk";
    case ConditionName::agent_id_risk: break;
  }
  return "unknownFutureValue";
}

// Flags are written in the order of their numbers (spec, sections 1.2 and 6.4).
constexpr ConditionName in_order_of_flags[] = {
    ConditionName::applications,
    ConditionName::users,
    ConditionName::platforms,
    ConditionName::locations,
    ConditionName::client_app_types,
    ConditionName::sign_in_risk,
    ConditionName::user_risk,
    ConditionName::devices,
    ConditionName::client_applications,
    ConditionName::service_principal_risk,
    ConditionName::authentication_flows,
    ConditionName::insider_risk,
    ConditionName::agent_id_risk,
};

std::string condition_words(const PolicyAnswer& answer, bool satisfied) {
  std::string words;
  if (answer.result == PolicyResult::not_enabled) return "none";
  for (const auto name : in_order_of_flags) {
    for (const auto& condition : answer.conditions) {
      if (condition.condition != name || (condition.match != Match::no) != satisfied) continue;
      if (!words.empty()) words += ',';
      words += condition_word(name);
    }
  }
  return words.empty() ? "none" : words;
}

// As the service's log spells them; empty for what it does not list there.
std::string_view grant_word(RequirementKind kind) {
  switch (kind) {
    case RequirementKind::block: return "Block";
    case RequirementKind::mfa: return "Mfa";
    case RequirementKind::compliant_device: return "RequireCompliantDevice";
    case RequirementKind::domain_joined_device: return "RequireDomainJoinedDevice";
    case RequirementKind::approved_application: return "RequireApprovedApp";
    case RequirementKind::compliant_application: return "RequireCompliantApp";
    case RequirementKind::password_change: return "PasswordChange";
    case RequirementKind::risk_remediation: return "RiskRemediation";
    case RequirementKind::terms_of_use: return "TermsOfUse";
    case RequirementKind::custom_control: return "CustomControl";
    default: return {};
  }
}

void write_session_controls(const SessionControls& controls, json::Writer& w) {
  if (controls.application_enforced_restrictions) w.value("ApplicationEnforcedRestrictions");
  if (controls.cloud_app_security) w.value("CloudAppSecurity");
  if (controls.sign_in_frequency) w.value("SignInFrequency");
  if (controls.persistent_browser) w.value("PersistentBrowserSessionMode");
  if (controls.continuous_access_evaluation) w.value("ContinuousAccessEvaluation");
  if (controls.secure_sign_in_session) w.value("SecureSignInSession");
  if (controls.disable_resilience_defaults) w.value("ResilienceDefaults");
}

void write_applied_policy(const Policy& policy, const PolicyAnswer& answer, json::Writer& w) {
  w.begin_object();
  w.member("id", policy.id_text);
  w.member("displayName", policy.display_name);
  // Graph has no word for a policy that needs the user: its log says failure.
  const auto result =
      answer.result == PolicyResult::interrupted ? PolicyResult::failure : answer.result;
  w.member("result", name_of(result));
  w.key("enforcedGrantControls");
  w.begin_array();
  for (const auto& requirement : answer.requirements) {
    const auto word = grant_word(requirement.requirement.kind);
    if (!word.empty()) w.value(word);
  }
  w.end_array();
  w.key("enforcedSessionControls");
  w.begin_array();
  if (policy.session_controls) write_session_controls(*policy.session_controls, w);
  w.end_array();
  w.member("conditionsSatisfied", condition_words(answer, true));
  w.member("conditionsNotSatisfied", condition_words(answer, false));
  w.end_object();
}

std::string_view word_of(Satisfaction satisfaction) {
  switch (satisfaction) {
    case Satisfaction::satisfied: return "satisfied";
    case Satisfaction::needs_user: return "needsUser";
    case Satisfaction::failed: return "failed";
  }
  return "failed";
}

void write_requirement(const Requirement& requirement, json::Writer& w) {
  w.member("kind", name_of(requirement.kind));
  if (!requirement.id.empty()) w.member("id", requirement.id);
}

// Why a policy that applies said what it said.
void write_reasons(const Policy& policy, const PolicyAnswer& answer, json::Writer& w) {
  w.begin_object();
  w.member("id", policy.id_text);
  w.member("displayName", policy.display_name);
  w.member("result", name_of(answer.result));
  w.member("applies", name_of(answer.applies));
  w.key("conditions");
  w.begin_array();
  for (const auto& condition : answer.conditions) {
    w.begin_object();
    w.member("condition", name_of(condition.condition));
    w.member("match", name_of(condition.match));
    w.member("decidedBy", condition.decided_by);
    w.end_object();
  }
  w.end_array();
  if (!answer.requirements.empty()) {
    w.member("operator", answer.operation == GrantOperator::all_of ? "AND" : "OR");
    w.key("requirements");
    w.begin_array();
    for (const auto& requirement : answer.requirements) {
      w.begin_object();
      write_requirement(requirement.requirement, w);
      w.member("satisfaction", word_of(requirement.satisfaction));
      if (requirement.unknown) w.member("unknown", true);
      w.end_object();
    }
    w.end_array();
  }
  w.end_object();
}

// Policies that do not apply and of which Graph would say the same.
struct Bystanders {
  PolicyResult result = PolicyResult::not_applied;
  std::uint64_t satisfied = 0;  // bit by ConditionName, as the next
  std::uint64_t not_satisfied = 0;
  std::vector<std::size_t> policies;
};

std::vector<Bystanders> bystanders_of(const Answer& answer) {
  std::vector<Bystanders> groups;
  for (std::size_t i = 0; i < answer.policies.size(); ++i) {
    const auto& policy = answer.policies[i];
    if (applies(policy.result)) continue;
    Bystanders like;
    like.result = policy.result;
    for (const auto& condition : policy.conditions) {
      auto& bits = condition.match == Match::no ? like.not_satisfied : like.satisfied;
      bits |= std::uint64_t{1} << static_cast<unsigned>(condition.condition);
    }
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Bystanders& g) {
      return g.result == like.result && g.satisfied == like.satisfied &&
             g.not_satisfied == like.not_satisfied;
    });
    if (group == groups.end()) group = groups.insert(groups.end(), std::move(like));
    group->policies.push_back(i);
  }
  return groups;
}

void write_bystanders(const Answer& answer, std::span<const Policy> policies, json::Writer& w) {
  w.key("notApplied");
  w.begin_array();
  for (const auto& group : bystanders_of(answer)) {
    const auto& one = answer.policies[group.policies.front()];
    w.begin_object();
    w.member("result", name_of(group.result));
    w.member("conditionsSatisfied", condition_words(one, true));
    w.member("conditionsNotSatisfied", condition_words(one, false));
    w.key("policies");
    w.begin_array();
    for (const auto i : group.policies) {
      w.begin_array();
      w.value(policies[i].id_text);
      w.value(policies[i].display_name);
      w.end_array();
    }
    w.end_array();
    w.end_object();
  }
  w.end_array();
}

// An account that is disabled was asked of no policy.
std::string_view conditional_access_status(const Answer& answer, bool account_refused) {
  if (account_refused) return "notApplied";
  if (answer.outcome != Outcome::granted) return "failure";
  for (const auto& policy : answer.policies) {
    if (policy.result == PolicyResult::success) return "success";
  }
  return "notApplied";
}

std::string failure_reason(const Answer& answer) {
  std::string reason;
  for (const auto& requirement : answer.missing) {
    if (!reason.empty()) reason += ", ";
    reason += name_of(requirement.kind);
  }
  return reason;
}

void write_device_detail(const SignIn& sign_in, std::string_view user_agent, json::Writer& w) {
  w.key("deviceDetail");
  w.begin_object();
  if (sign_in.device.is_known()) {
    const auto& device = *sign_in.device;
    w.member("deviceId", to_string(device.id));
    w.member("displayName", device.display_name);
    if (device.shape != nullptr) {
      const auto text = [&](const char* name, DeviceText which) {
        const auto& attribute = device.shape->text(which);
        if (attribute.state == DeviceAttribute::State::known) w.member(name, attribute.text);
      };
      text("operatingSystem", DeviceText::operating_system);
      text("trustType", DeviceText::trust_type);
      w.member("isCompliant", device.shape->is_compliant == DeviceFlag::yes);
      w.member("isManaged", device.shape->is_managed == DeviceFlag::yes);
    }
  } else if (sign_in.device_platform.is_known()) {
    w.member("operatingSystem", name_of(*sign_in.device_platform));
  }
  // A header, of which anything may come: a record that cannot be read would hide all others.
  constexpr std::size_t shown_max = 1000;
  w.member("browser",
           is_utf8(user_agent) ? std::string(user_agent) : printable(user_agent, shown_max));
  w.end_object();
}

void write_who_and_what(const SignInRequest& request, const Decided& decided,
                        const SignInRecord& record, json::Writer& w) {
  const auto& sign_in = decided.sign_in();
  const auto& names = decided.state->names;
  w.member("id", record.decision_id);
  w.member("createdDateTime", to_string(record.at));
  if (sign_in.identity == IdentityKind::user) {
    w.member("userId", record.user_id);
    w.member("userPrincipalName", sign_in.user.is_known() ? sign_in.user->name : request.subject);
  } else {
    w.member("servicePrincipalId", record.user_id);
    w.member("servicePrincipalName", names.label(record.user_id));
  }
  w.member("appId", record.app_id);
  w.member("appDisplayName", names.find(record.app_id));
  if (sign_in.ip_address.is_known()) w.member("ipAddress", to_string(*sign_in.ip_address));
  if (sign_in.client_app_type.is_known()) {
    w.member("clientAppUsed", name_of(*sign_in.client_app_type));
  }
  w.member("isInteractive", sign_in.identity == IdentityKind::user);
  write_device_detail(sign_in, request.user_agent, w);
  if (sign_in.country.is_known()) {
    w.key("location");
    w.begin_object();
    w.member("countryOrRegion", to_string(*sign_in.country));
    w.end_object();
  }
}

void write_answer(const Answer& answer, std::string_view account_refused,
                  std::span<const Policy> policies, json::Writer& w) {
  w.member("conditionalAccessStatus", conditional_access_status(answer, !account_refused.empty()));
  w.key("status");
  w.begin_object();
  w.member("errorCode", std::int64_t{answer.error_code});
  w.member("failureReason",
           account_refused.empty() ? failure_reason(answer) : std::string(account_refused));
  w.end_object();
  w.key("appliedConditionalAccessPolicies");
  w.begin_array();
  for (std::size_t i = 0; i < answer.policies.size(); ++i) {
    if (applies(answer.policies[i].result))
      write_applied_policy(policies[i], answer.policies[i], w);
  }
  w.end_array();
}

void write_own(const SignInRequest& request, const Decided& decided, const Answer& answer,
               std::uint64_t repeats_before, json::Writer& w) {
  const auto& policies = decided.state->program->policies().policies;
  w.key("sallyport");
  w.begin_object();
  w.member("gate", request.gate);
  const auto refused = decided.resolved.device_refused;
  if (!refused.empty()) w.member("deviceRefused", refused);
  const auto account = decided.resolved.account_refused;
  if (!account.empty()) w.member("accountRefused", account);
  w.member("outcome", name_of(answer.outcome));
  w.member("policySetHash", decided.state->policy_set_hash);
  w.member("sequence", std::int64_t{decided.state->sequence});
  w.member("repeatsBefore", static_cast<std::int64_t>(repeats_before));
  w.key("missing");
  w.begin_array();
  for (const auto& requirement : answer.missing) {
    w.begin_object();
    write_requirement(requirement, w);
    w.end_object();
  }
  w.end_array();
  w.key("policies");
  w.begin_array();
  for (std::size_t i = 0; i < answer.policies.size(); ++i) {
    if (applies(answer.policies[i].result)) write_reasons(policies[i], answer.policies[i], w);
  }
  w.end_array();
  write_bystanders(answer, policies, w);
  w.key("facts");
  write_facts(decided.sign_in(), *decided.state->directory, w);
  w.end_object();
}

void put_bystanders_back(const json::Value& own, std::vector<json::Value>& out,
                         json::Arena& arena) {
  const auto* groups = own.find("notApplied");
  if (groups == nullptr) return;
  for (const auto& group : groups->items()) {
    const auto* policies = group.find("policies");
    if (policies == nullptr) continue;
    for (const auto& policy : policies->items()) {
      const auto id_and_name = policy.items();
      if (id_and_name.size() != 2) continue;
      std::vector<json::Member> members = {
          {"id", id_and_name[0], 0},
          {"displayName", id_and_name[1], 0},
          {"enforcedGrantControls", json::Value::array({}), 0},
          {"enforcedSessionControls", json::Value::array({}), 0},
      };
      for (const auto& member : group.members()) {
        if (member.name != "policies") members.push_back(member);
      }
      out.push_back(arena.object(members));
    }
  }
}

}  // namespace

SignInRecord make_record(const SignInRequest& request, const Decided& decided,
                         std::uint64_t repeats_before) {
  const auto& sign_in = decided.sign_in();
  const auto answer = decided.explain();
  SignInRecord record;
  record.decision_id = decided.decision_id;
  record.at = sign_in.now;
  record.user_id = std::string(request.subject);
  if (sign_in.user.is_known()) record.user_id = to_string(sign_in.user->id);
  if (sign_in.service_principal.is_known()) {
    record.user_id = to_string((*sign_in.service_principal)->id);
  }
  record.app_id = std::string(request.resource);
  record.outcome = name_of(answer.outcome);
  json::Writer w(record.json);
  w.begin_object();
  write_who_and_what(request, decided, record, w);
  write_answer(answer, decided.resolved.account_refused,
               decided.state->program->policies().policies, w);
  write_own(request, decided, answer, repeats_before, w);
  w.end_object();
  return record;
}

json::Value graph_sign_in(const json::Value& record, json::Arena& arena) {
  const auto* own = record.find("sallyport");
  std::vector<json::Member> members;
  for (const auto& member : record.members()) {
    if (member.name == "sallyport") continue;
    members.push_back(member);
    if (member.name != "appliedConditionalAccessPolicies" || own == nullptr) continue;
    std::vector<json::Value> policies(member.value.items().begin(), member.value.items().end());
    put_bystanders_back(*own, policies, arena);
    members.back().value = arena.array(policies);
  }
  return arena.object(members);
}

}  // namespace sallyport
