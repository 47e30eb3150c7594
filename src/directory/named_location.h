// Named locations (spec, section 7): address ranges, countries, the compliant network.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/ip_address.h"

namespace sallyport {

// Two letters, upper case.
struct Country {
  std::array<char, 2> letters{};
  friend auto operator<=>(const Country&, const Country&) = default;
};
std::optional<Country> parse_country(std::string_view text);  // any case
std::string to_string(Country country);

enum class LocationKind : std::uint8_t {
  ip,
  country,
  compliant_network,
  other,  // a kind this version does not know; conditions that use it take it as possible
};

struct NamedLocation {
  LocationId id;
  std::string id_text;  // as written
  std::string display_name;
  LocationKind kind = LocationKind::ip;
  bool is_trusted = false;
  std::vector<CidrRange> ip_ranges;            // kind ip
  std::vector<Country> countries_and_regions;  // kind country
  bool include_unknown_countries_and_regions = false;
  bool lookup_by_gps = false;  // countryLookupMethod is authenticatorAppGps
};

// The id under which policies mean the MFA service's trusted addresses; no location has it.
inline constexpr std::string_view mfa_trusted_ips_id = "00000000-0000-0000-0000-000000000000";

}  // namespace sallyport
