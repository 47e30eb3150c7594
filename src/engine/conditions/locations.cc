// conditions.locations (spec, sections 2.5 and 7).
#include <algorithm>

#include "engine/conditions/conditions.h"

namespace sallyport {
namespace {

template <class List>
bool holds(const List& list, const typename List::value_type& item) {
  return std::ranges::find(list, item) != list.end();
}

Match in_ranges(bool has_ranges, std::uint32_t location, const Facts& facts) {
  const auto& address = facts.sign_in.ip_address;
  if (address.is_unknown()) return has_ranges ? Match::unknown : Match::no;
  if (address.is_absent()) return Match::no;
  return match_of(std::ranges::binary_search(facts.locations_of_address, location));
}

Match in_country(const NamedLocation& location, const Facts& facts) {
  const auto& country = location.lookup_by_gps ? facts.sign_in.gps_country : facts.sign_in.country;
  const bool unknown_is_in = location.include_unknown_countries_and_regions;
  if (country.is_unknown()) {
    const bool any =
        location.lookup_by_gps || !location.countries_and_regions.empty() || unknown_is_in;
    return any ? Match::unknown : Match::no;
  }
  if (country.is_absent())
    return location.lookup_by_gps ? Match::needs_gps : match_of(unknown_is_in);
  return match_of(holds(location.countries_and_regions, *country));
}

Match in_compliant_network(const Facts& facts) {
  const auto& network = facts.sign_in.compliant_network;
  if (network.is_unknown()) return Match::unknown;
  return match_of(network.is(true));
}

Match in_location(std::uint32_t index, const PolicySet& policies, const Facts& facts) {
  if (index == no_location) return Match::unknown;
  const NamedLocation& location = policies.named_locations[index];
  switch (location.kind) {
    case LocationKind::ip: return in_ranges(!location.ip_ranges.empty(), index, facts);
    case LocationKind::country: return in_country(location, facts);
    case LocationKind::compliant_network: return in_compliant_network(facts);
    case LocationKind::other: break;
  }
  return Match::unknown;
}

// The MFA trusted addresses are one more location, numbered after the named ones.
Match in_mfa_trusted_ips(const PolicySet& policies, const Facts& facts) {
  return in_ranges(!policies.mfa_trusted_ips.empty(),
                   static_cast<std::uint32_t>(policies.named_locations.size()), facts);
}

template <class Take>
void each_entry(const CompiledLocationLists& side, const PolicySet& policies, const Facts& facts,
                Take take) {
  const LocationLists& lists = *side.lists;
  if (lists.all_trusted) take(facts.in_trusted_location, ReasonKind::trusted_locations, 0U);
  if (lists.mfa_trusted_ips) {
    take(in_mfa_trusted_ips(policies, facts), ReasonKind::mfa_trusted_ips, 0U);
  }
  for (std::uint32_t i = 0; i < side.locations.size(); ++i) {
    const auto index = side.locations[i];
    const Match match = in_location(index, policies, facts);
    if (index == no_location) {
      take(match, ReasonKind::undefined_location, i);
    } else {
      take(match, ReasonKind::location, index);
    }
  }
}

bool is_empty(const LocationLists& lists) {
  return !lists.all && !lists.all_trusted && !lists.mfa_trusted_ips && lists.locations.empty();
}

}  // namespace

Match match_trusted_locations(const PolicySet& policies, const Facts& facts) {
  Match match = in_mfa_trusted_ips(policies, facts);
  for (std::uint32_t i = 0; i < policies.named_locations.size(); ++i) {
    const NamedLocation& location = policies.named_locations[i];
    if (!location.is_trusted || location.kind == LocationKind::country) continue;
    match = match_or(match, in_location(i, policies, facts));
  }
  return match;
}

Tested test_locations(const CompiledLocations& condition, const PolicySet& policies,
                      const Facts& facts) {
  Sides sides;
  if (condition.include.lists->all || is_empty(*condition.include.lists)) {
    sides.include(Match::yes, ReasonKind::all_locations);
  }
  each_entry(condition.include, policies, facts,
             [&](Match match, ReasonKind kind, std::uint32_t operand) {
               sides.include(match, kind, operand);
             });
  each_entry(condition.exclude, policies, facts,
             [&](Match match, ReasonKind kind, std::uint32_t operand) {
               sides.exclude(match, kind, operand);
             });
  if (condition.exclude.lists->all) sides.exclude(Match::yes, ReasonKind::all_locations);
  return sides.result();
}

}  // namespace sallyport
