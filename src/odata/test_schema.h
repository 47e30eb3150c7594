// A collection with a property of every kind, for tests and benchmarks.
#pragma once

#include "odata/schema.h"

namespace sallyport::odata {

inline constexpr std::string_view test_states[] = {"enabled", "disabled",
                                                   "enabledForReportingButNotEnforced"};
inline constexpr std::string_view test_ip = "microsoft.graph.ipNamedLocation";
inline constexpr std::string_view test_country = "microsoft.graph.countryNamedLocation";
inline constexpr std::string_view test_ipv4 = "microsoft.graph.iPv4CidrRange";
inline constexpr std::string_view test_ipv6 = "microsoft.graph.iPv6CidrRange";

inline constexpr Property test_properties[] = {
    {.path = "id", .kind = PropertyKind::guid, .sortable = true},
    {.path = "displayName", .sortable = true, .searchable = true},
    {.path = "externalId", .kind = PropertyKind::string_case_sensitive, .sortable = true},
    {.path = "createdDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "accountEnabled", .kind = PropertyKind::boolean, .sortable = true},
    {.path = "riskScore", .kind = PropertyKind::number, .sortable = true},
    {.path = "state", .kind = PropertyKind::enumeration, .sortable = true, .words = test_states},
    {.path = "tags", .collection = true, .searchable = true},
    {.path = "scores", .kind = PropertyKind::number, .collection = true},
    {.path = "conditions/users/includeUsers", .kind = PropertyKind::guid, .collection = true},
    {.path = "grantControls", .kind = PropertyKind::complex},
    {.path = "grantControls/operator", .kind = PropertyKind::enumeration},
    {.path = "grantControls/builtInControls",
     .kind = PropertyKind::enumeration,
     .collection = true},
    {.path = "secret", .filterable = false},
    {.path = "isTrusted", .kind = PropertyKind::boolean, .type = test_ip},
    {.path = "ipRanges", .kind = PropertyKind::complex, .collection = true, .type = test_ip},
    {.path = "ipRanges/cidrAddress"},
    {.path = "ipRanges/prefix", .kind = PropertyKind::number, .type = test_ipv4},
    {.path = "countriesAndRegions", .collection = true, .type = test_country},
    {.path = "links", .kind = PropertyKind::complex, .collection = true},
    {.path = "links/name"},
    {.path = "links/parts", .kind = PropertyKind::complex, .collection = true},
    {.path = "links/parts/name", .kind = PropertyKind::string_case_sensitive},
};
inline constexpr DerivedType test_types[] = {
    {test_ip}, {test_country}, {test_ipv4, "ipRanges"}, {test_ipv6, "ipRanges"}};
inline constexpr Schema test_schema{"microsoft.graph.namedLocation", test_properties, test_types};

}  // namespace sallyport::odata
