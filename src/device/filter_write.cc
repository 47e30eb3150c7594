// One spelling: hyphenated operators and `and`/`or` in Graph's letters, quoted text, parentheses
// only where precedence needs them.
#include "device/filter_node.h"
#include "device/filter_words.h"

namespace sallyport {
namespace {

// Inside quotes a backtick stands before `"` and before itself, and `'` is doubled (spec, 3.2).
void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '`') out += '`';
    if (c == '\'') out += '\'';
    out += c;
  }
  out += '"';
}

void append_comparison(std::string& out, const FilterComparison& c) {
  if (c.property == FilterProperty::custom_security_attribute) {
    out += custom_security_attribute_word().name;
    out += '.';
    out += c.attribute;
  } else {
    out += "device.";
    out += word_of(c).name;
  }
  out += " -";
  out += name_of(c.op, c.negative);
  out += ' ';
  if (c.is_null) {
    out += "null";
  } else if (c.property == FilterProperty::is_compliant) {
    out += c.values.front();
  } else if (c.op == FilterOperator::in) {
    char before = '[';
    for (const auto& value : c.values) {
      out += before;
      append_string(out, value);
      before = ',';
    }
    out += ']';
  } else {
    append_string(out, c.values.front());
  }
}

int strength(FilterNode::Kind kind) {
  switch (kind) {
    case FilterNode::Kind::either: return 0;
    case FilterNode::Kind::both: return 1;
    case FilterNode::Kind::negation: return 2;
    case FilterNode::Kind::comparison: return 3;
  }
  return 0;
}

void append_node(std::string& out, const FilterNode& node) {
  if (node.kind == FilterNode::Kind::comparison) return append_comparison(out, node.comparison);
  if (node.kind == FilterNode::Kind::negation) out += "-not ";
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) out += node.kind == FilterNode::Kind::both ? " -and " : " -or ";
    const auto& child = node.children[i];
    const bool parentheses = strength(child.kind) < strength(node.kind);
    if (parentheses) out += '(';
    append_node(out, child);
    if (parentheses) out += ')';
  }
}

}  // namespace

std::string canonical(const FilterNode& node) {
  std::string out;
  append_node(out, node);
  return out;
}

}  // namespace sallyport
