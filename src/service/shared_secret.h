// A secret that all servers of one store share, made when it is first asked for. Threads: free.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "store/store.h"

namespace sallyport {

// 32 random bytes as text, the same each time for a name.
[[nodiscard]] Result<std::string> shared_secret(Store& store, std::string_view name);

}  // namespace sallyport
