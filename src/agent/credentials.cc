#include "agent/credentials.h"

#include <openssl/pkcs7.h>

#include "base/base64.h"
#include "enrolment/openssl.h"

namespace sallyport::agent {
namespace {

using openssl::failed;
using openssl::Owned;

std::string pem_of(X509* certificate) {
  const auto bio = openssl::writer();
  PEM_write_bio_X509(bio.get(), certificate);
  return openssl::written(bio.get());
}

std::string device_of(X509* certificate) {
  const Owned<GENERAL_NAMES> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  return names ? openssl::device_among(names.get()) : std::string();
}

std::string common_name_of(X509* certificate) {
  std::string name(256, '\0');
  const int size = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName,
                                             name.data(), static_cast<int>(name.size()));
  name.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return name;
}

Result<Certificate> describe_certificate(X509* certificate) {
  Certificate out;
  out.pem = pem_of(certificate);
  out.common_name = common_name_of(certificate);
  out.device_id = device_of(certificate);
  out.not_before = openssl::instant_of(X509_get0_notBefore(certificate));
  out.not_after = openssl::instant_of(X509_get0_notAfter(certificate));
  if (out.device_id.empty()) {
    return fail(ErrorKind::invalid_argument, "the certificate names no device");
  }
  return out;
}

}  // namespace

Result<std::string> certificate_request(EVP_PKEY* key, const std::string& device_name) {
  const Owned<X509_REQ> request(X509_REQ_new());
  // A common name has 64 characters at most (RFC 5280, ub-common-name).
  const auto name = device_name.substr(0, 64);
  const bool made =
      request &&
      X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request.get()), "CN", MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(name.data()),
                                 static_cast<int>(name.size()), -1, 0) == 1 &&
      X509_REQ_set_pubkey(request.get(), key) == 1 &&
      X509_REQ_sign(request.get(), key, EVP_sha256()) > 0;
  if (!made) return failed("no certificate request could be made");
  return openssl::der_by(i2d_X509_REQ, request.get());
}

Result<Certificate> read_certificates(std::string_view base64, const EVP_PKEY* key) {
  struct FreeMessage {
    void operator()(PKCS7* p) const { PKCS7_free(p); }
  };
  const auto der = decode_base64(base64).value_or("");
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<PKCS7, FreeMessage> message(
      d2i_PKCS7(nullptr, &at, static_cast<long>(der.size())));
  if (!message || PKCS7_type_is_signed(message.get()) == 0) {
    ERR_clear_error();
    return fail(ErrorKind::invalid_argument, "the answer holds no certificates");
  }
  auto* certificates = message->d.sign->cert;
  Result<Certificate> own =
      fail(ErrorKind::invalid_argument, "the answer holds no certificate for the device's key");
  std::string chain;
  for (int i = 0; i < sk_X509_num(certificates); ++i) {
    auto* one = sk_X509_value(certificates, i);
    if (EVP_PKEY_eq(X509_get0_pubkey(one), key) == 1) {
      own = describe_certificate(one);
    } else {
      chain += pem_of(one);
    }
  }
  ERR_clear_error();
  if (own) own->chain = chain;
  return own;
}

Result<Certificate> read_certificate_pem(const std::string& pem) {
  const Owned<X509> certificate(
      PEM_read_bio_X509(openssl::reader_of(pem).get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!certificate) return fail(ErrorKind::invalid_argument, "this is no certificate");
  return describe_certificate(certificate.get());
}

}  // namespace sallyport::agent
