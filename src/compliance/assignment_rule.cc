#include "compliance/assignment_rule.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace sallyport::compliance {
namespace {

constexpr int depth_max = 50;
constexpr std::size_t list_max = 200;

struct PropertyWord {
  std::string_view name;
  FilterProperty property;
};
constexpr PropertyWord device_words[] = {
    {"cpuArchitecture", FilterProperty::cpu_architecture},
    {"deviceCategory", FilterProperty::device_category},
    {"deviceName", FilterProperty::device_name},
    {"deviceOwnership", FilterProperty::device_ownership},
    {"deviceTrustType", FilterProperty::device_trust_type},
    {"enrollmentProfileName", FilterProperty::enrollment_profile_name},
    {"isRooted", FilterProperty::is_rooted},
    {"manufacturer", FilterProperty::manufacturer},
    {"model", FilterProperty::model},
    {"operatingSystemVersion", FilterProperty::operating_system_version},
    {"osVersion", FilterProperty::os_version},
    {"operatingSystemSKU", FilterProperty::operating_system_sku},
};
constexpr PropertyWord app_words[] = {
    {"appVersion", FilterProperty::app_version},
    {"deviceManagementType", FilterProperty::app_device_management_type},
    {"deviceManufacturer", FilterProperty::app_device_manufacturer},
    {"deviceModel", FilterProperty::app_device_model},
    {"operatingSystemVersion", FilterProperty::app_operating_system_version},
    {"osVersion", FilterProperty::app_os_version},
};

struct OperatorWord {
  std::string_view name;
  RuleComparison comparison;
  bool negative;
};
constexpr OperatorWord operator_words[] = {
    {"eq", RuleComparison::equal, false},
    {"ne", RuleComparison::equal, true},
    {"startsWith", RuleComparison::starts_with, false},
    {"notStartsWith", RuleComparison::starts_with, true},
    {"endsWith", RuleComparison::ends_with, false},
    {"notEndsWith", RuleComparison::ends_with, true},
    {"contains", RuleComparison::contains, false},
    {"notContains", RuleComparison::contains, true},
    {"in", RuleComparison::in, false},
    {"notIn", RuleComparison::in, true},
    {"gt", RuleComparison::greater, false},
    {"ge", RuleComparison::greater_or_equal, false},
    {"lt", RuleComparison::less, false},
    {"le", RuleComparison::less_or_equal, false},
};

bool is_version_property(FilterProperty property) {
  return property == FilterProperty::operating_system_version ||
         property == FilterProperty::app_operating_system_version;
}
bool is_order(RuleComparison comparison) { return comparison >= RuleComparison::greater; }

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '$';
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<ParsedRule> rule() {
    auto root = alternatives(0);
    if (!root) return tl::unexpected<Error>(std::move(root.error()));
    blanks();
    if (next_ != text_.size()) return error("expected `and`, `or` or the end of the rule");
    if (about_apps_ && about_devices_) {
      return error("a rule is over `device.` or over `app.`, never both");
    }
    return ParsedRule{std::move(*root), about_apps_};
  }

 private:
  using Node = Result<AssignmentRuleNode>;
  using Kind = AssignmentRuleNode::Kind;

  tl::unexpected<Error> error(std::string message) const {
    return fail(ErrorKind::invalid_argument, std::move(message),
                "column " + std::to_string(next_ + 1));
  }

