#include "base/id.h"

#include <openssl/evp.h>

#include <array>

namespace sallyport {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<Guid> parse_guid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::uint64_t half[2] = {0, 0};
  int digits = 0;
  for (std::size_t i = 0; i < 36; ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int d = hex_digit(text[i]);
    if (d < 0) return std::nullopt;
    auto& h = half[digits++ / 16];
    h = (h << 4) | static_cast<std::uint64_t>(d);
  }
  return Guid{half[0], half[1]};
}

std::string to_string(const Guid& guid) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) out += '-';
    const auto half = i < 16 ? guid.high : guid.low;
    out += digits[(half >> (60 - 4 * (i % 16))) & 15U];
  }
  return out;
}

Guid guid_of_text(std::string_view text) {
  if (const auto guid = parse_guid(text)) return *guid;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  Guid guid;
  for (std::size_t i = 0; i < 8; ++i) {
    guid.high = (guid.high << 8) | digest[i];
    guid.low = (guid.low << 8) | digest[8 + i];
  }
  guid.high = (guid.high & ~0xf000ULL) | 0x8000ULL;
  guid.low = (guid.low & ~(3ULL << 62)) | (2ULL << 62);
  return guid;
}

}  // namespace sallyport
