// Signed assertions that clients have used, so that none is taken twice (Tokens::use_assertion):
// kind `sallyport.usedAssertion`, id: SHA-256 of whose it was and its jti. Threads: any number may
// call.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "store/store.h"

namespace sallyport {

inline constexpr std::string_view used_assertion_kind = "sallyport.usedAssertion";

// After they have expired. One that was forgotten is good again when a clock that ran ahead is set
// back, so it is more than clocks are wrong by unnoticed.
inline constexpr std::chrono::days used_assertions_kept{7};
// Removes up to `count_max` that expired before an instant; how many it was.
[[nodiscard]] Result<std::size_t> forget_used_assertions(Store& store, Instant before,
                                                         std::size_t count_max);

}  // namespace sallyport
