// How long something shall last, as administrators say it, and until when it does.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/instant.h"
#include "base/result.h"

namespace sallyport::cli {

enum class MayLastForEver : bool { no, yes };
// `90d`, `12h`, and `never` where that may be; nothing said: `usual`.
[[nodiscard]] Result<std::optional<Instant>> expiry_of(const std::string& text, Instant now,
                                                       std::chrono::hours usual,
                                                       MayLastForEver for_ever);
std::string date_or(const std::optional<Instant>& at, const char* none);

}  // namespace sallyport::cli
