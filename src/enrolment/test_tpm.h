// For tests: what a TPM makes, marshalled as it does (Trusted Platform Module Library 2.0, part 2).
#pragma once

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>

#include <cstdint>
#include <string>

#include "base/instant.h"
#include "enrolment/test_csr.h"
#include "enrolment/tpm_structures.h"

namespace sallyport {

using openssl::Owned;

const Instant now = *parse_instant("2026-11-26T03:00:00Z");

inline std::string number(std::uint64_t value, int bytes) {
  std::string out;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out += static_cast<char>(value >> static_cast<unsigned>(shift) & 255U);
  }
  return out;
}
inline std::string sized(const std::string& text) { return number(text.size(), 2) + text; }

inline std::string coordinate(const EVP_PKEY* key, const char* name) {
  BIGNUM* value = nullptr;
  EVP_PKEY_get_bn_param(key, name, &value);
  const Owned<BIGNUM> owned(value);
  std::string out(32, '\0');
  BN_bn2binpad(value, reinterpret_cast<unsigned char*>(out.data()), 32);
  return out;
}

inline constexpr std::uint64_t key_attributes =
    tpm::fixed_tpm | tpm::fixed_parent | tpm::sensitive_data_origin;

inline std::string public_area(const EVP_PKEY* key, std::uint64_t attributes) {
  return number(tpm::ecc, 2) + number(tpm::sha256, 2) + number(attributes, 4) + sized("") +
         number(tpm::null, 2) + number(tpm::null, 2) + number(3, 2) + number(tpm::null, 2) +
         sized(coordinate(key, OSSL_PKEY_PARAM_EC_PUB_X)) +
         sized(coordinate(key, OSSL_PKEY_PARAM_EC_PUB_Y));
}

// Signed by itself: who trusts it trusts its key.
inline Owned<X509> certificate_for(EVP_PKEY* key, const char* usage) {
  Owned<X509> one(X509_new());
  X509_set_version(one.get(), 2);
  ASN1_TIME_set(X509_getm_notBefore(one.get()), openssl::seconds_of(now - std::chrono::hours(1)));
  ASN1_TIME_set(X509_getm_notAfter(one.get()), openssl::seconds_of(now + std::chrono::hours(1)));
  X509_set_pubkey(one.get(), key);
  EXPECT_TRUE(openssl::extend(one.get(), one.get(), NID_ext_key_usage, usage));
  X509_sign(one.get(), key, EVP_sha256());
  return one;
}

inline std::string statement(const std::string& key, const std::string& request_der) {
  return number(tpm::generated_by_tpm, 4) + number(tpm::attest_certify, 2) + sized("signer") +
         sized(openssl::sha256_of(request_der)) + std::string(17 + 8, '\0') +
         sized(number(tpm::sha256, 2) + openssl::sha256_of(key)) + sized("qualified");
}

// TPMT_SIGNATURE by a key on P-256.
inline std::string signature_by(EVP_PKEY* key, const std::string& bytes) {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key);
  std::string der(128, '\0');
  auto size = der.size();
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  EVP_DigestSign(context.get(), out, &size, reinterpret_cast<const unsigned char*>(bytes.data()),
                 bytes.size());
  const auto* in = static_cast<const unsigned char*>(out);
  ECDSA_SIG* numbers = d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(size));
  std::string parts[2];
  const BIGNUM* values[] = {ECDSA_SIG_get0_r(numbers), ECDSA_SIG_get0_s(numbers)};
  for (int i = 0; i < 2; ++i) {
    parts[i].resize(32);
    BN_bn2binpad(values[i], reinterpret_cast<unsigned char*>(parts[i].data()), 32);
  }
  ECDSA_SIG_free(numbers);
  return number(tpm::ecdsa, 2) + number(tpm::sha256, 2) + sized(parts[0]) + sized(parts[1]);
}

}  // namespace sallyport
