// Method and path to handler. What no route takes is 404, another method 405 with Allow, a body
// that is not JSON where JSON is needed 415: JSON error envelopes all.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gates/message.h"

namespace sallyport {

using RouteHandler = std::function<HttpResponse(const HttpRequest&)>;

struct Route {
  std::string method;  // `GET` takes HEAD too; `*` any method
  std::string path;    // exact, a prefix when it ends in `/*`; a first `/*/` is any one segment
  RouteHandler handler;
  std::size_t body_max = 1024 * 1024;
  bool needs_json = false;
};

// Threads: any number may call once it is built.
class Router {
 public:
  void add(Route route) { routes_.push_back(std::move(route)); }
  // The route's own bound; 64 KiB where there is none.
  std::size_t body_max(std::string_view path) const;
  HttpResponse handle(const HttpRequest& request) const;

 private:
  std::vector<Route> routes_;
};

}  // namespace sallyport
