// The bodies of EST (RFC 7030, as RFC 8951 mends it): certificate requests and certificates, DER as
// base64. Threads: free.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sallyport {

// DER of a PKCS#10 request from what clients send: base64 with line breaks anywhere or none, the
// same between PEM lines, or DER as it is. invalid_argument: none of them.
[[nodiscard]] Result<std::string> decode_est_request(std::string_view body);

// Certificates as a certs-only PKCS#7, DER.
[[nodiscard]] Result<std::string> certs_only(const std::vector<std::string>& ders);
// Of a chain of PEM certificates.
[[nodiscard]] Result<std::string> certs_only_of_pem(std::string_view pem);

}  // namespace sallyport
