// Named locations (spec, section 7).
#include <array>

#include "base/text.h"
#include "directory/member_reader.h"
#include "directory/read.h"

namespace sallyport {
namespace {

constexpr std::size_t ranges_max = 2000;  // spec, section 1.7
constexpr int prefix_min = 9;             // /8 and shorter are refused; for IPv6 it is our choice

std::string quoted(std::string_view text) { return '`' + printable(text) + '`'; }

struct TypeName {
  std::string_view name;
  LocationKind kind;
};
constexpr std::array type_names = {
    TypeName{"ipNamedLocation", LocationKind::ip},
    TypeName{"countryNamedLocation", LocationKind::country},
    TypeName{"compliantNetworkNamedLocation", LocationKind::compliant_network},
    TypeName{"privateLinkNamedLocation", LocationKind::other},
    TypeName{"serviceTagNamedLocation", LocationKind::other},
};

LocationKind kind_from_members(MemberReader& reader) {
  if (reader.has("ipRanges")) return LocationKind::ip;
  if (reader.has("countriesAndRegions")) return LocationKind::country;
  if (reader.has("compliantNetworkType")) return LocationKind::compliant_network;
  if (!reader.has("serviceTags") && !reader.has("privateLinkResourcePolicyIds")) {
    reader.report(Severity::error, shape_code,
                  "this named location has neither `@odata.type` nor `ipRanges` nor "
                  "`countriesAndRegions`; it is taken as possibly anywhere");
  }
  return LocationKind::other;
}

LocationKind read_kind(MemberReader& reader) {
  std::string_view type = short_type(reader.text("@odata.type"));
  if (type.empty()) {
    if (reader.strict()) {
      reader.report(Severity::error, shape_code,
                    "`@odata.type` is missing; say `#microsoft.graph.ipNamedLocation` or "
                    "`#microsoft.graph.countryNamedLocation`");
    } else {
      type = short_type(reader.text("locationType"));  // some hand-written exports
    }
  }
  if (type.empty()) return kind_from_members(reader);
  for (const auto& known : type_names) {
    if (reader.strict() ? known.name == type : equal_ignoring_case(known.name, type)) {
      return known.kind;
    }
  }
  reader.report(reader.refused(), shape_code,
                "unknown kind of named location " + quoted(type) +
                    (reader.strict() ? "" : "; it is taken as possibly anywhere"),
                "@odata.type");
  return LocationKind::other;
}

std::optional<CidrRange> read_range(const json::Value& item, std::size_t index,
                                    MemberReader& location, Dialect dialect,
                                    std::vector<Finding>& findings) {
  const auto list = location.at().member("ipRanges");
  const auto here = list.item(index);
  MemberReader reader(item, dialect, findings, here);
  const auto type = short_type(reader.text("@odata.type"));
  const auto text = reader.text("cidrAddress");
  reader.pass({"description"});
  if (item.is_object() && reader.strict()) reader.finish();
  auto range = parse_cidr(trim(text));
  const bool has_prefix = text.find('/') != std::string_view::npos;
  if (!range || (!has_prefix && reader.strict())) {
    if (item.is_object()) {
      reader.report(Severity::error, content_code,
                    quoted(text) +
                        " is not an address range; write one like `203.0.113.0/24` or "
                        "`2001:db8::/32`",
                    "cidrAddress");
    }
    return std::nullopt;
  }
  if (!has_prefix) {
    reader.report(Severity::warning, content_code,
                  quoted(text) + " has no prefix; it is taken as this one address", "cidrAddress");
  }
  // An IPv4-mapped range is the IPv4 range it means.
  const bool four = range->is_v4();
  if (four && range->prefix > 32) range->prefix -= 96;
  if (reader.strict()) {
    const bool written_as_four = text.find(':') == std::string_view::npos;
    const std::string_view wanted = written_as_four ? "iPv4CidrRange" : "iPv6CidrRange";
    if (type != wanted) {
      reader.report(
          Severity::error, shape_code,
          quoted(text) + " needs `@odata.type` `#microsoft.graph." + std::string(wanted) + '`');
    }
  }
  if (range->prefix < prefix_min) {
    reader.report(reader.refused(), content_code,
                  quoted(text) + " is too wide; the prefix must be /9 or longer", "cidrAddress");
  }
  if (is_private(range->first) && is_private(range->last)) {
    reader.report(Severity::warning, content_code,
                  quoted(text) +
                      " is private and never seen from the internet; list the public "
                      "addresses your networks leave by",
                  "cidrAddress");
  }
  return range;
}

void read_ranges(NamedLocation& location, MemberReader& reader, Dialect dialect,
                 std::vector<Finding>& findings) {
  const auto items = reader.list("ipRanges");
  bool readable = !reader.has("ipRanges") || reader.find("ipRanges")->is_array();
  if (items.empty() && readable) {
    reader.report(reader.refused(), content_code,
                  "this location has no address range, so no address is in it", "ipRanges");
  }
  if (items.size() > ranges_max) {
    reader.report(reader.refused(), content_code,
                  "a named location holds at most 2000 address ranges, this one has " +
                      std::to_string(items.size()) + "; split it",
                  "ipRanges");
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (const auto range = read_range(items[i], i, reader, dialect, findings)) {
      location.ip_ranges.push_back(*range);
    } else {
      readable = false;
    }
  }
  if (!readable) location.kind = LocationKind::other;
}

void read_countries(NamedLocation& location, MemberReader& reader) {
  const auto items = reader.list("countriesAndRegions");
  bool readable =
      !reader.has("countriesAndRegions") || reader.find("countriesAndRegions")->is_array();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (const auto country = parse_country(items[i].text())) {
      location.countries_and_regions.push_back(*country);
      continue;
    }
    readable = false;
    reader.report(Severity::error, content_code,
                  quoted(items[i].text()) +
                      " is not a country; use two letters of ISO 3166-1, "
                      "like `FR`",
                  "countriesAndRegions", i, items[i]);
  }
  const auto unknown = reader.boolean("includeUnknownCountriesAndRegions");
  location.include_unknown_countries_and_regions = unknown.value_or(false);
  if (items.empty() && readable && !unknown.value_or(false)) {
    reader.report(reader.refused(), content_code,
                  "this location lists no country, so nobody is in it", "countriesAndRegions");
  }
  if (reader.find("countryLookupMethod") != nullptr) {
    const auto method = reader.text("countryLookupMethod");
    if (equal_ignoring_case(method, "authenticatorAppGps")) {
      location.lookup_by_gps = true;
    } else if (!equal_ignoring_case(method, "clientIpAddress")) {
      readable = false;
      reader.report(Severity::error, content_code,
                    "unknown `countryLookupMethod` " + quoted(method) +
                        "; use `clientIpAddress` or `authenticatorAppGps`, or leave it out",
                    "countryLookupMethod");
    }
  }
  if (!readable) location.kind = LocationKind::other;
}

}  // namespace

