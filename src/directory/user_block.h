// Up to 512 users side by side, the unit that snapshots share.
//
// A UserBlock is one piece of memory that never changes:
//
//   UserSlot slots[count]   64 bytes each: all that a decision asks of most users is one cache line
//   char     names[]        userPrincipalNames, padded to four bytes
//   u32      lists[]        of each user that needs one: tenant, role count, group... role...
//
// A user needs a list when there are roles, a home tenant, or more groups than the slot has room
// for. An OpenUserBlock is the same while it is being edited: lists and names grow at the end and
// what was replaced stays behind, until packing leaves it out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "directory/directory.h"

namespace sallyport {

struct UserSlot {
  enum Flag : std::uint8_t {
    live = 1,  // a slot that is not belongs to a removed user, and to nobody else ever
    agent_user = 2,
    type_unknown = 4,
    tenant_unknown = 8,
    listed = 16,
    taken = 32,  // has an id: a slot that has none yet is a free place
    disabled = 64,
  };
  static constexpr std::size_t inline_groups_max = 10;

  UserId id;
  std::uint32_t name = 0;  // of the first byte, counted in names
  std::uint16_t name_size = 0;
  UserType type : 4;
  std::uint8_t group_count : 4;  // when not listed
  std::uint8_t flags = 0;
  // The groups; or, when listed, where in lists the first group is, and how many there are.
  std::uint32_t groups[inline_groups_max] = {};

  UserSlot() : type(UserType::member), group_count(0) {}
  bool is(Flag flag) const { return (flags & flag) != 0; }
};
static_assert(sizeof(UserSlot) == 64);

inline constexpr std::size_t user_block_size = 512;
inline constexpr std::size_t user_name_size_max = 65535;
inline constexpr std::uint32_t no_tenant = 0xffffffff;

// What both forms of a block look like to a reader.
struct UserBlockView {
  const UserSlot* slots;
  const char* names;
  const std::uint32_t* lists;

  std::string_view name(const UserSlot& slot) const { return {names + slot.name, slot.name_size}; }
  std::span<const GroupIndex> groups(const UserSlot& slot) const {
    if (!slot.is(UserSlot::listed)) return {slot.groups, slot.group_count};
    return {lists + slot.groups[0], slot.groups[1]};
  }
  std::span<const RoleIndex> roles(const UserSlot& slot) const {
    if (!slot.is(UserSlot::listed)) return {};
    return {lists + slot.groups[0] + slot.groups[1], lists[slot.groups[0] - 1]};
  }
  std::uint32_t tenant(const UserSlot& slot) const {  // into the directory's tenants, or no_tenant
    return slot.is(UserSlot::listed) ? lists[slot.groups[0] - 2] : no_tenant;
  }
};

class OpenUserBlock;

class UserBlock {
 public:
  UserBlock() = default;
  explicit UserBlock(const OpenUserBlock& open);  // packs

  // Names and lists are counted from the start of the memory, so that one pointer is enough.
  UserBlockView view() const { return view_at(slots()); }
  static UserBlockView view_at(const UserSlot* slots) {
    return {slots, reinterpret_cast<const char*>(slots),
            reinterpret_cast<const std::uint32_t*>(slots)};
  }
  const UserSlot* slots() const { return reinterpret_cast<const UserSlot*>(memory_.get()); }
  std::uint32_t count() const { return count_; }
  std::size_t bytes() const { return bytes_; }

 private:
  std::shared_ptr<const std::byte> memory_;
  std::size_t bytes_ = 0;
  std::uint32_t count_ = 0;
};

class OpenUserBlock {
 public:
  OpenUserBlock() = default;
  explicit OpenUserBlock(const UserBlock& packed);

  UserBlockView view() const { return {slots_.data(), names_.data(), lists_.data()}; }
  std::uint32_t count() const { return static_cast<std::uint32_t>(slots_.size()); }

  UserSlot& slot(std::size_t i) { return slots_[i]; }
  void set_name(std::size_t i, std::string_view name);  // cut at user_name_size_max
  // The spans must not be this block's own.
  void set_lists(std::size_t i, std::span<const GroupIndex> groups,
                 std::span<const RoleIndex> roles, std::uint32_t tenant);
  void clear(std::size_t i);  // not live, and without anything but its id
  void add_free(std::size_t count);
  void take(std::size_t i, UserId id);  // REQUIRES: a free place

 private:
  void compact();
  std::vector<UserSlot> slots_;
  std::string names_;
  std::vector<std::uint32_t> lists_;
  std::size_t left_behind_ = 0;  // entries of lists_ that no slot uses
};

}  // namespace sallyport
