// A filter asked about one document: a walk over its tree, without allocation.
#include <algorithm>

#include "base/text.h"
#include "odata/filter_node.h"

namespace sallyport::odata {
namespace {

// What a path can start at: the item of an `any` or `all`, in the scope around it.
struct Scope {
  const json::Value* item;
  const Scope* outer;
};

bool is_of_type(const json::Value& value, std::string_view type) {
  const auto* said = value.find("@odata.type");
  if (said == nullptr) return false;
  auto name = said->text();
  if (name.starts_with('#')) name.remove_prefix(1);
  return equal_ignoring_case(name, type);
}

const json::Value* walk(const FilterPath& path, const Scope& innermost) {
  const Scope* scope = &innermost;
  for (std::size_t i = 0; i < path.up; ++i) scope = scope->outer;
  const json::Value* value = scope->item;
  for (const auto& step : path.steps) {
    if (step.cast) {
      if (!is_of_type(*value, step.name)) return nullptr;
    } else {
      value = value->find(step.name);
      if (value == nullptr) return nullptr;
    }
  }
  return value;
}

bool holds(Comparison comparison, std::weak_ordering order) {
  switch (comparison) {
    case Comparison::eq: return order == 0;
    case Comparison::ne: return order != 0;
    case Comparison::gt: return order > 0;
    case Comparison::ge: return order >= 0;
    case Comparison::lt: return order < 0;
    case Comparison::le: return order <= 0;
  }
  return false;
}

// The value of a compare or in: the property's, or the number of its items.
Scalar read(const FilterNode& node, const json::Value* value) {
  if (!node.count) return read_scalar(value, node.value_kind());
  Scalar scalar;
  scalar.null = false;
  if (value != nullptr) scalar.number.integer = static_cast<std::int64_t>(value->items().size());
  return scalar;
}

std::weak_ordering order_of(const FilterNode& node, PropertyKind kind, const Scalar& value,
                            const Literal& literal) {
  if (is_text(kind) && !value.null && !literal.value.null) {
    return compare_texts(value.text, node.text_letters(), literal.text, letters_of(kind));
  }
  return compare(value, literal.value, kind);
}

bool compares(const FilterNode& node, const json::Value* found) {
  const auto kind = node.value_kind();
  const auto& literal = node.values.front();
  const auto value = read(node, found);
  const bool ordered = node.comparison != Comparison::eq && node.comparison != Comparison::ne;
  if (ordered && (value.null || literal.value.null)) return false;
  if (!ordered && is_text(kind) && !value.null && !literal.value.null) {
    const bool equal = equal_texts(value.text, node.text_letters(), literal.text, letters_of(kind));
    return equal == (node.comparison == Comparison::eq);
  }
  return holds(node.comparison, order_of(node, kind, value, literal));
}

bool is_in(const FilterNode& node, const json::Value* found) {
  const auto kind = node.value_kind();
  const auto value = read(node, found);
  const auto at = std::partition_point(
      node.values.begin(), node.values.end(),
      [&](const Literal& literal) { return order_of(node, kind, value, literal) > 0; });
  return at != node.values.end() && order_of(node, kind, value, *at) == 0;
}

bool applies(const FilterNode& node, const json::Value* found) {
  const auto value = read_scalar(found, node.value_kind());
  if (value.null) return false;
  const std::string_view part = node.values.front().text;
  if (part.size() > value.text.size()) return false;
  const auto letters = node.text_letters();
  const auto part_letters = letters_of(node.value_kind());
  const auto stands_at = [&](std::size_t i) {
    return equal_texts(value.text.substr(i, part.size()), letters, part, part_letters);
  };
  switch (node.function) {
    case TextFunction::starts_with: return stands_at(0);
    case TextFunction::ends_with: return stands_at(value.text.size() - part.size());
    case TextFunction::contains: break;
  }
  return contains_text(value.text, letters, part, part_letters);
}

bool evaluate(const FilterNode& node, const Schema& schema, const Scope& scope) {
  using Kind = FilterNode::Kind;
  const auto holds_for = [&](const FilterNode& child) { return evaluate(child, schema, scope); };
  switch (node.kind) {
    case Kind::both: return std::all_of(node.children.begin(), node.children.end(), holds_for);
    case Kind::either: return std::any_of(node.children.begin(), node.children.end(), holds_for);
    case Kind::negation: return !holds_for(node.children.front());
    case Kind::compare: return compares(node, walk(node.path, scope));
    case Kind::in: return is_in(node, walk(node.path, scope));
    case Kind::function: return applies(node, walk(node.path, scope));
    case Kind::isof: {
      const auto* value = walk(node.path, scope);
      if (value == nullptr) return false;
      return node.type == schema.type || is_of_type(*value, node.type);
    }
    case Kind::any:
    case Kind::all: break;
  }
  const auto* list = walk(node.path, scope);
  const auto items = list == nullptr ? std::span<const json::Value>() : list->items();
  if (node.children.empty()) return !items.empty();
  const bool is_any = node.kind == Kind::any;
  for (const auto& item : items) {
    if (evaluate(node.children.front(), schema, Scope{&item, &scope}) == is_any) return is_any;
  }
  return !is_any;
}

}  // namespace

bool evaluate(const FilterNode& root, const Schema& schema, const json::Value& document) {
  return evaluate(root, schema, Scope{&document, nullptr});
}

}  // namespace sallyport::odata
