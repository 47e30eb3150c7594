// Versions: numbers with dots between them, compared number by number; those left out are 0.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::compliance {

struct Version {
  std::array<std::uint32_t, 6> parts{};
  friend auto operator<=>(const Version&, const Version&) = default;
};

// `10.0.19045.3000`; nothing for any other text, more than six numbers, or one beyond 32 bits.
std::optional<Version> parse_version(std::string_view text);

// Apple's builds, `20E772520a`: a number, a letter, a number, and letters for a rapid response;
// they come in that order, and none before any. Letter case counts in none of them.
struct AppleBuild {
  std::uint32_t major = 0;
  std::uint32_t letter = 0;
  std::uint64_t number = 0;
  std::uint32_t suffix = 0;
  friend auto operator<=>(const AppleBuild&, const AppleBuild&) = default;
};
std::optional<AppleBuild> parse_apple_build(std::string_view text);

}  // namespace sallyport::compliance
