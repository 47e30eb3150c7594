#include "odata/select.h"

#include <algorithm>

#include "base/text.h"

namespace sallyport::odata {
namespace {

bool any_property(const Property&) { return true; }

// `microsoft.graph.ipNamedLocation/isTrusted` selects `isTrusted` of whatever has it.
std::string without_types(std::string_view path) {
  std::string names;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const auto name = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    if (name.find('.') != std::string_view::npos) continue;
    if (!names.empty()) names += '/';
    names += name;
  }
  return names;
}

// As the schema spells it: a property, or an object on the way to one.
std::string_view spelling_of(std::string_view path, const Schema& schema) {
  if (path.empty()) return {};
  for (const auto& property : schema.properties) {
    const auto begin = property.path.substr(0, path.size());
    const bool ends = property.path.size() == path.size() ||
                      (property.path.size() > path.size() && property.path[path.size()] == '/');
    if (ends && equal_ignoring_case(begin, path)) return begin;
  }
  return {};
}

bool is_annotation(std::string_view name) { return name.starts_with("@odata."); }

}  // namespace

Result<Select> Select::compile(std::span<const std::string> paths, const Schema& schema) {
  Select select;
  select.root_.whole = paths.empty();
  for (const auto& written : paths) {
    if (written == "*") {
      select.root_.whole = true;
      continue;
    }
    auto path = spelling_of(without_types(written), schema);
    if (path.empty()) {
      return fail(ErrorKind::invalid_argument,
                  "unknown property `" + printable(written) + "`; there are " +
                      list_properties(schema, any_property),
                  "$select");
    }
    select.paths_.emplace_back(path);
    Node* node = &select.root_;
    while (!path.empty()) {
      const auto slash = path.find('/');
      const auto name = path.substr(0, slash);
      path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
      auto at = std::find_if(node->members.begin(), node->members.end(),
                             [&](const Node& member) { return member.name == name; });
      if (at == node->members.end()) at = node->members.insert(at, Node{name, false, {}});
      node = &*at;
    }
    node->whole = true;
  }
  return select;
}

void Select::write(json::Writer& out, const json::Value& value, const Node& node) {
  if (node.whole) {
    out.value(value);
  } else if (value.is_array()) {
    out.begin_array();
    for (const auto& item : value.items()) write(out, item, node);
    out.end_array();
  } else if (value.is_object()) {
    write_members(out, value, node, false);
  } else {
    out.value(value);
  }
}

void Select::write_members(json::Writer& out, const json::Value& object, const Node& node,
                           bool with_id) {
  out.begin_object();
  for (const auto& [name, value, offset] : object.members()) {
    // `members@odata.count` goes with `members`.
    const auto about = name.substr(0, name.find("@odata."));
    const auto at = std::find_if(node.members.begin(), node.members.end(),
                                 [about](const Node& member) { return member.name == about; });
    const bool chosen = at != node.members.end();
    if (!chosen && !is_annotation(name) && !(with_id && name == "id")) continue;
    out.key(name);
    if (chosen && about.size() == name.size()) {
      write(out, value, *at);
    } else {
      out.value(value);
    }
  }
  out.end_object();
}

void Select::write(json::Writer& out, const json::Value& document) const {
  if (root_.whole || !document.is_object()) {
    out.value(document);
  } else {
    write_members(out, document, root_, true);
  }
}

std::string Select::context() const {
  if (root_.whole) return {};
  std::string text;
  for (const auto& path : paths_) text += (text.empty() ? "(" : ",") + path;
  return text + ")";
}

}  // namespace sallyport::odata
