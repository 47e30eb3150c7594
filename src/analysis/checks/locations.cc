// Named locations (spec, analysis checks, CND-05 to CND-10).
#include <algorithm>
#include <map>
#include <set>

#include "analysis/checks/checks.h"
#include "analysis/checks/vocabulary.h"
#include "base/text.h"

namespace sallyport {
namespace {

// How policies that are not disabled use a location.
struct Use {
  bool used = false;
  bool allowed = false;  // excluded from a block of everywhere
  bool blocked = false;  // included in a block
};

Use use_of(const CheckInput& in, LocationId id) {
  Use use;
  for (const auto& p : in.policies) {
    const auto& places = p.policy.conditions.locations;
    if (p.off() || !places) continue;
    const auto among = [&](const LocationLists& side) {
      return std::ranges::find(side.locations, id) != side.locations.end();
    };
    const bool included = among(places->include);
    const bool excluded = among(places->exclude);
    use.used = use.used || included || excluded;
    use.blocked = use.blocked || (included && blocks(p));
    use.allowed = use.allowed || (excluded && places->include.all && blocks(p));
  }
  return use;
}

// Ranges that no sign-in comes from: private, loopback, documentation.
bool is_unreachable(const CidrRange& range) {
  static const auto documentation = [] {
    std::vector<CidrRange> ranges;
    for (const auto text : {"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"}) {
      ranges.push_back(*parse_cidr(text));
    }
    return ranges;
  }();
  return is_private(range.first) || std::ranges::any_of(documentation, [&](const CidrRange& d) {
           return d.contains(range.first) && d.contains(range.last);
         });
}

void trusted_ranges(const CheckedDocument& document, const NamedLocation& place,
                    FindingList& findings) {
  std::vector<std::string> wide;
  std::vector<std::string> unreachable;
  for (const auto& range : place.ip_ranges) {
    const bool is_wide = range.is_v4() ? range.prefix < 16 : range.prefix < 32;
    if (is_wide) wide.push_back(quoted(to_string(range)));
    if (!is_wide && is_unreachable(range)) unreachable.push_back(quoted(to_string(range)));
  }
  if (!wide.empty()) {
    findings.add("CND-07", document, "/ipRanges", "trusted and very wide: " + list_of(wide));
  }
  if (!unreachable.empty()) {
    findings.add("CND-07", document, "/ipRanges",
                 "trusted, but no sign-in comes from there: " + list_of(unreachable));
  }
}

void countries(const CheckedDocument& document, const NamedLocation& place, const Use& use,
               FindingList& findings) {
  const bool unknown = place.include_unknown_countries_and_regions;
  constexpr std::string_view pointer = "/includeUnknownCountriesAndRegions";
  if (use.allowed && unknown) {
    findings.add("CND-09", document, pointer, "the allowed countries include unknown ones");
  } else if (use.blocked && !unknown) {
    findings.add("CND-09", document, pointer, "the blocked countries leave unknown ones out");
  }
  if ((use.allowed || use.blocked) && !place.lookup_by_gps) {
    findings.add("CND-10", document, "/countryLookupMethod",
                 "the country is looked up by address alone");
  }
}

void one_by_one(const CheckInput& in, const CheckedDocument& document, const NamedLocation& place,
                FindingList& findings) {
  const auto use = use_of(in, place.id);
  const bool ip = place.kind == LocationKind::ip;
  const bool country = place.kind == LocationKind::country;
  if (use.used && ip && place.ip_ranges.empty()) {
    findings.add("CND-05", document, "/ipRanges",
                 "this location is used by a policy and holds no address range");
  }
  if (use.used && country && place.countries_and_regions.empty() &&
      !place.include_unknown_countries_and_regions) {
    findings.add("CND-05", document, "/countriesAndRegions",
                 "this location is used by a policy and holds no country");
  }
  if (ip && place.is_trusted) trusted_ranges(document, place, findings);
  if (country) countries(document, place, use, findings);
}

bool says_trusted(std::string_view name) {
  const auto lower = to_lower(name);
  const auto has = [&](std::string_view word) { return lower.find(word) != std::string::npos; };
  if (has("untrusted") || has("not trusted") || has("guest")) return false;
  return has("office") || has("headquarter") || has("trusted") || has("corporate") ||
         lower == "hq" || lower.starts_with("hq ") || lower.ends_with(" hq");
}

// CND-06.
void trust(const CheckInput& in, FindingList& findings) {
  const CheckedPolicy* relying = nullptr;
  std::string_view pointer;
  for (const auto& p : in.policies) {
    const auto& places = p.policy.conditions.locations;
    if (p.off() || !places || relying != nullptr) continue;
    if (!places->include.all_trusted && !places->exclude.all_trusted) continue;
    relying = &p;
    pointer = places->include.all_trusted ? "/conditions/locations/includeLocations"
                                          : "/conditions/locations/excludeLocations";
  }
  if (relying == nullptr) return;
  const auto& all = in.tenant.policy_set.named_locations;
  const bool some = std::ranges::any_of(all, &NamedLocation::is_trusted);
  if (!some && in.tenant.policy_set.mfa_trusted_ips.empty()) {
    auto& finding = findings.add("CND-06", *relying, pointer,
                                 "the trusted places are relied on, and no location is trusted");
    if (all.empty()) finding.assumption = "no named location was given: they may not be exported";
  }
  for (const auto& document : in.locations) {
    const auto* place = in.find_location(LocationId::of(document.source->id));
    if (place == nullptr || place->is_trusted || place->kind != LocationKind::ip ||
        !says_trusted(place->display_name)) {
      continue;
    }
    findings.add("CND-06", document, "/isTrusted",
                 "this location is not trusted, although its name says so");
  }
}

// CND-08: one pass over the ranges in order of their first address.
void overlaps(const CheckInput& in, FindingList& findings) {
  struct Entry {
    CidrRange range;
    const CheckedDocument* document;
    const NamedLocation* place;
  };
  std::vector<Entry> entries;
  for (const auto& document : in.locations) {
    const auto* place = in.find_location(LocationId::of(document.source->id));
    if (place == nullptr) continue;
    for (const auto& range : place->ip_ranges) entries.push_back({range, &document, place});
  }
  std::ranges::stable_sort(entries, {}, [](const Entry& e) { return e.range; });
  std::set<std::pair<LocationId, LocationId>> said;
  // Of what began before and has not ended, the range that reaches farthest, trusted and not.
  const Entry* farthest[2] = {nullptr, nullptr};
  for (const auto& entry : entries) {
    for (const auto* before : farthest) {
      if (before == nullptr || before->range.last < entry.range.first) continue;
      const bool same = before->place == entry.place;
      const bool trust_differs = before->place->is_trusted != entry.place->is_trusted;
      if (!same && !trust_differs) continue;
      if (!said.insert(std::minmax(before->place->id, entry.place->id)).second) continue;
      findings.add("CND-08", *entry.document, "/ipRanges",
                   quoted(to_string(entry.range)) + " of " + quoted(entry.place->display_name) +
                       " overlaps " + quoted(to_string(before->range)) +
                       (same ? std::string(" of the same location")
                             : " of " + quoted(before->place->display_name) +
                                   ", of which only one is trusted"));
    }
    auto& reach = farthest[entry.place->is_trusted ? 1 : 0];
    if (reach == nullptr || reach->range.last < entry.range.last) reach = &entry;
  }
}

}  // namespace

void check_locations(const CheckInput& in, FindingList& findings) {
  for (const auto& document : in.locations) {
    const auto* place = in.find_location(LocationId::of(document.source->id));
    if (place != nullptr) one_by_one(in, document, *place, findings);
  }
  trust(in, findings);
  overlaps(in, findings);
}

}  // namespace sallyport
