// IP addresses and CIDR ranges. Both families live in one 128-bit space: IPv4 is its IPv4-mapped
// IPv6 form (::ffff:a.b.c.d), so the two spellings of one address are equal (spec, section 7).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport {

struct IpAddress {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
  bool is_v4() const { return high == 0 && (low >> 32) == 0xffff; }
};

// A literal of either family, without port, brackets or zone.
std::optional<IpAddress> parse_ip_address(std::string_view text);
std::string to_string(const IpAddress& address);

// First and last address are both inside. Host bits below the prefix are masked away.
struct CidrRange {
  IpAddress first;
  IpAddress last;
  int prefix = 0;  // as written: 0..32 for IPv4, 0..128 for IPv6
  friend auto operator<=>(const CidrRange&, const CidrRange&) = default;
  bool is_v4() const { return first.is_v4() && last.is_v4(); }
  bool contains(const IpAddress& address) const { return first <= address && address <= last; }
};

// `192.0.2.0/24`, `2001:db8::/32`; an address alone is a range of one.
std::optional<CidrRange> parse_cidr(std::string_view text);
std::string to_string(const CidrRange& range);

// Addresses that never appear on the internet: private, loopback, link-local, unique local.
bool is_private(const IpAddress& address);
bool is_loopback(const IpAddress& address);
// Somebody's on the internet: not private, not a group, not reserved, and not a form of IPv6 that
// holds another address (which could be a private one).
bool is_public(const IpAddress& address);

}  // namespace sallyport
