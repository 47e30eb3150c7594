#include "device/inventory_parts.h"

#include <algorithm>

namespace sallyport {
namespace {

template <class Entries>
auto entry_of(Entries& entries, std::uint32_t row) {
  return std::lower_bound(entries.begin(), entries.end(), row,
                          [](const auto& entry, std::uint32_t r) { return entry.first < r; });
}

}  // namespace

std::span<const std::string> DeviceBlock::physical_ids(std::uint32_t row) const {
  if (rows_[row].has_physical_ids == 0) return {};
  return entry_of(physical_ids_, row)->second;
}

void DeviceBlock::set(std::uint32_t row, DeviceId id, std::uint32_t shape, std::string_view name,
                      std::span<const std::string> physical_ids) {
  if (row == count_) rows_[++count_].name_begin = rows_[row].name_begin;
  rows_[row].id = id;
  rows_[row].shape = shape;
  set_name(row, name);
  set_physical_ids(row, physical_ids);
}

void DeviceBlock::set_name(std::uint32_t row, std::string_view name_now) {
  const auto before = name(row).size();
  names_.replace(rows_[row].name_begin, before, name_now);
  if (name_now.size() == before) return;
  for (auto i = row + 1; i <= count_; ++i) {
    rows_[i].name_begin = (rows_[i].name_begin + name_now.size() - before) & 0x7fffffffU;
  }
}

void DeviceBlock::set_physical_ids(std::uint32_t row, std::span<const std::string> ids) {
  const auto entry = entry_of(physical_ids_, row);
  const bool had = rows_[row].has_physical_ids != 0;
  rows_[row].has_physical_ids = ids.empty() ? 0 : 1;
  if (had && ids.empty()) {
    physical_ids_.erase(entry);
  } else if (had) {
    entry->second.assign(ids.begin(), ids.end());
  } else if (!ids.empty()) {
    physical_ids_.insert(entry, {row, std::vector<std::string>(ids.begin(), ids.end())});
  }
}

void DeviceBlock::remove_last() {
  set_physical_ids(count_ - 1, {});
  names_.resize(rows_[count_ - 1].name_begin);
  --count_;
}

void DeviceBlock::shrink_to_fit() {
  names_.shrink_to_fit();
  physical_ids_.shrink_to_fit();
}

std::size_t DeviceBlock::bytes() const {
  std::size_t total = sizeof(DeviceBlock) + names_.capacity() + 1;
  total += physical_ids_.capacity() * sizeof(physical_ids_[0]);
  for (const auto& [row, ids] : physical_ids_) {
    total += ids.capacity() * sizeof(std::string);
    for (const auto& id : ids) {
      total += id.capacity() > std::string().capacity() ? id.capacity() + 1 : 0;
    }
  }
  return total;
}

}  // namespace sallyport
