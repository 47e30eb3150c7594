#include "odata/filter_path.h"

#include "base/text.h"

namespace sallyport::odata {
namespace {

bool is_filterable(const Property& property) { return property.filterable; }

std::string spelled(const Property& property) {
  if (property.type.empty()) return std::string(property.path);
  return std::string(property.type) + "/" + std::string(property.path);
}

std::string_view last_segment(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

class PathParser {
 public:
  PathParser(FilterScanner& scan, const Schema& schema, std::span<const LambdaVariable> variables)
      : scan_(scan), schema_(schema), variables_(variables) {}

  Result<FoundPath> take();

 private:
  bool begin(std::string_view word);  // with a variable or `$it`
  Result<void> segment(std::string_view word);
  Result<void> cast(std::string_view word);
  Result<void> member(std::string_view word);
  const Property* row_below(std::string_view path) const;
  std::string unknown(std::string_view word, std::string_view path) const;
  bool at_collection() const {
    return found_.path.property != nullptr && found_.path.property->collection && !found_.is_item;
  }
  tl::unexpected<Error> error(std::string message) const {
    return filter_error(segment_offset_, std::move(message));
  }

  FilterScanner& scan_;
  const Schema& schema_;
  std::span<const LambdaVariable> variables_;
  FoundPath found_;
  std::string_view prefix_;  // the path so far, as the schema spells it
  std::size_t segment_offset_ = 0;
};

Result<FoundPath> PathParser::take() {
  scan_.skip_blanks();
  found_.offset = scan_.offset();
  const auto written = scan_.rest();
  const auto finish = [&]() -> FoundPath {
    found_.name = std::string(written.substr(0, scan_.offset() - found_.offset));
    return std::move(found_);
  };
  found_.path.up = variables_.size();
  for (bool first = true;; first = false) {
    segment_offset_ = scan_.offset();
    const auto word = scan_.peek_word();
    if (word.empty()) {
      if (scan_.at_end()) return error("the filter ends where a property is expected");
      return error("expected a property, found " + in_backticks(scan_.rest().substr(0, 20)));
    }
    const bool calls = scan_.rest().substr(word.size()).starts_with('(');
    if (!first && calls && (equal_ignoring_case(word, "any") || equal_ignoring_case(word, "all"))) {
      if (!at_collection()) return error(in_backticks(word) + " goes only with a collection");
      found_.lambda = true;
      found_.name = std::string(written.substr(0, segment_offset_ - 1 - found_.offset));
      return std::move(found_);
    }
    scan_.skip(word.size());
    if (!first || !begin(word)) {
      if (auto done = segment(word); !done) return tl::unexpected<Error>(std::move(done.error()));
    }
    if (found_.count || !scan_.at('/')) return finish();
    scan_.skip(1);
  }
}

bool PathParser::begin(std::string_view word) {
  if (word == "$it") return true;
  for (std::size_t i = variables_.size(); i-- > 0;) {
    const auto& variable = variables_[i];
    if (variable.name != word) continue;
    found_.path.up = variables_.size() - 1 - i;
    found_.path.property = variable.collection;
    found_.type = variable.type;
    found_.is_item = true;
    prefix_ = variable.collection->path;
    return true;
  }
  return false;
}

Result<void> PathParser::segment(std::string_view word) {
  if (word == "$count") {
    if (!at_collection()) return error("`$count` goes only with a collection");
    found_.count = true;
    return {};
  }
  if (word.find('.') != std::string_view::npos) return cast(word);
  return member(word);
}

Result<void> PathParser::cast(std::string_view word) {
  if (at_collection()) {
    return error(
        "a type does not go with a whole collection; test its items with `isof` inside "
        "`any` or `all`");
  }
  if (prefix_.empty() && equal_ignoring_case(word, schema_.type)) return {};
  std::string types;
  for (const auto& derived : schema_.derived_types) {
    if (!equal_ignoring_case(derived.path, prefix_)) continue;
    if (equal_ignoring_case(derived.name, word)) {
      found_.path.steps.push_back({derived.name, true});
      found_.type = derived.name;
      return {};
    }
    types += (types.empty() ? "; there are " : ", ") + in_backticks(derived.name);
  }
  return error("unknown type " + in_backticks(word) + (types.empty() ? "; there are none" : types));
}

// A row of which `path` is the beginning: then `path` is an object on the way to it.
const Property* PathParser::row_below(std::string_view path) const {
  for (const auto& property : schema_.properties) {
    if (property.path.size() > path.size() && property.path[path.size()] == '/' &&
        equal_ignoring_case(property.path.substr(0, path.size()), path) &&
        (property.type.empty() || property.type == found_.type)) {
      return &property;
    }
  }
  return nullptr;
}

Result<void> PathParser::member(std::string_view word) {
  if (at_collection()) {
    return error(in_backticks(prefix_) +
                 " is a collection; ask its items: " + in_backticks("any(i: i/...)"));
  }
  const auto* above = found_.path.property;
  if (above != nullptr && above->kind != PropertyKind::complex) {
    return error(in_backticks(prefix_) + " has no members");
  }
  const std::string path =
      prefix_.empty() ? std::string(word) : std::string(prefix_) + "/" + std::string(word);
  const auto* property = schema_.find(path, found_.type);
  if (property != nullptr) {
    prefix_ = property->path;
  } else if (const auto* below = row_below(path)) {
    prefix_ = below->path.substr(0, path.size());
  } else {
    return error(unknown(word, path));
  }
  found_.path.property = property;
  found_.path.steps.push_back({last_segment(prefix_), false});
  found_.is_item = false;
  return {};
}

std::string PathParser::unknown(std::string_view word, std::string_view path) const {
  for (const auto& property : schema_.properties) {
    if (!property.type.empty() && equal_ignoring_case(property.path, path)) {
      return in_backticks(word) + " is of another type; write " + in_backticks(spelled(property));
    }
  }
  return "unknown property " + in_backticks(word) + "; there are " +
         list_properties(schema_, is_filterable);
}

}  // namespace

Result<FoundPath> take_path(FilterScanner& scan, const Schema& schema,
                            std::span<const LambdaVariable> variables) {
  return PathParser(scan, schema, variables).take();
}

Result<void> check_filterable(const FoundPath& found, const Schema& schema) {
  const auto* property = found.path.property;
  if (property == nullptr) {
    return filter_error(found.offset,
                        in_backticks(found.name) + " is an object; name one of its members");
  }
  if (!property->filterable) {
    return filter_error(found.offset, in_backticks(found.name) +
                                          " cannot be filtered; these can: " +
                                          list_properties(schema, is_filterable));
  }
  return {};
}

}  // namespace sallyport::odata
