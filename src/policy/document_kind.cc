// Which kind of Graph object a document is.
#include <algorithm>
#include <array>
#include <initializer_list>

#include "base/text.h"
#include "policy/read.h"
#include "policy/source_text.h"
#include "policy/tenant.h"

namespace sallyport {
namespace {

struct KindName {
  std::string_view name;
  DocumentKind kind;
};

// The first name of a kind is Graph's type and the one we write.
constexpr KindName type_names[] = {
    {"conditionalAccessPolicy", DocumentKind::conditional_access_policy},
    {"conditionalAccessTemplate", DocumentKind::policy_template},
    {"namedLocation", DocumentKind::named_location},
    {"authenticationStrengthPolicy", DocumentKind::authentication_strength_policy},
    {"authenticationContextClassReference", DocumentKind::authentication_context},
    {"sallyportSettings", DocumentKind::settings},
    {"sallyport.settings", DocumentKind::settings},
    {"user", DocumentKind::user},
    {"agentUser", DocumentKind::user},
    {"group", DocumentKind::group},
    {"directoryRole", DocumentKind::directory_role},
    {"unifiedRoleAssignment", DocumentKind::role_assignment},
    {"unifiedRoleAssignmentScheduleInstance", DocumentKind::role_assignment},
    {"servicePrincipal", DocumentKind::service_principal},
    {"agentIdentity", DocumentKind::service_principal},
    {"device", DocumentKind::device},
    {"other", DocumentKind::other},
};

// The last segment of `$metadata#identity/conditionalAccess/policies/$entity`.
constexpr KindName collection_names[] = {
    {"conditionalAccess/policies", DocumentKind::conditional_access_policy},
    {"conditionalAccess/templates", DocumentKind::policy_template},
    {"conditionalAccessPolicies", DocumentKind::conditional_access_policy},
    {"namedLocations", DocumentKind::named_location},
    {"authenticationStrength/policies", DocumentKind::authentication_strength_policy},
    {"authenticationStrengthPolicies", DocumentKind::authentication_strength_policy},
    {"authenticationStrength", DocumentKind::authentication_strength_policy},
    {"authenticationContextClassReferences", DocumentKind::authentication_context},
    {"users", DocumentKind::user},
    {"groups", DocumentKind::group},
    {"directoryRoles", DocumentKind::directory_role},
    {"roleAssignments", DocumentKind::role_assignment},
    {"servicePrincipals", DocumentKind::service_principal},
    {"devices", DocumentKind::device},
};

std::optional<DocumentKind> kind_of_type(std::string_view type) {
  if (type.starts_with('#')) type.remove_prefix(1);
  constexpr std::string_view space = "microsoft.graph.";
  if (type.starts_with(space)) type.remove_prefix(space.size());
  if (type.empty()) return std::nullopt;
  if (const auto known = parse_document_kind(type)) return known;
  const auto lower = to_lower(type);
  return lower.ends_with("namedlocation") ? DocumentKind::named_location : DocumentKind::other;
}

std::optional<DocumentKind> kind_of_context(std::string_view context) {
  const auto hash = context.find('#');
  if (hash == std::string_view::npos) return std::nullopt;
  context.remove_prefix(hash + 1);
  constexpr std::string_view entity = "/$entity";
  if (context.ends_with(entity)) context.remove_suffix(entity.size());
  // `users(id,displayName)`: the selected members.
  if (context.ends_with(')')) context = context.substr(0, context.rfind('('));
  if (context.starts_with("deviceManagement")) return DocumentKind::other;
  for (const auto& [name, kind] : collection_names) {
    if (context == name) return kind;
    if (context.ends_with(name) && context[context.size() - name.size() - 1] == '/') return kind;
  }
  return std::nullopt;
}

bool has_any(const json::Value& document, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(
      names, [&](std::string_view name) { return document.find_ignoring_case(name) != nullptr; });
}

DocumentKind kind_of_members(const json::Value& document) {
  if (is_policy_template(document)) return DocumentKind::policy_template;
  // A managed device, which names its user and its system as a user and a device do.
  if (has_any(document, {"azureADDeviceId"})) return DocumentKind::other;
  if (has_any(document, {"conditions", "grantControls", "sessionControls"})) {
    return DocumentKind::conditional_access_policy;
  }
  if (has_any(document,
              {"ipRanges", "countriesAndRegions", "compliantNetworkType", "locationType"})) {
    return DocumentKind::named_location;
  }
  if (has_any(document, {"allowedCombinations"})) {
    return DocumentKind::authentication_strength_policy;
  }
  if (has_any(document, {"mfaTrustedIps", "office365Applications", "adminPortalApplications",
                         "breakGlass"})) {
    return DocumentKind::settings;
  }
  if (has_any(document, {"roleDefinitionId"})) return DocumentKind::role_assignment;
  if (has_any(document, {"roleTemplateId"})) return DocumentKind::directory_role;
  if (has_any(document, {"userPrincipalName", "userType", "externalUserType"})) {
    return DocumentKind::user;
  }
  if (has_any(document, {"servicePrincipalType", "appId"})) {
    return DocumentKind::service_principal;
  }
  if (has_any(document, {"deviceId", "trustType", "operatingSystem"})) {
    return DocumentKind::device;
  }
  if (has_any(document, {"groupTypes", "securityEnabled", "mailEnabled", "members"})) {
    return DocumentKind::group;
  }
  if (has_any(document, {"isAvailable"})) return DocumentKind::authentication_context;
  return DocumentKind::other;
}

}  // namespace

std::string_view name_of(DocumentKind kind) {
  for (const auto& row : type_names) {
    if (row.kind == kind) return row.name;
  }
  return {};
}

std::optional<DocumentKind> parse_document_kind(std::string_view name) {
  for (const auto& row : type_names) {
    if (equal_ignoring_case(row.name, name)) return row.kind;
  }
  return std::nullopt;
}

DocumentKind kind_of(const json::Value& document, std::string_view context) {
  if (!document.is_object()) return DocumentKind::other;
  if (const auto kind = kind_of_type(text_of(document, "@odata.type"))) return *kind;
  if (const auto kind = kind_of_context(text_of(document, "@odata.context"))) return *kind;
  // The PowerShell module of Graph puts both aside.
  if (const auto* bag = document.find_ignoring_case("AdditionalProperties")) {
    if (const auto kind = kind_of_type(text_of(*bag, "@odata.type"))) return *kind;
    if (const auto kind = kind_of_context(text_of(*bag, "@odata.context"))) return *kind;
  }
  if (const auto kind = kind_of_context(context)) return *kind;
  return kind_of_members(document);
}

bool is_configuration(DocumentKind kind) {
  switch (kind) {
    case DocumentKind::conditional_access_policy:
    case DocumentKind::policy_template:
    case DocumentKind::named_location:
    case DocumentKind::authentication_strength_policy:
    case DocumentKind::authentication_context:
    case DocumentKind::settings: return true;
    case DocumentKind::user:
    case DocumentKind::group:
    case DocumentKind::directory_role:
    case DocumentKind::role_assignment:
    case DocumentKind::service_principal:
    case DocumentKind::device:
    case DocumentKind::other: return false;
  }
  return false;
}

}  // namespace sallyport
