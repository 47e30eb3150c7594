// Devices whose ids fall into one part of the hash space: the unit that snapshots share.
//
// The rows are a hash table themselves, by open addressing, so that finding a device waits for
// memory once. Names stand one after the other behind; what was replaced stays until packing.
// Physical ids, which few devices have, stand apart.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "device/device.h"

namespace sallyport {

struct alignas(32) DeviceRow {
  DeviceId id;
  std::uint32_t shape = no_shape_index;  // none: a free row
  std::uint32_t name_begin = 0;
  std::uint32_t name_size = 0;
  bool has_physical_ids = false;
  DeviceFlag enabled = DeviceFlag::yes;
  bool is_free() const { return shape == no_shape_index; }
};
static_assert(sizeof(DeviceRow) == 32, "two rows a cache line, none across two");

// What a reader needs of a block, so that a table of these is all that stands between an id and its
// row.
class DeviceBlockView {
 public:
  DeviceBlockView() = default;
  DeviceBlockView(std::span<const DeviceRow> rows, const char* names)
      : rows_(rows.data()), count_(rows.size()), names_(names) {}

  const DeviceRow* find(DeviceId id, std::uint64_t hash) const {  // null: not here
    const auto i = place_of(id, hash);
    return i == count_ ? nullptr : &rows_[i];
  }
  // Begins to fetch what find will look at.
  void prefetch(std::uint64_t hash) const {
    if (count_ == 0) return;
    const auto* begin = &rows_[home(hash)];
    for (std::size_t line = 0; line < 3; ++line) {  // nearly all stand in one of these
      __builtin_prefetch(begin + line * rows_a_line);
    }
  }
  std::string_view name(const DeviceRow& row) const {
    return {names_ + row.name_begin, row.name_size};
  }

  std::size_t home(std::uint64_t hash) const {  // no division: the hash as a fraction of the size
    return static_cast<std::size_t>(((hash & 0xffffffffU) * count_) >> 32U);
  }
  std::size_t after(std::size_t i) const { return i + 1 == count_ ? 0 : i + 1; }
  std::size_t place_of(DeviceId id, std::uint64_t hash) const {  // the number of rows: not here
    if (count_ == 0) return 0;
    for (auto i = home(hash); !rows_[i].is_free(); i = after(i)) {
      if (rows_[i].id == id) return i;
    }
    return count_;
  }

 private:
  static constexpr std::size_t rows_a_line = 64 / sizeof(DeviceRow);
  const DeviceRow* rows_ = nullptr;
  std::size_t count_ = 0;
  const char* names_ = nullptr;
};

class DeviceBlock {
 public:
  // Until the block is changed.
  DeviceBlockView view() const { return {rows_, names_.data()}; }
  std::span<const std::string> physical_ids(const DeviceRow& row) const;
  std::span<const DeviceRow> rows() const { return rows_; }  // free ones among them

  // Adds or replaces; true when it added. `as`: its id, and what is not said beside it.
  // REQUIRES: name and ids are not of this block.
  bool put(const DeviceRow& as, std::uint64_t hash, std::string_view name,
           std::span<const std::string> physical_ids);
  bool remove(DeviceId id, std::uint64_t hash);  // false: it is not here
  void pack();  // to no more memory than it needs, before many read it
  std::size_t bytes() const;

 private:
  std::size_t free_place(std::uint64_t hash) const;  // REQUIRES: there is one
  void resize(std::size_t size);                     // REQUIRES: larger than the number of devices
  void set_physical_ids(DeviceRow& row, std::span<const std::string> ids);

  std::vector<DeviceRow> rows_;  // at most four fifths taken; when packed, at least two thirds
  std::size_t used_ = 0;
  std::string names_;
  std::vector<std::pair<DeviceId, std::vector<std::string>>> physical_ids_;  // sorted
};

}  // namespace sallyport
