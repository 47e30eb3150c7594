#include "base/instant.h"

namespace sallyport {
namespace {

using namespace std::chrono;

// Takes exactly `count` digits off the front.
std::optional<int> take(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool skip(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<microseconds> take_fraction(std::string_view& text) {
  long long value = 0;
  int digits = 0;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
    if (++digits <= 6) value = value * 10 + (text.front() - '0');
  }
  if (digits == 0) return std::nullopt;
  for (; digits < 6; ++digits) value *= 10;
  return microseconds(value);
}

std::optional<minutes> take_offset(std::string_view& text) {
  if (skip(text, 'Z') || skip(text, 'z')) return minutes(0);
  const bool east = skip(text, '+');
  if (!east && !skip(text, '-')) return std::nullopt;
  const auto h = take(text, 2);
  if (!h || !skip(text, ':')) return std::nullopt;
  const auto m = take(text, 2);
  if (!m || *h > 23 || *m > 59) return std::nullopt;
  const minutes offset = hours(*h) + minutes(*m);
  return east ? offset : -offset;
}

// With zeros before it. printf would take longer than everything else about a verdict.
void append(std::string& out, int value, std::size_t digits) {
  const auto begin = out.size();
  out.append(digits, '0');
  for (auto i = begin + digits; i > begin && value > 0; value /= 10) {
    out[--i] = static_cast<char>('0' + value % 10);
  }
}

}  // namespace

std::optional<Instant> parse_instant(std::string_view text) {
  const auto y = take(text, 4);
  if (!y || !skip(text, '-')) return std::nullopt;
  const auto mo = take(text, 2);
  if (!mo || !skip(text, '-')) return std::nullopt;
  const auto d = take(text, 2);
  if (!d) return std::nullopt;
  const year_month_day date(year(*y), month(static_cast<unsigned>(*mo)),
                            day(static_cast<unsigned>(*d)));
  if (!date.ok()) return std::nullopt;
  Instant instant = sys_days(date);
  if (text.empty()) return instant;
  if (!skip(text, 'T') && !skip(text, 't')) return std::nullopt;
  const auto h = take(text, 2);
  if (!h || !skip(text, ':')) return std::nullopt;
  const auto mi = take(text, 2);
  if (!mi || *h > 23 || *mi > 59) return std::nullopt;
  instant += hours(*h) + minutes(*mi);
  if (skip(text, ':')) {
    const auto s = take(text, 2);
    if (!s || *s > 60) return std::nullopt;
    instant += seconds(*s);
    if (skip(text, '.')) {
      const auto fraction = take_fraction(text);
      if (!fraction) return std::nullopt;
      instant += *fraction;
    }
  }
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return instant - *offset;
}

std::string to_string(Instant instant) {
  const auto date = floor<days>(instant);
  const year_month_day ymd(date);
  const hh_mm_ss time(instant - date);
  std::string out;
  const int y = static_cast<int>(ymd.year());
  if (y < 0 || y > 9999) {  // far from any that we are told
    out = std::to_string(y);
  } else {
    append(out, y, 4);
  }
  const auto part = [&out](char before, auto value) {
    out += before;
    append(out, static_cast<int>(value), 2);
  };
  part('-', static_cast<unsigned>(ymd.month()));
  part('-', static_cast<unsigned>(ymd.day()));
  part('T', time.hours().count());
  part(':', time.minutes().count());
  part(':', time.seconds().count());
  if (const auto us = time.subseconds().count(); us != 0) {
    out += '.';
    append(out, static_cast<int>(us), 6);
  }
  out += 'Z';
  return out;
}

}  // namespace sallyport
