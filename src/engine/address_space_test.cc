#include "engine/address_space.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace sallyport {
namespace {

std::vector<std::uint32_t> locations_at(const AddressSpace& space, const IpAddress& address) {
  const auto found = space.locations_of(space.set_of(address));
  return {found.begin(), found.end()};
}

TEST(AddressSpace, an_address_is_in_every_location_whose_ranges_hold_it) {
  const std::vector<CidrRange> a = {*parse_cidr("192.0.2.0/24"), *parse_cidr("192.0.2.128/25")};
  const std::vector<CidrRange> b = {*parse_cidr("192.0.2.128/25"), *parse_cidr("2001:db8::/32")};
  const std::vector<CidrRange> c = {*parse_cidr("255.255.255.255"), *parse_cidr("ffff::/16"),
                                    *parse_cidr("::/128")};
  const AddressSpace space({a, b, c});
  using List = std::vector<std::uint32_t>;
  const std::pair<const char*, List> rows[] = {
      {"192.0.1.255", {}},
      {"192.0.2.0", {0}},
      {"192.0.2.127", {0}},
      {"192.0.2.128", {0, 1}},
      {"192.0.2.255", {0, 1}},
      {"192.0.3.0", {}},
      {"2001:db7:ffff::", {}},
      {"2001:db8::", {1}},
      {"2001:db8:ffff::1", {1}},
      {"2001:db9::", {}},
      {"255.255.255.255", {2}},
      {"255.255.255.254", {}},
      {"::1:0:0:0", {}},
      {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", {2}},
      {"fffe::", {}},
      {"::", {2}},
      {"::1", {}},
      {"0.0.0.0", {}},
  };
  for (const auto& [address, expected] : rows) {
    EXPECT_EQ(locations_at(space, *parse_ip_address(address)), expected) << address;
  }
}

TEST(AddressSpace, agrees_with_trying_every_range) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::vector<CidrRange>> ranges(1 + random() % 6);
    for (auto& location : ranges) {
      for (std::size_t i = random() % 5; i > 0; --i) {
        const std::uint32_t bits = static_cast<std::uint32_t>(random() % 16) << 28U;
        const IpAddress address{0, 0xffff00000000ULL | bits};
        location.push_back(
            *parse_cidr(to_string(address) + '/' + std::to_string(1 + random() % 8)));
      }
    }
    const AddressSpace space({ranges.begin(), ranges.end()});
    for (int i = 0; i < 200; ++i) {
      const IpAddress address{0, 0xffff00000000ULL | static_cast<std::uint32_t>(random())};
      std::vector<std::uint32_t> expected;
      for (std::uint32_t n = 0; n < ranges.size(); ++n) {
        if (std::ranges::any_of(ranges[n], [&](const auto& r) { return r.contains(address); })) {
          expected.push_back(n);
        }
      }
      ASSERT_EQ(locations_at(space, address), expected) << to_string(address);
    }
  }
}

TEST(AddressSpace, agrees_with_trying_every_range_however_small) {
  std::mt19937 random(8);
  for (int round = 0; round < 100; ++round) {
    // A few neighbourhoods, so that ranges overlap, touch and lie inside one another.
    const auto address = [&] {
      const std::uint32_t v4 = 0x0a000000U | static_cast<std::uint32_t>(random() % 3) << 16U |
                               static_cast<std::uint32_t>(random() % 4) << 8U |
                               static_cast<std::uint32_t>(random() % 256);
      return IpAddress{0, 0xffff00000000ULL | v4};
    };
    std::vector<std::vector<CidrRange>> ranges(1 + random() % 4);
    for (auto& location : ranges) {
      for (std::size_t i = random() % 8; i > 0; --i) {
        location.push_back(
            *parse_cidr(to_string(address()) + '/' + std::to_string(14 + random() % 19)));
      }
    }
    const AddressSpace space({ranges.begin(), ranges.end()});
    for (int i = 0; i < 300; ++i) {
      const IpAddress at = address();
      std::vector<std::uint32_t> expected;
      for (std::uint32_t n = 0; n < ranges.size(); ++n) {
        if (std::ranges::any_of(ranges[n], [&](const auto& r) { return r.contains(at); })) {
          expected.push_back(n);
        }
      }
      ASSERT_EQ(locations_at(space, at), expected) << to_string(at);
    }
  }
}

TEST(AddressSpace, without_ranges_every_address_is_nowhere) {
  const AddressSpace space;
  EXPECT_TRUE(locations_at(space, *parse_ip_address("192.0.2.1")).empty());
  EXPECT_TRUE(locations_at(space, *parse_ip_address("2001:db8::1")).empty());
}

}  // namespace
}  // namespace sallyport
