// The reading half of directory.h; directory_editor.cc is the writing half.
#include "directory/directory.h"

#include <algorithm>

#include "base/text.h"
#include "directory/directory_state.h"

namespace sallyport {

std::uint64_t hash_of_name(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char c : name) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    hash = (hash ^ static_cast<unsigned char>(lower)) * 0x100000001b3ULL;
  }
  return hash_of(Guid{hash, name.size()});
}

std::optional<GroupIndex> find_group_slot(const GroupTable& table, GroupId id) {
  std::optional<GroupIndex> found;
  table.by_id.visit(hash_of(id.guid), [&](GroupIndex i) {
    if (table.all[i].id != id) return false;
    found = i;
    return true;
  });
  return found;
}

Directory::State::State()
    : tenants(std::make_shared<std::vector<TenantId>>()),
      groups(std::make_shared<GroupTable>()),
      roles(std::make_shared<RoleTable>()),
      service_principals(std::make_shared<ServicePrincipalTable>()) {}

void Directory::State::view(const UserBlockView& block, const UserSlot& slot,
                            UserView& into) const {
  into.id = slot.id;
  into.name = block.name(slot);
  into.type = slot.type;
  into.type_known = !slot.is(UserSlot::type_unknown);
  into.home_tenant_known = !slot.is(UserSlot::tenant_unknown);
  into.agent_user = slot.is(UserSlot::agent_user);
  into.enabled = !slot.is(UserSlot::disabled);
  into.groups_known = into.roles_known = true;
  into.groups = block.groups(slot);
  into.roles = block.roles(slot);
  const auto tenant = block.tenant(slot);
  into.home_tenant = tenant == no_tenant ? TenantId{} : (*tenants)[tenant];
}

bool Directory::State::view_at(std::uint32_t index, UserView& into) const {
  const auto block = block_of(index);
  const auto& slot = block.slots[index % user_block_size];
  if (!slot.is(UserSlot::live)) return false;
  view(block, slot, into);
  return true;
}

Directory::Directory() : state_(std::make_unique<State>()) {}
Directory::~Directory() = default;

std::uint32_t Directory::user_slots() const { return state_->slots; }

std::optional<UserView> Directory::user_at(std::uint32_t index) const {
  std::optional<UserView> user(std::in_place);
  return state_->view_at(index, *user) ? user : std::nullopt;
}

std::optional<UserView> Directory::find_user(UserId id) const {
  std::optional<UserView> user(std::in_place);
  return find_user(id, *user) ? user : std::nullopt;
}

bool Directory::find_user(UserId id, UserView& into) const {
  const auto found = state_->find(id, [&](std::uint32_t i) -> const UserSlot& {
    return state_->block_of(i).slots[i % user_block_size];
  });
  return found != State::no_slot && state_->view_at(found, into);
}

void Directory::prefetch(UserId id) const {
  const auto hash = hash_of(id.guid);
  if (state_->ordered != 0) {
    const auto home = state_->home(hash);
    const auto* slots = state_->block_of(home).slots;
    // One in four does not stand at home, but next door or a door further.
    for (std::size_t i = 0; i < 3; ++i) {
      __builtin_prefetch(&slots[std::min(home % user_block_size + i, user_block_size - 1)]);
    }
  }
  state_->by_id.prefetch(hash);
}

std::optional<UserView> Directory::find_user_by_name(std::string_view name) const {
  if (name.empty()) return std::nullopt;
  std::optional<UserView> found;
  bool ambiguous = false;
  state_->by_name.visit(hash_of_name(name), [&](std::uint32_t i) {
    const auto block = state_->block_of(i);
    const auto& slot = block.slots[i % user_block_size];
    if (!equal_ignoring_case(block.name(slot), name)) return false;
    ambiguous = found.has_value();
    state_->view(block, slot, found.emplace());
    return ambiguous;
  });
  if (ambiguous) return std::nullopt;
  return found;
}

std::size_t Directory::user_count() const { return state_->users; }

std::span<const Group> Directory::groups() const { return state_->groups->all; }

std::optional<GroupIndex> Directory::find_group(GroupId id) const {
  const auto found = find_group_slot(*state_->groups, id);
  if (found && state_->groups->removed[*found]) return std::nullopt;
  return found;
}

std::span<const Role> Directory::roles() const { return state_->roles->all; }

std::optional<RoleIndex> Directory::find_role(RoleId id) const {
  const auto found = state_->roles->by_id.find(id);
  if (found == state_->roles->by_id.end()) return std::nullopt;
  return found->second;
}

std::span<const ServicePrincipal> Directory::service_principals() const {
  return state_->service_principals->all;
}

const ServicePrincipal* Directory::find_service_principal(ServicePrincipalId id) const {
  const auto& table = *state_->service_principals;
  const auto found = table.by_id.find(id);
  return found == table.by_id.end() ? nullptr : &table.all[found->second];
}

const ServicePrincipal* Directory::find_service_principal_by_app(ApplicationId id) const {
  const auto& table = *state_->service_principals;
  const auto found = table.by_app.find(id);
  return found == table.by_app.end() ? nullptr : &table.all[found->second];
}

std::size_t Directory::user_bytes() const {
  std::size_t bytes = state_->by_id.bytes() + state_->by_name.bytes() +
                      state_->blocks.capacity() * sizeof(UserBlock) +
                      state_->block_slots.capacity() * sizeof(UserSlot*) +
                      state_->tenants->capacity() * sizeof(TenantId);
  for (const auto& block : state_->blocks) bytes += block.bytes();
  return bytes;
}

}  // namespace sallyport
