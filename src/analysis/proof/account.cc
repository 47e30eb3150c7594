#include "analysis/proof/account.h"

#include <algorithm>

#include "engine/facts.h"

namespace sallyport::proof {
namespace {

template <class Id>
bool share(const std::vector<Id>& list, const std::vector<Id>& sorted) {
  return std::ranges::any_of(list,
                             [&](const Id& id) { return std::ranges::binary_search(sorted, id); });
}

// Without the guest types: those are told exactly by the proof.
bool names(const PrincipalLists& lists, const Account& account) {
  return std::ranges::find(lists.users, account.id) != lists.users.end() ||
         share(lists.groups, account.groups) || share(lists.roles, account.roles) ||
         (lists.all_groups && !account.groups.empty()) ||
         (lists.all_roles && !account.roles.empty()) ||
         (lists.all_agent_users && account.agent_user);
}

}  // namespace

bool may_concern(const Policy& policy, const Account& account) {
  if (!policy.conditions.users) return true;
  const UserCondition& users = *policy.conditions.users;
  const bool guest = !users.include.guests.empty() && account.type != UserType::member;
  const bool included =
      users.include_all || users.include.unknown || guest || names(users.include, account);
  return included && !names(users.exclude, account);
}

Account account_of(const Directory& directory, const UserView& user) {
  Account out{user.id, std::string(user.name), user.type, user.home_tenant, user.agent_user, {}, {},
              {}};
  if (out.name.empty()) out.name = to_string(user.id);
  Memberships in;
  in.walk(directory, user);
  const auto groups = directory.groups();
  for (GroupIndex i = 0; i < groups.size(); ++i) {
    if (in.groups.contains(i)) out.groups.push_back(groups[i].id);
  }
  const auto roles = directory.roles();
  for (RoleIndex i = 0; i < roles.size(); ++i) {
    if (in.roles.contains(i)) out.roles.push_back(roles[i].id);
  }
  std::ranges::sort(out.groups);
  std::ranges::sort(out.roles);
  return out;
}

Account member_of(const Directory& directory, GroupId group) {
  UserView user;
  user.id = UserId::of("a member of " + to_string(group));
  GroupIndex direct[1] = {};
  if (const auto index = directory.find_group(group)) {
    direct[0] = *index;
    user.groups = direct;
  }
  Account out = account_of(directory, user);
  if (out.groups.empty()) out.groups.push_back(group);
  out.stands_for = group;
  return out;
}

std::span<const RoleId> policy_administrators() {
  static const RoleId roles[] = {RoleId::of("62e90394-69f5-4237-9190-012177145e10"),
                                 RoleId::of("b1be1c3e-b65d-4f19-8427-f6fa0d97feb9"),
                                 RoleId::of("194ae4cb-b126-40b2-bd5b-6091b380977d")};
  return roles;
}

}  // namespace sallyport::proof
