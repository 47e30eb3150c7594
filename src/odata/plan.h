// Which part of a filter an index can answer, and what is left to test on each document it finds.
//
//   const auto plan = odata::plan(filter, {{.path = "userPrincipalName", .eq = true, .in = true}});
//   if (!plan.lookup) refuse(plan.reason) or scan everything with `filter`
//
// Only conditions that every match must fulfil count: the filter itself, or what `and` joins. The
// narrowest kind wins: eq, in, startsWith, range. Values are as an index holds them: the text in
// lower case for kinds that ignore letter case, an instant as to_string(Instant) writes it (to be
// compared as an instant, not as text). Numbers are not served: 1 and 1.0 are equal.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "odata/filter.h"

namespace sallyport::odata {

// What an index serves of one property.
struct Index {
  std::string_view path;
  bool eq = false;
  bool in = false;
  bool starts_with = false;
  bool range = false;  // gt, ge, lt, le
};

struct Bound {
  std::string value;
  bool inclusive = false;
};

struct Lookup {
  enum class Kind : unsigned char { eq, in, starts_with, range };
  Kind kind = Kind::eq;
  const Property* property = nullptr;
  std::vector<std::string> values;  // one of eq and starts_with; of in, sorted
  std::optional<Bound> lower;       // of a range, at least one of them
  std::optional<Bound> upper;
};

struct Plan {
  std::optional<Lookup> lookup;
  std::optional<Filter> residual;  // none: what the look-up finds matches
  std::string reason;              // why there is no look-up, for the administrator
};

Plan plan(const Filter& filter, std::span<const Index> indexes);

}  // namespace sallyport::odata
