#include "server/log.h"

#include <unistd.h>

#include <atomic>
#include <chrono>

#include "base/instant.h"
#include "base/json.h"

namespace sallyport {
namespace {

std::atomic<LogLevel> level_min{LogLevel::info};
constexpr std::string_view level_names[] = {"debug", "info", "warning", "error"};

}  // namespace

std::optional<LogLevel> parse_log_level(std::string_view word) {
  for (std::size_t i = 0; i < std::size(level_names); ++i)
    if (word == level_names[i]) return static_cast<LogLevel>(i);
  return std::nullopt;
}

void set_log_level(LogLevel level) { level_min = level; }

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (level < level_min.load(std::memory_order_relaxed)) return;
  std::string line;
  json::Writer w(line);
  w.begin_object();
  w.member("time", to_string(std::chrono::time_point_cast<std::chrono::microseconds>(
                       std::chrono::system_clock::now())));
  w.member("level", level_names[static_cast<std::size_t>(level)]);
  w.member("message", message);
  for (const auto& field : fields) w.member(field.name, field.value);
  w.end_object();
  line += '\n';
  // One write, so that lines of several threads and processes do not mix. If nobody reads standard
  // error there is nowhere left to say so.
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace sallyport
