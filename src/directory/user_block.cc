#include "directory/user_block.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace sallyport {
namespace {

constexpr std::align_val_t cache_line{64};
constexpr std::size_t extension = 2;  // tenant, role count

std::size_t list_size(const UserBlockView& view, const UserSlot& slot) {
  const std::size_t own = slot.group_count;
  return slot.is(UserSlot::extended) ? extension + own + view.roles(slot).size() : own;
}

// The slot's whole list, from its extension on.
std::span<const std::uint32_t> whole_list(const UserBlockView& view, const UserSlot& slot) {
  const std::size_t start = slot.list - (slot.is(UserSlot::extended) ? extension : 0);
  return {view.lists + start, list_size(view, slot)};
}

}  // namespace

UserBlock::UserBlock(const OpenUserBlock& open) : count_(open.count()) {
  const auto from = open.view();
  std::size_t names = 0;
  std::size_t lists = 0;
  for (const auto& slot : std::span(from.slots, count_)) {
    names += slot.name_size;
    lists += list_size(from, slot);
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
    }
    slot.name = static_cast<std::uint32_t>(name);
    slot.list = static_cast<std::uint32_t>(list + (slot.is(UserSlot::extended) ? extension : 0));
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
    slot.list = static_cast<std::uint32_t>(lists_.size() +
                                           (slot.is(UserSlot::extended) ? extension : 0));
    names_.append(text);
    lists_.insert(lists_.end(), whole.begin(), whole.end());
  }
}

UserSlot& OpenUserBlock::add(UserId id) {
  slots_.emplace_back();
  slots_.back().id = id;
  return slots_.back();
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
  left_behind_ += list_size(view(), slot);
  const bool extended = !roles.empty() || tenant != no_tenant;
  if (extended) {
    lists_.push_back(tenant);
    lists_.push_back(static_cast<std::uint32_t>(roles.size()));
  }
  slot.flags = static_cast<std::uint8_t>(extended ? slot.flags | UserSlot::extended
                                                  : slot.flags & ~UserSlot::extended);
  slot.list = static_cast<std::uint32_t>(lists_.size());
  slot.group_count = static_cast<std::uint32_t>(groups.size());
  lists_.insert(lists_.end(), groups.begin(), groups.end());
  lists_.insert(lists_.end(), roles.begin(), roles.end());
  if (left_behind_ > 4096 && left_behind_ > lists_.size() / 2) compact();
}

void OpenUserBlock::clear(std::size_t i) {
  set_name(i, {});
  set_lists(i, {}, {}, no_tenant);
  slots_[i].flags = 0;
}

void OpenUserBlock::compact() { *this = OpenUserBlock(UserBlock(std::as_const(*this))); }

}  // namespace sallyport
