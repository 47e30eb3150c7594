// A filter as a tree, for those who walk it: evaluation, writing, planning.
//
// INVARIANT (of every tree that Filter::compile gives):
// - `both` and `either` have at least two children, none of their own kind;
// - `negation` has one child, `all` one, `any` one or (for `x/any()`) none, all others none;
// - values are of the property's kind, or null; those of `in` are sorted, each there once;
// - names of members and types view the schema and have its spelling.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "odata/filter.h"
#include "odata/scalar.h"

namespace sallyport::odata {

struct PathStep {
  std::string_view name;
  bool cast = false;  // a type: what is of another type becomes null
  friend bool operator==(const PathStep&, const PathStep&) = default;
};

// Where a value is found. Without steps: the document, or the item itself.
struct FilterPath {
  std::size_t up =
      0;  // scopes outwards: 0 is the innermost `any` or `all`, the last is the document
  std::vector<PathStep> steps;
  const Property* property = nullptr;  // what it ends at; null for the document itself
  friend bool operator==(const FilterPath&, const FilterPath&) = default;
};

// Of texts `text` is the content, of others the spelling.
struct Literal {
  Scalar value;  // its text is empty: use scalar()
  std::string text;
  Scalar scalar() const {
    Scalar s = value;
    s.text = text;
    return s;
  }
  friend bool operator==(const Literal& a, const Literal& b) {
    return a.value.null == b.value.null && a.text == b.text;
  }
};

enum class Comparison : std::uint8_t { eq, ne, gt, ge, lt, le };
enum class TextFunction : std::uint8_t { starts_with, ends_with, contains };

struct FilterNode {
  enum class Kind : std::uint8_t { both, either, negation, compare, in, function, any, all, isof };
  Kind kind = Kind::compare;
  Comparison comparison = Comparison::eq;
  TextFunction function = TextFunction::starts_with;
  Letters letters = Letters::as_is;  // `tolower` or `toupper` around the path
  bool count = false;                // `$count` after it: its items are counted
  FilterPath path;
  std::vector<Literal> values;  // one of compare and function
  std::string variable;         // of any and all
  std::string_view type;        // of isof
  std::vector<FilterNode> children;
  friend bool operator==(const FilterNode&, const FilterNode&) = default;

  // What values are compared as, and what is done to the letters of the document's text first.
  PropertyKind value_kind() const {
    return count || path.property == nullptr ? PropertyKind::number : path.property->kind;
  }
  Letters text_letters() const {
    const auto natural = letters_of(value_kind());
    return natural == Letters::as_is ? letters : natural;
  }
};

bool evaluate(const FilterNode& root, const Schema& schema, const json::Value& document);
std::string write(const FilterNode& root);
[[nodiscard]] Result<FilterNode> parse_filter(std::string_view text, const Schema& schema);

std::string_view name_of(Comparison comparison);
std::string_view name_of(TextFunction function);

}  // namespace sallyport::odata
