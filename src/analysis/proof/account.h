// One account as policies see it, whatever else the directory holds: whom a proof about few people
// is about. Threads: free. Cost: account_of, a walk over the groups there are.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "directory/directory.h"
#include "policy/policy.h"

namespace sallyport::proof {

struct Account {
  UserId id;
  std::string name;
  UserType type = UserType::member;
  TenantId home_tenant;
  bool agent_user = false;
  std::vector<GroupId> groups;        // transitively, ascending
  std::vector<RoleId> roles;          // likewise
  std::optional<GroupId> stands_for;  // any member of this group, who is in nothing else
};

Account account_of(const Directory& directory, const UserView& user);
// Somebody in the group and in what it is nested in.
Account member_of(const Directory& directory, GroupId group);

// The roles that may change policies: global, conditional access and security administrator.
std::span<const RoleId> policy_administrators();

// False: whatever else is true of a sign-in, the policy does not apply to the account.
bool may_concern(const Policy& policy, const Account& account);

}  // namespace sallyport::proof
