// What a collection of documents may be asked about: one row a property, written out as a table.
//
//   constexpr Property properties[] = {
//       {.path = "id", .kind = PropertyKind::guid, .sortable = true},
//       {.path = "displayName", .sortable = true, .searchable = true},
//       {.path = "conditions/users/includeUsers", .collection = true},
//       {.path = "countriesAndRegions", .collection = true,
//        .type = "microsoft.graph.countryNamedLocation"}};
//   constexpr Schema schema{.type = "microsoft.graph.namedLocation", .properties = properties,
//   ...};
//
// A property that is not in the table cannot be named in any query option. Members of a
// collection's items are listed under its path: `ipRanges`, then `ipRanges/cidrAddress`. An object
// on the way to a property needs no row of its own.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sallyport::odata {

enum class PropertyKind : std::uint8_t {
  string,                 // compared ignoring ASCII letter case, as Graph does in the directory
  string_case_sensitive,  // compared byte by byte
  guid,                   // a string too; its literals may stand without quotes
  date_time,              // RFC 3339 text; compared as instants
  boolean,
  number,
  enumeration,  // text, compared ignoring ASCII letter case; has no order
  complex,      // an object: only `eq null`, `ne null` and its members
};

struct Property {
  std::string_view path;  // member names as Graph spells them, joined by `/`; no casts
  PropertyKind kind = PropertyKind::string;
  bool collection = false;  // a JSON list of that kind
  bool filterable = true;
  bool sortable = false;       // never of a collection, below one, or of a derived type
  bool searchable = false;     // texts only, and lists of them; never of a derived type
  std::string_view type = {};  // the derived type that has it; empty: every document
  std::span<const std::string_view> words = {};  // of an enumeration, when it is closed
};

// `name` derives from the type of the property at `path`; an empty path is the document itself.
struct DerivedType {
  std::string_view name;  // "microsoft.graph.ipNamedLocation"
  std::string_view path = {};
};

// REQUIRES: outlives everything that was compiled against it. Meant to be a constant.
struct Schema {
  std::string_view type;  // "microsoft.graph.namedLocation"
  std::span<const Property> properties;
  std::span<const DerivedType> derived_types = {};

  // Ignores letter case of names. Of two with one path, that of `type` wins over that of none.
  const Property* find(std::string_view path, std::string_view type = {}) const;
};

// "`displayName`, `id` and `state`": the properties for which `wanted` is true, for a message.
std::string list_properties(const Schema& schema, bool (*wanted)(const Property&));

}  // namespace sallyport::odata
