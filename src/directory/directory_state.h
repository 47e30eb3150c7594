// What a Directory holds: users in blocks, and a table for each of the few other kinds.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "directory/directory.h"
#include "directory/slot_index.h"
#include "directory/user_block.h"

namespace sallyport {

inline std::uint64_t hash_of(const Guid& guid) { return GuidHash{}(guid); }

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
  // Where each block begins: all that a look-up reads on its way to a slot, a quarter of what the
  // blocks themselves would be, so that it stays in the cache.
  std::vector<const UserSlot*> block_slots;
  std::uint32_t slots = 0;  // of users, removed ones included
  std::size_t users = 0;
  // The first so many slots are a hash table themselves, by open addressing, with free places: who
  // stands there is found with one cache miss instead of two. 0 where nobody asked for it.
  std::uint32_t ordered = 0;
  std::uint32_t ordered_free = 0;  // places that may still be taken; some stay free for good
  SlotIndex by_id;                 // the other user slots, removed ones included
  SlotIndex by_name;               // user slots that have a name, or had it once
  std::shared_ptr<const std::vector<TenantId>> tenants;
  std::shared_ptr<const GroupTable> groups;
  std::shared_ptr<const RoleTable> roles;
  std::shared_ptr<const ServicePrincipalTable> service_principals;

  State();
  void view(const UserBlockView& block, const UserSlot& slot, UserView& into) const;
  bool view_at(std::uint32_t index, UserView& into) const;  // false: nobody lives there
  UserBlockView block_of(std::uint32_t index) const {
    return UserBlock::view_at(block_slots[index / user_block_size]);
  }

  std::uint32_t home(std::uint64_t hash) const {
    return static_cast<std::uint32_t>(((hash >> 32U) * ordered) >> 32U);
  }
  std::uint32_t next(std::uint32_t place) const { return place + 1 == ordered ? 0 : place + 1; }

  // The user's slot, live or not, or no_slot. `slot_at(i)` is slot i, in whichever form its block
  // is.
  static constexpr std::uint32_t no_slot = 0xffffffff;
  template <class SlotAt>
  std::uint32_t find(UserId id, SlotAt slot_at) const {
    const std::uint64_t hash = hash_of(id.guid);
    if (ordered != 0) {
      for (auto place = home(hash); slot_at(place).is(UserSlot::taken); place = next(place)) {
        if (slot_at(place).id == id) return place;
      }
    }
    std::uint32_t found = no_slot;
    by_id.visit(hash, [&](std::uint32_t i) {
      if (slot_at(i).id != id) return false;
      found = i;
      return true;
    });
    return found;
  }
};

std::uint64_t hash_of_name(std::string_view name);  // ignoring ASCII case

std::optional<GroupIndex> find_group_slot(const GroupTable& table, GroupId id);  // removed, too

}  // namespace sallyport
