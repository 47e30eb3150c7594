#include "directory/well_known.h"
#include "signin/read_parts.h"

namespace sallyport {
namespace {

std::optional<UserType> parse_user_type(std::string_view word) {
  if (equal_ignoring_case(word, "member")) return UserType::member;
  for (const auto type :
       {UserType::member, UserType::internal_guest, UserType::b2b_collaboration_guest,
        UserType::b2b_collaboration_member, UserType::b2b_direct_connect_user,
        UserType::other_external_user, UserType::service_provider}) {
    if (equal_ignoring_case(word, name_of(type))) return type;
  }
  return std::nullopt;
}

RoleId role_of(std::string_view text) {
  if (parse_guid(text)) return RoleId::of(text);
  const auto named = well_known_role_id(text);
  return RoleId::of(named ? *named : text);
}

const json::Value* find_list(const json::Value& body, std::string_view name) {
  const json::Value* identity = body.find_ignoring_case("signInIdentity");
  return identity == nullptr ? nullptr : identity->find_ignoring_case(name);
}

// The members that describe a user beyond the id.
struct Description {
  std::optional<UserType> type;
  std::optional<std::string_view> tenant;
  ObjectReader::Texts groups;
  ObjectReader::Texts roles;
  Fact<bool> agent_user;
  bool any() const { return type || tenant || groups.told || roles.told || agent_user.is_known(); }
};

Description read_description(ObjectReader& identity) {
  Description description;
  for (const auto name : {"userType", "externalUserType"}) {
    const auto word = identity.text(name);
    if (!word || equal_ignoring_case(*word, "none")) continue;
    description.type = parse_user_type(*word);
    if (!description.type) {
      identity.report(name, "`" + printable(*word) +
                                "` is not a type of user: internalMember, internalGuest, "
                                "b2bCollaborationGuest, b2bCollaborationMember, "
                                "b2bDirectConnectUser, otherExternalUser or serviceProvider");
    }
  }
  description.tenant = identity.text("externalTenantId");
  description.groups = identity.texts("groups");
  description.roles = identity.texts("roles");
  description.agent_user = identity.flag_fact("agentUser");
  return description;
}

// Somebody of whom the id is all we know. A person without an object here is in no group of ours.
UserView undescribed_user(std::string_view id, const Description& description) {
  UserView user;
  user.id = UserId::of(id);
  user.type_known = false;
  user.home_tenant_known = false;
  user.groups_known = user.roles_known = description.type == UserType::b2b_direct_connect_user;
  return user;
}

void describe_memberships(const Description& description, ObjectReader& identity, UserView& user,
                          ReadParts& parts) {
  const Directory* directory = parts.options.directory;
  if (description.groups.told) {
    for (const auto id : description.groups.items) {
      const auto group = directory ? directory->find_group(GroupId::of(id)) : std::nullopt;
      if (group) {
        parts.storage.groups.push_back(*group);
      } else {
        identity.report("groups", "there is no group `" + printable(id) + "` in the directory");
      }
    }
    user.groups = parts.storage.groups;
    user.groups_known = true;
  }
  if (description.roles.told) {
    for (const auto text : description.roles.items) {
      const auto role = directory ? directory->find_role(role_of(text)) : std::nullopt;
      if (role) {
        parts.storage.roles.push_back(*role);
      } else {
        identity.report("roles", "there is no role `" + printable(text) + "` in the directory");
      }
    }
    user.roles = parts.storage.roles;
    user.roles_known = true;
  }
  if (description.groups.unknown) user.groups_known = false;
  if (description.roles.unknown) user.roles_known = false;
}

void describe(const Description& description, ObjectReader& identity, UserView& user,
              ReadParts& parts) {
  if (description.type) {
    user.type = *description.type;
    user.type_known = true;
    const bool has_home = user.type != UserType::member && user.type != UserType::internal_guest;
    user.home_tenant_known =
        !has_home || user.home_tenant_known || parts.options.missing == Missing::absent;
    if (!has_home) user.home_tenant = TenantId{};
  }
  if (description.tenant) {
    user.home_tenant = TenantId::of(*description.tenant);
    user.home_tenant_known = true;
  }
  if (description.agent_user.is_known()) user.agent_user = *description.agent_user;
  describe_memberships(description, identity, user, parts);
}

void read_user(ObjectReader& identity, ReadParts& parts) {
  const auto id = identity.text("userId");
  const auto name = identity.text("userPrincipalName");
  const auto description = read_description(identity);
  identity.refuse_rest();
  const auto text = id ? id : name;
  if (!text) {
    if (parts.options.missing == Missing::absent || description.any()) {
      identity.report("userId", "`userId` is missing: say who signs in");
    }
    return;
  }

  const Directory* directory = parts.options.directory;
  const bool has_users = directory != nullptr && directory->user_count() != 0;
  std::optional<UserView> user;
  if (has_users && id) user = directory->find_user(UserId::of(*id));
  if (has_users && !user) user = directory->find_user_by_name(name ? *name : *text);
  if (!user && has_users && !description.any()) {
    identity.report(id ? "userId" : "userPrincipalName",
                    "there is no user `" + printable(*text) + "` in the directory");
    return;
  }
  // A name alone does not tell which of the ids in the policies is meant.
  if (!user && (!id || id->find('@') != std::string_view::npos)) {
    if (description.any()) {
      identity.report("userId", "the directory does not hold `" + printable(*text) +
                                    "`: describe a user by object id");
    }
    return;
  }
  if (!user) {
    user = undescribed_user(*text, description);
    parts.storage.user_name = name.value_or("");
    user->name = parts.storage.user_name;
  }
  describe(description, identity, *user, parts);
  parts.sign_in.user = *user;
}

std::optional<ServicePrincipalKind> parse_service_principal_kind(std::string_view word) {
  if (equal_ignoring_case(word, "application")) return ServicePrincipalKind::application;
  if (equal_ignoring_case(word, "managedIdentity")) return ServicePrincipalKind::managed_identity;
  if (equal_ignoring_case(word, "agentIdentity")) return ServicePrincipalKind::agent_identity;
  return std::nullopt;
}

void read_service_principal(ObjectReader& identity, ReadParts& parts) {
  parts.sign_in.identity = IdentityKind::service_principal;
  const auto id = identity.text("servicePrincipalId");
  const auto kind = identity.text("servicePrincipalType");
  identity.refuse_rest();
  const Directory* directory = parts.options.directory;
  if (!id) {
    if (parts.options.missing == Missing::absent) {
      identity.report("servicePrincipalId", "`servicePrincipalId` is missing: say who signs in");
    }
    return;
  }
  const auto* held = directory == nullptr
                         ? nullptr
                         : directory->find_service_principal(ServicePrincipalId::of(*id));
  if (held != nullptr) {
    parts.sign_in.service_principal = held;
  } else if (kind) {
    const auto parsed = parse_service_principal_kind(*kind);
    if (!parsed) {
      identity.report(
          "servicePrincipalType",
          "`" + printable(*kind) + "` is not application, managedIdentity or agentIdentity");
      return;
    }
    parts.storage.service_principal.id = ServicePrincipalId::of(*id);
    parts.storage.service_principal.kind = *parsed;
    parts.sign_in.service_principal = &parts.storage.service_principal;
  } else if (directory != nullptr && !directory->service_principals().empty()) {
    identity.report("servicePrincipalId",
                    "there is no service principal `" + printable(*id) + "` in the directory");
  }
}

bool says_service_principal(const json::Value& identity) {
  if (identity.find_ignoring_case("servicePrincipalId") != nullptr) return true;
  const json::Value* type = identity.find_ignoring_case("@odata.type");
  constexpr std::string_view suffix = "servicePrincipalSignIn";
  return type != nullptr && type->text().size() >= suffix.size() &&
         equal_ignoring_case(type->text().substr(type->text().size() - suffix.size()), suffix);
}

}  // namespace

void read_identity(const json::Value* value, const json::Pointer& where, ReadParts& parts) {
  const bool left_out = value == nullptr || value->is_null();
  if (left_out && parts.options.missing == Missing::absent) {
    parts.error.report(where, "`signInIdentity` is missing: say who signs in");
  }
  if (left_out || is_unknown(*value)) return;
  ObjectReader identity(value, where, parts.options.missing, parts.error);
  if (says_service_principal(*value)) {
    read_service_principal(identity, parts);
  } else {
    read_user(identity, parts);
  }
}

std::shared_ptr<const Directory> with_described_principals(
    const json::Value& body, std::shared_ptr<const Directory> directory) {
  const json::Value nothing;
  const auto lists = [&](std::string_view name) {
    const json::Value* list = find_list(body, name);
    return list == nullptr ? nothing.items() : list->items();
  };
  std::vector<GroupId> groups;
  for (const auto& item : lists("groups")) {
    const auto id = GroupId::of(item.text());
    if (item.is_string() && !(directory && directory->find_group(id))) groups.push_back(id);
  }
  std::vector<std::pair<RoleId, std::string>> roles;
  for (const auto& item : lists("roles")) {
    const auto id = role_of(item.text());
    if (item.is_string() && !(directory && directory->find_role(id))) {
      roles.emplace_back(id, well_known_name(to_string(id)));
    }
  }
  if (directory && groups.empty() && roles.empty()) return directory;
  auto editor = directory ? Directory::Editor(directory) : Directory::Editor();
  for (const auto& id : groups) editor.put_group(id, {});
  for (auto& [id, name] : roles) editor.put_role(id, std::move(name));
  return std::move(editor).build();
}

}  // namespace sallyport
