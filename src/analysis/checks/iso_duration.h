// Durations as Graph writes them (ISO 8601): `P90D`, `PT12H30M`. Internal to the checks.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace sallyport {

// Weeks, days, hours, minutes and seconds, seconds cut; nothing for months and years, whose length
// differs, and for anything else.
std::optional<std::chrono::minutes> parse_iso_duration(std::string_view text);

}  // namespace sallyport
