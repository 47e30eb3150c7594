// Service principals (spec, sections 2.2 and 2.3).
#include "base/text.h"
#include "directory/member_reader.h"
#include "directory/read.h"

namespace sallyport {
namespace {

// {"Engineering": {"Project": ["Baker"], "Level": "top"}}: Engineering_Project, Engineering_Level.
// Filters know texts only, so other values are passed over.
void read_attributes(ServicePrincipal& principal, MemberReader& reader) {
  const auto* sets = reader.find("customSecurityAttributes", json::Kind::object);
  if (sets == nullptr) return;
  for (const auto& set : sets->members()) {
    for (const auto& attribute : set.value.members()) {
      if (attribute.name.find('@') != std::string_view::npos) continue;
      std::vector<std::string> values;
      if (attribute.value.is_string()) values.emplace_back(attribute.value.text());
      for (const auto& item : attribute.value.items()) {
        if (item.is_string()) values.emplace_back(item.text());
      }
      if (values.empty()) continue;
      principal.attributes.emplace_back(std::string(set.name) + '_' + std::string(attribute.name),
                                        std::move(values));
    }
  }
}

}  // namespace

Reading<ServicePrincipal> read_service_principal(const json::Value& document, Dialect dialect,
                                                 std::optional<TenantId> own_tenant) {
  Reading<ServicePrincipal> reading;
  auto& principal = reading.value;
  const json::Pointer root;
  MemberReader reader(document, dialect, reading.findings, root);
  if (!document.is_object()) return reading;

  const auto id = reader.text("id");
  const auto app = reader.text("appId");
  if (id.empty()) {
    reader.report(Severity::error, shape_code,
                  "`id` is missing: policies name service principals by their object id");
  }
  principal.id = ServicePrincipalId::of(id);
  principal.app_id = ApplicationId::of(app.empty() ? id : app);
  principal.display_name = reader.text("displayName");
  principal.enabled = read_enabled(reader);

  const auto type = short_type(reader.text("@odata.type"));
  const auto word = reader.text("servicePrincipalType");
  const bool agent =
      equal_ignoring_case(type, "agentIdentity") || equal_ignoring_case(word, "ServiceIdentity");
  if (agent) {
    principal.kind = ServicePrincipalKind::agent_identity;
  } else if (equal_ignoring_case(word, "ManagedIdentity")) {
    principal.kind = ServicePrincipalKind::managed_identity;
  }
  principal.agent_resource = agent ||
                             equal_ignoring_case(type, "agentIdentityBlueprintPrincipal") ||
                             reader.boolean("agentResource").value_or(false);

  // A single-tenant application can only be at home here. What is not told counts as in scope:
  // policies for workloads do nothing but block.
  const auto audience = reader.text("signInAudience");
  const auto owner = reader.text("appOwnerOrganizationId");
  const bool foreign = own_tenant && !owner.empty() && TenantId::of(owner) != *own_tenant;
  principal.in_scope_of_workload_policies =
      principal.kind == ServicePrincipalKind::application && !foreign &&
      (audience.empty() || equal_ignoring_case(audience, "AzureADMyOrg"));
  read_attributes(principal, reader);
  return reading;
}

}  // namespace sallyport
