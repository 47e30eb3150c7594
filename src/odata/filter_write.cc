// A filter's tree as text. Brackets stand only where they are needed, so that writing never nests
// deeper than what was read.
#include "base/text.h"
#include "odata/filter_node.h"

namespace sallyport::odata {
namespace {

class Writer {
 public:
  void term(const FilterNode& node);
  std::string take() { return std::move(out_); }

 private:
  using Kind = FilterNode::Kind;
  void joined(const FilterNode& node, std::string_view word);
  void path(const FilterPath& path);
  void operand(const FilterNode& node);
  void literal(const FilterNode& node, const Literal& literal);
  void quoted(std::string_view text);
  void bracketed(const FilterNode& child, bool brackets) {
    if (brackets) out_ += '(';
    term(child);
    if (brackets) out_ += ')';
  }

  std::vector<std::string_view> variables_;  // outermost first
  std::string out_;
};

void Writer::joined(const FilterNode& node, std::string_view word) {
  bool first = true;
  for (const auto& child : node.children) {
    if (!first) out_ += word;
    first = false;
    bracketed(child, node.kind == Kind::both && child.kind == Kind::either);
  }
}

void Writer::path(const FilterPath& path) {
  const auto depth = variables_.size();
  bool slash = false;
  if (path.up < depth) {
    out_ += variables_[depth - 1 - path.up];
    slash = true;
  } else if (path.steps.empty()) {
    out_ += "$it";
  } else {
    // A variable of the same name would be taken for it.
    for (const auto variable : variables_) {
      if (!slash && equal_ignoring_case(variable, path.steps.front().name)) {
        out_ += "$it";
        slash = true;
      }
    }
  }
  for (const auto& step : path.steps) {
    if (slash) out_ += '/';
    slash = true;
    out_ += step.name;
  }
}

void Writer::operand(const FilterNode& node) {
  if (node.letters == Letters::lower) out_ += "tolower(";
  if (node.letters == Letters::upper) out_ += "toupper(";
  path(node.path);
  if (node.count) out_ += "/$count";
  if (node.letters != Letters::as_is) out_ += ')';
}

void Writer::quoted(std::string_view text) {
  out_ += '\'';
  for (const char c : text) {
    out_ += c;
    if (c == '\'') out_ += c;
  }
  out_ += '\'';
}

void Writer::literal(const FilterNode& node, const Literal& literal) {
  if (literal.value.null) {
    out_ += "null";
  } else if (is_text(node.value_kind())) {
    quoted(literal.text);
  } else {
    out_ += literal.text;
  }
}

void Writer::term(const FilterNode& node) {
  switch (node.kind) {
    case Kind::both: joined(node, " and "); return;
    case Kind::either: joined(node, " or "); return;
    case Kind::negation: {
      out_ += "not ";
      const auto kind = node.children.front().kind;
      bracketed(node.children.front(), kind == Kind::both || kind == Kind::either ||
                                           kind == Kind::compare || kind == Kind::in);
      return;
    }
    case Kind::compare:
      operand(node);
      out_ += ' ';
      out_ += name_of(node.comparison);
      out_ += ' ';
      literal(node, node.values.front());
      return;
    case Kind::in:
      operand(node);
      out_ += " in (";
      for (std::size_t i = 0; i < node.values.size(); ++i) {
        if (i > 0) out_ += ',';
        literal(node, node.values[i]);
      }
      out_ += ')';
      return;
    case Kind::function:
      out_ += name_of(node.function);
      out_ += '(';
      operand(node);
      out_ += ',';
      literal(node, node.values.front());
      out_ += ')';
      return;
    case Kind::isof:
      out_ += "isof(";
      if (!node.path.steps.empty() || node.path.up < variables_.size()) {
        path(node.path);
        out_ += ',';
      }
      quoted(node.type);
      out_ += ')';
      return;
    case Kind::any:
    case Kind::all:
      path(node.path);
      out_ += node.kind == Kind::any ? "/any(" : "/all(";
      if (!node.children.empty()) {
        out_ += node.variable;
        out_ += ':';
        variables_.push_back(node.variable);
        term(node.children.front());
        variables_.pop_back();
      }
      out_ += ')';
      return;
  }
}

}  // namespace

std::string write(const FilterNode& root) {
  Writer writer;
  writer.term(root);
  return writer.take();
}

std::string_view name_of(Comparison comparison) {
  constexpr std::string_view names[] = {"eq", "ne", "gt", "ge", "lt", "le"};
  return names[static_cast<std::size_t>(comparison)];
}

std::string_view name_of(TextFunction function) {
  constexpr std::string_view names[] = {"startsWith", "endsWith", "contains"};
  return names[static_cast<std::size_t>(function)];
}

}  // namespace sallyport::odata
