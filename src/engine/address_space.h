// The named locations' ranges cut the address space into intervals; inside one, every address is in
// the same locations. Finding an address is a binary search over the cuts, and what policies make
// of it is then a table look-up by the number of its location set.
//
//   192.0.2.0/24 in A, 192.0.2.128/25 in B:   ... | A | A,B | ...
//
// Cost: building n log n in the ranges; there are as many sets as distinct overlaps, not intervals.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/ip_address.h"

namespace sallyport {

class AddressSpace {
 public:
  // ranges[i] are the ranges of location i.
  explicit AddressSpace(const std::vector<std::span<const CidrRange>>& ranges);
  AddressSpace() : AddressSpace(std::vector<std::span<const CidrRange>>{}) {}

  // The number of the set of locations that hold the address; 0 is the empty set.
  std::uint32_t set_of(const IpAddress& address) const;
  std::size_t set_count() const { return sets_.size(); }
  // Sorted.
  std::span<const std::uint32_t> locations_of(std::uint32_t set) const { return sets_[set]; }

 private:
  std::vector<IpAddress> starts_;   // sorted; the first interval starts at address zero
  std::vector<std::uint32_t> set_;  // of the interval that starts there
  // The part of starts_ inside IPv4, by its last 32 bits: smaller, so faster to search.
  std::vector<std::uint32_t> v4_starts_;
  std::size_t v4_before_ = 0;  // intervals that start before the first IPv4 address
  // By the first bits of an address: where in v4_starts_ the search may begin. One more at the end.
  std::vector<std::uint32_t> v4_first_;
  std::vector<std::vector<std::uint32_t>> sets_;
};

}  // namespace sallyport
