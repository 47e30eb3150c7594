// What a device authority holds; seen by the .cc files of enrolment/ only.
#pragma once

#include "enrolment/authority.h"
#include "enrolment/openssl.h"

namespace sallyport {

struct AuthorityState {
  openssl::Owned<EVP_PKEY> key;
  openssl::Owned<X509> certificate;
  openssl::Owned<STACK_OF(X509)> chain;  // the certificate first
  openssl::Owned<EVP_PKEY> scep_key;     // RSA
  openssl::Owned<X509> scep_certificate;
  std::string name;
  std::string key_hash;
  std::string certificate_pem;
  std::string certificate_der;
  std::string chain_pem;
  Instant not_after{};
};

// The digest to sign with; null for keys that have their own.
const EVP_MD* digest_for(const EVP_PKEY* key);
// Random serial number, dates and version of a certificate to be; false: it could not be made.
[[nodiscard]] bool begin_certificate(X509* certificate, const std::string& serial,
                                     Instant not_before, Instant not_after);

}  // namespace sallyport
