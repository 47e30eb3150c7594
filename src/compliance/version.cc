#include "compliance/version.h"

#include <charconv>

namespace sallyport::compliance {
namespace {

constexpr std::size_t build_suffix_max = 4;

// The number `text` begins with, which is taken off it.
template <class Number>
bool take_number(std::string_view& text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto [next, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || next == text.data()) return false;
  text.remove_prefix(static_cast<std::size_t>(next - text.data()));
  return true;
}

// A letter as its number from 1; 0 for anything else.
std::uint32_t letter_of(char c) {
  if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a') + 1;
  if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A') + 1;
  return 0;
}

}  // namespace

std::optional<Version> parse_version(std::string_view text) {
  Version version;
  for (auto& part : version.parts) {
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    if (!take_number(text, part)) return std::nullopt;
    if (text.empty()) return version;
    if (text.front() != '.') return std::nullopt;
    text.remove_prefix(1);
  }
  return std::nullopt;
}

std::optional<AppleBuild> parse_apple_build(std::string_view text) {
  AppleBuild build;
  if (text.empty() || !take_number(text, build.major) || text.empty()) return std::nullopt;
  build.letter = letter_of(text.front());
  text.remove_prefix(1);
  if (build.letter == 0 || text.empty() || text.front() == '-') return std::nullopt;
  if (!take_number(text, build.number) || text.size() > build_suffix_max) return std::nullopt;
  for (const char c : text) {
    const auto letter = letter_of(c);
    if (letter == 0) return std::nullopt;
    build.suffix = build.suffix * 27 + letter;
  }
  return build;
}

}  // namespace sallyport::compliance
