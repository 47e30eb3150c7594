// /users and /me: who is there, and which groups and roles they are in.
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

constexpr std::string_view read[] = {"User.Read.All", "User.ReadWrite.All", "Directory.Read.All",
                                     "Directory.ReadWrite.All"};
constexpr std::string_view write[] = {"User.ReadWrite.All", "Directory.ReadWrite.All"};
constexpr std::string_view read_own[] = {"User.Read", "User.Read.All", "Directory.Read.All"};

constexpr odata::Property properties[] = {
    {.path = "id", .kind = PropertyKind::string_case_sensitive, .sortable = true},
    {.path = "userPrincipalName", .sortable = true, .searchable = true},
    {.path = "displayName", .sortable = true, .searchable = true},
    {.path = "mail", .sortable = true, .searchable = true},
    {.path = "mailNickname"},
    {.path = "givenName", .searchable = true},
    {.path = "surname", .searchable = true},
    {.path = "jobTitle"},
    {.path = "department"},
    {.path = "officeLocation"},
    {.path = "mobilePhone"},
    {.path = "preferredLanguage"},
    {.path = "businessPhones", .collection = true},
    {.path = "accountEnabled", .kind = PropertyKind::boolean},
    {.path = "userType"},
    {.path = "externalUserState"},
    {.path = "externalUserType"},
    {.path = "externalTenantId", .kind = PropertyKind::guid},
    {.path = "creationType"},
    {.path = "identities", .kind = PropertyKind::complex, .collection = true},
    {.path = "createdDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "onPremisesSyncEnabled", .kind = PropertyKind::boolean},
    {.path = "onPremisesImmutableId"},
};
constexpr odata::Schema schema{.type = "microsoft.graph.user", .properties = properties};
template <Reach reach>
Result<std::vector<FirstObjects>> member_of(DocumentReader& reader,
                                            std::span<const std::string> ids) {
  return first_of_each(ids, expanded_max, [&](const std::string& id) {
    return memberships(reader, {"user", id}, reach);
  });
}
constexpr Navigation navigations[] = {
    {"memberOf", read, member_of<Reach::direct>},
    {"transitiveMemberOf", read, member_of<Reach::transitive>},
};

constexpr Resource users{.path = "/users",
                         .context = "users",
                         .type = "microsoft.graph.user",
                         .kind = "user",
                         .schema = &schema,
                         .document = &user_type,
                         .error_style = ErrorStyle::directory,
                         .size = Size::many,
                         .navigations = navigations,
                         .alternate_key = "userPrincipalName"};

// A user is named by id or by userPrincipalName.
std::string user_id(const Call& call) {
  const auto& key = call.keys.front();
  if (key.find('@') == key.npos) return store_id(key);
  const auto tenant = call.services.reader.tenant();
  const auto user = tenant ? tenant->directory->find_user_by_name(key) : std::nullopt;
  return user ? to_string(user->id) : key;
}

Call with_id(const Call& call, std::vector<std::string>& keys) {
  keys.assign(call.keys.begin(), call.keys.end());
  keys.front() = user_id(call);
  Call changed = call;
  changed.keys = keys;
  return changed;
}

template <Replied (*handler)(const Call&)>
Replied of_user(const Call& call) {
  std::vector<std::string> keys;
  return handler(with_id(call, keys));
}

// The user that the token speaks for.
template <Replied (*handler)(const Call&)>
Replied of_me(const Call& call) {
  if (call.caller.user_id.empty()) {
    return refuse(400, "BadRequest",
                  "/me is the user that a token speaks for, and this one speaks for none");
  }
  const std::vector<std::string> keys = {call.caller.user_id};
  Call changed = call;
  changed.keys = keys;
  return of_user<handler>(changed);
}

Replied get_user(const Call& call) {
  const auto shown = call.services.reader.get(users.kind, call.key());
  if (!shown) return failed(call, shown.error());
  return entity(call, **shown, "users/$entity");
}

template <Reach reach>
Replied list_memberships(const Call& call) {
  return list_objects(call,
                      memberships(call.services.reader, {"user", std::string(call.key())}, reach));
}
template <Reach reach>
Replied count_memberships(const Call& call) {
  return count_objects(call,
                       memberships(call.services.reader, {"user", std::string(call.key())}, reach));
}
template <Reach reach>
Replied list_groups_of(const Call& call) {
  return list_objects(
      call, memberships(call.services.reader, {"user", std::string(call.key())}, reach), "group");
}
template <Reach reach>
Replied list_roles_of(const Call& call) {
  return list_objects(call,
                      memberships(call.services.reader, {"user", std::string(call.key())}, reach),
                      "directoryRole");
}

constexpr auto direct = Reach::direct;
constexpr auto transitive = Reach::transitive;

const Operation rows[] = {
    {"GET", "/users", &users, read, list_documents, BodyRule::none, 200, "List users"},
    {"POST", "/users", &users, write, create_document, BodyRule::required, 201, "Create a user"},
    {"GET", "/users/delta", &users, read, delta, BodyRule::none, 200,
     "Follow what changes of users", Answers::object},
    {"GET", "/users/$count", &users, read, count_documents, BodyRule::none, 200, "Count users",
     Answers::text},
    {"GET", "/users/{id}", &users, read, of_user<get_user>, BodyRule::none, 200, "Get a user"},
    {"PATCH", "/users/{id}", &users, write, of_user<update_document>, BodyRule::required, 204,
     "Change a user"},
    {"DELETE", "/users/{id}", &users, write, of_user<delete_document>, BodyRule::none, 204,
     "Delete a user"},
    {"GET", "/users/{id}/memberOf", &users, read, of_user<list_memberships<direct>>, BodyRule::none,
     200, "List the groups and roles a user is directly in", Answers::directory_objects},
    {"GET", "/users/{id}/memberOf/$count", &users, read, of_user<count_memberships<direct>>,
     BodyRule::none, 200, "Count the groups and roles a user is directly in", Answers::text},
    {"GET", "/users/{id}/transitiveMemberOf/$count", &users, read,
     of_user<count_memberships<transitive>>, BodyRule::none, 200,
     "Count the groups and roles a user is in", Answers::text},
    {"GET", "/users/{id}/memberOf/microsoft.graph.group", &users, read,
     of_user<list_groups_of<direct>>, BodyRule::none, 200, "List the groups a user is directly in",
     Answers::directory_objects},
    {"GET", "/users/{id}/memberOf/microsoft.graph.directoryRole", &users, read,
     of_user<list_roles_of<direct>>, BodyRule::none, 200, "List the roles a user directly holds",
     Answers::directory_objects},
    {"GET", "/users/{id}/transitiveMemberOf", &users, read, of_user<list_memberships<transitive>>,
     BodyRule::none, 200, "List the groups and roles a user is in", Answers::directory_objects},
    {"GET", "/users/{id}/transitiveMemberOf/microsoft.graph.group", &users, read,
     of_user<list_groups_of<transitive>>, BodyRule::none, 200, "List the groups a user is in",
     Answers::directory_objects},
    {"GET", "/users/{id}/transitiveMemberOf/microsoft.graph.directoryRole", &users, read,
     of_user<list_roles_of<transitive>>, BodyRule::none, 200, "List the roles a user holds",
     Answers::directory_objects},
    {"GET", "/me", &users, read_own, of_me<get_user>, BodyRule::none, 200,
     "Get the user the token speaks for"},
    {"GET", "/me/memberOf", &users, read_own, of_me<list_memberships<direct>>, BodyRule::none, 200,
     "List the groups and roles that user is directly in", Answers::directory_objects},
    {"GET", "/me/transitiveMemberOf", &users, read_own, of_me<list_memberships<transitive>>,
     BodyRule::none, 200, "List the groups and roles that user is in", Answers::directory_objects},
};

}  // namespace

std::span<const Operation> user_operations() { return rows; }

}  // namespace sallyport::api
