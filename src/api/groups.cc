// /groups, their members and owners.
#include "api/answers.h"
#include "api/delta.h"
#include "api/directory_objects.h"
#include "api/expand.h"
#include "api/list.h"
#include "api/resources.h"
#include "api/services.h"
#include "service/document_names.h"

namespace sallyport::api {
namespace {

using odata::PropertyKind;

constexpr std::string_view read[] = {"Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All",
                                     "Directory.ReadWrite.All"};
constexpr std::string_view write[] = {"Group.ReadWrite.All", "Directory.ReadWrite.All"};
constexpr std::string_view read_members[] = {"GroupMember.Read.All", "GroupMember.ReadWrite.All",
                                             "Group.Read.All",       "Group.ReadWrite.All",
                                             "Directory.Read.All",   "Directory.ReadWrite.All"};
constexpr std::string_view write_members[] = {"GroupMember.ReadWrite.All", "Group.ReadWrite.All",
                                              "Directory.ReadWrite.All"};

constexpr odata::Property properties[] = {
    {.path = "id", .kind = PropertyKind::string_case_sensitive, .sortable = true},
    {.path = "displayName", .sortable = true, .searchable = true},
    {.path = "description", .searchable = true},
    {.path = "mail", .sortable = true},
    {.path = "mailNickname"},
    {.path = "mailEnabled", .kind = PropertyKind::boolean},
    {.path = "securityEnabled", .kind = PropertyKind::boolean},
    {.path = "isAssignableToRole", .kind = PropertyKind::boolean},
    {.path = "groupTypes", .collection = true},
    {.path = "membershipRule"},
    {.path = "visibility"},
    {.path = "createdDateTime", .kind = PropertyKind::date_time, .sortable = true},
};
constexpr odata::Schema schema{.type = "microsoft.graph.group", .properties = properties};
template <Reach reach>
Result<std::vector<FirstObjects>> members(DocumentReader& reader,
                                          std::span<const std::string> ids) {
  return first_members_of_groups(reader, ids, reach, expanded_max);
}
template <Reach reach>
Result<std::vector<FirstObjects>> member_of(DocumentReader& reader,
                                            std::span<const std::string> ids) {
  return first_of_each(ids, expanded_max, [&](const std::string& id) {
    return memberships(reader, {"group", id}, reach);
  });
}
Result<std::vector<FirstObjects>> owners(DocumentReader& reader, std::span<const std::string> ids) {
  return first_of_each(ids, expanded_max,
                       [&](const std::string& id) { return owners_of(reader, id); });
}

constexpr Navigation navigations[] = {
    {"members", read_members, members<Reach::direct>},
    {"transitiveMembers", read_members, members<Reach::transitive>},
    {"owners", read_members, owners},
    {"memberOf", read_members, member_of<Reach::direct>},
    {"transitiveMemberOf", read_members, member_of<Reach::transitive>},
};

constexpr Resource groups{.path = "/groups",
                          .context = "groups",
                          .type = "microsoft.graph.group",
                          .kind = "group",
                          .schema = &schema,
                          .document = &group_type,
                          .error_style = ErrorStyle::directory,
                          .size = Size::many,
                          .navigations = navigations};

Replied nothing() {
  Reply reply;
  reply.status = 204;
  return reply;
}

template <Reach reach>
Replied list_members(const Call& call) {
  return list_objects(call, members_of_group(call.services.reader, call.key(), reach));
}
template <Reach reach>
Replied list_users(const Call& call) {
  return list_objects(call, members_of_group(call.services.reader, call.key(), reach), "user");
}
template <Reach reach>
Replied count_members(const Call& call) {
  return count_objects(call, members_of_group(call.services.reader, call.key(), reach));
}
template <Reach reach>
Replied list_memberships(const Call& call) {
  return list_objects(call,
                      memberships(call.services.reader, {"group", std::string(call.key())}, reach));
}

Replied list_owners(const Call& call) {
  return list_objects(call, owners_of(call.services.reader, call.key()));
}

// A group that may hold roles gives them to its members: who changes it must be trusted with roles.
OrFailure<void> check_role_group(const Call& call) {
  static constexpr std::string_view roles[] = {"RoleManagement.ReadWrite.Directory"};
  if (call.caller.may_any(roles)) return {};
  const auto group = call.services.reader.get(groups.kind, store_id(call.key()));
  if (!group) return failed(call, group.error());
  const auto* assignable = (*group)->root().find_ignoring_case("isAssignableToRole");
  const auto* wanted = call.body.find("isAssignableToRole");
  const bool is_role_group =
      (assignable != nullptr && assignable->truth()) || (wanted != nullptr && wanted->truth());
  if (!is_role_group) return {};
  return failed(call, {ErrorKind::denied,
                       "this group can hold roles: changing it needs the permission "
                       "RoleManagement.ReadWrite.Directory",
                       {}});
}

template <Replied (*handler)(const Call&)>
Replied checked(const Call& call) {
  if (auto may = check_role_group(call); !may) return tl::unexpected<Failure>(may.error());
  return handler(call);
}

Replied add_reference(const Call& call, std::string_view list) {
  const auto member = referenced_id(call);
  if (!member) return tl::unexpected<Failure>(member.error());
  const auto added =
      add_to_list(change_context(call), group_type, call.key(), list, *member, call.seen);
  if (!added) return failed(call, added.error());
  return nothing();
}

Replied remove_reference(const Call& call, std::string_view list) {
  const auto removed =
      remove_from_list(change_context(call), group_type, call.key(), list, call.keys[1], call.seen);
  if (!removed) return failed(call, removed.error());
  return nothing();
}

Replied add_member(const Call& call) { return add_reference(call, "members"); }
Replied remove_member(const Call& call) { return remove_reference(call, "members"); }
Replied add_owner(const Call& call) { return add_reference(call, "owners"); }
Replied remove_owner(const Call& call) { return remove_reference(call, "owners"); }

constexpr auto direct = Reach::direct;
constexpr auto transitive = Reach::transitive;

const Operation rows[] = {
    {"GET", "/groups", &groups, read, list_documents, BodyRule::none, 200, "List groups"},
    {"POST", "/groups", &groups, write, create_document, BodyRule::required, 201, "Create a group"},
    {"GET", "/groups/delta", &groups, read, delta, BodyRule::none, 200,
     "Follow what changes of groups", Answers::object},
    {"GET", "/groups/$count", &groups, read, count_documents, BodyRule::none, 200, "Count groups",
     Answers::text},
    {"GET", "/groups/{id}", &groups, read, get_document, BodyRule::none, 200, "Get a group"},
    {"PATCH", "/groups/{id}", &groups, write, checked<update_document>, BodyRule::required, 204,
     "Change a group"},
    {"DELETE", "/groups/{id}", &groups, write, checked<delete_document>, BodyRule::none, 204,
     "Delete a group"},
    {"GET", "/groups/{id}/members", &groups, read_members, list_members<direct>, BodyRule::none,
     200, "List a group's direct members", Answers::directory_objects},
    {"GET", "/groups/{id}/members/$count", &groups, read_members, count_members<direct>,
     BodyRule::none, 200, "Count a group's direct members", Answers::text},
    {"GET", "/groups/{id}/members/microsoft.graph.user", &groups, read_members, list_users<direct>,
     BodyRule::none, 200, "List the users directly in a group", Answers::directory_objects},
    {"GET", "/groups/{id}/transitiveMembers", &groups, read_members, list_members<transitive>,
     BodyRule::none, 200, "List a group's members, those of groups in it included",
     Answers::directory_objects},
    {"GET", "/groups/{id}/transitiveMembers/$count", &groups, read_members,
     count_members<transitive>, BodyRule::none, 200,
     "Count a group's members, those of groups in it included", Answers::text},
    {"GET", "/groups/{id}/transitiveMembers/microsoft.graph.user", &groups, read_members,
     list_users<transitive>, BodyRule::none, 200, "List the users in a group",
     Answers::directory_objects},
    {"POST", "/groups/{id}/members/$ref", &groups, write_members, checked<add_member>,
     BodyRule::required, 204, "Add a member to a group"},
    {"DELETE", "/groups/{id}/members/{member}/$ref", &groups, write_members, checked<remove_member>,
     BodyRule::none, 204, "Remove a member from a group"},
    {"GET", "/groups/{id}/owners", &groups, read_members, list_owners, BodyRule::none, 200,
     "List a group's owners", Answers::directory_objects},
    {"POST", "/groups/{id}/owners/$ref", &groups, write_members, add_owner, BodyRule::required, 204,
     "Add an owner to a group"},
    {"DELETE", "/groups/{id}/owners/{owner}/$ref", &groups, write_members, remove_owner,
     BodyRule::none, 204, "Remove an owner from a group"},
    {"GET", "/groups/{id}/memberOf", &groups, read_members, list_memberships<direct>,
     BodyRule::none, 200, "List the groups a group is directly in", Answers::directory_objects},
    {"GET", "/groups/{id}/transitiveMemberOf", &groups, read_members, list_memberships<transitive>,
     BodyRule::none, 200, "List the groups a group is in", Answers::directory_objects},
};

}  // namespace

std::span<const Operation> group_operations() { return rows; }

}  // namespace sallyport::api