  void blanks() {
    while (next_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[next_]) != std::string_view::npos) {
      ++next_;
    }
  }
  bool take(char c) {
    blanks();
    if (next_ == text_.size() || text_[next_] != c) return false;
    ++next_;
    return true;
  }
  // The word at hand, a hyphen before it left out.
  std::string_view peek(std::size_t& end) {
    blanks();
    auto begin = next_;
    if (begin < text_.size() && text_[begin] == '-') ++begin;
    end = begin;
    while (end < text_.size() && is_word(text_[end])) ++end;
    return text_.substr(begin, end - begin);
  }
  std::string_view word() {
    std::size_t end = 0;
    const auto found = peek(end);
    next_ = end;
    return found;
  }
  bool take_word(std::string_view wanted) {
    std::size_t end = 0;
    if (!equal_ignoring_case(peek(end), wanted)) return false;
    next_ = end;
    return true;
  }

  static void adopt(AssignmentRuleNode& parent, AssignmentRuleNode child) {
    if (child.kind != parent.kind) {
      parent.children.push_back(std::move(child));
      return;
    }
    std::ranges::move(child.children, std::back_inserter(parent.children));
  }

  Node joined(Kind kind, std::string_view by, Node (Parser::*part)(int), int depth) {
    AssignmentRuleNode node;
    node.kind = kind;
    do {
      auto child = (this->*part)(depth);
      if (!child) return child;
      adopt(node, std::move(*child));
    } while (take_word(by));
    if (node.children.size() > 1) return node;
    return AssignmentRuleNode(std::move(node.children.front()));
  }
  Node alternatives(int depth) { return joined(Kind::either, "or", &Parser::conjunction, depth); }
  Node conjunction(int depth) { return joined(Kind::both, "and", &Parser::term, depth); }

  Node term(int depth) {
    if (depth > depth_max) {
      return fail(ErrorKind::too_large, "parentheses nest too deep; write the rule flatter",
                  "column " + std::to_string(next_ + 1));
    }
    if (take('(')) {
      auto inner = alternatives(depth + 1);
      if (inner && !take(')')) return error("expected `and`, `or` or `)`");
      return inner;
    }
    if (take_word("not")) {
      auto child = term(depth + 1);
      if (!child) return child;
      AssignmentRuleNode node;
      node.kind = Kind::negation;
      node.children.push_back(std::move(*child));
      return node;
    }
    return comparison();
  }

  Node comparison() {
    AssignmentRuleNode node;
    if (auto done = property(node); !done) return tl::unexpected<Error>(std::move(done.error()));
    blanks();
    const auto at = next_;
    const auto name = word();
    const auto* found = std::ranges::find_if(operator_words, [&](const OperatorWord& one) {
      return equal_ignoring_case(one.name, name);
    });
    if (found == std::end(operator_words)) {
      next_ = at;
      return error("expected an operator such as `-eq`");
    }
    node.comparison = found->comparison;
    node.negative = found->negative;
    if (is_order(node.comparison) && !is_version_property(node.property)) {
      next_ = at;
      return error("`-" + std::string(found->name) + "` is only for `operatingSystemVersion`");
    }
    if (auto done = operand(node); !done) return tl::unexpected<Error>(std::move(done.error()));
    return node;
  }

  Result<void> property(AssignmentRuleNode& node) {
    blanks();
    const auto at = next_;
    const auto name = word();
    const auto dot = name.find('.');
    const bool of_app = equal_ignoring_case(name.substr(0, dot), "app");
    const bool of_device = equal_ignoring_case(name.substr(0, dot), "device");
    if (dot != std::string_view::npos && (of_app || of_device)) {
      const auto words = of_app ? std::span<const PropertyWord>(app_words)
                                : std::span<const PropertyWord>(device_words);
      for (const auto& one : words) {
        if (!equal_ignoring_case(one.name, name.substr(dot + 1))) continue;
        node.property = one.property;
        about_apps_ = about_apps_ || of_app;
        about_devices_ = about_devices_ || of_device;
        return {};
      }
    }
    next_ = at;
    return error(name.empty() ? "expected a property such as `device.model`"
                              : '`' + printable(name) + "` is no property of assignment filters");
  }

  Result<void> operand(AssignmentRuleNode& node) {
    blanks();
    if (take('[')) {
      if (node.comparison != RuleComparison::in)
        return error("a list goes with `-in` and `-notIn`");
      do {
        if (node.values.size() == list_max) return error("the list has more than 200 entries");
        if (auto done = text(node); !done) return done;
      } while (take(','));
      if (!take(']')) return error("expected `,` or `]`");
      return {};
    }
    if (node.comparison == RuleComparison::in) {
      return error("expected a list such as `[\"a\", \"b\"]`");
    }
    std::size_t end = 0;
    const auto bare = peek(end);
    if (equal_ignoring_case(bare, "null") || equal_ignoring_case(bare, "$null")) {
      if (node.comparison != RuleComparison::equal) {
        return error("null goes only with `-eq` and `-ne`");
      }
      next_ = end;
      node.is_null = true;
      return {};
    }
    return text(node);
  }

  // A text in quotes, or a version without any.
  Result<void> text(AssignmentRuleNode& node) {
    blanks();
    std::string value;
    const auto at = next_;
    if (take('"')) {
      const auto end = text_.find('"', next_);
      if (end == std::string_view::npos) return error("the closing quote is missing");
      value = text_.substr(next_, end - next_);
      next_ = end + 1;
    } else {
      value = word();
      const bool is_truth =
          node.property == FilterProperty::is_rooted &&
          (equal_ignoring_case(value, "true") || equal_ignoring_case(value, "false"));
      if (!is_version_property(node.property) && !is_truth) {
        next_ = at;
        return error("expected a value in double quotes");
      }
    }
    if (is_version_property(node.property)) {
      const auto version = parse_version(value);
      const bool needs_version = is_order(node.comparison) ||
                                 node.comparison == RuleComparison::equal ||
                                 node.comparison == RuleComparison::in;
      if (!version && needs_version) {
        next_ = at;
        return error('`' + printable(value) + "` is no version");
      }
      node.versions.push_back(version.value_or(Version{}));
    }
    node.values.push_back(std::move(value));
    return {};
  }

  std::string_view text_;
  std::size_t next_ = 0;
  bool about_apps_ = false;
  bool about_devices_ = false;
};

