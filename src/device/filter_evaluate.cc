// What a rule says of one device or application (spec, sections 3.3 to 3.6).
//
// A comparison asks the positive operator first: null gives no, the unknown gives unknown. The
// negative operator is the opposite of that answer, so it is true of null.
#include <algorithm>
#include <span>
#include <string_view>

#include "base/text.h"
#include "device/filter_node.h"

namespace sallyport {
namespace {

constexpr Truth truth_of(bool b) { return b ? Truth::yes : Truth::no; }

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  if (part.size() > text.size()) return false;
  for (std::size_t i = 0; i + part.size() <= text.size(); ++i) {
    if (equal_ignoring_case(text.substr(i, part.size()), part)) return true;
  }
  return false;
}

bool meets(std::string_view text, FilterOperator op, std::string_view value) {
  switch (op) {
    case FilterOperator::eq:
    case FilterOperator::in: return equal_ignoring_case(text, value);
    case FilterOperator::starts_with:
      return equal_ignoring_case(text.substr(0, value.size()), value);
    case FilterOperator::ends_with:
      return value.size() <= text.size() &&
             equal_ignoring_case(text.substr(text.size() - value.size()), value);
    case FilterOperator::contains: return contains_ignoring_case(text, value);
  }
  return false;
}

Truth compare_null(const FilterComparison& c) { return truth_of(c.is_null); }

Truth compare_text(const FilterComparison& c, std::string_view text) {
  return truth_of(std::any_of(c.values.begin(), c.values.end(),
                              [&](const std::string& value) { return meets(text, c.op, value); }));
}

Truth compare_attribute(const FilterComparison& c, const DeviceAttribute& attribute) {
  switch (attribute.state) {
    case DeviceAttribute::State::unknown: return Truth::unknown;
    case DeviceAttribute::State::absent: return compare_null(c);
    case DeviceAttribute::State::known: return compare_text(c, attribute.text);
  }
  return Truth::unknown;
}

Truth compare_flag(const FilterComparison& c, DeviceFlag flag) {
  if (flag == DeviceFlag::unknown) return Truth::unknown;
  if (flag == DeviceFlag::absent) return compare_null(c);
  return compare_text(c, flag == DeviceFlag::yes ? "True" : "False");
}

// `contains` asks a collection for one whole element.
Truth compare_elements(const FilterComparison& c, std::span<const std::string> elements,
                       FilterOperator op) {
  if (elements.empty()) return compare_null(c);
  return truth_of(std::any_of(elements.begin(), elements.end(), [&](const std::string& element) {
    return std::any_of(c.values.begin(), c.values.end(),
                       [&](const std::string& value) { return meets(element, op, value); });
  }));
}

Truth is_yes(DeviceFlag flag) {
  return flag == DeviceFlag::unknown ? Truth::unknown : truth_of(flag == DeviceFlag::yes);
}

Truth is_hybrid_joined(const DeviceShape& shape) {
  const auto& trust = shape.text(DeviceText::trust_type);
  if (trust.state == DeviceAttribute::State::unknown) return Truth::unknown;
  return truth_of(trust.state == DeviceAttribute::State::known &&
                  equal_ignoring_case(trust.text, "ServerAD"));
}

// Spec, section 3.5: of other devices the service does not know the value.
Truth compare_extension(const FilterComparison& c, const DeviceShape& shape) {
  const Truth available =
      either(either(is_yes(shape.is_managed), is_yes(shape.is_compliant)), is_hybrid_joined(shape));
  const Truth hidden = compare_null(c);
  if (available == Truth::no) return hidden;
  const Truth shown = compare_attribute(c, shape.text(c.text));
  return available == Truth::yes || shown == hidden ? shown : Truth::unknown;
}

Truth compare(const FilterComparison& c, const DeviceView& device) {
  switch (c.property) {
    case FilterProperty::device_id:
      if (!device.id_known) return Truth::unknown;
      return truth_of(std::find(c.ids.begin(), c.ids.end(), device.id) != c.ids.end());
    case FilterProperty::display_name:
      if (!device.display_name_known) return Truth::unknown;
      return device.display_name.empty() ? compare_null(c) : compare_text(c, device.display_name);
    case FilterProperty::physical_ids:
      if (!device.physical_ids_known) return Truth::unknown;
      return compare_elements(c, device.physical_ids, FilterOperator::eq);
    default: break;
  }
  if (device.shape == nullptr) return Truth::unknown;
  const DeviceShape& shape = *device.shape;
  switch (c.property) {
    case FilterProperty::is_compliant: return compare_flag(c, shape.is_compliant);
    case FilterProperty::system_labels:
      if (!shape.system_labels_known) return Truth::unknown;
      return compare_elements(c, shape.system_labels, FilterOperator::eq);
    case FilterProperty::text:
      if (c.text >= DeviceText::extension_attribute_1) return compare_extension(c, shape);
      return compare_attribute(c, shape.text(c.text));
    default: return compare_null(c);  // an application's attribute, which no device has
  }
}

Truth compare(const FilterComparison& c, ApplicationAttributes attributes) {
  if (c.property != FilterProperty::custom_security_attribute) return compare_null(c);
  // `contains` asks for one whole value, as of every collection.
  const auto op = c.op == FilterOperator::contains ? FilterOperator::eq : c.op;
  for (const auto& [name, values] : attributes) {
    if (equal_ignoring_case(name, c.attribute)) return compare_elements(c, values, op);
  }
  return compare_null(c);
}

template <class Compare>
Truth evaluate_with(const FilterNode& node, const Compare& positive) {
  switch (node.kind) {
    case FilterNode::Kind::comparison: {
      const Truth truth = positive(node.comparison);
      return node.comparison.negative ? negate(truth) : truth;
    }
    case FilterNode::Kind::negation: return negate(evaluate_with(node.children.front(), positive));
    case FilterNode::Kind::both: {
      Truth truth = Truth::yes;
      for (const auto& child : node.children) {
        truth = both(truth, evaluate_with(child, positive));
        if (truth == Truth::no) break;
      }
      return truth;
    }
    case FilterNode::Kind::either: {
      Truth truth = Truth::no;
      for (const auto& child : node.children) {
        truth = either(truth, evaluate_with(child, positive));
        if (truth == Truth::yes) break;
      }
      return truth;
    }
  }
  return Truth::unknown;
}

}  // namespace

Truth evaluate(const FilterNode& node, const DeviceView* device) {
  return evaluate_with(node, [device](const FilterComparison& c) {
    return device == nullptr ? compare_null(c) : compare(c, *device);
  });
}

Truth evaluate(const FilterNode& node, ApplicationAttributes attributes) {
  return evaluate_with(node,
                       [attributes](const FilterComparison& c) { return compare(c, attributes); });
}

}  // namespace sallyport
