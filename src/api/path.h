// The path of a request: cut into segments first, each decoded once afterwards, so that an encoded
// slash never makes a segment of its own.
//
// Understood are keys in both of Graph's forms, `policies/{id}` and `policies('{id}')`, and the
// parentheses of functions, `usage()`. Threads: free.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/failure.h"

namespace sallyport::api {

// Refused (400): broken percent-encoding, bytes that are not UTF-8, control characters, a slash or
// backslash in a segment, `.` and `..`, an empty segment before the last, too many segments.
[[nodiscard]] OrFailure<std::vector<std::string>> split_path(std::string_view path);

// Some resources have a second path, as Graph has; it becomes the first one.
void take_other_path(std::vector<std::string>& segments);

}  // namespace sallyport::api
