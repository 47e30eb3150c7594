// The state of a directory while it is being edited.
//
// A Draft is a State that shares everything with the base until it is written to: blocks are opened
// one by one, tables are copied whole, index pages copy themselves (slot_index.h). A user or group
// that is removed keeps its slot and its place in the index for its own return, so that no index is
// ever given to somebody else.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "directory/directory.h"
#include "directory/directory_state.h"

namespace sallyport {

// A table of the base, or the draft's own copy of it.
template <class Table>
class CopyOnWrite {
 public:
  explicit CopyOnWrite(std::shared_ptr<const Table> base) : shared_(std::move(base)) {}
  const Table& read() const { return own_ ? *own_ : *shared_; }
  Table& write() {
    if (!own_) own_ = std::make_shared<Table>(*shared_);
    return *own_;
  }
  std::shared_ptr<const Table> take() && { return own_ ? std::move(own_) : std::move(shared_); }

 private:
  std::shared_ptr<const Table> shared_;
  std::shared_ptr<Table> own_;
};

using Indexes = std::vector<std::uint32_t>;  // ascending, each once

inline bool insert_sorted(Indexes& list, std::uint32_t index) {
  const auto at = std::lower_bound(list.begin(), list.end(), index);
  if (at != list.end() && *at == index) return false;
  list.insert(at, index);
  return true;
}

inline bool erase_sorted(Indexes& list, std::uint32_t index) {
  const auto at = std::lower_bound(list.begin(), list.end(), index);
  if (at == list.end() || *at != index) return false;
  list.erase(at);
  return true;
}

inline void sort_once(Indexes& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

struct Directory::Editor::Draft {
  State state;
  std::vector<std::unique_ptr<OpenUserBlock>> open;  // by block; null: as in the state
  CopyOnWrite<std::vector<TenantId>> tenants;
  CopyOnWrite<GroupTable> groups;
  CopyOnWrite<RoleTable> roles;
  CopyOnWrite<ServicePrincipalTable> service_principals;
  std::unordered_map<TenantId, std::uint32_t> tenant_indexes;  // filled when first asked
  // The lists of the user in hand: a block's lists may not be given back to it.
  Indexes group_list;
  Indexes role_list;
  std::uint32_t tenant = no_tenant;

  explicit Draft(State base)
      : state(std::move(base)),
        open(state.blocks.size()),
        tenants(state.tenants),
        groups(state.groups),
        roles(state.roles),
        service_principals(state.service_principals) {}

  UserBlockView block_view(std::size_t block) const {
    return open[block] ? open[block]->view() : state.blocks[block].view();
  }
  OpenUserBlock& open_block(std::uint32_t slot) {
    auto& block = open[slot / user_block_size];
    if (!block) block = std::make_unique<OpenUserBlock>(state.blocks[slot / user_block_size]);
    return *block;
  }
  const UserSlot& slot_at(std::uint32_t slot) const {
    return block_view(slot / user_block_size).slots[slot % user_block_size];
  }

  std::optional<std::uint32_t> find(UserId id) const {
    const auto found =
        state.find(id, [&](std::uint32_t i) -> const UserSlot& { return slot_at(i); });
    return found == State::no_slot ? std::nullopt : std::optional(found);
  }

  // Begins to fetch what find(id) will look at first.
  void prefetch(UserId id) const {
    const auto hash = hash_of(id.guid);
    if (state.ordered != 0) __builtin_prefetch(&slot_at(state.home(hash)));
    state.by_id.prefetch(hash);
  }

  std::optional<std::uint32_t> find_live(UserId id) const {
    const auto slot = find(id);
    if (slot && !slot_at(*slot).is(UserSlot::live)) return std::nullopt;
    return slot;
  }

  // At most half of the places are taken, so that who is looked for is at home or next door.
  void order(std::uint32_t users) {
    if (state.slots != 0 || users == 0) return;
    constexpr std::uint32_t block_size = user_block_size;
    const std::uint32_t blocks = (2 * users + block_size - 1) / block_size;
    state.slots = state.ordered = blocks * block_size;
    state.ordered_free = state.ordered / 2;
    state.blocks.resize(blocks);
    state.by_name.reset(users, state.slots);
    for (std::uint32_t i = 0; i < blocks; ++i) {
      open.push_back(std::make_unique<OpenUserBlock>());
      open.back()->add_free(block_size);
    }
  }

  std::uint32_t add_slot(UserId id) {
    const std::uint64_t hash = hash_of(id.guid);
    if (state.ordered_free > 0) {
      auto place = state.home(hash);
      while (slot_at(place).is(UserSlot::taken)) place = state.next(place);
      open_block(place).take(place % user_block_size, id);
      --state.ordered_free;
      return place;
    }
    const std::uint32_t slot = state.slots++;
    if (slot % user_block_size == 0) {
      state.blocks.emplace_back();
      open.push_back(std::make_unique<OpenUserBlock>());
    }
    open_block(slot).add_free(1);
    open_block(slot).take(slot % user_block_size, id);
    if (state.by_id.has_room_for(slot)) {
      state.by_id.insert(hash, slot);
    } else {
      state.by_id.reset(state.slots - state.ordered, state.slots);
      for (std::uint32_t i = state.ordered; i < state.slots; ++i) {
        state.by_id.insert(hash_of(slot_at(i).id.guid), i);
      }
    }
    return slot;
  }

  // The user's slot, alive: a new or returning user is an id and nothing else.
  std::uint32_t live_slot(UserId id) {
    const auto found = find(id);
    const std::uint32_t index = found ? *found : add_slot(id);
    if (!slot_at(index).is(UserSlot::live)) {
      auto& slot = open_block(index).slot(index % user_block_size);
      slot.flags =
          UserSlot::taken | UserSlot::live | UserSlot::type_unknown | UserSlot::tenant_unknown;
      slot.type = UserType::member;
      ++state.users;
    }
    return index;
  }

  void set_name(std::uint32_t index, std::string_view name) {
    name = name.substr(0, user_name_size_max);
    auto& block = open_block(index);
    if (block.view().name(block.slot(index % user_block_size)) == name) return;
    block.set_name(index % user_block_size, name);
    if (name.empty()) return;
    if (state.by_name.has_room_for(index)) {
      state.by_name.insert(hash_of_name(name), index);
      return;
    }
    state.by_name.reset(state.users, state.slots);
    for (std::uint32_t i = 0; i < state.slots; ++i) {
      const auto view = block_view(i / user_block_size);
      const auto each = view.name(view.slots[i % user_block_size]);
      if (!each.empty()) state.by_name.insert(hash_of_name(each), i);
    }
  }

  void read_lists(std::uint32_t index) {
    const auto view = block_view(index / user_block_size);
    const auto& slot = view.slots[index % user_block_size];
    const auto its_groups = view.groups(slot);
    const auto its_roles = view.roles(slot);
    group_list.assign(its_groups.begin(), its_groups.end());
    role_list.assign(its_roles.begin(), its_roles.end());
    tenant = view.tenant(slot);
  }

  void write_lists(std::uint32_t index) {
    open_block(index).set_lists(index % user_block_size, group_list, role_list, tenant);
  }

  std::uint32_t tenant_index(TenantId id) {
    if (tenant_indexes.empty()) {
      const auto& known = tenants.read();
      for (std::uint32_t i = 0; i < known.size(); ++i) tenant_indexes.emplace(known[i], i);
    }
    const auto next = static_cast<std::uint32_t>(tenants.read().size());
    const auto [at, is_new] = tenant_indexes.emplace(id, next);
    if (is_new) tenants.write().push_back(id);
    return at->second;
  }

  // Adds the user's facts, and its groups and roles to what the lists in hand hold.
  void put(std::uint32_t index, const User& user) {
    set_name(index, user.name);
    auto& slot = open_block(index).slot(index % user_block_size);
    slot.type = user.type;
    slot.flags = static_cast<std::uint8_t>(
        (slot.flags & UserSlot::listed) | UserSlot::taken | UserSlot::live |
        (user.agent_user ? UserSlot::agent_user : 0) | (user.enabled ? 0 : UserSlot::disabled) |
        (user.type_known ? 0 : UserSlot::type_unknown) |
        (user.home_tenant_known ? 0 : UserSlot::tenant_unknown));
    for (const auto& id : user.groups) group_list.push_back(group_slot(id));
    for (const auto& id : user.roles) role_list.push_back(role_slot(id));
    sort_once(group_list);
    sort_once(role_list);
    tenant = user.home_tenant == TenantId{} ? no_tenant : tenant_index(user.home_tenant);
    write_lists(index);
  }

  GroupIndex group_slot(GroupId id) {
    const auto found = find_group_slot(groups.read(), id);
    if (found && !groups.read().removed[*found]) return *found;
    auto& table = groups.write();
    if (found) {
      table.removed[*found] = false;
      return *found;
    }
    const auto index = static_cast<GroupIndex>(table.all.size());
    table.all.emplace_back();
    table.all.back().id = id;
    table.removed.push_back(false);
    if (table.by_id.has_room_for(index)) {
      table.by_id.insert(hash_of(id.guid), index);
    } else {
      table.by_id.reset(table.all.size(), table.all.size());
      for (GroupIndex i = 0; i <= index; ++i) {
        table.by_id.insert(hash_of(table.all[i].id.guid), i);
      }
    }
    return index;
  }

  std::optional<GroupIndex> find_live_group(GroupId id) const {
    const auto found = find_group_slot(groups.read(), id);
    if (found && groups.read().removed[*found]) return std::nullopt;
    return found;
  }

  RoleIndex role_slot(RoleId id) {
    if (const auto found = find_role(id)) return *found;
    auto& table = roles.write();
    const auto index = static_cast<RoleIndex>(table.all.size());
    table.all.emplace_back();
    table.all.back().id = id;
    table.by_id.emplace(id, index);
    return index;
  }

  std::optional<RoleIndex> find_role(RoleId id) const {
    const auto found = roles.read().by_id.find(id);
    if (found == roles.read().by_id.end()) return std::nullopt;
    return found->second;
  }

  void remove_from_all_users(GroupIndex group) {
    for (std::uint32_t i = 0; i < state.slots; ++i) {
      const auto view = block_view(i / user_block_size);
      const auto its_groups = view.groups(view.slots[i % user_block_size]);
      if (!std::binary_search(its_groups.begin(), its_groups.end(), group)) continue;
      read_lists(i);
      erase_sorted(group_list, group);
      write_lists(i);
    }
  }
};

}  // namespace sallyport
