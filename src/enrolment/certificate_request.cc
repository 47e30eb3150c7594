#include "enrolment/certificate_request.h"

#include "enrolment/openssl.h"
#include "enrolment/strength.h"

namespace sallyport {
namespace {

using openssl::Owned;

tl::unexpected<Error> refuse(std::string message, std::string_view where = {}) {
  return fail(ErrorKind::invalid_argument, std::move(message), std::string(where));
}

void read_subject(X509_REQ* request, CertificateRequest& out) {
  X509_NAME* name = X509_REQ_get_subject_name(request);
  out.subject = openssl::der_by(i2d_X509_NAME, name);
  out.has_subject = X509_NAME_entry_count(name) > 0;
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (at < 0) return;
  unsigned char* text = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
  if (size > 0)
    out.common_name.assign(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
  OPENSSL_free(text);
}

void read_alternative_names(X509_REQ* request, CertificateRequest& out) {
  const Owned<X509_EXTENSIONS> extensions(X509_REQ_get_extensions(request));
  if (!extensions) return;
  const Owned<GENERAL_NAMES> names(static_cast<GENERAL_NAMES*>(
      X509V3_get_d2i(extensions.get(), NID_subject_alt_name, nullptr, nullptr)));
  if (!names) return;
  out.alternative_names = openssl::der_by(i2d_GENERAL_NAMES, names.get());
  out.device_id = openssl::device_among(names.get());
}

void read_challenge(X509_REQ* request, CertificateRequest& out) {
  const int at = X509_REQ_get_attr_by_NID(request, NID_pkcs9_challengePassword, -1);
  if (at < 0) return;
  const auto* value = X509_ATTRIBUTE_get0_type(X509_REQ_get_attr(request, at), 0);
  if (value == nullptr) return;
  switch (value->type) {
    case V_ASN1_PRINTABLESTRING:
    case V_ASN1_UTF8STRING:
    case V_ASN1_IA5STRING:
    case V_ASN1_T61STRING:
      out.challenge_password = openssl::bytes_of(value->value.asn1_string);
      break;
    default: break;
  }
}

}  // namespace

Result<CertificateRequest> read_certificate_request(std::string_view der) {
  if (der.size() > certificate_request_size_max) {
    return fail(ErrorKind::too_large, "the certificate request is larger than 16 KiB");
  }
  const auto request = openssl::read_by<X509_REQ>(d2i_X509_REQ, der);
  if (!request) return refuse("this is no PKCS#10 certificate request");
  EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
  if (key == nullptr) {
    ERR_clear_error();
    return refuse("the certificate request holds no public key that could be read");
  }
  if (const auto weak = weakness_of_key(key); !weak.empty()) {
    return refuse("the certificate request has " + weak, weak_algorithm);
  }
  if (const auto weak = weakness_of_signature(X509_REQ_get_signature_nid(request.get()));
      !weak.empty()) {
    return refuse("the certificate request is signed with " + weak, weak_algorithm);
  }
  if (X509_REQ_verify(request.get(), key) != 1) {
    ERR_clear_error();
    return refuse("the certificate request is not signed by the key it is for");
  }
  CertificateRequest out;
  out.public_key = openssl::der_by(i2d_PUBKEY, key);
  out.key_hash = openssl::hash_of_key(key);
  read_subject(request.get(), out);
  read_alternative_names(request.get(), out);
  read_challenge(request.get(), out);
  return out;
}

Result<void> check_same_names(const CertificateRequest& request, std::string_view certificate_der) {
  const auto certificate = openssl::read_certificate(certificate_der);
  if (!certificate) return fail(ErrorKind::internal, "the certificate on record is damaged");
  const auto asked = openssl::read_by<X509_NAME>(d2i_X509_NAME, request.subject);
  const auto* subject = X509_get_subject_name(certificate.get());
  if (request.has_subject && (!asked || X509_NAME_cmp(asked.get(), subject) != 0)) {
    return fail(ErrorKind::conflict,
                "the certificate request names another subject than the certificate it renews; "
                "that has `" +
                    openssl::text_of(subject) + "`");
  }
  const Owned<GENERAL_NAMES> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  if (request.alternative_names.empty() ||
      (names && request.alternative_names == openssl::der_by(i2d_GENERAL_NAMES, names.get()))) {
    return {};
  }
  return fail(ErrorKind::conflict,
              "the certificate request asks for other alternative names than the certificate it "
              "renews has");
}

}  // namespace sallyport
