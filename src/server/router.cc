#include "server/router.h"

#include <algorithm>

#include "base/text.h"

namespace sallyport {
namespace {

constexpr std::size_t body_max_unrouted = 64 * 1024;

bool takes_path(const Route& route, std::string_view path) {
  const std::string_view pattern = route.path;
  if (pattern.size() >= 2 && pattern.substr(pattern.size() - 2) == "/*") {
    const auto prefix = pattern.substr(0, pattern.size() - 1);
    return path.substr(0, prefix.size()) == prefix;
  }
  if (pattern.substr(0, 3) == "/*/") {
    const auto second = path.find('/', 1);
    return second != path.npos && second > 1 && path.substr(second) == pattern.substr(2);
  }
  return path == pattern;
}

bool takes_method(const Route& route, std::string_view method) {
  return route.method == "*" || route.method == method ||
         (route.method == "GET" && method == "HEAD");
}

bool is_json(const HttpRequest& request) {
  const auto type = request.header("Content-Type");
  return equal_ignoring_case(trim(type.substr(0, type.find(';'))), "application/json");
}

}  // namespace

std::size_t Router::body_max(std::string_view path) const {
  std::size_t largest = 0;
  bool found = false;
  for (const auto& route : routes_) {
    if (!takes_path(route, path)) continue;
    largest = std::max(largest, route.body_max);
    found = true;
  }
  return found ? largest : body_max_unrouted;
}

HttpResponse Router::handle(const HttpRequest& request) const {
  std::string allowed;
  for (const auto& route : routes_) {
    if (!takes_path(route, request.path)) continue;
    if (!takes_method(route, request.method)) {
      if (!allowed.empty()) allowed += ", ";
      allowed += route.method;
      continue;
    }
    if (route.needs_json && !is_json(request))
      return error_response(415, "unsupportedMediaType",
                            "the content type must be `application/json`");
    return route.handler(request);
  }
  if (allowed.empty())
    return error_response(404, "notFound", "nothing is at `" + printable(request.path) + "`");
  auto response =
      error_response(405, "methodNotAllowed", "`" + printable(request.path) + "` takes " + allowed);
  response.add("Allow", allowed);
  return response;
}

}  // namespace sallyport
