// A PKCS#10 request (RFC 2986), as far as a device authority looks at it. What else it asks for is
// not granted: extensions of a device's certificate are ours to choose.
//
// Refused (invalid_argument): what is no request, is not signed by its own key (no proof that the
// sender has it), or uses what is too weak: RSA below 2048 bits, curves but P-256, P-384 and P-521,
// signatures over SHA-1 or MD5; those have `weak_algorithm` as place. Threads: free.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sallyport {

inline constexpr std::size_t certificate_request_size_max = 16 * 1024;

inline constexpr std::string_view weak_algorithm = "algorithm";

struct CertificateRequest {
  std::string public_key;  // SubjectPublicKeyInfo, DER
  std::string key_hash;    // SHA-256 of it, hexadecimal
  std::string subject;     // DER of the name
  bool has_subject = false;
  std::string common_name;  // its first; may be empty
  // Of the subject alternative names, when it asks for any: all of them as DER, and the device that
  // a URI `urn:uuid:<id>` among them names.
  std::string alternative_names;
  std::string device_id;
  std::string challenge_password;  // PKCS#9; may be empty
};

[[nodiscard]] Result<CertificateRequest> read_certificate_request(std::string_view der);

// Whether it names what a certificate names, which is to be renewed (RFC 7030, section 4.2.2): the
// same subject and the same alternative names. What it leaves out stays as it is. conflict: other
// names.
[[nodiscard]] Result<void> check_same_names(const CertificateRequest& request,
                                            std::string_view certificate_der);

}  // namespace sallyport
