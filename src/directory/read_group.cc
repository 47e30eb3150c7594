// Groups, and the lists of members that groups and roles have in common.
#include "base/text.h"
#include "directory/read.h"
#include "directory/read_members.h"

namespace sallyport {
namespace {

std::string_view text_of(const json::Value& object, std::string_view name) {
  const auto* value = object.find_ignoring_case(name);
  return value == nullptr ? std::string_view() : value->text();
}

}  // namespace

Principal read_principal(const json::Value& value) {
  Principal principal;
  if (value.is_string()) {
    principal.id = value.text();
    return principal;
  }
  principal.id = text_of(value, "id");
  const auto type = short_type(text_of(value, "@odata.type"));
  if (type.empty()) return principal;
  principal.kind = equal_ignoring_case(type, "user") || equal_ignoring_case(type, "agentUser")
                       ? Principal::Kind::user
                   : equal_ignoring_case(type, "group") ? Principal::Kind::group
                                                        : Principal::Kind::other;
  return principal;
}

std::vector<Principal> read_principals(MemberReader& reader, std::string_view name) {
  std::vector<Principal> principals;
  const auto items = reader.list(name);
  principals.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto principal = read_principal(items[i]);
    if (principal.id.empty()) {
      reader.report(Severity::error, shape_code, "a member without an id is left out", name, i,
                    items[i]);
    } else if (principal.kind != Principal::Kind::other) {
      principals.push_back(principal);
    }
  }
  return principals;
}

void read_member_of(MemberReader& reader, std::vector<GroupId>& groups,
                    std::vector<RoleId>& roles) {
  const auto items = reader.list("memberOf");
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& item = items[i];
    const auto type = short_type(text_of(item, "@odata.type"));
    const auto id = item.is_string() ? item.text() : text_of(item, "id");
    const auto role_template = text_of(item, "roleTemplateId");
    if (equal_ignoring_case(type, "directoryRole") || (type.empty() && !role_template.empty())) {
      if (role_template.empty()) {
        reader.report(Severity::error, shape_code,
                      "a role without `roleTemplateId` is left out: policies name roles by it",
                      "memberOf", i, item);
      } else {
        roles.push_back(RoleId::of(role_template));
      }
    } else if (type.empty() || equal_ignoring_case(type, "group")) {
      if (id.empty()) {
        reader.report(Severity::error, shape_code, "a group without an id is left out", "memberOf",
                      i, item);
      } else {
        groups.push_back(GroupId::of(id));
      }
    }
  }
}

Reading<GroupDocument> read_group(const json::Value& document, Dialect dialect) {
  Reading<GroupDocument> reading;
  auto& group = reading.value;
  const json::Pointer root;
  MemberReader reader(document, dialect, reading.findings, root);
  if (!document.is_object()) return reading;

  group.display_name = reader.text("displayName");
  auto id = reader.text("id");
  if (id.empty() && dialect == Dialect::lenient) id = group.display_name;
  if (id.empty()) {
    reader.report(Severity::error, shape_code,
                  "`id` is missing: this group cannot be told from others");
  }
  group.id = GroupId::of(id);
  group.members = read_principals(reader, "members");
  read_member_of(reader, group.member_of, group.roles);
  return reading;
}

void apply(const GroupDocument& document, Directory::Editor& editor) {
  editor.put_group(document.id, document.display_name);
  for (const auto& member : document.members) {
    const bool is_group =
        member.kind == Principal::Kind::group ||
        (member.kind == Principal::Kind::unknown && editor.has_group(GroupId::of(member.id)));
    if (is_group) {
      editor.add_nested_group(document.id, GroupId::of(member.id));
    } else {
      editor.add_member(document.id, UserId::of(member.id));
    }
  }
  for (const auto& outer : document.member_of) editor.add_nested_group(outer, document.id);
  for (const auto& role : document.roles) editor.assign_role(role, document.id);
}

void withdraw(const GroupDocument& document, Directory::Editor& editor) {
  for (const auto& member : document.members) {
    editor.remove_nested_group(document.id, GroupId::of(member.id));
    editor.remove_member(document.id, UserId::of(member.id));
  }
  for (const auto& outer : document.member_of) editor.remove_nested_group(outer, document.id);
  for (const auto& role : document.roles) editor.revoke_role(role, document.id);
}

}  // namespace sallyport
