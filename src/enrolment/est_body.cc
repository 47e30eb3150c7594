#include "enrolment/est_body.h"

#include "base/base64.h"
#include "base/text.h"
#include "enrolment/certificate_request.h"
#include "enrolment/openssl.h"

namespace sallyport {
namespace {

using openssl::Owned;

constexpr char der_sequence = 0x30;

// What stands between the lines of a PEM, or the whole when there are none.
std::string_view without_pem_lines(std::string_view text) {
  const auto begin = text.find("-----BEGIN");
  if (begin == text.npos) return text;
  const auto start = text.find('\n', begin);
  const auto end = text.find("-----END");
  if (start == text.npos || end == text.npos || end < start) return {};
  return text.substr(start, end - start);
}

Result<std::string> write_certs_only(Owned<STACK_OF(X509)> certificates) {
  const Owned<PKCS7> bundle(PKCS7_new());
  bool good = bundle && PKCS7_set_type(bundle.get(), NID_pkcs7_signed) == 1 &&
              PKCS7_content_new(bundle.get(), NID_pkcs7_data) == 1;
  // Without content (RFC 5272, section 4.1).
  if (good) PKCS7_set_detached(bundle.get(), 1);
  for (int i = 0; good && i < sk_X509_num(certificates.get()); ++i) {
    good = PKCS7_add_certificate(bundle.get(), sk_X509_value(certificates.get(), i)) == 1;
  }
  if (!good) return openssl::failed("the certificates could not be bundled");
  return openssl::der_by(i2d_PKCS7, bundle.get());
}

}  // namespace

Result<std::string> decode_est_request(std::string_view body) {
  if (body.size() > 2 * certificate_request_size_max) {
    return fail(ErrorKind::too_large, "the certificate request is larger than 16 KiB");
  }
  if (!body.empty() && body.front() == der_sequence && !is_utf8(body)) return std::string(body);
  auto der = decode_base64(without_pem_lines(body));
  if (der && !der->empty()) return std::move(*der);
  return fail(ErrorKind::invalid_argument,
              "the body is no PKCS#10 certificate request in base64 (RFC 7030, section 4.2.1)");
}

Result<std::string> certs_only(const std::vector<std::string>& ders) {
  Owned<STACK_OF(X509)> certificates(sk_X509_new_null());
  for (const auto& der : ders) {
    auto one = openssl::read_certificate(der);
    if (!one) return fail(ErrorKind::internal, "the certificate on record is damaged");
    sk_X509_push(certificates.get(), one.release());
  }
  return write_certs_only(std::move(certificates));
}

Result<std::string> certs_only_of_pem(std::string_view pem) {
  const auto bio = openssl::reader_of(pem);
  Owned<STACK_OF(X509)> certificates(sk_X509_new_null());
  while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    sk_X509_push(certificates.get(), one);
  }
  ERR_clear_error();
  return write_certs_only(std::move(certificates));
}

}  // namespace sallyport
