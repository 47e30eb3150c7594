// One request for one row of the table: found, authorised, its headers and body read, answered.
// A request of its own and a part of a batch go the same way, so a part may do exactly what its
// caller may. Threads: free.
#pragma once

#include <span>
#include <string_view>

#include "api/operation.h"

namespace sallyport::api {

// Views are valid while it is answered.
struct Request {
  std::string_view method;
  std::string_view version;  // `v1.0`
  std::string_view base;     // `https://host/v1.0`
  std::string_view path;     // below the version
  std::string_view query;
  std::span<const Header> headers;
  std::string_view body;                   // as text,
  const json::Value* part_body = nullptr;  // or, in a batch, as a part of its body
  bool in_batch = false;
  Instant now{};
};

Replied dispatch(Services& services, const Caller& caller, const Request& request);

}  // namespace sallyport::api
