#include "directory/write.h"

#include "base/json_members.h"

namespace sallyport {
namespace {

std::string_view type_of(LocationKind kind) {
  switch (kind) {
    case LocationKind::ip: return "#microsoft.graph.ipNamedLocation";
    case LocationKind::country: return "#microsoft.graph.countryNamedLocation";
    case LocationKind::compliant_network: return "#microsoft.graph.compliantNetworkNamedLocation";
    case LocationKind::other: break;
  }
  return "#microsoft.graph.namedLocation";
}

void write_combinations(std::string_view name, const std::vector<MethodModes>& combinations,
                        json::Writer& writer) {
  writer.key(name);
  writer.begin_array();
  for (const auto combination : combinations) writer.value(combination_text(combination));
  writer.end_array();
}

void write_ranges(const NamedLocation& location, json::Writer& writer) {
  writer.key("ipRanges");
  writer.begin_array();
  for (const auto& range : location.ip_ranges) {
    writer.begin_object();
    writer.member("@odata.type", range.is_v4() ? "#microsoft.graph.iPv4CidrRange"
                                               : "#microsoft.graph.iPv6CidrRange");
    writer.member("cidrAddress", to_string(range));
    writer.end_object();
  }
  writer.end_array();
}

void write_countries(const NamedLocation& location, json::Writer& writer) {
  writer.key("countriesAndRegions");
  writer.begin_array();
  for (const auto country : location.countries_and_regions) writer.value(to_string(country));
  writer.end_array();
  writer.member("includeUnknownCountriesAndRegions",
                location.include_unknown_countries_and_regions);
  writer.member("countryLookupMethod",
                location.lookup_by_gps ? "authenticatorAppGps" : "clientIpAddress");
}

}  // namespace

void write_named_location(const NamedLocation& location, json::Writer& writer) {
  writer.begin_object();
  writer.member("@odata.type", type_of(location.kind));
  writer.member("id", location.id_text);
  writer.member("displayName", location.display_name);
  if (location.kind == LocationKind::compliant_network) {
    writer.member("compliantNetworkType", "allTenantCompliantNetworks");
  }
  if (location.kind != LocationKind::country) writer.member("isTrusted", location.is_trusted);
  if (location.kind == LocationKind::ip) write_ranges(location, writer);
  if (location.kind == LocationKind::country) write_countries(location, writer);
  writer.end_object();
}

void write_authentication_strength(const AuthenticationStrength& strength, json::Writer& writer) {
  writer.begin_object();
  writer.member("id", strength.id_text);
  if (strength.built_in) {
    writer.member("createdDateTime", "2021-12-01T08:00:00Z");
    writer.member("modifiedDateTime", "2021-12-01T08:00:00Z");
  }
  writer.member("displayName", strength.display_name);
  writer.member("policyType", strength.built_in ? "builtIn" : "custom");
  writer.member("requirementsSatisfied", strength.requires_mfa ? "mfa" : "none");
  write_combinations("allowedCombinations", strength.allowed_combinations, writer);
  writer.key("combinationConfigurations");
  writer.begin_array();
  for (const auto& configuration : strength.combination_configurations) {
    const bool fido2 = !configuration.allowed_aaguids.empty();
    writer.begin_object();
    if (configuration.unknown) {
      writer.member("@odata.type", "#microsoft.graph.authenticationCombinationConfiguration");
    } else {
      writer.member("@odata.type",
                    fido2 ? "#microsoft.graph.fido2CombinationConfiguration"
                          : "#microsoft.graph.x509CertificateCombinationConfiguration");
    }
    write_combinations("appliesToCombinations", configuration.applies_to, writer);
    if (fido2) {
      write_texts(writer, "allowedAAGUIDs", configuration.allowed_aaguids);
    } else if (!configuration.unknown) {
      write_texts(writer, "allowedIssuerSkis", configuration.allowed_issuer_skis);
      write_texts(writer, "allowedPolicyOIDs", configuration.allowed_policy_oids);
    }
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

}  // namespace sallyport
