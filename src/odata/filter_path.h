// From the names of a path in a filter to the property it means, by the schema.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "odata/filter_node.h"
#include "odata/filter_scan.h"

namespace sallyport::odata {

// What a name stands for inside the brackets of `any` and `all`: an item of a collection.
struct LambdaVariable {
  std::string name;
  const Property* collection = nullptr;
  std::string_view type;  // the cast under which the collection was reached
};

struct FoundPath {
  FilterPath path;
  bool is_item = false;   // ends at a variable: an item of path.property, not the collection
  bool count = false;     // `/$count` stood at its end
  bool lambda = false;    // `any` or `all` and its bracket come next
  std::string_view type;  // the last cast
  std::string name;       // as written, for messages
  std::size_t offset = 0;
};

// Takes a path off the front. `variables`: those in scope, outermost first.
[[nodiscard]] Result<FoundPath> take_path(FilterScanner& scan, const Schema& schema,
                                          std::span<const LambdaVariable> variables);

// Refuses a path that ends at nothing a filter may look at.
[[nodiscard]] Result<void> check_filterable(const FoundPath& found, const Schema& schema);

}  // namespace sallyport::odata
