// What an inventory's snapshots share: blocks of devices and tables of their numbers.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "device/device.h"

namespace sallyport {

inline constexpr std::uint32_t device_block_size = 1024;
inline constexpr std::uint32_t no_device = 0xffffffff;

struct DeviceRow {
  DeviceId id;
  std::uint32_t shape = no_shape_index;
  std::uint32_t name_begin : 31;
  std::uint32_t has_physical_ids : 1;
  DeviceRow() : name_begin(0), has_physical_ids(0) {}
};
static_assert(sizeof(DeviceRow) == 24);

class DeviceBlock {
 public:
  const DeviceRow& row(std::uint32_t row) const { return rows_[row]; }
  std::string_view name(std::uint32_t row) const {
    const std::size_t begin = rows_[row].name_begin;
    return std::string_view(names_).substr(begin, rows_[row + 1].name_begin - begin);
  }
  std::span<const std::string> physical_ids(std::uint32_t row) const;

  // REQUIRES: the row is there, or is the next one; name and ids are not of this block.
  void set(std::uint32_t row, DeviceId id, std::uint32_t shape, std::string_view name,
           std::span<const std::string> physical_ids);
  void remove_last();
  void shrink_to_fit();
  std::size_t bytes() const;

 private:
  void set_name(std::uint32_t row, std::string_view name);
  void set_physical_ids(std::uint32_t row, std::span<const std::string> ids);

  std::uint32_t count_ = 0;
  // INVARIANT: the row after the last begins where the names end.
  std::array<DeviceRow, device_block_size + 1> rows_;
  std::string names_;
  std::vector<std::pair<std::uint32_t, std::vector<std::string>>> physical_ids_;  // sorted by row
};

// Device numbers whose ids fall into this table; linear probing, between half and four fifths full.
struct DeviceTable {
  std::vector<std::uint32_t> slots;
  std::vector<std::uint8_t> tags;  // of the id in the slot
  std::uint32_t used = 0;

  static std::uint8_t tag(std::uint64_t hash) { return (hash >> 32U) & 0xffU; }
  std::size_t home(std::uint64_t hash) const {  // no division: the hash as a fraction of the size
    return static_cast<std::size_t>(((hash & 0xffffffffU) * slots.size()) >> 32U);
  }
  std::size_t after(std::size_t slot) const { return slot + 1 == slots.size() ? 0 : slot + 1; }
  bool is_full() const { return (used + 1) * 5 > slots.size() * 4; }

  void clear(std::size_t size) {
    slots.assign(size, no_device);
    tags.assign(size, 0);
    used = 0;
  }

  void insert(std::uint64_t hash, std::uint32_t number) {  // REQUIRES: !is_full()
    auto slot = home(hash);
    while (slots[slot] != no_device) slot = after(slot);
    slots[slot] = number;
    tags[slot] = tag(hash);
    ++used;
  }
};

// A list of shared parts, and which of them an editor made and so may change.
template <class Part>
struct Parts {
  std::vector<std::shared_ptr<Part>> parts;
  std::vector<bool> owned;

  Part& changeable(std::size_t i) {
    if (!owned[i]) {
      parts[i] = parts[i] ? std::make_shared<Part>(*parts[i]) : std::make_shared<Part>();
      owned[i] = true;
    }
    return *parts[i];
  }
  void resize(std::size_t size) {
    parts.resize(size);
    owned.resize(size, false);
  }
};

}  // namespace sallyport
