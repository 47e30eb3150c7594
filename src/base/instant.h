// Points in time. Time is always an argument: only apps/ and server/ read a clock.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;

// RFC 3339, as Graph writes it: `2026-08-20T09:15:30.1234567Z`; digits beyond microseconds are cut,
// an offset other than Z is converted, a date alone is its midnight UTC.
std::optional<Instant> parse_instant(std::string_view text);
std::string to_string(Instant instant);  // seconds, and a fraction only when there is one; always Z

}  // namespace sallyport
