// Directory roles, their members, and role assignments.
#include "api/answers.h"
#include "api/directory_objects.h"
#include "api/expand.h"
#include "api/list.h"
#include "api/resources.h"
#include "api/services.h"
#include "directory/well_known.h"

namespace sallyport::api {
namespace {

using odata::PropertyKind;

constexpr std::string_view read[] = {"RoleManagement.Read.Directory",
                                     "RoleManagement.ReadWrite.Directory", "Directory.Read.All"};
constexpr std::string_view write[] = {"RoleManagement.ReadWrite.Directory"};

constexpr odata::Property role_properties[] = {
    {.path = "id", .kind = PropertyKind::guid, .sortable = true},
    {.path = "displayName", .sortable = true, .searchable = true},
    {.path = "description"},
    {.path = "roleTemplateId", .kind = PropertyKind::guid},
};
constexpr odata::Schema role_schema{.type = "microsoft.graph.directoryRole",
                                    .properties = role_properties};
Result<std::vector<FirstObjects>> members(DocumentReader& reader,
                                          std::span<const std::string> ids) {
  return first_members_of_roles(reader, ids, expanded_max);
}
constexpr Navigation role_navigations[] = {{"members", read, members}};

constexpr Resource roles{.path = "/directoryRoles",
                         .context = "directoryRoles",
                         .type = "microsoft.graph.directoryRole",
                         .kind = "directoryRole",
                         .schema = &role_schema,
                         .document = &directory_role_type,
                         .error_style = ErrorStyle::directory,
                         .navigations = role_navigations};

constexpr odata::Property assignment_properties[] = {
    {.path = "id", .kind = PropertyKind::guid, .sortable = true},
    {.path = "principalId", .kind = PropertyKind::guid},
    {.path = "roleDefinitionId", .kind = PropertyKind::guid},
    {.path = "directoryScopeId"},
    {.path = "appScopeId"},
    {.path = "condition"},
};
constexpr odata::Schema assignment_schema{.type = "microsoft.graph.unifiedRoleAssignment",
                                          .properties = assignment_properties};
// What a member of each assignment names.
template <class Find>
Result<std::vector<FirstObjects>> named(DocumentReader& reader, std::span<const std::string> ids,
                                        std::string_view member, Find find) {
  return first_of_each(ids, 1, [&](const std::string& id) -> Result<std::vector<DirectoryObject>> {
    const auto assignment = reader.get("unifiedRoleAssignment", id);
    if (!assignment) return tl::unexpected<Error>(assignment.error());
    const auto* name = (*assignment)->root().find_ignoring_case(member);
    if (name == nullptr) return std::vector<DirectoryObject>();
    const Result<DirectoryObject> object = find(name->text());
    if (object) return std::vector{*object};
    if (object.error().kind == ErrorKind::not_found) return std::vector<DirectoryObject>();
    return tl::unexpected<Error>(object.error());
  });
}
Result<std::vector<FirstObjects>> principals(DocumentReader& reader,
                                             std::span<const std::string> ids) {
  return named(reader, ids, "principalId",
               [&](std::string_view id) { return find_object(reader.store(), id); });
}
constexpr Navigation assignment_navigations[] = {{"principal", read, principals, true}};

constexpr Resource assignments{.path = "/roleManagement/directory/roleAssignments",
                               .context = "roleManagement/directory/roleAssignments",
                               .type = "microsoft.graph.unifiedRoleAssignment",
                               .kind = "unifiedRoleAssignment",
                               .schema = &assignment_schema,
                               .document = &role_assignment_type,
                               .error_style = ErrorStyle::directory,
                               .navigations = assignment_navigations};

constexpr odata::Property definition_properties[] = {
    {.path = "id", .kind = PropertyKind::guid, .sortable = true},
    {.path = "displayName", .sortable = true, .searchable = true},
    {.path = "isBuiltIn", .kind = PropertyKind::boolean},
    {.path = "isEnabled", .kind = PropertyKind::boolean},
    {.path = "templateId", .kind = PropertyKind::guid},
};
constexpr odata::Schema definition_schema{.type = "microsoft.graph.unifiedRoleDefinition",
                                          .properties = definition_properties};
constexpr Resource definitions{.path = "/roleManagement/directory/roleDefinitions",
                               .context = "roleManagement/directory/roleDefinitions",
                               .type = "microsoft.graph.unifiedRoleDefinition",
                               .kind = "unifiedRoleDefinition",
                               .schema = &definition_schema,
                               .error_style = ErrorStyle::directory};

Replied nothing() {
  Reply reply;
  reply.status = 204;
  return reply;
}

Replied list_members(const Call& call) {
  return list_objects(call, members_of_role(call.services.reader, call.key()));
}

Replied add_member(const Call& call) {
  const auto member = referenced_id(call);
  if (!member) return tl::unexpected<Failure>(member.error());
  const auto added = add_to_list(change_context(call), directory_role_type, call.key(), "members",
                                 *member, call.seen);
  if (!added) return failed(call, added.error());
  return nothing();
}

Replied remove_member(const Call& call) {
  const auto removed = remove_from_list(change_context(call), directory_role_type, call.key(),
                                        "members", call.keys[1], call.seen);
  if (!removed) return failed(call, removed.error());
  return nothing();
}

Result<Shown> definition_of(const Call& call, const WellKnown& role) {
  std::string text;
  json::Writer w(text);
  w.begin_object();
  w.member("id", role.id);
  w.member("displayName", role.name);
  w.member("isBuiltIn", true);
  w.member("isEnabled", true);
  w.member("templateId", role.id);
  w.end_object();
  return call.services.reader.show(
      {std::string(definitions.kind), std::string(role.id), std::move(text), 0});
}

Replied list_definitions(const Call& call) {
  std::vector<Shown> shown;
  for (const auto& role : well_known_roles()) {
    auto one = definition_of(call, role);
    if (!one) return failed(call, one.error());
    shown.push_back(std::move(*one));
  }
  return list_of(call, shown, definitions.context);
}

Replied get_definition(const Call& call) {
  for (const auto& role : well_known_roles()) {
    if (guid_of_text(role.id) != guid_of_text(call.key())) continue;
    const auto shown = definition_of(call, role);
    if (!shown) return failed(call, shown.error());
    return entity(call, **shown, std::string(definitions.context) + "/$entity");
  }
  return failed(call, {ErrorKind::not_found, {}, {}});
}

constexpr std::string_view assignments_path = "/roleManagement/directory/roleAssignments";
constexpr std::string_view assignment_path = "/roleManagement/directory/roleAssignments/{id}";

const Operation rows[] = {
    {"GET", "/directoryRoles", &roles, read, list_documents, BodyRule::none, 200,
     "List directory roles in use"},
    {"POST", "/directoryRoles", &roles, write, create_document, BodyRule::required, 201,
     "Take a built-in role into use"},
    {"GET", "/directoryRoles/{id}", &roles, read, get_document, BodyRule::none, 200,
     "Get a directory role"},
    {"GET", "/directoryRoles/{id}/members", &roles, read, list_members, BodyRule::none, 200,
     "List who holds a role", Answers::directory_objects},
    {"POST", "/directoryRoles/{id}/members/$ref", &roles, write, add_member, BodyRule::required,
     204, "Give a role to a user or group"},
    {"DELETE", "/directoryRoles/{id}/members/{member}/$ref", &roles, write, remove_member,
     BodyRule::none, 204, "Take a role from a user or group"},
    {"GET", assignments_path, &assignments, read, list_documents, BodyRule::none, 200,
     "List role assignments"},
    {"POST", assignments_path, &assignments, write, create_document, BodyRule::required, 201,
     "Assign a role"},
    {"GET", assignment_path, &assignments, read, get_document, BodyRule::none, 200,
     "Get a role assignment"},
    {"DELETE", assignment_path, &assignments, write, delete_document, BodyRule::none, 204,
     "Remove a role assignment"},
    {"GET", "/roleManagement/directory/roleDefinitions", &definitions, read, list_definitions,
     BodyRule::none, 200, "List built-in roles"},
    {"GET", "/roleManagement/directory/roleDefinitions/{id}", &definitions, read, get_definition,
     BodyRule::none, 200, "Get a built-in role"},
};

}  // namespace

std::span<const Operation> role_operations() { return rows; }

}  // namespace sallyport::api
