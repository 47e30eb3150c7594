#include "odata/filter.h"

#include "odata/filter_node.h"

namespace sallyport::odata {

Result<Filter> Filter::compile(std::string_view text, const Schema& schema) {
  auto root = parse_filter(text, schema);
  if (!root) return tl::unexpected<Error>(std::move(root.error()));
  return Filter(std::make_shared<const FilterNode>(std::move(*root)), schema);
}

bool Filter::matches(const json::Value& document) const {
  return evaluate(*root_, *schema_, document);
}

std::string Filter::text() const { return write(*root_); }

}  // namespace sallyport::odata
