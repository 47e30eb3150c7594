#include "agent/credentials.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/provider.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <memory>

#include "base/id.h"
#include "base/text.h"

namespace sallyport::agent {
namespace {

struct Free {
  void operator()(BIO* p) const { BIO_free_all(p); }
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(EVP_PKEY_CTX* p) const { EVP_PKEY_CTX_free(p); }
  void operator()(GENERAL_NAMES* p) const { GENERAL_NAMES_free(p); }
  void operator()(PKCS7* p) const { PKCS7_free(p); }
  void operator()(X509* p) const { X509_free(p); }
  void operator()(X509_REQ* p) const { X509_REQ_free(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

constexpr std::string_view tpm_pem = "-----BEGIN TSS2 PRIVATE KEY-----";
constexpr std::string_view urn_uuid = "urn:uuid:";

tl::unexpected<Error> failed(std::string_view what) {
  char words[256] = "no reason is given";
  if (const auto code = ERR_peek_last_error(); code != 0) {
    ERR_error_string_n(code, words, sizeof words);
  }
  ERR_clear_error();
  return fail(ErrorKind::internal, std::string(what) + ": " + words);
}

Owned<BIO> reader_of(std::string_view bytes) {
  return Owned<BIO>(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

std::string written(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return written(bio.get());
}

// Once for the process; keys of a TPM are used through it from then on.
bool load_tpm_provider() {
  static const bool loaded = OSSL_PROVIDER_load(nullptr, "default") != nullptr &&
                             OSSL_PROVIDER_load(nullptr, "tpm2") != nullptr;
  ERR_clear_error();
  return loaded;
}

// TPM2OPENSSL_TCTI is how tpm2-openssl is told of another TPM than the machine's.
bool has_tpm() {
  return access("/dev/tpmrm0", R_OK | W_OK) == 0 || std::getenv("TPM2OPENSSL_TCTI") != nullptr;
}

Result<std::string> make_key_by(const char* properties) {
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", properties));
  EVP_PKEY* made = nullptr;
  const bool good = context && EVP_PKEY_keygen_init(context.get()) == 1 &&
                    EVP_PKEY_CTX_set_group_name(context.get(), "P-256") == 1 &&
                    EVP_PKEY_generate(context.get(), &made) == 1;
  const Owned<EVP_PKEY> key(made);
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  if (!good ||
      PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return failed("no key could be made");
  }
  return written(bio.get());
}

Result<Owned<EVP_PKEY>> read_key(const std::string& pem) {
  if (is_in_tpm(pem) && !load_tpm_provider()) {
    return fail(ErrorKind::unavailable,
                "the key is in the TPM, and OpenSSL's provider for it is not there: install "
                "tpm2-openssl");
  }
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(reader_of(pem).get(), nullptr, nullptr, nullptr));
  if (!key) return failed("the key cannot be used");
  return key;
}

Instant instant_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return Instant(std::chrono::seconds(timegm(&parts)));
}

std::string device_of(X509* certificate) {
  const Owned<GENERAL_NAMES> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) continue;
    const auto* uri = name->d.uniformResourceIdentifier;
    const std::string_view text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                                static_cast<std::size_t>(ASN1_STRING_length(uri)));
    if (text.size() <= urn_uuid.size() ||
        !equal_ignoring_case(text.substr(0, urn_uuid.size()), urn_uuid)) {
      continue;
    }
    if (const auto guid = parse_guid(text.substr(urn_uuid.size()))) return to_string(*guid);
  }
  return {};
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
  out.not_before = instant_of(X509_get0_notBefore(certificate));
  out.not_after = instant_of(X509_get0_notAfter(certificate));
  if (out.device_id.empty()) {
    return fail(ErrorKind::invalid_argument, "the certificate names no device");
  }
  return out;
}

}  // namespace

bool is_in_tpm(std::string_view key_pem) { return key_pem.find(tpm_pem) != key_pem.npos; }

Result<std::string> make_key(KeyPlace place) {
  if (place == KeyPlace::software) return make_key_by("provider=default");
  const bool possible = has_tpm() && load_tpm_provider();
  if (possible) {
    auto key = make_key_by("provider=tpm2");
    if (key || place == KeyPlace::tpm) return key;
  }
  if (place == KeyPlace::automatic) return make_key_by("provider=default");
  return fail(ErrorKind::unavailable,
              has_tpm() ? "OpenSSL's provider for the TPM is not there: install tpm2-openssl"
                        : "there is no TPM that may be used: /dev/tpmrm0");
}

Result<std::string> certificate_request(const std::string& key_pem,
                                        const std::string& device_name) {
  const auto key = read_key(key_pem);
  if (!key) return tl::unexpected<Error>(key.error());
  const Owned<X509_REQ> request(X509_REQ_new());
  // A common name has 64 characters at most (RFC 5280, ub-common-name).
  const auto name = device_name.substr(0, 64);
  const bool made =
      request &&
      X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(request.get()), "CN", MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(name.data()),
                                 static_cast<int>(name.size()), -1, 0) == 1 &&
      X509_REQ_set_pubkey(request.get(), key->get()) == 1 &&
      X509_REQ_sign(request.get(), key->get(), EVP_sha256()) > 0;
  unsigned char* der = nullptr;
  const int size = made ? i2d_X509_REQ(request.get(), &der) : -1;
  if (size <= 0) return failed("no certificate request could be made");
  std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return bytes;
}

Result<Certificate> read_certificates(std::string_view base64, const std::string& key_pem) {
  const auto key = read_key(key_pem);
  if (!key) return tl::unexpected<Error>(key.error());
  const auto der = from_base64(base64);
  if (!der) return tl::unexpected<Error>(der.error());
  const auto* at = reinterpret_cast<const unsigned char*>(der->data());
  const Owned<PKCS7> message(d2i_PKCS7(nullptr, &at, static_cast<long>(der->size())));
  if (!message || !PKCS7_type_is_signed(message.get())) {
    ERR_clear_error();
    return fail(ErrorKind::invalid_argument, "the answer holds no certificates");
  }
  auto* certificates = message->d.sign->cert;
  Result<Certificate> own =
      fail(ErrorKind::invalid_argument, "the answer holds no certificate for the device's key");
  std::string chain;
  for (int i = 0; i < sk_X509_num(certificates); ++i) {
    auto* one = sk_X509_value(certificates, i);
    if (EVP_PKEY_eq(X509_get0_pubkey(one), key->get()) == 1) {
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
  const Owned<X509> certificate(PEM_read_bio_X509(reader_of(pem).get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  if (!certificate) return fail(ErrorKind::invalid_argument, "this is no certificate");
  return describe_certificate(certificate.get());
}

std::string to_base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

Result<std::string> from_base64(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != '\r' && c != '\n' && c != ' ' && c != '\t') digits += c;
  }
  std::string bytes(digits.size() / 4 * 3, '\0');
  const int size = digits.size() % 4 != 0
                       ? -1
                       : EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                         reinterpret_cast<const unsigned char*>(digits.data()),
                                         static_cast<int>(digits.size()));
  if (size < 0) return fail(ErrorKind::invalid_argument, "this is no base64");
  // EVP_DecodeBlock counts the bytes that `=` stands for.
  auto length = static_cast<std::size_t>(size);
  if (digits.ends_with("==")) --length;
  if (digits.ends_with("=")) --length;
  bytes.resize(length);
  return bytes;
}

}  // namespace sallyport::agent
