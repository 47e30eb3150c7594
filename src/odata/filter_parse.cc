// Recursive descent over the part of OData's grammar that is served:
//
//   or       = and { "or" and }
//   and      = factor { "and" factor }
//   factor   = "not" factor | "(" or ")" | call [ ("eq" | "ne") boolean ] | comparison
//   call     = path "/" ("any" | "all") "(" [ variable ":" or ] ")"
//            | ("startsWith" | "endsWith" | "contains") "(" operand "," text ")"
//            | "isof" "(" [ path "," ] type ")"
//   comparison = operand [ operator value | "in" "(" value { "," value } ")" ] | value operator
//   operand operand  = path [ "/$count" ] | ("tolower" | "toupper") "(" path ")"
//
// Words are taken in any letter case.
#include <algorithm>
#include <iterator>
#include <optional>

#include "base/text.h"
#include "odata/filter_node.h"
#include "odata/filter_path.h"
#include "odata/filter_scan.h"

namespace sallyport::odata {
namespace {

using Kind = FilterNode::Kind;

constexpr std::string_view operators = "`eq`, `ne`, `gt`, `ge`, `lt`, `le` or `in`";

class Parser {
 public:
  Parser(std::string_view text, const Schema& schema) : scan_(text), schema_(schema) {}
  Result<FilterNode> filter();

 private:
  Result<FilterNode> joined(Kind kind, int depth);
  Result<FilterNode> factor(int depth, bool negated);
  Result<FilterNode> negation(int depth);
  Result<FilterNode> call(std::string_view name, int depth);
  Result<FilterNode> function(TextFunction which);
  Result<FilterNode> isof();
  Result<FilterNode> lambda(FoundPath found, int depth);
  Result<FilterNode> with_truth(Result<FilterNode> node, int depth);
  Result<FilterNode> comparison(int depth, bool negated);
  Result<FilterNode> reversed(bool negated);
  Result<FoundPath> operand(FilterNode& node);
  Result<void> compared(FilterNode& node, const FoundPath& found);
  Result<void> listed(FilterNode& node, const FoundPath& found);
  std::optional<Comparison> take_comparison();
  Result<void> check_comparison(const FilterNode& node, const FoundPath& found,
                                std::size_t offset) const;

  Result<FilterNode> make(Kind kind) {
    if (++nodes_ > filter_nodes_max) {
      return filter_error(scan_.offset(),
                          "a filter has at most " + std::to_string(filter_nodes_max) +
                              " conditions and words that join them; ask in several requests",
                          ErrorKind::too_large);
    }
    FilterNode node;
    node.kind = kind;
    return node;
  }
  Result<void> check_depth(int depth, std::size_t offset) const {
    if (depth <= filter_depth_max) return {};
    return filter_error(offset,
                        "brackets, `not`, `any` and `all` nest at most " +
                            std::to_string(filter_depth_max) + " deep",
                        ErrorKind::too_large);
  }
  // OData binds `not` to `a` alone in `not a eq b`, which for anything but a boolean is nonsense.
  static tl::unexpected<Error> ambiguous(const FoundPath& found) {
    return filter_error(found.offset, "`not` before " + in_backticks(found.name) +
                                          " could mean two things; put brackets around the "
                                          "comparison");
  }
  tl::unexpected<Error> expected(std::string_view what) const {
    if (scan_.at_end()) {
      return filter_error(scan_.offset(),
                          "the filter ends too early: expected " + std::string(what));
    }
    return filter_error(scan_.offset(), "expected " + std::string(what) + ", found " +
                                            in_backticks(scan_.rest().substr(0, 20)));
  }

  FilterScanner scan_;
  const Schema& schema_;
  std::vector<LambdaVariable> variables_;
  std::size_t nodes_ = 0;
};

tl::unexpected<Error> pass(Error& error) { return tl::unexpected<Error>(std::move(error)); }

// `a and (b and c)` and `a and b and c` become the same node.
void append_child(FilterNode& parent, FilterNode child) {
  if (child.kind != parent.kind) {
    parent.children.push_back(std::move(child));
    return;
  }
  std::move(child.children.begin(), child.children.end(), std::back_inserter(parent.children));
}

Result<FilterNode> Parser::filter() {
  scan_.skip_blanks();
  if (scan_.at_end()) return filter_error(0, "the filter is empty");
  auto root = joined(Kind::either, 0);
  if (!root) return root;
  scan_.skip_blanks();
  if (!scan_.at_end()) return expected("`and`, `or` or the end of the filter");
  return root;
}

Result<FilterNode> Parser::joined(Kind kind, int depth) {
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

Result<FilterNode> Parser::factor(int depth, bool negated) {
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
Result<FilterNode> Parser::negation(int depth) {
  auto node = make(Kind::negation);
  if (!node) return node;
  scan_.take_word("not");
  auto child = factor(depth + 1, true);
  if (!child) return child;
  node->children.push_back(std::move(*child));
  return node;
}

Result<FilterNode> Parser::call(std::string_view name, int depth) {
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
Result<FilterNode> Parser::with_truth(Result<FilterNode> node, int depth) {
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
  auto negation = make(Kind::negation);
  if (negation) negation->children.push_back(std::move(*node));
  return negation;
}

Result<FilterNode> Parser::function(TextFunction which) {
  const auto name = name_of(which);
  scan_.skip(name.size() + 1);
  auto node = make(Kind::function);
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
  node->values.push_back(std::move(*literal));
  if (!scan_.take(')')) return expected("`)`");
  return node;
}

Result<FilterNode> Parser::isof() {
  scan_.skip(std::string_view("isof(").size());
  auto node = make(Kind::isof);
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

Result<FilterNode> Parser::lambda(FoundPath found, int depth) {
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
  auto node = make(is_any ? Kind::any : Kind::all);
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
  auto body = joined(Kind::either, depth + 1);
  variables_.pop_back();
  if (!body) return body;
  node->children.push_back(std::move(*body));
  if (!scan_.take(')')) return expected("`and`, `or` or `)`");
  return node;
}

Result<FoundPath> Parser::operand(FilterNode& node) {
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

std::optional<Comparison> Parser::take_comparison() {
  for (const auto c : {Comparison::eq, Comparison::ne, Comparison::gt, Comparison::ge,
                       Comparison::lt, Comparison::le}) {
    if (scan_.take_word(name_of(c))) return c;
  }
  return std::nullopt;
}

Result<void> Parser::check_comparison(const FilterNode& node, const FoundPath& found,
                                      std::size_t offset) const {
  const auto kind = node.value_kind();
  const bool ordered = node.comparison != Comparison::eq && node.comparison != Comparison::ne;
  if (ordered && (kind == PropertyKind::boolean || kind == PropertyKind::enumeration ||
                  kind == PropertyKind::complex)) {
    return filter_error(offset, in_backticks(found.name) + " has no order; use `eq`, `ne` or `in`");
  }
  return {};
}

Result<FilterNode> Parser::comparison(int depth, bool negated) {
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

Result<void> Parser::compared(FilterNode& node, const FoundPath& found) {
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

Result<void> Parser::listed(FilterNode& node, const FoundPath& found) {
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
Result<FilterNode> Parser::reversed(bool negated) {
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

}  // namespace

Result<FilterNode> parse_filter(std::string_view text, const Schema& schema) {
  if (text.size() > filter_length_max) {
    return fail(ErrorKind::too_large,
                "a filter has at most " + std::to_string(filter_length_max) + " bytes, this one " +
                    std::to_string(text.size()),
                "$filter");
  }
  return Parser(text, schema).filter();
}

}  // namespace sallyport::odata
