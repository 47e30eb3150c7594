// Up to 512 users side by side, the unit that snapshots share.
//
// A UserBlock is one piece of memory that never changes:
//
//   UserSlot slots[count]   32 bytes each, so that the slot is one cache line
//   char     names[]        userPrincipalNames, padded to four bytes
//   u32      lists[]        per user: [tenant, role count] group... role...
//
// The bracket is there only for users who have a role or a home tenant. An OpenUserBlock is the same
// while it is being edited: lists and names grow at the end and what was replaced stays behind, until
// packing leaves it out.
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
    extended = 4,  // its list starts with tenant and role count
    type_unknown = 8,
    tenant_unknown = 16,
  };
  UserId id;
  std::uint32_t list = 0;  // of the first group, counted in lists
  std::uint32_t name = 0;  // of the first byte, counted in names
  std::uint32_t group_count = 0;
  std::uint16_t name_size = 0;
  UserType type = UserType::member;
  std::uint8_t flags = 0;
  bool is(Flag flag) const { return (flags & flag) != 0; }
};
static_assert(sizeof(UserSlot) == 32);

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
    return {lists + slot.list, slot.group_count};
  }
  std::span<const RoleIndex> roles(const UserSlot& slot) const {
    if (!slot.is(UserSlot::extended)) return {};
    return {lists + slot.list + slot.group_count, lists[slot.list - 1]};
  }
  std::uint32_t tenant(const UserSlot& slot) const {  // into the directory's tenants, or no_tenant
    return slot.is(UserSlot::extended) ? lists[slot.list - 2] : no_tenant;
  }
};

class OpenUserBlock;

class UserBlock {
 public:
  UserBlock() = default;
  explicit UserBlock(const OpenUserBlock& open);  // packs

  // Names and lists are counted from the start of the memory, so that one pointer is enough.
  UserBlockView view() const {
    const auto* base = memory_.get();
    return {reinterpret_cast<const UserSlot*>(base), reinterpret_cast<const char*>(base),
            reinterpret_cast<const std::uint32_t*>(base)};
  }
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

  UserSlot& add(UserId id);
  UserSlot& slot(std::size_t i) { return slots_[i]; }
  void set_name(std::size_t i, std::string_view name);  // cut at user_name_size_max
  // The spans must not be this block's own.
  void set_lists(std::size_t i, std::span<const GroupIndex> groups, std::span<const RoleIndex> roles,
                 std::uint32_t tenant);
  void clear(std::size_t i);  // not live, and without anything but its id

 private:
  void compact();
  std::vector<UserSlot> slots_;
  std::string names_;
  std::vector<std::uint32_t> lists_;
  std::size_t left_behind_ = 0;  // entries of lists_ that no slot uses
};

}  // namespace sallyport
