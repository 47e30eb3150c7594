#include "base/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace sallyport {
namespace {

constexpr IpAddress v4(std::uint32_t bits) { return {0, 0xffff00000000ULL | bits}; }

IpAddress from_bytes(const unsigned char* bytes) {
  IpAddress a;
  for (int i = 0; i < 8; ++i) {
    a.high = (a.high << 8) | bytes[i];
    a.low = (a.low << 8) | bytes[8 + i];
  }
  return a;
}

// `prefix` counts bits of the 128.
CidrRange range_of(const IpAddress& address, int prefix, int written) {
  const auto mask = [](int bits) {
    return bits <= 0 ? 0ULL : bits >= 64 ? ~0ULL : ~0ULL << (64 - bits);
  };
  const std::uint64_t high = mask(prefix);
  const std::uint64_t low = mask(prefix - 64);
  return {{address.high & high, address.low & low},
          {address.high | ~high, address.low | ~low},
          written};
}

}  // namespace

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (text.empty() || text.size() >= buffer.size()) return std::nullopt;
  std::memcpy(buffer.data(), text.data(), text.size());
  if (std::strlen(buffer.data()) != text.size()) return std::nullopt;
  in_addr four{};
  if (inet_pton(AF_INET, buffer.data(), &four) == 1) return v4(ntohl(four.s_addr));
  in6_addr six{};
  if (inet_pton(AF_INET6, buffer.data(), &six) == 1) return from_bytes(six.s6_addr);
  return std::nullopt;
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (address.is_v4()) {
    in_addr four{htonl(static_cast<std::uint32_t>(address.low))};
    inet_ntop(AF_INET, &four, buffer.data(), buffer.size());
  } else {
    in6_addr six{};
    for (int i = 0; i < 8; ++i) {
      six.s6_addr[i] = static_cast<unsigned char>(address.high >> (56 - 8 * i));
      six.s6_addr[8 + i] = static_cast<unsigned char>(address.low >> (56 - 8 * i));
    }
    inet_ntop(AF_INET6, &six, buffer.data(), buffer.size());
  }
  return buffer.data();
}

std::optional<CidrRange> parse_cidr(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  // An IPv4-mapped literal is written in the IPv6 form and has an IPv6 prefix.
  const bool four = text.substr(0, slash).find(':') == std::string_view::npos;
  const int bits = four ? 32 : 128;
  int prefix = bits;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    if (digits.empty() || prefix < 0 || prefix > bits) return std::nullopt;
  }
  CidrRange range = range_of(*address, four ? prefix + 96 : prefix, prefix);
  if (!four && range.is_v4()) range.prefix -= 96;  // written as IPv6, but all of it is IPv4
  return range;
}

std::string to_string(const CidrRange& range) {
  return to_string(range.first) + '/' + std::to_string(range.prefix);
}

namespace {

template <std::size_t n>
bool is_in(const IpAddress& address, const std::array<CidrRange, n>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const CidrRange& range) { return range.contains(address); });
}

}  // namespace

bool is_loopback(const IpAddress& address) {
  static const std::array ranges = {*parse_cidr("127.0.0.0/8"), *parse_cidr("::1")};
  return is_in(address, ranges);
}

bool is_public(const IpAddress& address) {
  static const std::array reserved_v4 = {
      *parse_cidr("192.0.0.0/24"),  *parse_cidr("192.0.2.0/24"),    *parse_cidr("192.88.99.0/24"),
      *parse_cidr("198.18.0.0/15"), *parse_cidr("198.51.100.0/24"), *parse_cidr("203.0.113.0/24"),
      *parse_cidr("224.0.0.0/3"),
  };
  if (address.is_v4()) return !is_private(address) && !is_in(address, reserved_v4);
  static const auto global = *parse_cidr("2000::/3");
  static const std::array reserved_v6 = {*parse_cidr("2001::/23"), *parse_cidr("2001:db8::/32"),
                                         *parse_cidr("2002::/16"), *parse_cidr("3fff::/20")};
  return global.contains(address) && !is_in(address, reserved_v6);
}

bool is_private(const IpAddress& address) {
  static const std::array ranges = {
      *parse_cidr("0.0.0.0/8"),      *parse_cidr("10.0.0.0/8"),
      *parse_cidr("100.64.0.0/10"),  *parse_cidr("127.0.0.0/8"),
      *parse_cidr("169.254.0.0/16"), *parse_cidr("172.16.0.0/12"),
      *parse_cidr("192.168.0.0/16"), *parse_cidr("::1"),
      *parse_cidr("fc00::/7"),       *parse_cidr("fe80::/10"),
  };
  return is_in(address, ranges);
}

}  // namespace sallyport