bool compare_versions(const AssignmentRuleNode& node, const Version& version) {
  switch (node.comparison) {
    case RuleComparison::greater: return version > node.versions[0];
    case RuleComparison::greater_or_equal: return version >= node.versions[0];
    case RuleComparison::less: return version < node.versions[0];
    case RuleComparison::less_or_equal: return version <= node.versions[0];
    default: return std::ranges::find(node.versions, version) != node.versions.end();
  }
}

bool compare_texts(const AssignmentRuleNode& node, std::string_view text) {
  const auto actual = to_lower(text);
  return std::ranges::any_of(node.values, [&](const std::string& value) {
    const auto wanted = to_lower(value);
    switch (node.comparison) {
      case RuleComparison::starts_with: return actual.starts_with(wanted);
      case RuleComparison::ends_with: return actual.ends_with(wanted);
      case RuleComparison::contains: return actual.find(wanted) != std::string::npos;
      default: return actual == wanted;
    }
  });
}

// A null equals null only; every other comparison with it does not hold, in either direction but
// for the negative ones, which are exactly the opposite.
bool holds(const AssignmentRuleNode& node, const std::optional<std::string>& value) {
  if (node.is_null) return !value;
  if (!value) return false;
  const bool by_text = node.comparison == RuleComparison::starts_with ||
                       node.comparison == RuleComparison::ends_with ||
                       node.comparison == RuleComparison::contains;
  if (!is_version_property(node.property) || by_text) return compare_texts(node, *value);
  const auto version = parse_version(*value);
  return version && compare_versions(node, *version);
}

}  // namespace

Result<ParsedRule> parse_assignment_rule(std::string_view text) {
  if (text.size() > assignment_rule_length_max) {
    return fail(ErrorKind::too_large, "the rule is longer than 3072 characters", "column 3073");
  }
  return Parser(text).rule();
}

bool evaluate(const AssignmentRuleNode& node, const FilterableDevice& device) {
  using Kind = AssignmentRuleNode::Kind;
  const auto matches = [&](const AssignmentRuleNode& child) { return evaluate(child, device); };
  switch (node.kind) {
    case Kind::both: return std::ranges::all_of(node.children, matches);
    case Kind::either: return std::ranges::any_of(node.children, matches);
    case Kind::negation: return !matches(node.children.front());
    case Kind::comparison: break;
  }
  const auto at = static_cast<std::size_t>(node.property);
  if (at >= device.values.size()) return false;
  return holds(node, device.values[at]) != node.negative;
}

}  // namespace sallyport::compliance
