// The path of a request: cut into segments first, each decoded once afterwards, so that an encoded
// slash never makes a segment of its own.
//
// Understood are keys in Graph's forms, `policies/{id}`, `policies('{id}')` and
// `devices(deviceId='{...}')`, and the parentheses of functions, `usage()`. Threads: free.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/failure.h"

namespace sallyport::api {

// Refused (400): broken percent-encoding, bytes that are not UTF-8, control characters, a slash or
// backslash in a segment, `.` and `..`, an empty segment before the last, too many segments.
[[nodiscard]] OrFailure<std::vector<std::string>> split_path(std::string_view path);

// A segment that is a key by another member than the id: `deviceId='abc'`.
struct NamedKey {
  std::string_view name;
  std::string value;
};
std::optional<NamedKey> named_key(std::string_view segment);

// Some resources have a second path, as Graph has; it becomes the first one.
void take_other_path(std::vector<std::string>& segments);

}  // namespace sallyport::api
