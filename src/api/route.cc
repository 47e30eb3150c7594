#include "api/route.h"

#include "base/text.h"

namespace sallyport::api {
namespace {

constexpr std::string_view graph_namespace = "microsoft.graph.";

struct Pattern {
  const Operation* operation;
  std::vector<std::string_view> segments;
};

bool is_key(std::string_view segment) { return segment.front() == '{'; }

// By number of segments, each in the order of the table; cut once.
const std::vector<Pattern>& patterns_of(std::size_t segments) {
  static const std::vector<Pattern> none;
  static const auto all = [] {
    std::vector<std::vector<Pattern>> out;
    for (const auto& operation : operations()) {
      Pattern pattern{&operation, {}};
      auto rest = operation.path;
      while (!rest.empty()) {
        rest.remove_prefix(1);
        const auto end = rest.find('/');
        pattern.segments.push_back(rest.substr(0, end));
        rest = end == rest.npos ? std::string_view() : rest.substr(end);
      }
      if (out.size() <= pattern.segments.size()) out.resize(pattern.segments.size() + 1);
      out[pattern.segments.size()].push_back(std::move(pattern));
    }
    return out;
  }();
  return segments < all.size() ? all[segments] : none;
}

// Actions and functions may be called by their full name: `microsoft.graph.restore`.
bool names(std::string_view wanted, std::string_view segment) {
  if (equal_ignoring_case(wanted, segment)) return true;
  return segment.size() > graph_namespace.size() &&
         equal_ignoring_case(segment.substr(0, graph_namespace.size()), graph_namespace) &&
         equal_ignoring_case(wanted, segment.substr(graph_namespace.size()));
}

// REQUIRES: as many segments as the pattern has.
bool takes(const Pattern& pattern, std::span<const std::string> segments) {
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto wanted = pattern.segments[i];
    if (!is_key(wanted) && !names(wanted, segments[i])) return false;
    // `$ref` and `$count` are never ids.
    if (is_key(wanted) && segments[i].front() == '$') return false;
  }
  return true;
}

}  // namespace

OrFailure<Route> find_route(std::string_view method, std::span<const std::string> segments) {
  std::string allowed;
  // A fixed segment wins over a key: rows with fixed ones stand first in the table.
  std::size_t keys_of_allowed = 0;
  for (const auto& pattern : patterns_of(segments.size())) {
    if (!takes(pattern, segments)) continue;
    const auto& operation = *pattern.operation;
    if (operation.method != method) {
      std::size_t keys = 0;
      for (const auto segment : pattern.segments) keys += is_key(segment) ? 1U : 0U;
      if (!allowed.empty() && keys != keys_of_allowed) continue;
      keys_of_allowed = keys;
      if (!allowed.empty()) allowed += ", ";
      allowed += operation.method;
      continue;
    }
    Route route{&operation, {}};
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (is_key(pattern.segments[i])) route.keys.push_back(segments[i]);
    }
    return route;
  }
  std::string path;
  for (const auto& segment : segments) path += '/' + segment;
  if (allowed.empty()) {
    return refuse(404, "ResourceNotFound", "nothing is at `" + printable(path, 200) + "`");
  }
  Failure failure{405, "MethodNotAllowed", "`" + printable(path, 200) + "` takes " + allowed,
                  allowed, 0};
  return tl::unexpected<Failure>(std::move(failure));
}

}  // namespace sallyport::api
