#include "device/filter.h"

#include <algorithm>

#include "device/filter_node.h"
#include "device/filter_parse.h"

namespace sallyport {
namespace {

bool looks_beyond_shape(const FilterNode& node) {
  if (node.kind == FilterNode::Kind::comparison) {
    const auto property = node.comparison.property;
    return property == FilterProperty::device_id || property == FilterProperty::display_name ||
           property == FilterProperty::physical_ids;
  }
  return std::any_of(node.children.begin(), node.children.end(), looks_beyond_shape);
}

}  // namespace

Result<FilterRule> FilterRule::parse(std::string_view text, FilterSubject subject,
                                     FilterDialect dialect, std::vector<std::string>* notes) {
  auto root = parse_filter(text, subject, dialect, notes);
  if (!root) return tl::unexpected<Error>(std::move(root.error()));
  FilterRule rule;
  rule.text_ = text;
  rule.root_ = std::make_shared<const FilterNode>(std::move(*root));
  return rule;
}

Truth FilterRule::matches(const DeviceView* device) const { return evaluate(*root_, device); }

Truth FilterRule::matches(ApplicationAttributes attributes) const {
  return evaluate(*root_, attributes);
}

std::string FilterRule::canonical() const { return sallyport::canonical(*root_); }

bool FilterRule::needs_more_than_shape() const { return looks_beyond_shape(*root_); }

}  // namespace sallyport
