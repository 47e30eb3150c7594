// The named locations' ranges cut the address space into intervals; inside one, every address is in
// the same locations. What policies make of an address is then a table look-up by the number of its
// location set.
//
//   192.0.2.0/24 in A, 192.0.2.128/25 in B:   ... | A | A,B | ...
//
// An IPv4 address is looked up by its first 16 bits and the next 8; among the cuts inside one /24,
// and for IPv6, by a binary search.
//
// Cost: building n log n in the ranges, and a kilobyte for each /16 that is cut; there are as many
// sets as distinct overlaps, not intervals.
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
  static constexpr std::uint32_t cut_inside = 0x80000000;

  void index_v4();

  std::vector<IpAddress> starts_;   // sorted; the first interval starts at address zero
  std::vector<std::uint32_t> set_;  // of the interval that starts there
  std::vector<std::vector<std::uint32_t>> sets_;

  // By the first 16 bits, where in by_third_byte_ the set of each /24 stands: a set number, or the
  // number of an entry of cut_, marked. A /16 that is not cut shares its 256 with all of that set.
  std::vector<std::uint32_t> by_prefix_;
  std::vector<std::uint32_t> by_third_byte_;
  struct Cuts {
    std::size_t first = 0, count = 0;  // in starts_
  };
  std::vector<Cuts> cut_;
};

}  // namespace sallyport
