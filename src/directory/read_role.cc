// Directory roles and their assignments: built-in, tenant-wide and active ones (spec, section 2.1).
#include "base/text.h"
#include "directory/read.h"
#include "directory/read_members.h"
#include "directory/well_known.h"

namespace sallyport {
namespace {

// Makes eligible, or asks for an assignment: who has one of these need not hold the role. In a list
// they have no type, and of all schedules only those of assignments tell an `assignmentType`.
bool gives_no_role(MemberReader& reader) {
  const auto type = to_lower(short_type(reader.text("@odata.type")));
  const bool scheduled = reader.has("memberType") || reader.has("scheduleInfo");
  return type.find("eligibility") != std::string::npos || reader.has("roleEligibilityScheduleId") ||
         type.find("request") != std::string::npos || reader.has("action") ||
         (scheduled && !reader.has("assignmentType"));
}

}  // namespace

Reading<RoleDocument> read_directory_role(const json::Value& document, Dialect dialect) {
  Reading<RoleDocument> reading;
  auto& role = reading.value;
  const json::Pointer root;
  MemberReader reader(document, dialect, reading.findings, root);
  if (!document.is_object()) return reading;

  role.display_name = reader.text("displayName");
  const auto id = reader.text("roleTemplateId");
  if (id.empty()) {
    reader.report(Severity::error, shape_code,
                  "`roleTemplateId` is missing: policies name roles by it");
  }
  role.id = RoleId::of(id);
  if (role.display_name.empty()) role.display_name = well_known_name(id);
  role.members = read_principals(reader, "members");
  return reading;
}

Reading<std::optional<RoleDocument>> read_role_assignment(const json::Value& document,
                                                          Dialect dialect) {
  Reading<std::optional<RoleDocument>> reading;
  const json::Pointer root;
  MemberReader reader(document, dialect, reading.findings, root);
  if (!document.is_object() || gives_no_role(reader)) return reading;

  const auto* definition = reader.find("roleDefinition", json::Kind::object);
  const auto in_definition = [&](std::string_view name) {
    return definition == nullptr ? nullptr : definition->find_ignoring_case(name);
  };
  const auto* built_in = in_definition("isBuiltIn");
  if (built_in != nullptr && built_in->is_boolean() && !built_in->truth()) return reading;
  if (reader.text("directoryScopeId") != "/" || reader.has("appScopeId")) return reading;

  RoleDocument role;
  const auto* role_template = in_definition("templateId");
  auto id = role_template == nullptr ? std::string_view() : role_template->text();
  if (id.empty()) id = reader.text("roleDefinitionId");
  Principal principal;
  if (const auto* embedded = reader.find("principal", json::Kind::object)) {
    principal = read_principal(*embedded);
  }
  if (principal.id.empty()) principal.id = reader.text("principalId");
  if (id.empty() || principal.id.empty()) {
    reader.report(
        Severity::error, shape_code,
        "a role assignment needs `roleDefinitionId` and `principalId`; this one is left out");
    return reading;
  }
  role.id = RoleId::of(id);
  const auto* name = in_definition("displayName");
  role.display_name = name == nullptr ? well_known_name(id) : name->text();
  if (principal.kind != Principal::Kind::other) role.members.push_back(principal);
  reading.value = std::move(role);
  return reading;
}

void apply(const RoleDocument& document, Directory::Editor& editor) {
  editor.put_role(document.id, document.display_name);
  for (const auto& member : document.members) {
    const auto group = GroupId::of(member.id);
    const bool is_group = member.kind == Principal::Kind::group ||
                          (member.kind == Principal::Kind::unknown && editor.has_group(group));
    if (is_group) {
      editor.assign_role(document.id, group);
    } else {
      editor.assign_role(document.id, UserId::of(member.id));
    }
  }
}

void withdraw(const RoleDocument& document, Directory::Editor& editor) {
  for (const auto& member : document.members) {
    editor.revoke_role(document.id, GroupId::of(member.id));
    editor.revoke_role(document.id, UserId::of(member.id));
  }
}

}  // namespace sallyport
