// A listening socket that is a file, for proxies on the same machine: cheaper than TCP, and the
// file's permissions say who may connect.
#pragma once

#include <string>

#include "base/result.h"

namespace sallyport {

// The descriptor, which listens; the caller closes it. Owner and group may connect (mode 0660).
// What a server that ended has left there is replaced. Errors: invalid_argument for a path that is
// too long or holds another file, unavailable when a server listens there or the file cannot be
// made.
[[nodiscard]] Result<int> listen_on_file(const std::string& path);

}  // namespace sallyport
