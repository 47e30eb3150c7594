// Workload identities: service principals and agents (spec, section 2.2).
#include "policy/conditions/conditions.h"

namespace sallyport {
namespace {

// What is not understood includes all, or excludes none.
void read_side(const DocumentPart& part, bool including, ServicePrincipalLists& into) {
  const bool principals_read =
      part.each_text(including ? "includeServicePrincipals" : "excludeServicePrincipals",
                     [&](std::string_view text, std::size_t) {
                       if (equal_ignoring_case(text, "ServicePrincipalsInMyTenant")) {
                         into.all_in_my_tenant = true;
                       } else {
                         into.service_principals.push_back(ServicePrincipalId::of(text));
                       }
                     });
  const bool agents_read = part.each_text(
      including ? "includeAgentIdServicePrincipals" : "excludeAgentIdServicePrincipals",
      [&](std::string_view text, std::size_t) {
        if (equal_ignoring_case(text, "All")) {
          into.all_agents = true;
        } else {
          into.agents.push_back(ServicePrincipalId::of(text));
        }
      });
  if (including && !principals_read) into.all_in_my_tenant = true;
  if (including && !agents_read) into.all_agents = true;
}

}  // namespace

std::optional<ClientApplicationCondition> read_client_applications(const DocumentPart& conditions) {
  const auto* value = conditions.get("clientApplications");
  if (value == nullptr) return std::nullopt;
  const auto pointer = conditions.pointer().member("clientApplications");
  const DocumentPart part(*value, pointer, conditions.remarks());
  ClientApplicationCondition condition;
  read_side(part, true, condition.include);
  read_side(part, false, condition.exclude);
  condition.service_principal_filter =
      read_filter(part, "servicePrincipalFilter", FilterSubject::application);
  condition.agent_filter =
      read_filter(part, "agentIdServicePrincipalFilter", FilterSubject::application);
  if (!value->is_object() ||
      part.has_unknown_include({"includeServicePrincipals", "includeAgentIdServicePrincipals"})) {
    condition.include.all_in_my_tenant = true;
    condition.include.all_agents = true;
  }
  return condition;
}

}  // namespace sallyport
