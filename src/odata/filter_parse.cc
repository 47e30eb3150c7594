// Recursive descent over the part of OData's grammar that is served:
//
//   or       = and { "or" and }
//   and      = factor { "and" factor }
//   factor   = "not" factor | "(" or ")" | call [ ("eq" | "ne") boolean ] | comparison
//   call     = path "/" ("any" | "all") "(" [ variable ":" or ] ")"
//            | ("startsWith" | "endsWith" | "contains") "(" operand "," text ")"
//            | "isof" "(" [ path "," ] type ")"
//   comparison = operand [ operator value | "in" "(" value { "," value } ")" ]
//              | value operator operand
//   operand  = path [ "/$count" ] | ("tolower" | "toupper") "(" path ")"
//
// Words are taken in any letter case.
#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "odata/filter_parser.h"

namespace sallyport::odata {
namespace {

using Kind = FilterNode::Kind;

constexpr std::string_view operators = "`eq`, `ne`, `gt`, `ge`, `lt`, `le` or `in`";

// `a and (b and c)` and `a and b and c` become the same node.
void append_child(FilterNode& parent, FilterNode child) {
  if (child.kind != parent.kind) {
    parent.children.push_back(std::move(child));
    return;
  }
  std::move(child.children.begin(), child.children.end(), std::back_inserter(parent.children));
}

}  // namespace

Result<FilterNode> FilterParser::filter() {
  scan_.skip_blanks();
  if (scan_.at_end()) return filter_error(0, "the filter is empty");
  auto root = joined(Kind::either, 0);
  if (!root) return root;
  scan_.skip_blanks();
  if (!scan_.at_end()) return expected("`and`, `or` or the end of the filter");
  return root;
}

Result<FilterNode> FilterParser::joined(Kind kind, int depth) {
  const bool is_or = kind == Kind::either;
  auto first = is_or ? joined(Kind::both, depth) : factor(depth, false);
  if (!first || !scan_.take_word(is_or ? "or" : "and")) return first;
  auto node = make(kind);
  if (!node) return node;
  append_child(*node, std::move(*first));
  do {
    auto next = is_or ? joined(Kind::both, depth) : factor(depth, false);
    if (!next) return next;
    append_child(*node, std::move(*next));
  } while (scan_.take_word(is_or ? "or" : "and"));
  return node;
}

Result<FilterNode> FilterParser::factor(int depth, bool negated) {
  scan_.skip_blanks();
  const auto begin = scan_.offset();
  if (auto done = check_depth(depth, begin); !done) return pass(done.error());
  if (scan_.take('(')) {
    auto inner = joined(Kind::either, depth + (negated ? 0 : 1));
    if (!inner) return inner;
    if (!scan_.take(')')) {
      return expected("`and`, `or` or the `)` for the `(` at column " + std::to_string(begin + 1));
    }
    return inner;
  }
  if (value_begins(scan_)) return reversed(negated);
  const auto word = scan_.peek_word();
  const auto after = scan_.rest().substr(word.size());
  const bool letters = equal_ignoring_case(word, "tolower") || equal_ignoring_case(word, "toupper");
  if (equal_ignoring_case(word, "not") && !after.starts_with('/')) return negation(depth);
  if (!word.empty() && after.starts_with('(') && !letters) return call(word, depth);
  return comparison(depth, negated);
}

// A bracket or a comparison right after `not` is written with a bracket, which belongs to the
// `not`.
Result<FilterNode> FilterParser::negation(int depth) {
  auto node = make(Kind::negation);
  if (!node) return node;
  scan_.take_word("not");
  auto child = factor(depth + 1, true);
  if (!child) return child;
  node->children.push_back(std::move(*child));
  return node;
}

Result<FoundPath> FilterParser::operand(FilterNode& node) {
  scan_.skip_blanks();
  const auto word = scan_.peek_word();
  if (scan_.rest().substr(word.size()).starts_with('(')) {
    if (equal_ignoring_case(word, "tolower")) node.letters = Letters::lower;
    if (equal_ignoring_case(word, "toupper")) node.letters = Letters::upper;
    if (node.letters != Letters::as_is) scan_.skip(word.size() + 1);
  }
  auto found = take_path(scan_, schema_, variables_);
  if (!found) return found;
  if (found->lambda) return found;
  if (auto done = check_filterable(*found, schema_); !done) return pass(done.error());
  node.path = std::move(found->path);
  node.count = found->count;
  const auto* property = node.path.property;
  if (property->collection && !found->is_item && !node.count) {
    return filter_error(found->offset, in_backticks(found->name) + " is a collection; write " +
                                           in_backticks(found->name + "/any(i: i eq ...)") +
                                           " or " + in_backticks(found->name + "/$count eq ..."));
  }
  if (node.letters != Letters::as_is) {
    if (node.count || !is_text(property->kind)) {
      return filter_error(found->offset, in_backticks(found->name) + " is no text");
    }
    if (!scan_.take(')')) return expected("`)`");
  }
  return found;
}

std::optional<Comparison> FilterParser::take_comparison() {
  for (const auto c : {Comparison::eq, Comparison::ne, Comparison::gt, Comparison::ge,
                       Comparison::lt, Comparison::le}) {
    if (scan_.take_word(name_of(c))) return c;
  }
  return std::nullopt;
}

Result<void> FilterParser::check_comparison(const FilterNode& node, const FoundPath& found,
                                            std::size_t offset) const {
  const auto kind = node.value_kind();
  const bool ordered = node.comparison != Comparison::eq && node.comparison != Comparison::ne;
  if (ordered && (kind == PropertyKind::boolean || kind == PropertyKind::enumeration ||
                  kind == PropertyKind::complex)) {
    return filter_error(offset, in_backticks(found.name) + " has no order; use `eq`, `ne` or `in`");
  }
  return {};
}

Result<FilterNode> FilterParser::comparison(int depth, bool negated) {
  auto node = make(Kind::compare);
  if (!node) return node;
  auto found = operand(*node);
  if (!found) return tl::unexpected<Error>(std::move(found.error()));
  if (found->lambda) {
    --nodes_;
    return with_truth(lambda(std::move(*found), depth), depth);
  }
  const bool is_boolean = node->value_kind() == PropertyKind::boolean;
  scan_.skip_blanks();
  const auto offset = scan_.offset();
  const auto comparison = take_comparison();
  if (comparison) {
    node->comparison = *comparison;
    if (negated && is_boolean) return ambiguous(*found);
    if (auto done = check_comparison(*node, *found, offset); !done) return pass(done.error());
    if (auto done = compared(*node, *found); !done) return pass(done.error());
  } else if (scan_.take_word("in")) {
    node->kind = Kind::in;
    if (auto done = listed(*node, *found); !done) return pass(done.error());
  } else if (is_boolean) {
    Literal truth;
    truth.text = "true";
    truth.value.null = false;
    truth.value.truth = true;
    node->values.push_back(std::move(truth));
  } else {
    return expected("an operator (" + std::string(operators) + ") after " +
                    in_backticks(found->name));
  }
  return node;
}

Result<void> FilterParser::compared(FilterNode& node, const FoundPath& found) {
  scan_.skip_blanks();
  const auto word = scan_.peek_word();
  if (!word.empty() && !value_begins(scan_) && schema_.find(word) != nullptr) {
    return filter_error(scan_.offset(),
                        "a property is compared with a value, not with another "
                        "property such as " +
                            in_backticks(word) + "; a text stands in single quotes");
  }
  auto value = take_value(scan_);
  if (!value) return tl::unexpected<Error>(std::move(value.error()));
  auto literal = as_literal(*value, node, found.name);
  if (!literal) return tl::unexpected<Error>(std::move(literal.error()));
  node.values.push_back(std::move(*literal));
  return {};
}

Result<void> FilterParser::listed(FilterNode& node, const FoundPath& found) {
  if (!scan_.take('(')) return expected("a list such as `('a','b')`");
  do {
    if (node.values.size() == filter_values_max) {
      return filter_error(scan_.offset(),
                          "`in` takes at most " + std::to_string(filter_values_max) +
                              " values; ask in several requests",
                          ErrorKind::too_large);
    }
    if (auto done = compared(node, found); !done) return done;
  } while (scan_.take(','));
  if (!scan_.take(')')) return expected("`,` or `)`");
  const auto kind = node.value_kind();
  const auto order = [&](const Literal& a, const Literal& b) {
    return compare(a.scalar(), b.scalar(), kind);
  };
  std::stable_sort(node.values.begin(), node.values.end(),
                   [&](const Literal& a, const Literal& b) { return order(a, b) < 0; });
  node.values.erase(
      std::unique(node.values.begin(), node.values.end(),
                  [&](const Literal& a, const Literal& b) { return order(a, b) == 0; }),
      node.values.end());
  return {};
}

// `'x' eq displayName` is `displayName eq 'x'`, and `3 lt n` is `n gt 3`.
Result<FilterNode> FilterParser::reversed(bool negated) {
  auto value = take_value(scan_);
  if (!value) return tl::unexpected<Error>(std::move(value.error()));
  scan_.skip_blanks();
  const auto offset = scan_.offset();
  const auto comparison = take_comparison();
  if (!comparison) return expected("`eq`, `ne`, `gt`, `ge`, `lt` or `le` after the value");
  scan_.skip_blanks();
  if (value_begins(scan_)) {
    return filter_error(scan_.offset(), "two values are compared; one has to be a property");
  }
  auto node = make(Kind::compare);
  if (!node) return node;
  auto found = operand(*node);
  if (!found) return tl::unexpected<Error>(std::move(found.error()));
  if (found->lambda) return filter_error(offset, "write `any` and `all` without a comparison");
  if (negated && node->value_kind() == PropertyKind::boolean) return ambiguous(*found);
  constexpr Comparison mirrored[] = {Comparison::eq, Comparison::ne, Comparison::lt,
                                     Comparison::le, Comparison::gt, Comparison::ge};
  node->comparison = mirrored[static_cast<std::size_t>(*comparison)];
  if (auto done = check_comparison(*node, *found, offset); !done) return pass(done.error());
  auto literal = as_literal(*value, *node, found->name);
  if (!literal) return tl::unexpected<Error>(std::move(literal.error()));
  node->values.push_back(std::move(*literal));
  return node;
}

Result<FilterNode> parse_filter(std::string_view text, const Schema& schema) {
  if (text.size() > filter_length_max) {
    return fail(ErrorKind::too_large,
                "a filter has at most " + std::to_string(filter_length_max) + " bytes, this one " +
                    std::to_string(text.size()),
                "$filter");
  }
  return FilterParser(text, schema).filter();
}

}  // namespace sallyport::odata
