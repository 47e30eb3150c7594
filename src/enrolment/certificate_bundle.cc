#include "enrolment/certificate_bundle.h"

#include "enrolment/openssl.h"

namespace sallyport {
namespace {

using openssl::Owned;

// Signed by nobody, and without content.
Owned<PKCS7> empty_bundle() {
  Owned<PKCS7> bundle(PKCS7_new());
  if (!bundle || PKCS7_set_type(bundle.get(), NID_pkcs7_signed) != 1 ||
      PKCS7_content_new(bundle.get(), NID_pkcs7_data) != 1) {
    return nullptr;
  }
  PKCS7_set_detached(bundle.get(), 1);
  return bundle;
}

Result<std::string> write_certs_only(const Owned<STACK_OF(X509)>& certificates) {
  const auto bundle = empty_bundle();
  bool good = bundle != nullptr;
  for (int i = 0; good && i < sk_X509_num(certificates.get()); ++i) {
    good = PKCS7_add_certificate(bundle.get(), sk_X509_value(certificates.get(), i)) == 1;
  }
  if (!good) return openssl::failed("the certificates could not be bundled");
  return openssl::der_by(i2d_PKCS7, bundle.get());
}

}  // namespace

Result<std::string> certs_only(const std::vector<std::string>& ders) {
  Owned<STACK_OF(X509)> certificates(sk_X509_new_null());
  for (const auto& der : ders) {
    auto one = openssl::read_certificate(der);
    if (!one) return fail(ErrorKind::internal, "the certificate on record is damaged");
    sk_X509_push(certificates.get(), one.release());
  }
  return write_certs_only(certificates);
}

Result<std::string> certs_only_of_pem(std::string_view pem) {
  const auto bio = openssl::reader_of(pem);
  Owned<STACK_OF(X509)> certificates(sk_X509_new_null());
  while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    sk_X509_push(certificates.get(), one);
  }
  ERR_clear_error();
  return write_certs_only(certificates);
}

Result<std::string> list_only(std::string_view der) {
  const auto list = openssl::read_by<X509_CRL>(d2i_X509_CRL, der);
  const auto bundle = empty_bundle();
  if (!list || !bundle || PKCS7_add_crl(bundle.get(), list.get()) != 1) {
    return openssl::failed("the revocation list could not be bundled");
  }
  return openssl::der_by(i2d_PKCS7, bundle.get());
}

}  // namespace sallyport
