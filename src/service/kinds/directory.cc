// Users, groups, service principals, devices and role assignments. Graph's objects have hundreds of
// members; those that mean something here are checked, the others are kept as they come.
#include <algorithm>

#include "base/json_edit.h"
#include "base/text.h"
#include "device/read.h"
#include "directory/read.h"
#include "directory/well_known.h"
#include "service/document_type.h"
#include "service/kinds/shapes.h"

namespace sallyport {
namespace {

using json::Value;
using schema::Member;
using schema::Shape;
using shapes::check_present;
using shapes::check_shapes;
using shapes::refuse;
using shapes::with_default;

// ---- users ----

constexpr Member user_members[] = {{"displayName", Shape::text},
                                   {"userPrincipalName", Shape::text},
                                   {"mail", Shape::text},
                                   {"mailNickname", Shape::text},
                                   {"givenName", Shape::text},
                                   {"surname", Shape::text},
                                   {"jobTitle", Shape::text},
                                   {"department", Shape::text},
                                   {"officeLocation", Shape::text},
                                   {"mobilePhone", Shape::text},
                                   {"preferredLanguage", Shape::text},
                                   {"userType", Shape::text},
                                   {"externalUserType", Shape::text},
                                   {"externalTenantId", Shape::text},
                                   {"accountEnabled", Shape::boolean},
                                   {"businessPhones", Shape::ids},
                                   {"identities", Shape::ids}};
constexpr std::string_view object_read_only[] = {"id", "createdDateTime", "deletedDateTime"};
constexpr std::string_view lists[] = {"memberOf", "members", "owners"};

// Memberships are changed at their own paths, where both sides are checked.
Result<void> keep_lists(const Proposal& proposal) {
  for (const auto name : lists) {
    const auto* now = proposal.document.find(name);
    const auto* was = proposal.before == nullptr ? nullptr : proposal.before->find(name);
    const bool same = now == nullptr || (was != nullptr && *now == *was);
    if (!same && proposal.edits != Edits::memberships) {
      return refuse("`" + std::string(name) + "` is changed at its own path, with $ref", name);
    }
  }
  return {};
}

Result<void> check_name_is_free(const Proposal& proposal) {
  const auto name = text_of(proposal.document, "userPrincipalName");
  if (!proposal.draft.claim("userPrincipalName/" + to_lower(name))) return {};  // waits
  const auto& tenant = proposal.draft.tenant_without_changes_of({});
  const auto holder = tenant.directory->find_user_by_name(name);
  const auto own = UserId::of(text_of(proposal.document, "id"));
  if (!holder || holder->id == own) return {};
  return refuse("another user has the userPrincipalName `" + printable(name) + "`",
                "userPrincipalName");
}

Result<Value> check_user(const Proposal& proposal) {
  auto& arena = proposal.arena;
  // Passwords are no business of this server, and must not be kept.
  auto document = json::without(proposal.document, "passwordProfile", arena);
  for (const auto& done : {check_shapes(document, user_members),
                           check_present(document, {"displayName", "userPrincipalName"}),
                           keep_lists(proposal), check_name_is_free(proposal)}) {
    if (!done) return tl::unexpected<Error>(done.error());
  }
  document = with_default(document, "accountEnabled", Value::boolean(true), arena);
  document = with_default(document, "userType", Value::string("Member"), arena);
  const auto reading = read_user(document, Dialect::strict);
  if (auto good = refuse_errors(reading.findings); !good) {
    return tl::unexpected<Error>(good.error());
  }
  const auto word = text_of(document, "userType");
  if (!equal_ignoring_case(word, "Member") && !equal_ignoring_case(word, "Guest")) {
    return refuse("`userType` is `Member` or `Guest`", "userType");
  }
  return document;
}

// ---- groups ----

constexpr Member group_members[] = {{"displayName", Shape::text},
                                    {"description", Shape::text},
                                    {"mail", Shape::text},
                                    {"mailNickname", Shape::text},
                                    {"membershipRule", Shape::text},
                                    {"visibility", Shape::text},
                                    {"mailEnabled", Shape::boolean},
                                    {"securityEnabled", Shape::boolean},
                                    {"isAssignableToRole", Shape::boolean},
                                    {"groupTypes", Shape::ids}};

Result<Value> check_group(const Proposal& proposal) {
  auto& arena = proposal.arena;
  auto document = proposal.document;
  for (const auto& done : {check_shapes(document, group_members),
                           check_present(document, {"displayName"}), keep_lists(proposal)}) {
    if (!done) return tl::unexpected<Error>(done.error());
  }
  document = with_default(document, "securityEnabled", Value::boolean(true), arena);
  document = with_default(document, "mailEnabled", Value::boolean(false), arena);
  document = with_default(document, "groupTypes", Value::array({}), arena);
  const auto reading = read_group(document, Dialect::strict);
  if (auto good = refuse_errors(reading.findings); !good) {
    return tl::unexpected<Error>(good.error());
  }
  return document;
}

// ---- directory roles ----

Result<Value> check_role(const Proposal& proposal) {
  const auto id = text_of(proposal.document, "roleTemplateId");
  if (well_known_name(id).empty()) {
    return refuse("`roleTemplateId` is none of the built-in roles", "roleTemplateId");
  }
  if (auto kept = keep_lists(proposal); !kept) return tl::unexpected<Error>(kept.error());
  const auto name = well_known_name(id);
  return with_default(proposal.document, "displayName", Value::string(name), proposal.arena);
}

// ---- service principals ----

constexpr Member service_principal_members[] = {{"appId", Shape::text},
                                                {"displayName", Shape::text},
                                                {"servicePrincipalType", Shape::text},
                                                {"signInAudience", Shape::text},
                                                {"appOwnerOrganizationId", Shape::text},
                                                {"accountEnabled", Shape::boolean},
                                                {"tags", Shape::ids},
                                                {"customSecurityAttributes", Shape::object}};

Result<Value> check_service_principal(const Proposal& proposal) {
  auto& arena = proposal.arena;
  auto document = proposal.document;
  for (const auto& done :
       {check_shapes(document, service_principal_members), check_present(document, {"appId"})}) {
    if (!done) return tl::unexpected<Error>(done.error());
  }
  const auto app = text_of(document, "appId");
  if (!proposal.draft.claim("appId/" + to_lower(app))) return document;  // waits
  const auto& tenant = proposal.draft.tenant_without_changes_of({});
  const auto* holder = tenant.directory->find_service_principal_by_app(ApplicationId::of(app));
  if (holder != nullptr && holder->id != ServicePrincipalId::of(text_of(document, "id"))) {
    return refuse("another service principal has the appId `" + printable(app) + "`", "appId");
  }
  document = with_default(document, "displayName", arena.string(app), arena);
  return with_default(document, "servicePrincipalType", Value::string("Application"), arena);
}

// ---- devices ----

Result<Value> check_device(const Proposal& proposal) {
  auto& arena = proposal.arena;
  auto document = proposal.document;
  if (auto present = check_present(document, {"displayName"}); !present) {
    return tl::unexpected<Error>(present.error());
  }
  const auto given = text_of(document, "deviceId");
  if (!given.empty() && !parse_guid(given)) return refuse("`deviceId` is no GUID", "deviceId");
  const auto id = given.empty() ? to_string(random_guid()) : to_lower(given);
  document = json::with(document, "deviceId", arena.string(id), arena);
  document = with_default(document, "accountEnabled", Value::boolean(true), arena);
  std::vector<Finding> findings;
  const auto device = read_device(document, {}, MissingMember::unknown, &findings);
  if (!device) return tl::unexpected<Error>(device.error());
  if (auto good = refuse_errors(findings); !good) return tl::unexpected<Error>(good.error());
  if (!proposal.draft.claim("deviceId/" + id)) return document;  // waits
  const auto& tenant = proposal.draft.tenant_without_changes_of({});
  const bool was_its_own =
      proposal.before != nullptr && equal_ignoring_case(text_of(*proposal.before, "deviceId"), id);
  if (!was_its_own && tenant.inventory->find(DeviceId::of(id))) {
    return refuse("another device has the deviceId `" + id + "`", "deviceId");
  }
  return document;
}

// ---- role assignments ----

Result<Value> check_role_assignment(const Proposal& proposal) {
  const auto& document = proposal.document;
  if (auto present = check_present(document, {"principalId", "roleDefinitionId"}); !present) {
    return tl::unexpected<Error>(present.error());
  }
  if (well_known_name(text_of(document, "roleDefinitionId")).empty()) {
    return refuse("`roleDefinitionId` is none of the built-in roles", "roleDefinitionId");
  }
  auto out = with_default(document, "directoryScopeId", Value::string("/"), proposal.arena);
  if (text_of(out, "directoryScopeId") != "/") {
    return refuse("only assignments for the whole tenant, `\"directoryScopeId\": \"/\"`, are kept",
                  "directoryScopeId");
  }
  const auto reading = read_role_assignment(out, Dialect::strict);
  if (auto good = refuse_errors(reading.findings); !good) {
    return tl::unexpected<Error>(good.error());
  }
  return out;
}

}  // namespace

const DocumentType user_type{
    .kind = "user",
    .noun = "user",
    .category = "UserManagement",
    .target_type = "User",
    .deleted_kind = {},
    .dates = Dates::created,
    .read_only = object_read_only,
    .check = check_user,
};
const DocumentType group_type{
    .kind = "group",
    .noun = "group",
    .category = "GroupManagement",
    .target_type = "Group",
    .deleted_kind = {},
    .dates = Dates::created,
    .read_only = object_read_only,
    .check = check_group,
};
const DocumentType directory_role_type{
    .kind = "directoryRole",
    .noun = "directory role",
    .category = "RoleManagement",
    .target_type = "Role",
    .deleted_kind = {},
    .dates = Dates::none,
    .read_only = object_read_only,
    .check = check_role,
};
const DocumentType service_principal_type{
    .kind = "servicePrincipal",
    .noun = "service principal",
    .category = "ApplicationManagement",
    .target_type = "ServicePrincipal",
    .deleted_kind = {},
    .dates = Dates::created,
    .read_only = object_read_only,
    .check = check_service_principal,
};
const DocumentType device_type{
    .kind = "device",
    .noun = "device",
    .category = "Device",
    .target_type = "Device",
    .deleted_kind = {},
    .dates = Dates::created,
    .read_only = object_read_only,
    .check = check_device,
};
const DocumentType role_assignment_type{
    .kind = "unifiedRoleAssignment",
    .noun = "role assignment",
    .category = "RoleManagement",
    .target_type = "Role",
    .deleted_kind = {},
    .dates = Dates::none,
    .read_only = object_read_only,
    .check = check_role_assignment,
};

}  // namespace sallyport
