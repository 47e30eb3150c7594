// One row for everything the interface can be asked: the method and path it is asked with, who may
// ask, and the function that answers. Requests are routed, authorised and checked by these rows,
// and the OpenAPI document is written from them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/failure.h"
#include "api/resource.h"
#include "base/instant.h"
#include "base/json.h"
#include "gates/message.h"
#include "service/caller.h"

namespace sallyport::api {

struct Services;
struct Operation;

// A request on its way to its handler. Views are valid while it is handled.
struct Call {
  Services& services;
  const Operation& operation;
  const Caller& caller;
  std::string_view version;           // `v1.0`, `beta`
  std::string_view base;              // `https://host/v1.0`
  std::string_view path;              // as it came, below the version
  std::span<const std::string> keys;  // the values of `{...}` in the path, in order
  std::string_view query;
  std::span<const Header> headers;
  json::Value body;             // null when there is none
  std::optional<Version> seen;  // If-Match
  Instant now{};

  std::string_view key() const { return keys.front(); }
  const Resource& resource() const;
  // Whether a `Prefer` header names this preference.
  bool prefers(std::string_view preference) const;
  std::string_view header(std::string_view name) const;
};

struct Reply {
  int status = 200;
  std::string body;  // JSON; empty with 204
  std::string etag;
  std::string location;
  std::string_view content_type = {};  // of a body that is not JSON
};
using Replied = OrFailure<Reply>;

// What a successful answer holds.
enum class Answers : std::uint8_t {
  usual,              // by method and path: nothing, the document, or a collection of them
  entity,             // one document of the resource
  object,             // something else
  directory_objects,  // a collection of them
  text,               // a number
};

enum class BodyRule : std::uint8_t { none, optional, required };

struct Operation {
  std::string_view method;
  std::string_view path;  // below the version: `/identity/conditionalAccess/policies/{id}`
  const Resource* resource = nullptr;
  Permissions permissions;  // of which the caller needs one
  Replied (*answer)(const Call&) = nullptr;
  BodyRule body = BodyRule::none;
  int success = 200;
  std::string_view summary;
  Answers answers = Answers::usual;
  bool any_caller = false;  // needs a token, but no permission
  bool in_batch = true;     // may be part of one
  bool changes = true;      // something, unless its method is GET
};

// All rows there are.
std::span<const Operation> operations();

}  // namespace sallyport::api
