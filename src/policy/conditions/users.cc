// Spec, section 2.1.
#include "policy/conditions/conditions.h"

namespace sallyport {
namespace {

GuestTypes guest_type(std::string_view word) {
  for (const auto type : {UserType::internal_guest, UserType::b2b_collaboration_guest,
                          UserType::b2b_collaboration_member, UserType::b2b_direct_connect_user,
                          UserType::other_external_user, UserType::service_provider}) {
    if (equal_ignoring_case(word, name_of(type))) return flag_of(type);
  }
  return 0;
}

// False when the tenants were not understood.
bool read_external_tenants(const DocumentPart& guests, GuestsOrExternalUsers& into) {
  const auto* value = guests.get("externalTenants");
  if (value == nullptr) return true;
  const auto pointer = guests.pointer().member("externalTenants");
  const DocumentPart tenants(*value, pointer, guests.remarks());
  const auto kind = tenants.text("membershipKind");
  if (equal_ignoring_case(kind, "all")) return true;
  if (!kind.empty() && !equal_ignoring_case(kind, "enumerated")) return false;
  // Without the kind, a list of members says it, or the type; an empty list is one of nobody.
  const auto type = tenants.text("@odata.type");
  const bool enumerated = tenants.get("members") != nullptr ||
                          equal_ignoring_case(type.substr(type.rfind('.') + 1),
                                              "conditionalAccessEnumeratedExternalTenants");
  if (kind.empty() && !enumerated) return value->is_object();
  into.all_tenants = false;
  return tenants.each_text("members", [&](std::string_view id, std::size_t) {
    into.tenants.push_back(TenantId::of(id));
  });
}

// `including` decides what a part that was not understood stands for: all, or nobody.
void read_guests(const DocumentPart& users, std::string_view name, bool including,
                 PrincipalLists& into) {
  const auto* value = users.get(name);
  if (value == nullptr) return;
  if (!value->is_object()) {
    into.unknown = true;
    return;
  }
  const auto pointer = users.pointer().member(name);
  const DocumentPart part(*value, pointer, users.remarks());
  GuestsOrExternalUsers guests;
  const bool understood = part.each_flag("guestOrExternalUserTypes", [&](std::string_view word) {
    const auto type = guest_type(word);
    guests.types = static_cast<GuestTypes>(guests.types | type);
    if (type == 0 && !equal_ignoring_case(word, "none")) guests.unknown_type = true;
  });
  if (!understood) guests.unknown_type = true;
  if (!read_external_tenants(part, guests)) {
    into.unknown = true;
    guests.all_tenants = true;
    if (!including) return;
  }
  into.guests.push_back(std::move(guests));
}

void read_side(const DocumentPart& users, bool including, UserCondition& condition) {
  auto& into = including ? condition.include : condition.exclude;
  const auto name = [including](std::string_view included, std::string_view excluded) {
    return including ? included : excluded;
  };
  const auto user = [&](std::string_view text, std::size_t) {
    if (including && equal_ignoring_case(text, "All")) {
      condition.include_all = true;
    } else if (including && equal_ignoring_case(text, "None")) {
      condition.include_none = true;
    } else if (equal_ignoring_case(text, "GuestsOrExternalUsers")) {
      GuestsOrExternalUsers everyone;
      everyone.types = all_guest_types;
      into.guests.push_back(everyone);
    } else if (equal_ignoring_case(text, "AllAgentIdUsers")) {
      into.all_agent_users = true;
    } else if (!is_placeholder_user(text)) {
      into.users.push_back(UserId::of(text));
    }
  };
  const auto group = [&](std::string_view text, std::size_t) {
    if (equal_ignoring_case(text, "All")) {
      into.all_groups = true;
    } else {
      into.groups.push_back(GroupId::of(text));
    }
  };
  const auto role = [&](std::string_view text, std::size_t) {
    if (equal_ignoring_case(text, "All")) {
      into.all_roles = true;
    } else {
      into.roles.push_back(RoleId::of(text));
    }
  };
  const bool users_read = users.each_text(name("includeUsers", "excludeUsers"), user);
  const bool groups_read = users.each_text(name("includeGroups", "excludeGroups"), group);
  const bool roles_read = users.each_text(name("includeRoles", "excludeRoles"), role);
  if (!users_read || !groups_read || !roles_read) into.unknown = true;
  read_guests(users, name("includeGuestsOrExternalUsers", "excludeGuestsOrExternalUsers"),
              including, into);
}

// conditions.agents (beta): the agents' user accounts, beside the users.
void read_agent_users(const DocumentPart& agents, std::string_view name, PrincipalLists& into) {
  const bool understood = agents.each_text(name, [&](std::string_view text, std::size_t) {
    if (equal_ignoring_case(text, "All")) {
      into.all_agent_users = true;
    } else {
      into.users.push_back(UserId::of(text));
    }
  });
  if (!understood) into.unknown = true;
}

}  // namespace

bool is_placeholder_user(std::string_view text) {
  return equal_ignoring_case(trim(text), "Current administrator will be excluded");
}

std::optional<UserCondition> read_users(const DocumentPart& conditions) {
  const auto* users = conditions.get("users");
  const auto* agents = conditions.get("agents");
  if (users == nullptr && agents == nullptr) return std::nullopt;
  UserCondition condition;
  if (users != nullptr) {
    const auto pointer = conditions.pointer().member("users");
    const DocumentPart part(*users, pointer, conditions.remarks());
    read_side(part, true, condition);
    read_side(part, false, condition);
    if (!users->is_object() ||
        part.has_unknown_include(
            {"includeUsers", "includeGroups", "includeRoles", "includeGuestsOrExternalUsers"})) {
      condition.include.unknown = true;
    }
    const auto list = pointer.member("excludeUsers");
    part.each_text("excludeUsers", [&](std::string_view text, std::size_t i) {
      if (!is_placeholder_user(text)) return;
      conditions.remarks().add(Severity::note, "L-placeholder-user",
                               "`" + std::string(text) +
                                   "` stands for whoever deploys the template and excludes nobody; "
                                   "replace it by the id of an emergency access account",
                               list.item(i), part.get("excludeUsers")->items()[i].offset());
    });
  }
  if (agents != nullptr) {
    const auto pointer = conditions.pointer().member("agents");
    const DocumentPart part(*agents, pointer, conditions.remarks());
    read_agent_users(part, "includeAgentUsers", condition.include);
    read_agent_users(part, "excludeAgentUsers", condition.exclude);
    if (!agents->is_object() || part.has("agentFilter") ||
        part.has_unknown_include({"includeAgentUsers"})) {
      condition.include.unknown = true;
    }
  }
  return condition;
}

}  // namespace sallyport
