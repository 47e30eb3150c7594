// The writing half of directory.h, over a draft.
#include "directory/directory.h"

#include <numeric>

#include "directory/directory_draft.h"

namespace sallyport {
namespace {

void index_again(ServicePrincipalTable& table) {
  table.by_id.clear();
  table.by_app.clear();
  for (std::size_t i = 0; i < table.all.size(); ++i) {
    table.by_id.emplace(table.all[i].id, i);
    table.by_app.emplace(table.all[i].app_id, i);
  }
}

}  // namespace

Directory::Editor::Editor() : draft_(std::make_unique<Draft>(State{})) {}
Directory::Editor::Editor(std::shared_ptr<const Directory> base)
    : draft_(std::make_unique<Draft>(base ? *base->state_ : State{})) {}
Directory::Editor::~Editor() = default;

void Directory::Editor::expect_users(std::uint32_t count) { draft_->order(count); }

void Directory::Editor::put_user(const User& user) {
  const auto slot = draft_->live_slot(user.id);
  draft_->group_list.clear();
  draft_->role_list.clear();
  draft_->put(slot, user);
}

void Directory::Editor::update_user(const User& user) {
  const auto slot = draft_->live_slot(user.id);
  draft_->read_lists(slot);
  draft_->put(slot, user);
}

void Directory::Editor::remove_user(UserId id) {
  const auto slot = draft_->find_live(id);
  if (!slot) return;
  draft_->open_block(*slot).clear(*slot % user_block_size);
  --draft_->state.users;
}

void Directory::Editor::add_member(GroupId group, UserId user) {
  const auto index = draft_->group_slot(group);
  const auto slot = draft_->live_slot(user);
  draft_->read_lists(slot);
  if (insert_sorted(draft_->group_list, index)) draft_->write_lists(slot);
}

void Directory::Editor::remove_member(GroupId group, UserId user) {
  const auto index = draft_->find_live_group(group);
  const auto slot = draft_->find_live(user);
  if (!index || !slot) return;
  draft_->read_lists(*slot);
  if (erase_sorted(draft_->group_list, *index)) draft_->write_lists(*slot);
}

GroupIndex Directory::Editor::put_group(GroupId id, std::string display_name) {
  const auto index = draft_->group_slot(id);
  if (draft_->groups.read().all[index].display_name != display_name) {
    draft_->groups.write().all[index].display_name = std::move(display_name);
  }
  return index;
}

void Directory::Editor::remove_group(GroupId id) {
  const auto index = draft_->find_live_group(id);
  if (!index) return;
  auto& table = draft_->groups.write();
  table.removed[*index] = true;
  for (auto& group : table.all) erase_sorted(group.member_of, *index);
  table.all[*index] = Group{id, {}, {}, {}};
  draft_->remove_from_all_users(*index);
}

void Directory::Editor::add_nested_group(GroupId group, GroupId member) {
  const auto outer = draft_->group_slot(group);
  const auto inner = draft_->group_slot(member);
  const auto& known = draft_->groups.read().all[inner].member_of;
  if (std::binary_search(known.begin(), known.end(), outer)) return;
  insert_sorted(draft_->groups.write().all[inner].member_of, outer);
}

void Directory::Editor::remove_nested_group(GroupId group, GroupId member) {
  const auto outer = draft_->find_live_group(group);
  const auto inner = draft_->find_live_group(member);
  if (outer && inner) erase_sorted(draft_->groups.write().all[*inner].member_of, *outer);
}

bool Directory::Editor::has_user(UserId id) const { return draft_->find_live(id).has_value(); }

bool Directory::Editor::has_group(GroupId id) const {
  return draft_->find_live_group(id).has_value();
}

std::optional<Directory::Editor::User> Directory::Editor::find_user(UserId id) const {
  const auto index = draft_->find_live(id);
  if (!index) return std::nullopt;
  const auto block = draft_->block_view(*index / user_block_size);
  const auto& slot = block.slots[*index % user_block_size];
  User user;
  user.id = id;
  user.name = block.name(slot);
  user.type = slot.type;
  user.type_known = !slot.is(UserSlot::type_unknown);
  user.home_tenant_known = !slot.is(UserSlot::tenant_unknown);
  user.agent_user = slot.is(UserSlot::agent_user);
  user.enabled = !slot.is(UserSlot::disabled);
  const auto tenant = block.tenant(slot);
  if (tenant != no_tenant) user.home_tenant = draft_->tenants.read()[tenant];
  for (const auto group : block.groups(slot)) {
    user.groups.push_back(draft_->groups.read().all[group].id);
  }
  for (const auto role : block.roles(slot)) user.roles.push_back(draft_->roles.read().all[role].id);
  return user;
}

UserIndex Directory::Editor::user_index(UserId id) { return draft_->live_slot(id); }
UserId Directory::Editor::user_id(UserIndex user) const { return draft_->slot_at(user).id; }

void Directory::Editor::add_member(GroupIndex group, UserIndex user) {
  draft_->read_lists(user);
  if (insert_sorted(draft_->group_list, group)) draft_->write_lists(user);
}

// A million users are more than the processor's caches hold: looking up one means waiting for
// memory, so what a later one needs is asked for ahead.
std::vector<UserIndex> Directory::Editor::user_indexes(std::span<const UserId> ids) {
  constexpr std::size_t ahead = 16;
  std::vector<UserIndex> indexes;
  indexes.reserve(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i + ahead < ids.size()) draft_->prefetch(ids[i + ahead]);
    indexes.push_back(draft_->live_slot(ids[i]));
  }
  return indexes;
}