Reading<NamedLocation> read_named_location(const json::Value& document, Dialect dialect) {
  Reading<NamedLocation> reading;
  auto& location = reading.value;
  const json::Pointer root;
  MemberReader reader(document, dialect, reading.findings, root);
  location.kind = LocationKind::other;
  if (!document.is_object()) return reading;

  location.display_name = reader.text("displayName");
  location.id_text = reader.text("id");
  // A document without an id is the location its name means.
  if (location.id_text.empty() && dialect == Dialect::lenient) {
    location.id_text = location.display_name;
  }
  location.id = LocationId::of(location.id_text);
  if (trim(location.display_name).empty()) {
    reader.report(reader.refused(), shape_code, "`displayName` is missing or empty", "displayName");
  }
  location.kind = read_kind(reader);
  reader.pass({"createdDateTime", "modifiedDateTime", "deletedDateTime"});
  if (location.kind != LocationKind::country) {
    location.is_trusted = reader.boolean("isTrusted").value_or(false);
  } else if (dialect == Dialect::lenient) {
    reader.pass({"isTrusted"});  // means nothing for a country
  }
  switch (location.kind) {
    case LocationKind::ip: read_ranges(location, reader, dialect, reading.findings); break;
    case LocationKind::country: read_countries(location, reader); break;
    case LocationKind::compliant_network: reader.pass({"compliantNetworkType"}); break;
    case LocationKind::other: reader.pass({"serviceTags", "privateLinkResourcePolicyIds"}); break;
  }
  reader.finish();
  return reading;
}

}  // namespace sallyport
