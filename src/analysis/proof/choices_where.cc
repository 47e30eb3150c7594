// From where, and how risky: the address space cut at every range a policy looks at, countries,
// the network, risk levels.
#include <algorithm>

#include "analysis/proof/universe_builder.h"
#include "engine/address_space.h"

namespace sallyport::proof {
namespace {

const NamedLocation* find_location(const PolicySet& set, LocationId id) {
  const auto at = std::ranges::find(set.named_locations, id, &NamedLocation::id);
  return at == set.named_locations.end() ? nullptr : &*at;
}

// Somewhere on the internet that no range holds, if there is such a place.
std::vector<IpAddress> addresses_to_try(const std::vector<std::span<const CidrRange>>& ranges) {
  std::vector<IpAddress> out;
  for (const char* text : {"203.0.113.10", "198.51.100.10", "192.0.2.10", "8.8.8.8"}) {
    out.push_back(*parse_ip_address(text));
  }
  std::vector<IpAddress> cuts{IpAddress{}};
  for (const auto& list : ranges) {
    for (const CidrRange& range : list) {
      cuts.push_back(range.first);
      IpAddress beyond = range.last;
      if (++beyond.low == 0) ++beyond.high;
      cuts.push_back(beyond);
    }
  }
  std::ranges::sort(cuts);
  out.insert(out.end(), cuts.begin(), cuts.end());
  return out;
}

}  // namespace

void UniverseBuilder::add_places() {
  // What is looked at: listed locations, and all trusted ones where `AllTrusted` is used.
  std::vector<std::span<const CidrRange>> ranges;
  std::vector<std::string> names;
  bool network = false;
  std::set<std::pair<const PolicySet*, const NamedLocation*>> seen;
  std::set<LocationId> undefined;
  const auto look_at = [&](const PolicySet& set, const NamedLocation& location) {
    if (!seen.emplace(&set, &location).second) return;
    network |= location.kind == LocationKind::compliant_network;
    if (location.kind == LocationKind::other) undefined.insert(location.id);
    if (location.kind != LocationKind::ip) return;
    ranges.push_back(location.ip_ranges);
    names.push_back(location.display_name);
  };
  std::set<const PolicySet*> mfa_trusted;
  each_location_list([&](const PolicySet& set, const LocationLists& lists) {
    for (const LocationId id : lists.locations) {
      const auto* location = find_location(set, id);
      if (location == nullptr) {
        undefined.insert(id);
      } else {
        look_at(set, *location);
      }
    }
    if (lists.all_trusted) {
      for (const NamedLocation& location : set.named_locations) {
        if (location.is_trusted) look_at(set, location);
      }
    }
    if (lists.all_trusted || lists.mfa_trusted_ips) mfa_trusted.insert(&set);
  });
  for (const PolicySet* set : sets_) {
    for (const NamedLocation& location : set->named_locations) {
      const bool asked =
          std::ranges::find(interests_.locations, location.id) != interests_.locations.end();
      if (asked || (interests_.trusted_locations && location.is_trusted)) look_at(*set, location);
    }
    if (interests_.trusted_locations) mfa_trusted.insert(set);
    if (!mfa_trusted.contains(set)) continue;
    ranges.push_back(set->mfa_trusted_ips);
    names.emplace_back("the MFA trusted addresses");
  }
  for (const CidrRange& range : interests_.addresses) {
    ranges.push_back({&range, 1});
    names.push_back(to_string(range));
  }
  for (const LocationId id : undefined) {
    u_.notes_.push_back("location " + name_of_id(id.guid) +
                        " is not defined here: every address may be in it, and policies that name "
                        "it are taken to apply");
  }

  add_addresses(ranges, names);
  add_countries(Question::country, false);
  add_countries(Question::gps_country, true);
  if (network) {
    add_yes_no(Question::compliant_network, key_of(Question::compliant_network), {},
               "outside the compliant network", "through the compliant network",
               [](Draft& d) { d.sign_in.compliant_network = true; });
  }
}

// One choice for each set of ranges that some address lies in.
void UniverseBuilder::add_addresses(const std::vector<std::span<const CidrRange>>& ranges,
                                    const std::vector<std::string>& names) {
  const AddressSpace space(ranges);
  std::vector<std::optional<IpAddress>> address(space.set_count());
  for (const IpAddress& one : addresses_to_try(ranges)) {
    auto& of_set = address[space.set_of(one)];
    if (!of_set) of_set = one;
  }
  std::vector<Candidate> candidates;
  for (std::uint32_t set = 0; set < space.set_count(); ++set) {
    if (!address[set]) continue;  // an overlap that later ranges took away
    std::set<std::string> in;
    for (const auto location : space.locations_of(set)) in.insert(names[location]);
    std::string words = "an address in no named location";
    if (!in.empty()) {
      words = "an address in " + list_of({in.begin(), in.end()}, in.size());
    }
    candidates.push_back(
        {{std::move(words), [at = *address[set]](Draft& d) { d.sign_in.ip_address = at; }},
         {static_cast<int>(set)}});
  }
  std::sort(candidates.begin() + 1, candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.first.words < b.first.words; });
  add(Question::address, key_of(Question::address), {}, merge(std::move(candidates)));
}

