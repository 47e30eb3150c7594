// The conditions about who signs in: users and client_applications. docs/semantics.md, section 3.
#include "reference/conditions.h"

namespace sallyport::reference {
namespace {

// A word that was not understood includes everybody and excludes nobody.
enum class Listed { includes, excludes };

Match found(bool is_there, bool everything_is_known) {
  if (is_there) return Match::yes;
  return everything_is_known ? Match::no : Match::unknown;
}

Match in_group(GroupId id, const UserView& user, const Scene& scene) {
  const auto group = scene.directory.find_group(id);
  return found(group && scene.groups.count(*group) != 0, user.groups_known);
}

Match in_role(RoleId id, const UserView& user, const Scene& scene) {
  const auto role = scene.directory.find_role(id);
  return found(role && scene.roles.count(*role) != 0, user.roles_known);
}

Match tenant_is_listed(const GuestsOrExternalUsers& guests, const UserView& user) {
  if (guests.all_tenants || user.type == UserType::internal_guest) return Match::yes;
  if (!user.home_tenant_known) return Match::unknown;
  return yes_if(lists(guests.tenants, user.home_tenant));
}

Match is_guest(const GuestsOrExternalUsers& guests, const UserView& user) {
  if (guests.types == 0) return Match::no;
  if (!user.type_known) return Match::unknown;
  const Match type = yes_if((guests.types & flag_of(user.type)) != 0);
  return match_and(type, tenant_is_listed(guests, user));
}

Side principals_of_known_user(const PrincipalLists& l, const UserView& user, const Scene& scene) {
  Side side;
  for (const UserId& id : l.users) side.add(yes_if(id == user.id), "user", user.name);
  for (const GroupId& id : l.groups) side.add(in_group(id, user, scene), "group", to_string(id));
  for (const RoleId& id : l.roles) side.add(in_role(id, user, scene), "role", to_string(id));
  if (l.all_groups) side.add(found(!scene.groups.empty(), user.groups_known), "any group");
  if (l.all_roles) side.add(found(!scene.roles.empty(), user.roles_known), "any role");
  for (const auto& guests : l.guests) {
    side.add(is_guest(guests, user), "guest type", name_of(user.type));
  }
  if (l.all_agent_users) side.add(yes_if(user.agent_user), "agent's user account");
  return side;
}

Side principals_of_unknown_user(const PrincipalLists& l) {
  Side side;
  const bool any = !l.users.empty() || !l.groups.empty() || !l.roles.empty() || l.all_groups ||
                   l.all_roles || l.all_agent_users;
  if (any) side.add(Match::unknown, "the user is not known");
  for (const auto& guests : l.guests) {
    if (guests.types != 0) side.add(Match::unknown, "the user is not known");
  }
  return side;
}

Side principals(const PrincipalLists& l, Listed listed, const Scene& scene) {
  const auto& user = scene.sign_in.user;
  Side side =
      user.is_known() ? principals_of_known_user(l, *user, scene) : principals_of_unknown_user(l);
  if (listed == Listed::excludes) return side;
  bool unknown_word = l.unknown;
  for (const auto& guests : l.guests) unknown_word = unknown_word || guests.unknown_type;
  if (unknown_word) side.add(Match::yes, "a word that is not understood");
  return side;
}

bool is_workload(const ServicePrincipal& p) {
  return p.kind == ServicePrincipalKind::application && p.in_scope_of_workload_policies;
}

bool is_agent(const ServicePrincipal& p) { return p.kind == ServicePrincipalKind::agent_identity; }

Side service_principals(const ServicePrincipalLists& l, const ServicePrincipal* principal) {
  Side side;
  if (principal == nullptr) {
    const bool any =
        l.all_in_my_tenant || l.all_agents || !l.service_principals.empty() || !l.agents.empty();
    if (any) side.add(Match::unknown, "the service principal is not known");
    return side;
  }
  const auto& name = principal->display_name;
  const bool workload = is_workload(*principal);
  const bool agent = is_agent(*principal);
  if (l.all_in_my_tenant) side.add(yes_if(workload), "every service principal of this tenant");
  if (l.all_agents) side.add(yes_if(agent), "every agent");
  side.add(yes_if(workload && lists(l.service_principals, principal->id)), "service principal",
           name);
  side.add(yes_if(agent && lists(l.agents, principal->id)), "agent", name);
  return side;
}

void add_filter(const std::optional<Filter>& filter, const ServicePrincipal* principal,
                bool right_sort, Side& included, Side& excluded) {
  if (!filter) return;
  const bool includes = filter->mode == FilterMode::include;
  Side& side = includes ? included : excluded;
  if (!filter->rule) {
    if (includes) side.add(Match::yes, "a filter that could not be read");
  } else if (principal == nullptr) {
    side.add(Match::unknown, "the service principal is not known");
  } else if (right_sort) {
    side.add(match_of(filter->rule->matches(principal->attributes)), "filter", filter->text);
  }
}

}  // namespace

Tested test_users(const UserCondition& condition, const Scene& scene) {
  Side included = principals(condition.include, Listed::includes, scene);
  if (condition.include_all) included.add(Match::yes, "all users");
  return included_and_not_excluded(included,
                                   principals(condition.exclude, Listed::excludes, scene));
}

Tested test_client_applications(const ClientApplicationCondition& condition, const Scene& scene) {
  const auto& fact = scene.sign_in.service_principal;
  const ServicePrincipal* principal = fact.is_known() ? *fact : nullptr;
  Side included = service_principals(condition.include, principal);
  Side excluded = service_principals(condition.exclude, principal);
  add_filter(condition.service_principal_filter, principal,
             principal != nullptr && is_workload(*principal), included, excluded);
  add_filter(condition.agent_filter, principal, principal != nullptr && is_agent(*principal),
             included, excluded);
  return included_and_not_excluded(included, excluded);
}

}  // namespace sallyport::reference
