#include "device/filter_scan.h"

#include <algorithm>
#include <array>

namespace sallyport {
namespace {

constexpr std::string_view no_break_space = "\xc2\xa0";

bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; }

bool is_typographic_quote(std::string_view text) {
  constexpr std::array<std::string_view, 5> quotes = {
      "\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e"};
  return std::any_of(quotes.begin(), quotes.end(),
                     [&](std::string_view quote) { return text.starts_with(quote); });
}

}  // namespace

std::size_t count_code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

std::size_t FilterScanner::blank_at(std::size_t i) const {
  const auto rest = text_.substr(i);
  if (rest.starts_with(no_break_space)) return no_break_space.size();
  return !rest.empty() && std::string_view(" \t\r\n").find(rest[0]) != std::string_view::npos ? 1
                                                                                              : 0;
}

std::size_t FilterScanner::hyphen_at(std::size_t i) const {
  const auto rest = text_.substr(i);
  if (rest.starts_with('-')) return 1;
  if (rest.starts_with("\xe2\x88\x92")) return 3;  // U+2212, the minus sign
  // U+2010 to U+2015: hyphens and dashes
  const bool dash = rest.starts_with("\xe2\x80") && rest.size() > 2 &&
                    static_cast<unsigned char>(rest[2]) >= 0x90 &&
                    static_cast<unsigned char>(rest[2]) <= 0x95;
  return dash ? 3 : 0;
}

std::size_t FilterScanner::letter_at(std::size_t i) const {
  if (i >= text_.size()) return 0;
  if (static_cast<unsigned char>(text_[i]) < 0x80) return is_ascii_letter(text_[i]) ? 1 : 0;
  if (blank_at(i) != 0 || hyphen_at(i) != 0 || is_typographic_quote(text_.substr(i))) return 0;
  std::size_t end = i + 1;
  while (end < text_.size() && is_continuation(text_[end])) ++end;
  return end - i;
}

void FilterScanner::skip_blanks() {
  while (const auto length = blank_at(next_)) next_ += length;
}

std::size_t FilterScanner::column(std::size_t offset) const {
  return count_code_points(text_.substr(0, offset)) + 1;
}

bool FilterScanner::take(char c) {
  if (at_end() || text_[next_] != c) return false;
  ++next_;
  return true;
}

FilterScanner::Word FilterScanner::peek_word() const {
  const auto hyphen = hyphen_at(next_);
  const auto begin = next_ + hyphen;
  auto end = begin;
  while (const auto length = letter_at(end)) end += length;
  return {text_.substr(begin, end - begin), hyphen != 0, end};
}

std::string_view FilterScanner::take_name() {
  const auto begin = next_;
  while (!at_end()) {
    const auto length = text_[next_] == '.' ? 1 : letter_at(next_);
    if (length == 0) break;
    next_ += length;
  }
  return text_.substr(begin, next_ - begin);
}

std::string_view FilterScanner::take_loose() {
  const auto begin = next_;
  constexpr std::string_view stops = "\"()[],";
  while (!at_end() && blank_at(next_) == 0 && stops.find(text_[next_]) == std::string_view::npos) {
    ++next_;
  }
  return text_.substr(begin, next_ - begin);
}

std::optional<std::string> FilterScanner::take_string() {
  std::string out;
  while (!at_end()) {
    const char c = text_[next_++];
    const char following = at_end() ? '\0' : text_[next_];
    if (c == '"') return out;
    const bool escape = c == '`' && (following == '"' || following == '`');
    if (escape || (c == '\'' && following == '\'')) ++next_;
    out += escape ? following : c;
  }
  return std::nullopt;
}

bool FilterScanner::at_delimiter() const {
  return at_end() || blank_at(next_) != 0 ||
         std::string_view(")],").find(text_[next_]) != std::string_view::npos;
}

}  // namespace sallyport
