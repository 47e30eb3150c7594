// SHA-256, and bytes nobody can guess. Threads: free.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sallyport {

std::string sha256_hex(std::string_view text);  // 64 digits, lower case

// 32 bytes that nobody can make, or check, without the key (RFC 2104, SHA-256).
std::string hmac_sha256(std::string_view key, std::string_view text);

// In time that does not tell where two texts differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

// `count` random bytes from the system as base64url without padding.
[[nodiscard]] Result<std::string> random_text(std::size_t count);

}  // namespace sallyport
