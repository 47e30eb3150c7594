// `$filter`: a condition on one document.
//
//   auto filter = odata::Filter::compile("startswith(displayName,'CA') and state ne 'disabled'",
//   schema); if (filter->matches(document)) ...
//
// A filter is true or false. What is not there, or is not of its property's kind, is null. `eq
// null` asks for that; any other comparison with null and any function of it is false, so that `not
// startsWith(x,'a')` holds where x is null. A collection that is not there is empty.
//
// Threads: a Filter never changes; any number may match at once.
// Cost: matches() allocates nothing; a comparison is one look-up a path segment. An `any` inside an
// `any` goes only into the item of the outer one, so a match is at most linear in the document.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "odata/schema.h"

namespace sallyport::odata {

inline constexpr std::size_t filter_length_max = 8'192;  // bytes
inline constexpr int filter_depth_max = 32;              // parentheses, `not` and lambdas
inline constexpr std::size_t filter_nodes_max = 512;     // conditions and the words that join them
inline constexpr std::size_t filter_values_max = 256;    // values of one `in`
inline constexpr std::size_t filter_part_max = 256;      // bytes that startsWith etc. look for

struct FilterNode;

class Filter {
 public:
  // `where` of an error is `$filter, column N`, counted from 1 in bytes.
  // Errors: invalid_argument; too_large for a filter beyond a bound.
  [[nodiscard]] static Result<Filter> compile(std::string_view text, const Schema& schema);

  bool matches(const json::Value& document) const;
  // One spelling for what means the same letter by letter. Compiling it gives the same filter.
  std::string text() const;
  const FilterNode& root() const { return *root_; }  // odata/filter_node.h
  const Schema& schema() const { return *schema_; }

  // REQUIRES: a tree as compile() makes them, over this schema.
  Filter(std::shared_ptr<const FilterNode> root, const Schema& schema)
      : root_(std::move(root)), schema_(&schema) {}

 private:
  std::shared_ptr<const FilterNode> root_;
  const Schema* schema_;
};

}  // namespace sallyport::odata
