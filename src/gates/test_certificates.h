// For tests: a certificate authority made on the spot.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace sallyport {

class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name) : key_(EVP_EC_gen("P-256")) {
    certificate_ = make(name, "", "critical,CA:TRUE", key_, 3600);
  }
  ~TestAuthority() {
    X509_free(certificate_);
    EVP_PKEY_free(key_);
  }
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  std::string pem() const { return pem_of(certificate_); }

  struct Leaf {
    std::string certificate;
    std::string key;
  };
  // `san` is empty or `URI:...`.
  Leaf issue_with_key(const std::string& name, const std::string& san, long seconds = 3600) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* leaf = make(name, san, "CA:FALSE", key, seconds);
    Leaf out{pem_of(leaf), pem_of(key)};
    X509_free(leaf);
    EVP_PKEY_free(key);
    return out;
  }
  std::string issue(const std::string& name, const std::string& san, long seconds = 3600) {
    return issue_with_key(name, san, seconds).certificate;
  }
  // For somebody else's key. The caller frees it.
  X509* issue_for(EVP_PKEY* key, const std::string& name, const std::string& san, long seconds) {
    return make(name, san, "CA:FALSE", key, seconds);
  }
  const X509* certificate() const { return certificate_; }

 private:
  static std::string pem_of(X509* certificate) {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate);
    return text_of(bio);
  }
  static std::string pem_of(EVP_PKEY* key) {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(bio);
  }
  static std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return text;
  }
  static void extend(X509* certificate, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509* make(const std::string& name, const std::string& san, const std::string& constraints,
             EVP_PKEY* key, long seconds) {
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -7200);
    X509_gmtime_adj(X509_getm_notAfter(certificate), seconds);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(
        certificate, X509_get_subject_name(certificate_ != nullptr ? certificate_ : certificate));
    extend(certificate, NID_basic_constraints, constraints);
    if (!san.empty()) extend(certificate, NID_subject_alt_name, san);
    X509_sign(certificate, key_, EVP_sha256());
    return certificate;
  }

  int serial_ = 0;
  EVP_PKEY* key_ = nullptr;
  X509* certificate_ = nullptr;
};

}  // namespace sallyport
