#include "base/base64.h"

#include <openssl/evp.h>

#include <algorithm>

namespace sallyport {

std::string encode_base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP writes a final NUL
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string encode_base64_lines(std::string_view bytes) {
  constexpr std::size_t line = 64;
  const auto text = encode_base64(bytes);
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += line) {
    out += text.substr(at, line);
    out += '\n';
  }
  return out;
}

std::optional<std::string> decode_base64(std::string_view text) {
  std::string compact;
  for (const char c : text) {
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') compact += c;
  }
  while (!compact.empty() && compact.back() == '=') compact.pop_back();
  if (compact.find('=') != std::string::npos || compact.size() % 4 == 1) return std::nullopt;
  const auto padding = (4 - compact.size() % 4) % 4;
  compact.append(padding, '=');
  std::string bytes(compact.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(compact.data()),
                                   static_cast<int>(compact.size()));
  if (size < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

std::string encode_base64url(std::string_view bytes) {
  auto text = encode_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

std::optional<std::string> decode_base64url(std::string_view text) {
  std::string usual(text);
  std::ranges::replace(usual, '-', '+');
  std::ranges::replace(usual, '_', '/');
  auto bytes = decode_base64(usual);
  if (!bytes || encode_base64url(*bytes) != text) return std::nullopt;
  return bytes;
}

std::string encode_hex(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4U];
    text += digits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

std::optional<std::string> decode_hex(std::string_view text) {
  std::string bytes;
  int held = -1;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (c == ':' && held < 0 && !bytes.empty()) continue;
    if (digit < 0) return std::nullopt;
    if (held < 0) {
      held = digit;
    } else {
      bytes += static_cast<char>(held << 4 | digit);
      held = -1;
    }
  }
  if (held >= 0) return std::nullopt;
  return bytes;
}

}  // namespace sallyport
