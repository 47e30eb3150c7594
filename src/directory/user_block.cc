#include "directory/user_block.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace sallyport {
namespace {

constexpr std::align_val_t cache_line{64};
constexpr std::uint32_t list_head = 2;  // tenant, role count

// The slot's whole list, from its head on; nothing when it is not listed.
std::span<const std::uint32_t> whole_list(const UserBlockView& view, const UserSlot& slot) {
  if (!slot.is(UserSlot::listed)) return {};
  return {view.lists + slot.groups[0] - list_head,
          list_head + slot.groups[1] + view.roles(slot).size()};
}

}  // namespace

UserBlock::UserBlock(const OpenUserBlock& open) : count_(open.count()) {
  const auto from = open.view();
  std::size_t names = 0;
  std::size_t lists = 0;
  for (const auto& slot : std::span(from.slots, count_)) {
    names += slot.name_size;
    lists += whole_list(from, slot).size();
  }
  const std::size_t slots_end = count_ * sizeof(UserSlot);
  const std::size_t names_end = (slots_end + names + 3) / 4 * 4;
  bytes_ = names_end + lists * sizeof(std::uint32_t);

  auto* base = static_cast<std::byte*>(::operator new(bytes_, cache_line));
  memory_ = std::shared_ptr<const std::byte>(
      base, [](const std::byte* p) { ::operator delete(const_cast<std::byte*>(p), cache_line); });
  std::size_t name = slots_end;
  std::size_t list = names_end / sizeof(std::uint32_t);
  for (std::uint32_t i = 0; i < count_; ++i) {
    UserSlot slot = from.slots[i];
    const auto text = from.name(slot);
    std::memcpy(base + name, text.data(), text.size());
    const auto whole = whole_list(from, slot);
    if (!whole.empty()) {
      std::memcpy(base + list * sizeof(std::uint32_t), whole.data(), whole.size_bytes());
      slot.groups[0] = static_cast<std::uint32_t>(list) + list_head;
    }
    slot.name = static_cast<std::uint32_t>(name);
    name += text.size();
    list += whole.size();
    new (base + i * sizeof(UserSlot)) UserSlot(slot);
  }
}

OpenUserBlock::OpenUserBlock(const UserBlock& packed) {
  const auto from = packed.view();
  slots_.assign(from.slots, from.slots + packed.count());
  for (auto& slot : slots_) {
    const auto text = from.name(slot);
    const auto whole = whole_list(from, slot);
    slot.name = static_cast<std::uint32_t>(names_.size());
    if (!whole.empty()) slot.groups[0] = static_cast<std::uint32_t>(lists_.size()) + list_head;
    names_.append(text);
    lists_.insert(lists_.end(), whole.begin(), whole.end());
  }
}

void OpenUserBlock::add_free(std::size_t count) { slots_.resize(slots_.size() + count); }

void OpenUserBlock::take(std::size_t i, UserId id) {
  slots_[i].id = id;
  slots_[i].flags = UserSlot::taken;
}

void OpenUserBlock::set_name(std::size_t i, std::string_view name) {
  name = name.substr(0, user_name_size_max);
  auto& slot = slots_[i];
  slot.name = static_cast<std::uint32_t>(names_.size());
  slot.name_size = static_cast<std::uint16_t>(name.size());
  names_.append(name);
}

void OpenUserBlock::set_lists(std::size_t i, std::span<const GroupIndex> groups,
                              std::span<const RoleIndex> roles, std::uint32_t tenant) {
  auto& slot = slots_[i];
  left_behind_ += whole_list(view(), slot).size();
  slot.flags = static_cast<std::uint8_t>(slot.flags & ~UserSlot::listed);
  if (roles.empty() && tenant == no_tenant && groups.size() <= UserSlot::inline_groups_max) {
    slot.group_count = static_cast<std::uint8_t>(groups.size() & 15U);
    std::copy(groups.begin(), groups.end(), slot.groups);
    return;
  }
  slot.flags |= UserSlot::listed;
  slot.groups[0] = static_cast<std::uint32_t>(lists_.size()) + list_head;
  slot.groups[1] = static_cast<std::uint32_t>(groups.size());
  lists_.push_back(tenant);
  lists_.push_back(static_cast<std::uint32_t>(roles.size()));
  lists_.insert(lists_.end(), groups.begin(), groups.end());
  lists_.insert(lists_.end(), roles.begin(), roles.end());
  if (left_behind_ > 4096 && left_behind_ > lists_.size() / 2) compact();
}

void OpenUserBlock::clear(std::size_t i) {
  set_name(i, {});
  set_lists(i, {}, {}, no_tenant);
  slots_[i].flags = UserSlot::taken;
}

void OpenUserBlock::compact() { *this = OpenUserBlock(UserBlock(std::as_const(*this))); }

}  // namespace sallyport
