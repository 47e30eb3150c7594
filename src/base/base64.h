// Base64 (RFC 4648, section 4) as it arrives: line breaks and blanks anywhere, padding or none.
// Threads: free.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sallyport {

std::string encode_base64(std::string_view bytes);
std::string encode_base64_lines(std::string_view bytes);  // of 64, each with its line end
// Nothing when something else stands there.
std::optional<std::string> decode_base64(std::string_view text);

// The same in the letters of URLs, without padding (section 5).
std::string encode_base64url(std::string_view bytes);
// Nothing for what encode_base64url does not write: of each text there is one spelling.
std::optional<std::string> decode_base64url(std::string_view text);

std::string encode_hex(std::string_view bytes);  // lower case
// Digits in either case, an even number of them, perhaps with colons between.
std::optional<std::string> decode_hex(std::string_view text);

}  // namespace sallyport
