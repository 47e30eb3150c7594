// From method and path to the row that answers. Threads: free.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/operation.h"

namespace sallyport::api {

struct Route {
  const Operation* operation = nullptr;
  std::vector<std::string> keys;  // the values of `{...}`
};

// `segments`: of the path below the version. Fixed segments are compared in any letter case, as
// Graph does. Refused: 404 when nothing is there, 405 with the methods there are.
[[nodiscard]] OrFailure<Route> find_route(std::string_view method,
                                          std::span<const std::string> segments);

}  // namespace sallyport::api
