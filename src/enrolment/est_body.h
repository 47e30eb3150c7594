// The body of an EST request (RFC 7030, as RFC 8951 mends it). Threads: free.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace sallyport {

// DER of a PKCS#10 request from what clients send: base64 with line breaks anywhere or none, the
// same between PEM lines, or DER as it is. invalid_argument: none of them.
[[nodiscard]] Result<std::string> decode_est_request(std::string_view body);

}  // namespace sallyport
