#include "engine/address_space.h"

#include <algorithm>
#include <map>

namespace sallyport {
namespace {

constexpr unsigned v4_prefix_bits = 16;

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
  for (const IpAddress& start : starts_) {
    if (start.is_v4()) v4_starts_.push_back(static_cast<std::uint32_t>(start.low));
    if (v4_starts_.empty()) ++v4_before_;
  }
  std::uint32_t before = 0;
  for (std::uint64_t prefix = 0; prefix <= 1U << v4_prefix_bits; ++prefix) {
    const auto start = prefix << (32 - v4_prefix_bits);
    while (before < v4_starts_.size() && v4_starts_[before] < start) ++before;
    v4_first_.push_back(before);
  }
}

std::uint32_t AddressSpace::set_of(const IpAddress& address) const {
  std::size_t interval = 0;  // counted from 1
  if (address.is_v4()) {
    const auto wanted = static_cast<std::uint32_t>(address.low);
    const std::uint32_t prefix = wanted >> (32 - v4_prefix_bits);
    // A binary search without branches: where an address lies is anybody's guess.
    const auto* first = v4_starts_.data() + v4_first_[prefix];
    std::size_t count = v4_first_[prefix + 1] - v4_first_[prefix];
    while (count > 0) {
      const std::size_t half = (count + 1) / 2;
      first += half * std::size_t{first[half - 1] <= wanted};
      count -= half;
    }
    interval = v4_before_ + static_cast<std::size_t>(first - v4_starts_.data());
  } else {
    const auto after = std::ranges::upper_bound(starts_, address);
    interval = static_cast<std::size_t>(after - starts_.begin());
  }
  return set_[interval - 1];
}

}  // namespace sallyport