void UniverseBuilder::add_countries(Question question, bool by_gps) {
  std::set<Country> countries;
  std::vector<const NamedLocation*> locations;
  each_location_list([&](const PolicySet& set, const LocationLists& lists) {
    for (const LocationId id : lists.locations) {
      const auto* location = find_location(set, id);
      if (location == nullptr || location->kind != LocationKind::country ||
          location->lookup_by_gps != by_gps) {
        continue;
      }
      locations.push_back(location);
      countries.insert(location->countries_and_regions.begin(),
                       location->countries_and_regions.end());
    }
  });
  for (const PolicySet* set : sets_) {
    for (const NamedLocation& location : set->named_locations) {
      const bool asked =
          std::ranges::find(interests_.locations, location.id) != interests_.locations.end();
      if (!asked || location.kind != LocationKind::country || location.lookup_by_gps != by_gps) {
        continue;
      }
      locations.push_back(&location);
      countries.insert(location.countries_and_regions.begin(),
                       location.countries_and_regions.end());
    }
  }
  if (by_gps && locations.empty()) return;
  countries.insert(interests_.countries.begin(), interests_.countries.end());

  std::vector<Candidate> candidates;
  const auto consider = [&](std::string words, Fact<Country> country) {
    std::vector<int> signature{country.is_absent() ? 1 : 0};
    for (const auto* location : locations) {
      const auto& listed = location->countries_and_regions;
      signature.push_back(country.is_known() ? std::ranges::find(listed, *country) != listed.end()
                                             : 0);
    }
    for (const Country one : interests_.countries) signature.push_back(country.is(one) ? 1 : 0);
    candidates.push_back({{std::move(words),
                           [by_gps, country](Draft& d) {
                             (by_gps ? d.sign_in.gps_country : d.sign_in.country) = country;
                           }},
                          std::move(signature)});
  };
  Country elsewhere;
  for (const char* letters : {"ZZ", "XZ", "XY", "XX", "QM"}) {
    elsewhere = *parse_country(letters);
    if (!countries.contains(elsewhere)) break;
  }
  const auto absent = Fact<Country>::absent();
  if (by_gps) consider("a position not yet told", absent);
  consider("a country no policy names", elsewhere);
  if (!by_gps) consider("an address without a country", absent);
  for (const Country one : countries) consider(to_string(one), one);
  add(question, key_of(question), {}, merge(std::move(candidates)));
}

// `hidden` is told apart from `none` only where a policy lists one of them, or somebody asks.
void UniverseBuilder::add_risks() {
  using Levels = WordSet<RiskLevel> Conditions::*;
  using Member = Fact<RiskLevel> SignIn::*;
  const auto risk = [&](Question question, Levels levels, Member member, unsigned weight) {
    std::vector<Candidate> candidates;
    for (const auto& [named, words] :
         {std::pair{RiskLevel::none, "none"}, std::pair{RiskLevel::low, "low"},
          std::pair{RiskLevel::medium, "medium"}, std::pair{RiskLevel::high, "high"},
          std::pair{RiskLevel::hidden, "hidden"}}) {
      const RiskLevel level = named;  // clang 14 captures no structured binding
      std::vector<int> signature;
      if (level != RiskLevel::none && level != RiskLevel::hidden) {
        signature.push_back(static_cast<int>(level));
      }
      if (interests_.hidden_risk) signature.push_back(level == RiskLevel::hidden ? 1 : 0);
      each_policy([&](const PolicySet&, const Policy& policy) {
        signature.push_back((policy.conditions.*levels).contains(level) ? 1 : 0);
      });
      candidates.push_back({{words, [member, level](Draft& d) { d.sign_in.*member = level; }},
                            std::move(signature)});
    }
    add(question, key_of(question), {}, merge(std::move(candidates)), weight);
  };
  risk(Question::sign_in_risk, &Conditions::sign_in_risk_levels, &SignIn::sign_in_risk_level, 2);
  risk(Question::user_risk, &Conditions::user_risk_levels, &SignIn::user_risk_level, 2);
  risk(Question::service_principal_risk, &Conditions::service_principal_risk_levels,
       &SignIn::service_principal_risk_level, 2);
  risk(Question::agent_id_risk, &Conditions::agent_id_risk_levels, &SignIn::agent_id_risk_level, 2);
  std::vector<Choice> insider;
  for (const auto& [level, words] :
       {std::pair{InsiderRiskLevel::none, "none"}, std::pair{InsiderRiskLevel::minor, "minor"},
        std::pair{InsiderRiskLevel::moderate, "moderate"},
        std::pair{InsiderRiskLevel::elevated, "elevated"}}) {
    insider.push_back({words, [l = level](Draft& d) { d.sign_in.insider_risk_level = l; }});
  }
  add(Question::insider_risk, key_of(Question::insider_risk), {}, std::move(insider));
}

}  // namespace sallyport::proof
