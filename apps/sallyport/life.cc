#include "life.h"

#include <charconv>

#include "base/text.h"

namespace sallyport::cli {
namespace {

constexpr std::int64_t number_max = 3650;

}  // namespace

Result<std::optional<Instant>> expiry_of(const std::string& text, Instant now,
                                         std::chrono::hours usual, MayLastForEver for_ever) {
  const bool may_never = for_ever == MayLastForEver::yes;
  if (text.empty()) return std::optional<Instant>(now + usual);
  if (text == "never" && may_never) return std::optional<Instant>();
  std::int64_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end.ptr,
                              static_cast<std::size_t>(text.data() + text.size() - end.ptr));
  if (end.ec == std::errc() && number > 0 && number <= number_max) {
    if (unit == "d") return std::optional<Instant>(now + std::chrono::days(number));
    if (unit == "h") return std::optional<Instant>(now + std::chrono::hours(number));
  }
  const auto said = "`" + printable(text) + "` is ";
  return fail(ErrorKind::invalid_argument,
              may_never ? said + "neither a time, as 90d or 12h, nor `never`"
                        : said + "no time, as 7d or 12h",
              "--expires");
}

std::string date_or(const std::optional<Instant>& at, const char* none) {
  if (!at) return none;
  return to_string(std::chrono::time_point_cast<std::chrono::seconds>(*at));
}

}  // namespace sallyport::cli
