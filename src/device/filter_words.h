// The words of the rule language: properties with the operators each allows (spec, sections 3.3
// and 3.4). Letter case never counts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "device/filter_node.h"

namespace sallyport {

struct FilterPropertyWord {
  std::string_view name;  // Graph's spelling, without `device.`
  FilterProperty property;
  DeviceText text = DeviceText::model;
  std::uint8_t operators;  // bit i: FilterOperator i and its negative
  bool allows(FilterOperator op) const {
    return (operators >> static_cast<unsigned>(op) & 1U) != 0;
  }
};

struct FilterOperatorWord {
  std::string_view name;  // Graph's spelling, without the hyphen
  FilterOperator op;
  bool negative;
};

const FilterPropertyWord* find_device_property(std::string_view name);  // without `device.`
const FilterPropertyWord& word_of(
    const FilterComparison& comparison);  // REQUIRES: not an attribute
const FilterPropertyWord& custom_security_attribute_word();

const FilterOperatorWord* find_filter_operator(std::string_view name);
std::string_view name_of(FilterOperator op, bool negative);
// Operators that dynamic groups have and filters do not.
bool is_group_operator(std::string_view name);
// "`-eq`, `-ne`, `-in` and `-notIn`", for a message.
std::string list_operators(const FilterPropertyWord& word);

}  // namespace sallyport
