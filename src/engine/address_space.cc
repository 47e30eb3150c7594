#include "engine/address_space.h"

#include <algorithm>
#include <map>

namespace sallyport {
namespace {

struct Cut {
  IpAddress at;
  bool opens = false;
  std::uint32_t location = 0;
};

// False for the last address there is: nothing lies beyond it.
bool next(IpAddress& address) {
  if (++address.low != 0) return true;
  return ++address.high != 0;
}

}  // namespace

AddressSpace::AddressSpace(const std::vector<std::span<const CidrRange>>& ranges) {
  std::vector<Cut> cuts;
  for (std::uint32_t i = 0; i < ranges.size(); ++i) {
    for (const auto& range : ranges[i]) {
      cuts.push_back({range.first, true, i});
      if (IpAddress beyond = range.last; next(beyond)) cuts.push_back({beyond, false, i});
    }
  }
  std::ranges::sort(cuts, {}, &Cut::at);

  std::map<std::vector<std::uint32_t>, std::uint32_t> numbers{{{}, 0}};
  std::vector<std::uint32_t> open(ranges.size(), 0);  // ranges of one location may overlap
  std::vector<std::uint32_t> active;
  starts_.push_back({});
  set_.push_back(0);
  sets_.emplace_back();
  for (std::size_t i = 0; i < cuts.size();) {
    const IpAddress at = cuts[i].at;
    for (; i < cuts.size() && cuts[i].at == at; ++i) {
      auto& count = open[cuts[i].location];
      const auto place = std::ranges::lower_bound(active, cuts[i].location);
      if (cuts[i].opens) {
        if (count++ == 0) active.insert(place, cuts[i].location);
      } else if (--count == 0) {
        active.erase(place);
      }
    }
    const auto [found, added] =
        numbers.try_emplace(active, static_cast<std::uint32_t>(sets_.size()));
    if (added) sets_.push_back(active);
    if (starts_.back() == at) {
      set_.back() = found->second;
    } else {
      starts_.push_back(at);
      set_.push_back(found->second);
    }
  }
  index_v4();
}

void AddressSpace::index_v4() {
  const auto v4 = [](std::uint64_t address) { return IpAddress{0, 0xffff00000000ULL | address}; };
  std::map<std::uint32_t, std::uint32_t> uncut;  // by set, where its 256 stand
  const auto uncut_at = [&](std::uint32_t set) {
    const auto end = static_cast<std::uint32_t>(by_third_byte_.size());
    const auto [found, added] = uncut.try_emplace(set, end);
    if (added) by_third_byte_.insert(by_third_byte_.end(), 256, set);
    return found->second;
  };
  // The next interval starts beyond what has been looked at.
  std::size_t next = 0;
  const auto advance = [&](const IpAddress& address) {
    while (next < starts_.size() && starts_[next] <= address) ++next;
    return set_[next - 1];
  };
  for (std::uint64_t prefix = 0; prefix < 0x10000; ++prefix) {
    const auto set = advance(v4(prefix << 16U));
    const bool is_cut = next < starts_.size() && starts_[next] <= v4(prefix << 16U | 0xffffU);
    by_prefix_.push_back(is_cut ? static_cast<std::uint32_t>(by_third_byte_.size())
                                : uncut_at(set));
    for (std::uint64_t byte = 0; is_cut && byte < 256; ++byte) {
      const auto first = prefix << 16U | byte << 8U;
      const auto set_there = advance(v4(first));
      Cuts cuts{next, 0};
      while (next < starts_.size() && starts_[next] <= v4(first | 0xffU)) ++next, ++cuts.count;
      by_third_byte_.push_back(
          cuts.count == 0 ? set_there : cut_inside | static_cast<std::uint32_t>(cut_.size()));
      if (cuts.count != 0) cut_.push_back(cuts);
    }
  }
}

std::uint32_t AddressSpace::set_of(const IpAddress& address) const {
  Cuts among{0, starts_.size()};
  if (address.is_v4()) {
    const auto v4 = static_cast<std::uint32_t>(address.low);
    const auto entry = by_third_byte_[by_prefix_[v4 >> 16U] + (v4 >> 8U & 0xffU)];
    if ((entry & cut_inside) == 0) return entry;
    among = cut_[entry & ~cut_inside];
  }
  const auto first = starts_.begin() + static_cast<std::ptrdiff_t>(among.first);
  const auto after =
      std::upper_bound(first, first + static_cast<std::ptrdiff_t>(among.count), address);
  return set_[static_cast<std::size_t>(after - starts_.begin()) - 1];
}

}  // namespace sallyport
