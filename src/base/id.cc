#include "base/id.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <cstring>

namespace sallyport {
namespace {

constexpr std::uint8_t no_digit = 0xff;

// By character; a table because imports read millions of GUIDs.
constexpr auto hex_digits = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(no_digit);
  for (std::uint8_t i = 0; i < 16; ++i) {
    table[static_cast<unsigned char>("0123456789abcdef"[i])] = i;
    table[static_cast<unsigned char>("0123456789ABCDEF"[i])] = i;
  }
  return table;
}();

// Of `count` digits; `wrong` collects the mark of those that are none.
std::uint64_t hex_number(const char* text, int count, std::uint8_t& wrong) {
  std::uint64_t number = 0;
  for (int i = 0; i < count; ++i) {
    const std::uint8_t digit = hex_digits[static_cast<unsigned char>(text[i])];
    wrong |= digit;
    number = number << 4U | digit;
  }
  return number;
}

}  // namespace

std::optional<Guid> parse_guid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return std::nullopt;
  const char* t = text.data();
  std::uint8_t wrong = 0;
  const auto high = hex_number(t, 8, wrong) << 32U | hex_number(t + 9, 4, wrong) << 16U |
                    hex_number(t + 14, 4, wrong);
  const auto low = hex_number(t + 19, 4, wrong) << 48U | hex_number(t + 24, 12, wrong);
  if (wrong >= 16) return std::nullopt;
  return Guid{high, low};
}

std::string to_string(const Guid& guid) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out(36, '-');
  char* to = out.data();
  for (const auto half : {guid.high, guid.low}) {
    for (int shift = 60; shift >= 0; shift -= 4) {
      *to++ = digits[(half >> static_cast<unsigned>(shift)) & 15U];
      const auto written = to - out.data();
      if (written == 8 || written == 13 || written == 18 || written == 23) ++to;
    }
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

Guid random_guid() {
  std::array<unsigned char, 16> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  Guid guid;
  std::memcpy(&guid.high, bytes.data(), 8);
  std::memcpy(&guid.low, bytes.data() + 8, 8);
  guid.high = (guid.high & ~0xf000ULL) | 0x4000ULL;
  guid.low = (guid.low & ~(3ULL << 62U)) | (2ULL << 62U);
  return guid;
}

}  // namespace sallyport
