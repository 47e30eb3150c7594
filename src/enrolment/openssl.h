// OpenSSL's objects as values that free themselves, and the few turns that all of enrolment/ takes.
// Only .cc files include this.
#pragma once

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"

namespace sallyport::openssl {

struct Free {
  void operator()(ASN1_STRING* p) const { ASN1_STRING_free(p); }  // integers and times, too
  void operator()(BIGNUM* p) const { BN_free(p); }
  void operator()(BIO* p) const { BIO_free_all(p); }
  void operator()(CMS_ContentInfo* p) const { CMS_ContentInfo_free(p); }
  void operator()(EVP_MD_CTX* p) const { EVP_MD_CTX_free(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
  void operator()(GENERAL_NAMES* p) const { GENERAL_NAMES_free(p); }
  void operator()(OCSP_BASICRESP* p) const { OCSP_BASICRESP_free(p); }
  void operator()(OCSP_REQUEST* p) const { OCSP_REQUEST_free(p); }
  void operator()(OCSP_RESPONSE* p) const { OCSP_RESPONSE_free(p); }
  void operator()(OSSL_LIB_CTX* p) const { OSSL_LIB_CTX_free(p); }
  void operator()(OSSL_PROVIDER* p) const { OSSL_PROVIDER_unload(p); }
  void operator()(X509* p) const { X509_free(p); }
  void operator()(X509_CRL* p) const { X509_CRL_free(p); }
  void operator()(X509_EXTENSION* p) const { X509_EXTENSION_free(p); }
  void operator()(X509_EXTENSIONS* p) const { sk_X509_EXTENSION_pop_free(p, X509_EXTENSION_free); }
  void operator()(X509_NAME* p) const { X509_NAME_free(p); }
  void operator()(X509_REQ* p) const { X509_REQ_free(p); }
  void operator()(X509_REVOKED* p) const { X509_REVOKED_free(p); }
  void operator()(X509_STORE* p) const { X509_STORE_free(p); }
  void operator()(X509_STORE_CTX* p) const { X509_STORE_CTX_free(p); }
  void operator()(PKCS7* p) const { PKCS7_free(p); }
  void operator()(STACK_OF(X509) * p) const { sk_X509_pop_free(p, X509_free); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

// The DER form by one of OpenSSL's i2d functions; empty when it has none.
template <class T, class Write>
std::string der_by(Write write, T* object) {
  const int size = write(object, nullptr);
  if (size <= 0) return {};
  std::string der(static_cast<std::size_t>(size), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  write(object, &out);
  return der;
}

// The object whose DER form this is, all of it; null otherwise. `read`: one of the d2i functions.
template <class T, class Read>
Owned<T> read_by(Read read, std::string_view der) {
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  const auto* in = begin;
  Owned<T> object(read(nullptr, &in, static_cast<long>(der.size())));
  const bool whole = in == begin + der.size();
  ERR_clear_error();
  return whole ? std::move(object) : nullptr;
}

inline Owned<X509> read_certificate(std::string_view der) { return read_by<X509>(d2i_X509, der); }
inline std::string der_of(const X509* certificate) { return der_by(i2d_X509, certificate); }

inline Owned<BIO> reader_of(std::string_view bytes) {
  // OpenSSL takes no null pointer, not even for nothing.
  return Owned<BIO>(
      BIO_new_mem_buf(bytes.empty() ? "" : bytes.data(), static_cast<int>(bytes.size())));
}
inline Owned<BIO> writer() { return Owned<BIO>(BIO_new(BIO_s_mem())); }
inline std::string written(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

inline std::string_view bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

inline std::time_t seconds_of(Instant at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}
inline Instant instant_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return Instant(std::chrono::seconds(timegm(&parts)));
}

// Out of memory, or something OpenSSL cannot do: its own words go along.
inline tl::unexpected<Error> failed(std::string_view what) {
  char words[256] = "no reason is given";
  if (const auto code = ERR_peek_last_error(); code != 0) {
    ERR_error_string_n(code, words, sizeof words);
  }
  ERR_clear_error();
  return fail(ErrorKind::internal, std::string(what) + ": " + words);
}

std::string sha256_of(std::string_view bytes);  // 32 bytes
// The public key, as a hexadecimal SHA-256 of its SubjectPublicKeyInfo.
std::string hash_of_key(const EVP_PKEY* key);
// RFC 2253.
std::string text_of(const X509_NAME* name);
// The device that a URI `urn:uuid:<id>` names among these, as a lower-case GUID; else empty.
std::string device_among(const GENERAL_NAMES* names);
// An extension from OpenSSL's own notation; false: it could not be made.
[[nodiscard]] bool extend(X509* certificate, X509* issuer, int nid, const std::string& value);

}  // namespace sallyport::openssl
