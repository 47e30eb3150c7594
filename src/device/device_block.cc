#include "device/device_block.h"

#include <algorithm>

namespace sallyport {
namespace {

std::uint64_t hash_of(DeviceId id) { return GuidHash{}(id.guid); }

template <class Entries>
auto entry_of(Entries& entries, DeviceId id) {
  return std::lower_bound(entries.begin(), entries.end(), id,
                          [](const auto& entry, DeviceId wanted) { return entry.first < wanted; });
}

}  // namespace

std::span<const std::string> DeviceBlock::physical_ids(const DeviceRow& row) const {
  if (!row.has_physical_ids) return {};
  return entry_of(physical_ids_, row.id)->second;
}

std::size_t DeviceBlock::free_place(std::uint64_t hash) const {
  auto i = view().home(hash);
  while (!rows_[i].is_free()) i = view().after(i);
  return i;
}

void DeviceBlock::resize(std::size_t size) {
  const auto before = std::exchange(rows_, {});
  rows_.resize(size);
  for (const auto& row : before) {
    if (!row.is_free()) rows_[free_place(hash_of(row.id))] = row;
  }
}

bool DeviceBlock::put(const DeviceRow& as, std::uint64_t hash, std::string_view name,
                      std::span<const std::string> physical_ids) {
  auto place = view().place_of(as.id, hash);
  const bool added = place == rows_.size();
  if (added) {
    if ((used_ + 1) * 5 > rows_.size() * 4) {
      resize(std::max<std::size_t>(8, rows_.size() + rows_.size() / 2));
    }
    place = free_place(hash);
    rows_[place].id = as.id;
    ++used_;
  }
  auto& row = rows_[place];
  row.enabled = as.enabled;
  row.shape = as.shape;
  if (view().name(row) != name) {
    row.name_begin = static_cast<std::uint32_t>(names_.size());
    row.name_size = static_cast<std::uint32_t>(name.size());
    names_.append(name);
  }
  set_physical_ids(row, physical_ids);
  return added;
}

void DeviceBlock::set_physical_ids(DeviceRow& row, std::span<const std::string> ids) {
  const auto entry = entry_of(physical_ids_, row.id);
  const bool had = std::exchange(row.has_physical_ids, !ids.empty());
  if (had && ids.empty()) {
    physical_ids_.erase(entry);
  } else if (had) {
    entry->second.assign(ids.begin(), ids.end());
  } else if (!ids.empty()) {
    physical_ids_.insert(entry, {row.id, std::vector<std::string>(ids.begin(), ids.end())});
  }
}

// Closes the gap: whoever stands further from home than the gap moves into it.
bool DeviceBlock::remove(DeviceId id, std::uint64_t hash) {
  auto gap = view().place_of(id, hash);
  if (gap == rows_.size()) return false;
  set_physical_ids(rows_[gap], {});
  const auto distance = [this](std::size_t from, std::size_t to) {
    return (to + rows_.size() - from) % rows_.size();
  };
  for (auto i = view().after(gap); !rows_[i].is_free(); i = view().after(i)) {
    const auto its_home = view().home(hash_of(rows_[i].id));
    if (distance(its_home, i) < distance(gap, i)) continue;
    rows_[gap] = rows_[i];
    gap = i;
  }
  rows_[gap] = {};
  --used_;
  return true;
}

void DeviceBlock::pack() {
  if (used_ * 3 < rows_.size() * 2) resize(used_ + used_ / 3 + 1);
  std::string names;
  std::size_t size = 0;
  for (const auto& row : rows_) size += row.name_size;
  names.reserve(size);
  for (auto& row : rows_) {
    const auto text = view().name(row);
    row.name_begin = static_cast<std::uint32_t>(names.size());
    names.append(text);
  }
  names_ = std::move(names);
  rows_.shrink_to_fit();
  physical_ids_.shrink_to_fit();
}

std::size_t DeviceBlock::bytes() const {
  std::size_t total = sizeof(DeviceBlock) + rows_.capacity() * sizeof(DeviceRow);
  total += names_.capacity() + 1 + physical_ids_.capacity() * sizeof(physical_ids_[0]);
  for (const auto& [id, ids] : physical_ids_) {
    total += ids.capacity() * sizeof(std::string);
    for (const auto& text : ids) {
      total += text.capacity() > std::string().capacity() ? text.capacity() + 1 : 0;
    }
  }
  return total;
}

}  // namespace sallyport
