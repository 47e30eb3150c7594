#include "enrolment/openssl.h"

#include "base/digest.h"
#include "base/id.h"
#include "base/text.h"

namespace sallyport::openssl {

std::string sha256_of(std::string_view bytes) {
  std::string out(32, '\0');
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), nullptr,
             EVP_sha256(), nullptr);
  return out;
}

std::string hash_of_key(const EVP_PKEY* key) { return sha256_hex(der_by(i2d_PUBKEY, key)); }

std::string text_of(const X509_NAME* name) {
  const auto bio = writer();
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253);
  return written(bio.get());
}

std::string device_among(const GENERAL_NAMES* names) {
  constexpr std::string_view urn = "urn:uuid:";
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_URI) continue;
    const auto uri = bytes_of(name->d.uniformResourceIdentifier);
    if (!equal_ignoring_case(uri.substr(0, urn.size()), urn)) continue;
    if (const auto id = parse_guid(uri.substr(urn.size()))) return to_string(*id);
  }
  return {};
}

bool extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

}  // namespace sallyport::openssl
