// For tests: a device's key and the certificate request for it.
#pragma once

#include <string>

#include "enrolment/openssl.h"

namespace sallyport {

class TestDevice {
 public:
  explicit TestDevice(openssl::Owned<EVP_PKEY> key = openssl::Owned<EVP_PKEY>(EVP_EC_gen("P-256")))
      : key_(std::move(key)) {}

  struct Wanted {
    std::string common_name;
    std::string alternative_names;  // `URI:...`
    std::string challenge;
    const EVP_MD* digest = EVP_sha256();
  };
  // DER.
  std::string request(const Wanted& wanted) const {
    const openssl::Owned<X509_REQ> request(X509_REQ_new());
    X509_REQ_set_pubkey(request.get(), key_.get());
    if (!wanted.common_name.empty()) {
      const auto* text = reinterpret_cast<const unsigned char*>(wanted.common_name.c_str());
      X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request.get()), "CN", MBSTRING_UTF8,
                                 text, -1, -1, 0);
    }
    if (!wanted.alternative_names.empty()) {
      const openssl::Owned<X509_EXTENSIONS> list(sk_X509_EXTENSION_new_null());
      sk_X509_EXTENSION_push(list.get(), X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name,
                                                             wanted.alternative_names.c_str()));
      X509_REQ_add_extensions(request.get(), list.get());
    }
    if (!wanted.challenge.empty()) {
      const auto* text = reinterpret_cast<const unsigned char*>(wanted.challenge.c_str());
      X509_REQ_add1_attr_by_NID(request.get(), NID_pkcs9_challengePassword, MBSTRING_UTF8, text,
                                -1);
    }
    X509_REQ_sign(request.get(), key_.get(), wanted.digest);
    return openssl::der_by(i2d_X509_REQ, request.get());
  }
  std::string request(const std::string& common_name = "laptop") const {
    return request(Wanted{common_name, {}, {}});
  }
  EVP_PKEY* key() const { return key_.get(); }

 private:
  openssl::Owned<EVP_PKEY> key_;
};

}  // namespace sallyport