// The lists turned around: the groups of each user, side by side, by counting first.
void Directory::Editor::add_members(std::span<const Members> lists) {
  std::vector<std::uint32_t> ends(draft_->state.slots + 1, 0);  // of each user's part of `groups`
  for (const auto& list : lists) {
    for (const auto user : list.users) ++ends[user + 1];
  }
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<GroupIndex> groups(ends.back());
  for (const auto& list : lists) {
    for (const auto user : list.users) groups[ends[user]++] = list.group;
  }
  std::uint32_t begin = 0;
  for (UserIndex user = 0; user < draft_->state.slots; ++user) {
    const auto end = ends[user];
    if (begin == end) continue;
    draft_->read_lists(user);
    auto& known = draft_->group_list;
    known.insert(known.end(), groups.begin() + begin, groups.begin() + end);
    sort_once(known);
    draft_->write_lists(user);
    begin = end;
  }
}

RoleIndex Directory::Editor::put_role(RoleId id, std::string display_name) {
  const auto index = draft_->role_slot(id);
  if (draft_->roles.read().all[index].display_name != display_name) {
    draft_->roles.write().all[index].display_name = std::move(display_name);
  }
  return index;
}

void Directory::Editor::assign_role(RoleId role, UserId user) {
  const auto index = draft_->role_slot(role);
  const auto slot = draft_->live_slot(user);
  draft_->read_lists(slot);
  if (insert_sorted(draft_->role_list, index)) draft_->write_lists(slot);
}

void Directory::Editor::assign_role(RoleId role, GroupId group) {
  const auto index = draft_->role_slot(role);
  const auto member = draft_->group_slot(group);
  const auto& known = draft_->groups.read().all[member].roles;
  if (std::binary_search(known.begin(), known.end(), index)) return;
  insert_sorted(draft_->groups.write().all[member].roles, index);
}

void Directory::Editor::revoke_role(RoleId role, UserId user) {
  const auto index = draft_->find_role(role);
  const auto slot = draft_->find_live(user);
  if (!index || !slot) return;
  draft_->read_lists(*slot);
  if (erase_sorted(draft_->role_list, *index)) draft_->write_lists(*slot);
}

void Directory::Editor::revoke_role(RoleId role, GroupId group) {
  const auto index = draft_->find_role(role);
  const auto member = draft_->find_live_group(group);
  if (index && member) erase_sorted(draft_->groups.write().all[*member].roles, *index);
}

void Directory::Editor::put_service_principal(ServicePrincipal service_principal) {
  auto& table = draft_->service_principals.write();
  const auto found = table.by_id.find(service_principal.id);
  if (found == table.by_id.end()) {
    table.by_id.emplace(service_principal.id, table.all.size());
    table.by_app.emplace(service_principal.app_id, table.all.size());
    table.all.push_back(std::move(service_principal));
    return;
  }
  auto& old = table.all[found->second];
  const bool other_app = old.app_id != service_principal.app_id;
  old = std::move(service_principal);
  if (other_app) index_again(table);
}

void Directory::Editor::remove_service_principal(ServicePrincipalId id) {
  const auto& known = draft_->service_principals.read().by_id;
  const auto found = known.find(id);
  if (found == known.end()) return;
  const auto at = static_cast<std::ptrdiff_t>(found->second);
  auto& table = draft_->service_principals.write();
  table.all.erase(table.all.begin() + at);
  index_again(table);
}

std::shared_ptr<const Directory> Directory::Editor::build() && {
  const auto draft = std::move(draft_);
  for (std::size_t i = 0; i < draft->open.size(); ++i) {
    if (!draft->open[i]) continue;
    draft->state.blocks[i] = UserBlock(*draft->open[i]);
    draft->open[i].reset();
  }
  draft->state.block_slots.clear();
  for (const auto& block : draft->state.blocks) draft->state.block_slots.push_back(block.slots());
  draft->state.tenants = std::move(draft->tenants).take();
  draft->state.groups = std::move(draft->groups).take();
  draft->state.roles = std::move(draft->roles).take();
  draft->state.service_principals = std::move(draft->service_principals).take();
  auto directory = std::make_shared<Directory>();
  *directory->state_ = std::move(draft->state);
  return directory;
}

}  // namespace sallyport
