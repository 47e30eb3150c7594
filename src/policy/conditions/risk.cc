// Risk levels and authentication flows (spec, sections 2.7 and 2.9).
#include "policy/conditions/conditions.h"

namespace sallyport {

void read_risk_levels(const DocumentPart& conditions, Conditions& into) {
  into.sign_in_risk_levels = conditions.word_list("signInRiskLevels", parse_risk_level);
  into.user_risk_levels = conditions.word_list("userRiskLevels", parse_risk_level);
  into.service_principal_risk_levels =
      conditions.word_list("servicePrincipalRiskLevels", parse_risk_level);
  into.agent_id_risk_levels = conditions.word_flags("agentIdRiskLevels", parse_risk_level);
  into.insider_risk_levels = conditions.word_flags("insiderRiskLevels", parse_insider_risk_level);
}

WordSet<TransferMethod> read_authentication_flows(const DocumentPart& conditions) {
  const auto* value = conditions.get("authenticationFlows");
  if (value == nullptr) return {};
  const auto pointer = conditions.pointer().member("authenticationFlows");
  const DocumentPart part(*value, pointer, conditions.remarks());
  auto methods = part.word_flags("transferMethods", parse_transfer_method);
  if (!value->is_object()) methods.unknown = true;
  return methods;
}

}  // namespace sallyport
