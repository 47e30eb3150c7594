// Recursive descent over the grammar of spec, section 3.1:
//
//   rule     = or
//   or       = and { OR and }
//   and      = not { AND not }
//   not      = NOT not | "(" or ")" | compare
//   compare  = property operator value
//   value    = string | bareword | "null" | "[" value { "," value } "]"
#include "device/filter_parse.h"

#include <iterator>
#include <optional>

#include "base/text.h"
#include "device/filter_scan.h"
#include "device/filter_words.h"

namespace sallyport {
namespace {

std::string quoted(std::string_view text) { return "`" + printable(text) + "`"; }

class Parser {
 public:
  Parser(std::string_view text, FilterSubject subject, FilterDialect dialect,
         std::vector<std::string>* notes)
      : scan_(text),
        subject_(subject),
        lenient_(dialect == FilterDialect::lenient),
        notes_(notes) {}

  Result<FilterNode> rule();

 private:
  struct Value {
    bool is_null = false;
    std::string text;
    std::size_t offset = 0;
  };

  Result<FilterNode> alternatives(int depth);
  Result<FilterNode> conjunction(int depth);
  Result<FilterNode> factor(int depth);
  Result<FilterNode> comparison();
  Result<const FilterPropertyWord*> property(FilterComparison& c);
  Result<const FilterPropertyWord*> attribute(std::string_view name, std::size_t offset,
                                              FilterComparison& c);
  Result<void> comparison_operator(const FilterPropertyWord& word, FilterComparison& c);
  Result<void> operand(const FilterPropertyWord& word, FilterComparison& c);
  Result<void> list(FilterComparison& c);
  Result<Value> scalar();
  Result<Value> bareword();
  Result<void> check_value(const FilterPropertyWord& word, FilterComparison& c, const Value& value);

  bool take_logical(std::string_view name);
  void note(std::size_t offset, const std::string& message) {
    if (notes_ != nullptr) notes_->push_back(place(offset) + ": " + message);
  }
  std::string place(std::size_t offset) const {
    return "column " + std::to_string(scan_.column(offset));
  }
  tl::unexpected<Error> error(std::size_t offset, std::string message) const {
    return fail(ErrorKind::invalid_argument, std::move(message), place(offset));
  }
  tl::unexpected<Error> error_here(std::string expected) const {
    if (scan_.at_end()) return error(scan_.offset(), "the rule ends too early: " + expected);
    return error(scan_.offset(), expected + ", found " + quoted(scan_.rest().substr(0, 20)));
  }

