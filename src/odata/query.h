// The query options of a request, from the text after `?` (OData 4.01 URL conventions, section 5).
//
//   auto query = odata::parse_query("$filter=state%20eq%20'enabled'&$top=5");
//
// Here an option is only told apart and counted; what it names is checked when it is compiled
// against a Schema (filter.h, order.h, select.h, search.h), or all at once by list.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace sallyport::odata {

// Bounds of one query. Beyond one: too_large, naming the option and the bound.
inline constexpr std::size_t query_length_max = 16'384;       // bytes, decoded, but for $skiptoken
inline constexpr std::size_t skip_token_length_max = 12'288;  // bytes of $skiptoken
inline constexpr std::size_t parameters_max = 100;
inline constexpr std::size_t list_size_max = 100;  // names in $select, $orderby or $expand
inline constexpr int expand_depth_max = 3;
inline constexpr std::uint64_t skip_max = 100'000;

struct OrderKey {
  std::string path;
  bool descending = false;
  friend bool operator==(const OrderKey&, const OrderKey&) = default;
};

struct Expand;

// Names of options are taken in any letter case; `$filter`, `$search` and the tokens are kept as
// text.
struct Query {
  std::optional<std::string> filter;
  std::vector<std::string> select;  // empty: everything
  std::vector<Expand> expand;
  std::vector<OrderKey> order_by;
  std::optional<std::uint64_t> top;
  std::optional<std::uint64_t> skip;
  bool count = false;
  std::optional<std::string> search;
  std::optional<std::string> skip_token;
  std::optional<std::string> delta_token;
  std::optional<std::string> format;
  std::vector<std::pair<std::string, std::string>> others;  // without `$`: decoded, in their order
};

// `members($select=id;$top=5)`. The options are those that may stand there; `others` is empty.
struct Expand {
  std::string path;
  Query options;
};

// Refused: broken percent-encoding, bytes that are not UTF-8, an unknown `$` option, an option
// given twice, a value that is none of its option's. `where` names the option, `$top` for example.
[[nodiscard]] Result<Query> parse_query(std::string_view query);

// The query string of the page after: this one with `$skiptoken` put in and `$skip` left out.
// Parsing it gives the same options.
std::string next_query(const Query& query, std::string_view skip_token);

}  // namespace sallyport::odata
