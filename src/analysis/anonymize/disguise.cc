#include "analysis/anonymize/disguise.h"

#include <algorithm>
#include <numeric>

#include "base/digest.h"
#include "base/text.h"
#include "directory/named_location.h"
#include "directory/well_known.h"

namespace sallyport {
namespace {

std::uint64_t number_of(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    number = number << 8U | static_cast<unsigned char>(bytes[i]);
  }
  return number;
}

std::string hex(std::string_view bytes, std::size_t count) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += digits[static_cast<unsigned char>(bytes[i]) >> 4U];
    text += digits[static_cast<unsigned char>(bytes[i]) & 15U];
  }
  return text;
}

bool bit_of(const IpAddress& address, unsigned bit) {
  return ((bit < 64 ? address.high >> (63U - bit) : address.low >> (127U - bit)) & 1U) != 0;
}

// Equal in the first `bits`.
bool begins_like_v4(const IpAddress& address, unsigned bits) {
  const IpAddress v4{0, 0xffff00000000ULL};
  for (unsigned i = 0; i < bits; ++i) {
    if (bit_of(address, i) != bit_of(v4, i)) return false;
  }
  return true;
}

}  // namespace

Disguise::Disguise(std::string key) : key_(std::move(key)) {
  // A single cycle leaves nothing where it was (Sattolo).
  const auto turn = [&](auto& row, std::string_view domain, char first) {
    std::iota(row.begin(), row.end(), first);
    for (std::size_t i = row.size() - 1; i > 0; --i) {
      std::swap(row[i], row[number_of(bytes(domain, std::to_string(i))) % i]);
    }
  };
  turn(letters_, "letters", 'a');
  turn(digits_, "digits", '0');
}

std::string Disguise::bytes(std::string_view domain, std::string_view text) const {
  return hmac_sha256(key_, std::string(domain) + '\0' + std::string(text));
}

Guid Disguise::guid(const Guid& guid) const {
  const auto written = to_string(guid);
  if (guid == Guid{} || !well_known_name(written).empty()) return guid;
  const auto made = bytes("id", written);
  Guid other{number_of(made), number_of(std::string_view(made).substr(8))};
  other.high = (other.high & ~0xf000ULL) | 0x4000ULL;  // version 4 (RFC 9562)
  other.low = (other.low & ~(3ULL << 62U)) | 2ULL << 62U;
  return other;
}

std::string Disguise::id(std::string_view text) const {
  return text.empty() ? std::string() : to_string(guid(guid_of_text(text)));
}

// IPv4 is a branch of the same tree, and stays it.
bool Disguise::flips(const IpAddress& address, unsigned bit) {
  if (bit < 96 && begins_like_v4(address, bit)) return false;
  std::string beginning = std::to_string(bit) + ':';
  for (unsigned i = 0; i < bit; ++i) beginning += bit_of(address, i) ? '1' : '0';
  const auto [place, added] = flips_.try_emplace(beginning, false);
  if (added) place->second = (bytes("address", beginning)[0] & 1) != 0;
  return place->second;
}

IpAddress Disguise::address(const IpAddress& address) {
  IpAddress other = address;
  for (unsigned bit = 0; bit < 128; ++bit) {
    if (!flips(address, bit)) continue;
    if (bit < 64) {
      other.high ^= 1ULL << (63U - bit);
    } else {
      other.low ^= 1ULL << (127U - bit);
    }
  }
  return other;
}

CidrRange Disguise::range(const CidrRange& range) {
  const auto first = address(range.first);
  return *parse_cidr(to_string(first) + '/' + std::to_string(range.prefix));
}

std::string Disguise::text(std::string_view word, std::string_view text) const {
  if (text.empty()) return {};
  return std::string(word) + hex(bytes("text", to_lower(text)), 5);
}

std::string Disguise::principal_name(std::string_view name) const {
  if (name.empty()) return {};
  const auto at = name.rfind('@');
  const auto domain = at == std::string_view::npos ? std::string_view("none") : name.substr(at + 1);
  return text("user-", name) + '@' + text("d", domain) + ".example";
}

std::string Disguise::letters(std::string_view text) const {
  std::string other;
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80) {
      // A sign of another script becomes one of a script nobody here writes.
      std::size_t end = i + 1;
      while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) ++end;
      const auto sign = 0x4e00U + number_of(bytes("sign", text.substr(i, end - i))) % 20000U;
      other += static_cast<char>(0xe0U | sign >> 12U);
      other += static_cast<char>(0x80U | (sign >> 6U & 0x3fU));
      other += static_cast<char>(0x80U | (sign & 0x3fU));
      i = end;
      continue;
    }
    const auto low = c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
    if (low >= 'a' && low <= 'z') {
      other += letters_[static_cast<std::size_t>(low - 'a')];
    } else if (c >= '0' && c <= '9') {
      other += digits_[static_cast<std::size_t>(c - '0')];
    } else {
      other += text[i];
    }
    ++i;
  }
  return other;
}

std::string Disguise::object_identifier(std::string_view text) const {
  return text.empty() ? std::string() : "2.25." + std::to_string(number_of(bytes("oid", text)));
}

}  // namespace sallyport
