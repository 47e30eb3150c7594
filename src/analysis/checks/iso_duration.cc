#include "analysis/checks/iso_duration.h"

#include <charconv>

namespace sallyport {

std::optional<std::chrono::minutes> parse_iso_duration(std::string_view text) {
  if (!text.starts_with('P')) return std::nullopt;
  text.remove_prefix(1);
  bool time = false;
  bool any = false;
  std::chrono::seconds sum{0};
  while (!text.empty()) {
    if (text.front() == 'T' && !time) {
      time = true;
      text.remove_prefix(1);
      continue;
    }
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || digits == 0 || digits == text.size() || number < 0 ||
        number > 10'000'000) {
      return std::nullopt;
    }
    const char unit = text[digits];
    text.remove_prefix(digits + 1);
    any = true;
    if (!time && unit == 'W') {
      sum += std::chrono::hours(24 * 7 * number);
    } else if (!time && unit == 'D') {
      sum += std::chrono::hours(24 * number);
    } else if (time && unit == 'H') {
      sum += std::chrono::hours(number);
    } else if (time && unit == 'M') {
      sum += std::chrono::minutes(number);
    } else if (time && unit == 'S') {
      sum += std::chrono::seconds(number);
    } else {
      return std::nullopt;
    }
  }
  if (!any) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::minutes>(sum);
}

}  // namespace sallyport
