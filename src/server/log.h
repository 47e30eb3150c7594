// What the server says about itself: one JSON object a line on standard error.
//   {"time":"2026-08-20T09:15:30.12Z","level":"info","message":"listening","address":"127.0.0.1"}
// Sign-ins are not logged here; they are in the store.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport {

enum class LogLevel : std::uint8_t { debug, info, warning, error };
std::optional<LogLevel> parse_log_level(std::string_view word);

struct LogField {
  std::string_view name;
  std::string_view value;
};

// Below this nothing is written. Set once, at start.
void set_log_level(LogLevel level);
// Threads: any number may call; a line is written in one piece.
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

}  // namespace sallyport
