#include "odata/plan.h"

#include <algorithm>

#include "base/text.h"
#include "odata/filter_node.h"

namespace sallyport::odata {
namespace {

using Kind = FilterNode::Kind;

const Index* index_of(const FilterNode& node, std::span<const Index> indexes) {
  for (const auto& index : indexes) {
    if (node.path.property != nullptr && index.path == node.path.property->path) return &index;
  }
  return nullptr;
}

// A condition on a property of the document itself, whose values an index could hold.
bool is_plain(const FilterNode& node) {
  if (node.kind != Kind::compare && node.kind != Kind::in && node.kind != Kind::function) {
    return false;
  }
  const auto kind = node.value_kind();
  // `tolower` of what ignores letters anyway changes nothing.
  const bool changed = node.letters != Letters::as_is && letters_of(kind) == Letters::as_is;
  const auto& steps = node.path.steps;
  return !changed && kind != PropertyKind::number && kind != PropertyKind::complex &&
         std::none_of(steps.begin(), steps.end(), [](const PathStep& s) { return s.cast; }) &&
         std::none_of(node.values.begin(), node.values.end(),
                      [](const Literal& l) { return l.value.null; });
}

std::string value_for_index(const Literal& literal, PropertyKind kind) {
  if (kind == PropertyKind::date_time) return to_string(literal.value.instant);
  return letters_of(kind) == Letters::lower ? to_lower(literal.text) : literal.text;
}

// How narrow what an index serves of this condition is; 0: nothing.
int narrowness(const FilterNode& node, const Index& index) {
  switch (node.kind) {
    case Kind::in: return index.in ? 3 : 0;
    case Kind::function:
      return node.function == TextFunction::starts_with && index.starts_with ? 2 : 0;
    case Kind::compare:
      if (node.comparison == Comparison::eq) return index.eq ? 4 : 0;
      return node.comparison != Comparison::ne && index.range ? 1 : 0;
    default: return 0;
  }
}

// `a eq 1 or a eq 2` is `a in (1,2)`.
std::optional<FilterNode> as_in(const FilterNode& node) {
  if (node.kind != Kind::either) return std::nullopt;
  FilterNode in = node.children.front();
  in.kind = Kind::in;
  in.values.clear();
  for (const auto& child : node.children) {
    const bool equals = child.kind == Kind::in ||
                        (child.kind == Kind::compare && child.comparison == Comparison::eq);
    if (!equals || !is_plain(child) || child.path != in.path) return std::nullopt;
    in.values.insert(in.values.end(), child.values.begin(), child.values.end());
  }
  return in;
}

void add_bound(const FilterNode& node, Lookup& lookup) {
  const auto kind = node.value_kind();
  const bool inclusive = node.comparison == Comparison::ge || node.comparison == Comparison::le;
  const bool is_lower = node.comparison == Comparison::gt || node.comparison == Comparison::ge;
  (is_lower ? lookup.lower : lookup.upper) =
      Bound{value_for_index(node.values.front(), kind), inclusive};
}

bool is_bound(const FilterNode& node, const Property* property, bool lower) {
  if (node.kind != Kind::compare || !is_plain(node) || node.path.property != property) return false;
  if (lower) return node.comparison == Comparison::gt || node.comparison == Comparison::ge;
  return node.comparison == Comparison::lt || node.comparison == Comparison::le;
}

std::string reason_for(std::span<const Index> indexes) {
  std::string served;
  for (const auto& index : indexes) {
    for (const auto& [has, word] : {std::pair(index.eq, "eq"), std::pair(index.in, "in"),
                                    std::pair(index.starts_with, "startsWith"),
                                    std::pair(index.range, "gt, ge, lt and le")}) {
      if (!has) continue;
      served += (served.empty() ? "`" : ", `") + std::string(index.path) + "` with " + word;
    }
  }
  if (served.empty()) return "there is no index here";
  return "no condition that every match has to fulfil is served by an index; there are " + served;
}

// The term that an index narrows down most.
struct Choice {
  std::size_t term = 0;
  int narrowness = 0;
  FilterNode condition;
};

Choice choose(std::span<const FilterNode> terms, std::span<const Index> indexes) {
  Choice best;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    auto candidate = is_plain(terms[i]) ? std::optional(terms[i]) : as_in(terms[i]);
    const auto* index = candidate ? index_of(*candidate, indexes) : nullptr;
    const int narrow = index == nullptr ? 0 : narrowness(*candidate, *index);
    if (narrow > best.narrowness) best = {i, narrow, std::move(*candidate)};
  }
  return best;
}

Lookup lookup_for(const FilterNode& condition) {
  Lookup lookup;
  lookup.property = condition.path.property;
  lookup.kind = condition.kind == Kind::in               ? Lookup::Kind::in
                : condition.kind == Kind::function       ? Lookup::Kind::starts_with
                : condition.comparison == Comparison::eq ? Lookup::Kind::eq
                                                         : Lookup::Kind::range;
  if (lookup.kind == Lookup::Kind::range) {
    add_bound(condition, lookup);
    return lookup;
  }
  auto& values = lookup.values;
  for (const auto& value : condition.values) {
    values.push_back(value_for_index(value, condition.value_kind()));
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return lookup;
}

std::optional<Filter> join(std::vector<FilterNode> terms, const Schema& schema) {
  if (terms.empty()) return std::nullopt;
  FilterNode root;
  if (terms.size() == 1) {
    root = std::move(terms.front());
  } else {
    root.kind = Kind::both;
    root.children = std::move(terms);
  }
  return Filter(std::make_shared<const FilterNode>(std::move(root)), schema);
}

}  // namespace

Plan plan(const Filter& filter, std::span<const Index> indexes) {
  const auto& root = filter.root();
  std::vector<FilterNode> terms;
  if (root.kind == Kind::both) {
    terms = root.children;
  } else {
    terms.push_back(root);
  }
  const auto best = choose(terms, indexes);
  if (best.narrowness == 0) return {std::nullopt, filter, reason_for(indexes)};

  auto lookup = lookup_for(best.condition);
  std::vector<FilterNode> rest;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (i == best.term) continue;
    // A range takes in the other end of it.
    if (lookup.kind == Lookup::Kind::range && !(lookup.lower && lookup.upper) &&
        is_bound(terms[i], lookup.property, !lookup.lower)) {
      add_bound(terms[i], lookup);
      continue;
    }
    rest.push_back(std::move(terms[i]));
  }
  return {std::move(lookup), join(std::move(rest), filter.schema()), ""};
}

}  // namespace sallyport::odata
