// What a Directory holds: users in blocks, and a table for each of the few other kinds.
#pragma once

#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "directory/directory.h"
#include "directory/slot_index.h"
#include "directory/user_block.h"

namespace sallyport {

struct GroupTable {
  std::vector<Group> all;
  std::vector<bool> removed;  // by GroupIndex
  SlotIndex by_id;
};

struct RoleTable {
  std::vector<Role> all;
  std::unordered_map<RoleId, RoleIndex> by_id;
};

struct ServicePrincipalTable {
  std::vector<ServicePrincipal> all;
  std::unordered_map<ServicePrincipalId, std::size_t> by_id;
  std::unordered_map<ApplicationId, std::size_t> by_app;  // the first of an application
};

struct Directory::State {
  std::vector<UserBlock> blocks;
  std::uint32_t slots = 0;  // of users, removed ones included
  std::size_t users = 0;
  SlotIndex by_id;    // user slots, removed ones included
  SlotIndex by_name;  // user slots that have a name, or had it once
  std::shared_ptr<const std::vector<TenantId>> tenants;
  std::shared_ptr<const GroupTable> groups;
  std::shared_ptr<const RoleTable> roles;
  std::shared_ptr<const ServicePrincipalTable> service_principals;

  State();
  UserView view(const UserBlockView& block, const UserSlot& slot) const;
};

inline std::uint64_t hash_of(const Guid& guid) { return GuidHash{}(guid); }
std::uint64_t hash_of_name(std::string_view name);  // ignoring ASCII case

std::optional<GroupIndex> find_group_slot(const GroupTable& table, GroupId id);  // removed, too

}  // namespace sallyport
