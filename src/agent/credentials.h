// The device's request for a certificate and what comes back, as DER and PEM. Threads: one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace sallyport::agent {

// PKCS#10, DER: the name as CN and nothing else; what else a certificate holds is the authority's
// to say. Errors: the key cannot be used.
[[nodiscard]] Result<std::string> certificate_request(evp_pkey_st* key,
                                                      const std::string& device_name);

struct Certificate {
  std::string pem;    // the device's own
  std::string chain;  // PEM of whoever issued it, as far as told; may be empty
  std::string common_name;
  std::string device_id;  // of its name `urn:uuid:<id>`
  Instant not_before{};
  Instant not_after{};
};

// What EST answers (RFC 7030, section 4.2.3): certificates in PKCS#7, base64. The one for this key
// is the device's. Errors: there is none, or it names no device.
[[nodiscard]] Result<Certificate> read_certificates(std::string_view base64,
                                                    const evp_pkey_st* key);
[[nodiscard]] Result<Certificate> read_certificate_pem(const std::string& pem);

}  // namespace sallyport::agent