  FilterScanner scan_;
  FilterSubject subject_;
  bool lenient_;
  std::vector<std::string>* notes_;
};

// `a or (b or c)` and `a or b or c` become the same node.
void append_child(FilterNode& parent, FilterNode child) {
  if (child.kind != parent.kind) {
    parent.children.push_back(std::move(child));
    return;
  }
  parent.children.insert(parent.children.end(), std::make_move_iterator(child.children.begin()),
                         std::make_move_iterator(child.children.end()));
}

Result<FilterNode> Parser::rule() {
  scan_.skip_blanks();
  if (scan_.at_end()) return error(0, "the rule is empty");
  auto root = alternatives(0);
  if (!root) return root;
  if (!scan_.at_end()) return error_here("expected `-and`, `-or` or the end of the rule");
  return root;
}

bool Parser::take_logical(std::string_view name) {
  scan_.skip_blanks();
  const auto word = scan_.peek_word();
  if (!equal_ignoring_case(word.text, name)) return false;
  scan_.skip(word);
  return true;
}

Result<FilterNode> Parser::alternatives(int depth) {
  FilterNode node{FilterNode::Kind::either, {}, {}};
  do {
    auto child = conjunction(depth);
    if (!child) return child;
    append_child(node, std::move(*child));
  } while (take_logical("or"));
  if (node.children.size() > 1) return node;
  return FilterNode(std::move(node.children.front()));
}

Result<FilterNode> Parser::conjunction(int depth) {
  FilterNode node{FilterNode::Kind::both, {}, {}};
  do {
    auto child = factor(depth);
    if (!child) return child;
    append_child(node, std::move(*child));
  } while (take_logical("and"));
  if (node.children.size() > 1) return node;
  return FilterNode(std::move(node.children.front()));
}

Result<FilterNode> Parser::factor(int depth) {
  scan_.skip_blanks();
  const auto begin = scan_.offset();
  if (depth > filter_depth_max) {
    return fail(ErrorKind::too_large,
                "parentheses and `-not` nest more than " + std::to_string(filter_depth_max) +
                    " levels deep here; write the rule flatter",
                place(begin));
  }
  if (take_logical("not")) {
    auto child = factor(depth + 1);
    if (!child) return child;
    FilterNode node{FilterNode::Kind::negation, {}, {}};
    node.children.push_back(std::move(*child));
    return node;
  }
  if (!scan_.take('(')) return comparison();
  auto inner = alternatives(depth + 1);
  if (!inner) return inner;
  scan_.skip_blanks();
  if (!scan_.take(')')) {
    return error_here("expected `-and`, `-or` or the `)` for the `(` at " + place(begin));
  }
  return inner;
}

Result<FilterNode> Parser::comparison() {
  FilterNode node;
  const auto word = property(node.comparison);
  if (!word) return tl::unexpected<Error>(word.error());
  if (auto done = comparison_operator(**word, node.comparison); !done) {
    return tl::unexpected<Error>(std::move(done.error()));
  }
  if (auto done = operand(**word, node.comparison); !done) {
    return tl::unexpected<Error>(std::move(done.error()));
  }
  return node;
}

Result<const FilterPropertyWord*> Parser::property(FilterComparison& c) {
  constexpr std::string_view prefix = "device.";
  const auto offset = scan_.offset();
  const auto name = scan_.take_name();
  if (name.empty()) return error_here("expected a property, `-not` or `(`");
  if (subject_ == FilterSubject::application) return attribute(name, offset, c);
  const bool has_prefix =
      name.size() > prefix.size() && equal_ignoring_case(name.substr(0, prefix.size()), prefix);
  const auto bare = has_prefix ? name.substr(prefix.size()) : name;
  const auto* word = find_device_property(bare);
  if (word == nullptr) {
    std::string message = "unknown property " + quoted(name);
    if (equal_ignoring_case(bare, "ownership"))
      message += "; in rules it is `device.deviceOwnership`";
    return error(offset, std::move(message));
  }
  if (!has_prefix) {
    const auto meant = "`" + std::string(prefix) + std::string(word->name) + "`";
    if (!lenient_) return error(offset, "write " + meant + " for " + quoted(name));
    note(offset, quoted(name) + " is read as " + meant);
  }
  c.property = word->property;
  c.text = word->text;
  return word;
}

// Security attributes are named `<Set>_<Name>`, and set names hold no `_`.
Result<const FilterPropertyWord*> Parser::attribute(std::string_view name, std::size_t offset,
                                                    FilterComparison& c) {
  constexpr std::string_view prefix = "CustomSecurityAttribute.";
  const bool has_prefix =
      name.size() > prefix.size() && equal_ignoring_case(name.substr(0, prefix.size()), prefix);
  const auto bare = has_prefix ? name.substr(prefix.size()) : name;
  const auto underscore = bare.find('_');
  if (underscore == 0 || underscore == std::string_view::npos || underscore + 1 == bare.size() ||
      bare.find('.') != std::string_view::npos) {
    return error(offset,
                 "unknown property " + quoted(name) +
                     "; an application is filtered by `CustomSecurityAttribute.<Set>_<Name>`");
  }
  if (!has_prefix) {
    const auto meant = "`" + std::string(prefix) + printable(bare) + "`";
    if (!lenient_) return error(offset, "write " + meant + " for " + quoted(name));
    note(offset, quoted(name) + " is read as " + meant);
  }
  c.property = FilterProperty::custom_security_attribute;
  c.attribute = bare;
  return &custom_security_attribute_word();
}

Result<void> Parser::comparison_operator(const FilterPropertyWord& word, FilterComparison& c) {
  scan_.skip_blanks();
  const auto offset = scan_.offset();
  const auto written = scan_.peek_word();
  if (written.text.empty()) return error_here("expected an operator such as `-eq`");
  const auto* known = find_filter_operator(written.text);
  if (known == nullptr) {
    std::string message = is_group_operator(written.text)
                              ? " is for dynamic groups only; use "
                              : " is not an operator of this property; use ";
    return error(offset, quoted("-" + std::string(written.text)) + message + list_operators(word));
  }
  scan_.skip(written);
  c.op = known->op;
  c.negative = known->negative;
  if (word.allows(c.op)) return {};

  const bool is_collection = word.property == FilterProperty::physical_ids ||
                             word.property == FilterProperty::system_labels;
  const auto property_name = "`device." + std::string(word.name) + "`";
  if (lenient_ && is_collection && c.op == FilterOperator::eq) {
    c.op = FilterOperator::contains;
    note(offset, "`-" + std::string(known->name) + "` is read as `-" +
                     std::string(name_of(c.op, c.negative)) + "`, because " + property_name +
                     " is a collection");
    return {};
  }
  return error(offset, property_name + " does not support `-" + std::string(known->name) +
                           "`; use " + list_operators(word));
}

Result<void> Parser::operand(const FilterPropertyWord& word, FilterComparison& c) {
  scan_.skip_blanks();
  const auto offset = scan_.offset();
  if (c.op == FilterOperator::in) {
    if (auto done = list(c); !done) return done;
  } else {
    if (!scan_.at_end() && scan_.rest().front() == '[') {
      return error(offset, "a list goes only with `-in` and `-notIn`");
    }
    const auto value = scalar();
    if (!value) return tl::unexpected<Error>(value.error());
    if (auto done = check_value(word, c, *value); !done) return done;
  }
  if (c.property == FilterProperty::device_id) {
    for (const auto& value : c.values) c.ids.push_back(DeviceId::of(value));
  }
  return {};
}

Result<void> Parser::list(FilterComparison& c) {
  if (!scan_.take('[')) return error_here("expected a list such as `[\"a\", \"b\"]`");
  do {
    scan_.skip_blanks();
    auto value = scalar();
    if (!value) return tl::unexpected<Error>(std::move(value.error()));
    if (value->is_null) return error(value->offset, "`null` cannot stand in a list");
    c.values.push_back(std::move(value->text));
    scan_.skip_blanks();
  } while (scan_.take(','));
  if (!scan_.take(']')) return error_here("expected `,` or `]`");
  return {};
}

Result<Parser::Value> Parser::scalar() {
  const auto offset = scan_.offset();
  if (!scan_.take('"')) return bareword();
  auto text = scan_.take_string();
  if (!text) return error(offset, "the text that begins here has no closing quote");
  return Value{false, std::move(*text), offset};
}

Result<Parser::Value> Parser::bareword() {
  const auto offset = scan_.offset();
  const auto word = scan_.peek_word();
  if (word.hyphen || (!lenient_ && word.text.empty())) {
    return error_here("expected a value in double quotes");
  }
  scan_.skip(word);
  if (scan_.at_delimiter() && !word.text.empty()) {
    return Value{equal_ignoring_case(word.text, "null"), std::string(word.text), offset};
  }
  const auto tail = scan_.take_loose();
  const auto whole = std::string(word.text) + std::string(tail);
  if (!lenient_ || whole.empty() || !scan_.at_delimiter()) {
    if (whole.empty()) return error_here("expected a value");
    return error(offset, "put double quotes around " + quoted(whole));
  }
  note(offset, quoted(whole) + " is read as if in double quotes");
  return Value{false, whole, offset};
}

Result<void> Parser::check_value(const FilterPropertyWord& word, FilterComparison& c,
                                 const Value& value) {
  if (value.is_null) {
    if (c.op != FilterOperator::eq) {
      return error(value.offset,
                   "`null` goes only with `-eq` and `-ne`; quote it to mean the word");
    }
    c.is_null = true;
    return {};
  }
  if (word.property != FilterProperty::is_compliant) {
    c.values.push_back(value.text);
    return {};
  }
  for (const auto* truth : {"True", "False"}) {
    if (equal_ignoring_case(value.text, truth)) {
      c.values.emplace_back(truth);
      return {};
    }
  }
  return error(value.offset,
               "`device.isCompliant` is `True` or `False`, never " + quoted(value.text));
}

}  // namespace

Result<FilterNode> parse_filter(std::string_view text, FilterSubject subject, FilterDialect dialect,
                                std::vector<std::string>* notes) {
  const bool lenient = dialect == FilterDialect::lenient;
  const auto length_max = lenient ? filter_rule_length_lenient_max : filter_rule_length_max;
  // No character of UTF-8 is longer than four bytes.
  if (text.size() > 4 * length_max || count_code_points(text) > length_max) {
    return fail(ErrorKind::too_large,
                "the rule is longer than " + std::to_string(length_max) + " characters",
                "column " + std::to_string(length_max + 1));
  }
  if (lenient && notes != nullptr && count_code_points(text) > filter_rule_length_max) {
    notes->push_back("the rule is longer than the " + std::to_string(filter_rule_length_max) +
                     " characters that the service accepts");
  }
  return Parser(text, subject, dialect, notes).rule();
}

}  // namespace sallyport
