// What is written like a function: texts, `isof`, `any` and `all`.
#include "base/text.h"
#include "odata/filter_parser.h"

namespace sallyport::odata {

Result<FilterNode> FilterParser::call(std::string_view name, int depth) {
  if (equal_ignoring_case(name, "isof")) return with_truth(isof(), depth);
  for (const auto which :
       {TextFunction::starts_with, TextFunction::ends_with, TextFunction::contains}) {
    if (equal_ignoring_case(name, name_of(which))) return with_truth(function(which), depth);
  }
  return filter_error(scan_.offset(),
                      in_backticks(name) +
                          " is not a function here; there are `startsWith`, "
                          "`endsWith`, `contains`, `tolower`, `toupper` and `isof`");
}

// `startsWith(...) eq false`, as some clients write it. REQUIRES: a condition that is no
// comparison.
Result<FilterNode> FilterParser::with_truth(Result<FilterNode> node, int depth) {
  if (!node) return node;
  const bool equal = scan_.take_word("eq");
  if (!equal && !scan_.take_word("ne")) return node;
  const auto value = take_value(scan_);
  if (!value) return tl::unexpected<Error>(value.error());
  if (value->form != ValueToken::Form::boolean) {
    return filter_error(value->offset, "this condition is compared with `true` or `false`");
  }
  if (equal == (value->text == "true")) return node;
  if (auto done = check_depth(depth + 1, value->offset); !done) return pass(done.error());
  auto negation = make(FilterNode::Kind::negation);
  if (negation) negation->children.push_back(std::move(*node));
  return negation;
}

Result<FilterNode> FilterParser::function(TextFunction which) {
  const auto name = name_of(which);
  scan_.skip(name.size() + 1);
  auto node = make(FilterNode::Kind::function);
  if (!node) return node;
  node->function = which;
  const auto found = operand(*node);
  if (!found) return tl::unexpected<Error>(found.error());
  if (node->count || !is_text(node->value_kind()) ||
      node->value_kind() == PropertyKind::enumeration) {
    return filter_error(found->offset, in_backticks(found->name) + " is no text, as " +
                                           in_backticks(name) + " needs");
  }
  if (!scan_.take(',')) return expected("`,`");
  auto value = take_value(scan_);
  if (!value) return tl::unexpected<Error>(std::move(value.error()));
  if (value->form == ValueToken::Form::null) {
    return filter_error(value->offset, in_backticks(name) + " needs a text, not `null`");
  }
  auto literal = as_literal(*value, *node, found->name);
  if (!literal) return tl::unexpected<Error>(std::move(literal.error()));
  if (literal->text.size() > filter_part_max) {
    return filter_error(value->offset,
                        in_backticks(name) + " takes a text of at most " +
                            std::to_string(filter_part_max) + " bytes",
                        ErrorKind::too_large);
  }
  node->values.push_back(std::move(*literal));
  if (!scan_.take(')')) return expected("`)`");
  return node;
}

Result<FilterNode> FilterParser::isof() {
  scan_.skip(std::string_view("isof(").size());
  auto node = make(FilterNode::Kind::isof);
  if (!node) return node;
  scan_.skip_blanks();
  std::string_view prefix;  // what the type may be derived from
  node->path.up = variables_.size();
  // A type has dots, and a path before a comma begins with none.
  const auto word = scan_.peek_word();
  if (!word.empty() && word.find('.') == std::string_view::npos) {
    auto found = take_path(scan_, schema_, variables_);
    if (!found) return tl::unexpected<Error>(std::move(found.error()));
    const auto* property = found->path.property;
    const bool is_list = property != nullptr && property->collection && !found->is_item;
    if (found->count || found->lambda || is_list ||
        (property == nullptr ? !found->path.steps.empty()
                             : property->kind != PropertyKind::complex)) {
      return filter_error(found->offset, in_backticks(found->name) + " has no type to test");
    }
    if (property != nullptr) {
      if (auto done = check_filterable(*found, schema_); !done) return pass(done.error());
      prefix = property->path;
    }
    node->path = std::move(found->path);
    if (!scan_.take(',')) return expected("`,` and the name of a type");
    scan_.skip_blanks();
  }
  const auto offset = scan_.offset();
  std::string name;
  if (scan_.at('\'')) {
    auto quoted = scan_.take_quoted();
    if (!quoted) return filter_error(offset, "the text that begins here has no closing quote");
    name = std::move(*quoted);
  } else {
    name = scan_.peek_word();
    scan_.skip(name.size());
  }
  if (prefix.empty() && equal_ignoring_case(name, schema_.type)) node->type = schema_.type;
  std::string types = prefix.empty() ? in_backticks(schema_.type) : "";
  for (const auto& derived : schema_.derived_types) {
    if (!equal_ignoring_case(derived.path, prefix)) continue;
    if (equal_ignoring_case(derived.name, name)) node->type = derived.name;
    types += (types.empty() ? "" : ", ") + in_backticks(derived.name);
  }
  if (node->type.empty()) {
    return filter_error(offset, "unknown type " + in_backticks(name) + "; there are " +
                                    (types.empty() ? "none" : types));
  }
  if (!scan_.take(')')) return expected("`)`");
  return node;
}

Result<FilterNode> FilterParser::lambda(FoundPath found, int depth) {
  if (auto done = check_filterable(found, schema_); !done) return pass(done.error());
  if (!variables_.empty() && found.path.up != 0) {
    const auto& inner = variables_.back().name;
    return filter_error(found.offset,
                        "inside `any` and `all` only the collections of an item can "
                        "be gone into: begin with " +
                            in_backticks(inner + "/") + ", or join the two by `and`");
  }
  const bool is_any = scan_.take_word("any");
  if (!is_any) scan_.take_word("all");
  scan_.take('(');
  auto node = make(is_any ? FilterNode::Kind::any : FilterNode::Kind::all);
  if (!node) return node;
  node->path = std::move(found.path);
  if (is_any && scan_.take(')')) return node;
  scan_.skip_blanks();
  const auto offset = scan_.offset();
  const auto name = std::string(scan_.peek_word());
  if (name.empty() || name.find_first_of(".$") != std::string::npos) {
    return expected("a variable, as in `any(i: i eq 'x')`");
  }
  for (const auto& variable : variables_) {
    if (equal_ignoring_case(variable.name, name)) {
      return filter_error(offset, in_backticks(name) + " is already a variable here");
    }
  }
  scan_.skip(name.size());
  if (!scan_.take(':')) return expected("`:` after the variable");
  node->variable = name;
  variables_.push_back({name, node->path.property, found.type});
  auto body = joined(FilterNode::Kind::either, depth + 1);
  variables_.pop_back();
  if (!body) return body;
  node->children.push_back(std::move(*body));
  if (!scan_.take(')')) return expected("`and`, `or` or `)`");
  return node;
}

}  // namespace sallyport::odata
