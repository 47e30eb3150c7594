// Certificates, or a revocation list, as a PKCS#7 that holds nothing else (RFC 5652, section 5.1):
// what EST and SCEP hand out. DER. Threads: free.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sallyport {

[[nodiscard]] Result<std::string> certs_only(const std::vector<std::string>& ders);
// Of a chain of PEM certificates.
[[nodiscard]] Result<std::string> certs_only_of_pem(std::string_view pem);
// Of a revocation list in DER.
[[nodiscard]] Result<std::string> list_only(std::string_view der);

}  // namespace sallyport
