#include "api/expand.h"

#include <algorithm>

#include "api/answers.h"
#include "api/directory_objects.h"
#include "api/services.h"
#include "base/json_edit.h"
#include "base/text.h"
#include "gates/message.h"

namespace sallyport::api {
namespace {

const Navigation* find_navigation(const Resource& resource, std::string_view name) {
  for (const auto& one : resource.navigations) {
    if (equal_ignoring_case(one.name, name)) return &one;
  }
  return nullptr;
}

OrFailure<void> check(const Call& call, const odata::Expand& wanted, const Navigation* navigation) {
  if (navigation == nullptr) {
    std::string known;
    for (const auto& one : call.resource().navigations) {
      known += (known.empty() ? "`" : ", `") + std::string(one.name) + "`";
    }
    for (const auto& one : call.resource().contained) {
      known += (known.empty() ? "`" : ", `") + std::string(one.name) + "`";
    }
    return refuse(400, "Request_BadRequest",
                  "`" + printable(wanted.path) + "` cannot be expanded here; there are " + known);
  }
  const auto& options = wanted.options;
  if (options.filter || options.search || options.count || options.top || options.skip ||
      !options.order_by.empty() || !options.expand.empty()) {
    return refuse(400, "Request_BadRequest",
                  "what is expanded takes $select alone; ask for the list itself");
  }
  if (call.caller.may_any(navigation->permissions)) return {};
  std::string permissions;
  for (const auto one : navigation->permissions) {
    permissions += (permissions.empty() ? "" : " or ") + std::string(one);
  }
  return failed(call, {ErrorKind::denied,
                       "expanding `" + std::string(navigation->name) + "` needs the permission " +
                           permissions + "; the token does not have it",
                       {}});
}

}  // namespace

json::Value without_contained(const json::Value& document, const Resource& resource,
                              json::Arena& arena) {
  auto out = document;
  for (const auto& one : resource.contained) {
    if (out.find(one.name) != nullptr) out = json::without(out, one.name, arena);
  }
  return out;
}

// True: it was one of these.
OrFailure<bool> Expansion::add_contained(const Call& call, const odata::Expand& wanted,
                                         Expansion& out) {
  for (const auto& one : call.resource().contained) {
    if (!equal_ignoring_case(one.name, wanted.path)) continue;
    ContainedPart part{&one};
    for (const auto& inner : wanted.options.expand) {
      if (one.inside.empty() || !equal_ignoring_case(one.inside, inner.path)) {
        return refuse(400, "BadRequest",
                      "`" + printable(inner.path) + "` cannot be expanded inside `" +
                          std::string(one.name) + "`");
      }
      part.with_inside = true;
    }
    out.contained_.push_back(part);
    return true;
  }
  return false;
}

void Expansion::append_contained(std::string& out, const ContainedPart& part,
                                 const ShownDocument& document) {
  const auto& [navigation, with_inside] = part;
  out.pop_back();  // the brace
  if (out.back() != '{') out += ',';
  json::append_quoted(out, navigation->name);
  out += ':';
  json::Arena arena;
  std::vector<json::Value> items;
  if (const auto* list = document.root().find(navigation->name)) {
    for (const auto& item : list->items()) {
      const bool hide = !with_inside && !navigation->inside.empty();
      items.push_back(hide ? json::without(item, navigation->inside, arena) : item);
    }
  }
  out += json::write(arena.array(items)) + '}';
}

OrFailure<Expansion> Expansion::compile(const Call& call, const odata::Query& query) {
  Expansion out;
  for (const auto& wanted : query.expand) {
    const auto contained = add_contained(call, wanted, out);
    if (!contained) return tl::unexpected<Failure>(contained.error());
    if (*contained) continue;
    const auto* navigation = find_navigation(call.resource(), wanted.path);
    if (auto good = check(call, wanted, navigation); !good) {
      return tl::unexpected<Failure>(good.error());
    }
    const bool twice = std::ranges::any_of(
        out.parts_, [&](const Part& part) { return part.navigation == navigation; });
    if (twice) {
      return refuse(400, "Request_BadRequest",
                    "`" + std::string(navigation->name) + "` is expanded twice");
    }
    auto select = odata::Select::compile(wanted.options.select, directory_object_schema());
    if (!select) return failed_query(call, select.error());
    std::string options;
    for (const auto& name : wanted.options.select) {
      options += (options.empty() ? "?$select=" : ",") + percent_encode(name);
    }
    out.parts_.push_back({navigation, std::move(*select), std::move(options), {}});
  }
  return out;
}

OrFailure<void> Expansion::load(const Call& call, std::vector<std::string> ids) {
  ids_ = std::move(ids);
  for (auto& part : parts_) {
    auto objects = part.navigation->objects(call.services.reader, ids_);
    if (!objects) return failed(call, objects.error());
    part.objects = std::move(*objects);
  }
  return {};
}

OrFailure<void> Expansion::append(std::string& out, const Call& call,
                                  const ShownDocument& document) const {
  for (const auto& part : contained_) append_contained(out, part, document);
  const auto at = std::ranges::find(ids_, document.id);
  for (const auto& part : parts_) {
    auto done = append_part(out, call, part, static_cast<std::size_t>(at - ids_.begin()));
    if (!done) return done;
  }
  return {};
}

OrFailure<void> Expansion::append_part(std::string& out, const Call& call, const Part& part,
                                       std::size_t index) const {
  const auto& found = part.objects[index];
  const auto& name = part.navigation->name;
  out.pop_back();  // the brace
  if (out.back() != '{') out += ',';
  if (found.more) {
    json::append_quoted(out, std::string(name) + "@odata.nextLink");
    out += ':';
    json::append_quoted(out, std::string(call.base) + std::string(call.resource().path) + '/' +
                                 ids_[index] + '/' + std::string(name) + part.options);
    out += ',';
  }
  json::append_quoted(out, name);
  out += part.navigation->single ? ":" : ":[";
  bool first = true;
  for (const auto& object : found.objects) {
    const auto shown = shown_object(call, object);
    if (!shown) return failed(call, shown.error());
    if (!*shown) continue;  // gone meanwhile
    if (!first) out += ',';
    first = false;
    json::Writer w(out);
    part.select.write(w, (**shown)->root());
  }
  if (part.navigation->single && first) out += "null";
  out += part.navigation->single ? "}" : "]}";
  return {};
}

std::string Expansion::context(const odata::Select& select) const {
  auto text = select.context();
  for (const auto& part : parts_) {
    if (text.empty()) {
      text = "(";
    } else {
      text.back() = ',';  // the bracket
    }
    auto inside = part.select.context();
    text += std::string(part.navigation->name) + (inside.empty() ? "()" : inside) + ')';
  }
  return text;
}

}  // namespace sallyport::api
