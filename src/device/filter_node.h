// A device filter rule as a tree, for those who walk it: evaluation, writing, proofs.
//
// INVARIANT (of every tree that FilterRule::parse gives):
// - `both` and `either` have at least two children, none of their own kind: `a or (b or c)` is
// flat;
// - `negation` has one child; `comparison` has none;
// - parentheses and `-not` nest at most filter_depth_max levels;
// - a comparison's operator is one its property allows, after what the lenient dialect mends.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "device/device.h"
#include "device/filter.h"

namespace sallyport {

inline constexpr int filter_depth_max = 100;

enum class FilterOperator : std::uint8_t { eq, starts_with, ends_with, contains, in };

enum class FilterProperty : std::uint8_t {
  device_id,
  display_name,
  is_compliant,
  physical_ids,               // a collection
  system_labels,              // a collection
  text,                       // FilterComparison::text says which
  custom_security_attribute,  // of an application; a collection whose elements are compared as text
};

struct FilterComparison {
  FilterProperty property = FilterProperty::text;
  DeviceText text = DeviceText::model;
  std::string attribute;  // "<Set>_<Name>" of a custom security attribute, as written

  FilterOperator op = FilterOperator::eq;
  bool negative = false;  // `-ne`, `-notIn` ...: exactly the opposite of the positive operator
  bool is_null = false;   // compared with the null literal; then there are no values
  // As written, without quotes and escapes: one, or for `in` at least one. Letter case is ignored
  // by every comparison. For is_compliant the word is `True` or `False`.
  std::vector<std::string> values;
  std::vector<DeviceId> ids;  // the values, when the property is device_id
};

struct FilterNode {
  enum class Kind : std::uint8_t { comparison, negation, both, either };
  Kind kind = Kind::comparison;
  FilterComparison comparison;
  std::vector<FilterNode> children;
};

using ApplicationAttributes = std::span<const std::pair<std::string, std::vector<std::string>>>;

Truth evaluate(const FilterNode& node, const DeviceView* device);
Truth evaluate(const FilterNode& node, ApplicationAttributes attributes);
std::string canonical(const FilterNode& node);

}  // namespace sallyport
