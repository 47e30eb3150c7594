#include "signin/what_if_result.h"

namespace sallyport {
namespace {

std::string_view principal_word(IdentityKind identity) {
  return identity == IdentityKind::user ? "users" : "workloadIdentities";
}

std::string_view target_word(TargetKind target) {
  switch (target) {
    case TargetKind::user_action: return "userActions";
    case TargetKind::authentication_context: return "authenticationContext";
    case TargetKind::applications:
    case TargetKind::unknown: return "application";
  }
  return "application";
}

std::string_view reason_word(ConditionName condition, IdentityKind identity, TargetKind target) {
  switch (condition) {
    case ConditionName::users:
    case ConditionName::client_applications: return principal_word(identity);
    case ConditionName::applications: return target_word(target);
    case ConditionName::platforms: return "devicePlatform";
    case ConditionName::locations: return "location";
    case ConditionName::client_app_types: return "clientApps";
    case ConditionName::devices: return "devices";
    case ConditionName::sign_in_risk: return "signInRisk";
    case ConditionName::user_risk: return "userRisk";
    case ConditionName::insider_risk: return "insiderRisk";
    case ConditionName::authentication_flows: return "authenticationFlow";
    // Graph has no word of its own for a service principal's risk.
    case ConditionName::service_principal_risk: return "workloadIdentities";
    case ConditionName::agent_id_risk: return "agentIdRisk";
  }
  return "invalidCondition";
}

}  // namespace

std::string_view analysis_reason_of(const Policy& policy, const PolicyAnswer& answer,
                                    IdentityKind identity, TargetKind target) {
  if (answer.result == PolicyResult::not_enabled) return "policyNotEnabled";
  if (answer.applies == Match::yes) return "notSet";
  if (answer.applies != Match::no) return "notEnoughInformation";
  const auto empty = [](const auto& controls) { return !controls || controls->empty(); };
  if (empty(policy.grant_controls) && empty(policy.session_controls)) return "emptyPolicy";
  for (const auto& condition : answer.conditions) {
    if (condition.match == Match::no) return reason_word(condition.condition, identity, target);
  }
  return "invalidPolicy";
}

std::string what_if_result(const PolicySet& policy_set, const Answer& answer,
                           std::span<const json::Value> documents, const SignIn& sign_in,
                           bool applied_policies_only, std::string_view host) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  writer.member("@odata.context",
                std::string(host) + "/$metadata#Collection(microsoft.graph.whatIfAnalysisResult)");
  writer.key("value");
  writer.begin_array();
  for (std::size_t i = 0; i < answer.policies.size(); ++i) {
    const PolicyAnswer& policy = answer.policies[i];
    const bool applies = policy.result != PolicyResult::not_enabled && policy.applies != Match::no;
    if (applied_policies_only && !applies) continue;
    writer.begin_object();
    for (const auto& member : documents[i].members()) writer.member(member.name, member.value);
    writer.member("policyApplies", applies);
    writer.member("analysisReasons", analysis_reason_of(policy_set.policies[i], policy,
                                                        sign_in.identity, sign_in.target.kind));
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return out;
}

}  // namespace sallyport
