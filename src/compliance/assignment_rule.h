// A filter's rule as a tree. Internal to compliance/; assignment_filter.h is the way in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compliance/assignment_filter.h"
#include "compliance/version.h"

namespace sallyport::compliance {

enum class RuleComparison : std::uint8_t {
  equal,
  starts_with,
  ends_with,
  contains,
  in,
  greater,
  greater_or_equal,
  less,
  less_or_equal,
};

// INVARIANT: `both` and `either` have at least two children, `negation` one, `comparison` none.
struct AssignmentRuleNode {
  enum class Kind : std::uint8_t { comparison, negation, both, either };
  Kind kind = Kind::comparison;
  std::vector<AssignmentRuleNode> children;
  FilterProperty property = FilterProperty::model;
  RuleComparison comparison = RuleComparison::equal;
  bool negative = false;  // `ne`, `notIn`: exactly the opposite
  bool is_null = false;   // compared with null
  std::vector<std::string> values;
  std::vector<Version> versions;  // of the values, for operatingSystemVersion
};

struct ParsedRule {
  AssignmentRuleNode root;
  bool about_apps = false;
};

[[nodiscard]] Result<ParsedRule> parse_assignment_rule(std::string_view text);
bool evaluate(const AssignmentRuleNode& node, const FilterableDevice& device);

}  // namespace sallyport::compliance
