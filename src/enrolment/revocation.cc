#include "enrolment/revocation.h"

#include "base/text.h"
#include "enrolment/authority_state.h"

namespace sallyport {
namespace {

using openssl::Owned;

constexpr int questions_max = 32;  // in one OCSP request

Owned<ASN1_STRING> time_of(Instant at) {
  return Owned<ASN1_STRING>(ASN1_TIME_set(nullptr, openssl::seconds_of(at)));
}

Owned<ASN1_STRING> generalized_time_of(Instant at) {
  return Owned<ASN1_STRING>(ASN1_GENERALIZEDTIME_set(nullptr, openssl::seconds_of(at)));
}

Owned<ASN1_STRING> integer_of_serial(const std::string& serial) {
  BIGNUM* number = nullptr;
  BN_hex2bn(&number, serial.c_str());
  const Owned<BIGNUM> owned(number);
  return Owned<ASN1_STRING>(BN_to_ASN1_INTEGER(number, nullptr));
}

std::string serial_of_integer(const ASN1_INTEGER* integer) {
  const Owned<BIGNUM> number(ASN1_INTEGER_to_BN(integer, nullptr));
  if (!number) return {};
  char* digits = BN_bn2hex(number.get());
  auto serial = to_lower(digits == nullptr ? "" : digits);
  OPENSSL_free(digits);
  return serial;
}

bool add_revoked(X509_CRL* list, const RevokedCertificate& one) {
  Owned<X509_REVOKED> entry(X509_REVOKED_new());
  const auto serial = integer_of_serial(one.serial);
  const auto at = time_of(one.revoked);
  if (!entry || !serial || !at || X509_REVOKED_set_serialNumber(entry.get(), serial.get()) != 1 ||
      X509_REVOKED_set_revocationDate(entry.get(), at.get()) != 1) {
    return false;
  }
  if (one.reason != RevocationReason::unspecified) {  // which is said by saying nothing
    const Owned<ASN1_STRING> reason(ASN1_ENUMERATED_new());
    if (ASN1_ENUMERATED_set(reason.get(), static_cast<long>(one.reason)) != 1 ||
        X509_REVOKED_add1_ext_i2d(entry.get(), NID_crl_reason, reason.get(), 0, 0) != 1) {
      return false;
    }
  }
  if (X509_CRL_add0_revoked(list, entry.get()) != 1) return false;
  (void)entry.release();
  return true;
}

bool extend_list(X509_CRL* list, X509* issuer, std::int64_t number) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, nullptr, nullptr, list, 0);
  const Owned<X509_EXTENSION> key(
      X509V3_EXT_conf_nid(nullptr, &context, NID_authority_key_identifier, "keyid:always"));
  const Owned<ASN1_STRING> count(ASN1_INTEGER_new());
  return key && X509_CRL_add_ext(list, key.get(), -1) == 1 &&
         ASN1_INTEGER_set_int64(count.get(), number) == 1 &&
         X509_CRL_add1_ext_i2d(list, NID_crl_number, count.get(), 0, 0) == 1;
}

std::string plain_answer(int status) {
  const Owned<OCSP_RESPONSE> response(OCSP_response_create(status, nullptr));
  return openssl::der_by(i2d_OCSP_RESPONSE, response.get());
}

// Whether the question is about a certificate of ours, by the hashes of name and key it gives.
bool is_ours(OCSP_CERTID* asked, const AuthorityState& authority) {
  ASN1_OBJECT* algorithm = nullptr;
  OCSP_id_get0_info(nullptr, &algorithm, nullptr, nullptr, asked);
  const auto* digest = EVP_get_digestbyobj(algorithm);
  if (digest == nullptr) return false;
  X509* issuer = authority.certificate.get();
  OCSP_CERTID* own =
      OCSP_cert_id_new(digest, X509_get_subject_name(issuer), X509_get0_pubkey_bitstr(issuer),
                       X509_get0_serialNumber(issuer));
  const bool same = own != nullptr && OCSP_id_issuer_cmp(own, asked) == 0;
  OCSP_CERTID_free(own);
  ERR_clear_error();
  return same;
}

bool answer_one(OCSP_BASICRESP* answer, OCSP_CERTID* asked, const AuthorityState& authority,
                const LookUpStanding& look_up, Instant now, std::chrono::seconds life) {
  std::optional<CertificateStanding> standing;
  if (is_ours(asked, authority)) {
    ASN1_INTEGER* serial = nullptr;
    OCSP_id_get0_info(nullptr, nullptr, nullptr, &serial, asked);
    standing = look_up(serial_of_integer(serial));
  }
  const auto from = generalized_time_of(now);
  const auto until = generalized_time_of(now + life);
  if (!standing) {
    return OCSP_basic_add1_status(answer, asked, V_OCSP_CERTSTATUS_UNKNOWN, 0, nullptr, from.get(),
                                  until.get()) != nullptr;
  }
  if (standing->state == CertificateState::active) {
    return OCSP_basic_add1_status(answer, asked, V_OCSP_CERTSTATUS_GOOD, 0, nullptr, from.get(),
                                  until.get()) != nullptr;
  }
  const auto at = generalized_time_of(standing->revoked);
  const int reason = standing->reason == RevocationReason::unspecified
                         ? OCSP_REVOKED_STATUS_NOSTATUS
                         : static_cast<int>(standing->reason);
  return OCSP_basic_add1_status(answer, asked, V_OCSP_CERTSTATUS_REVOKED, reason, at.get(),
                                from.get(), until.get()) != nullptr;
}

}  // namespace

Result<std::string> make_revocation_list(const IssuingAuthority& authority,
                                         std::span<const RevokedCertificate> revoked,
                                         std::int64_t number, Instant now,
                                         std::chrono::seconds life) {
  const auto& state = authority.state();
  X509* issuer = state.certificate.get();
  const Owned<X509_CRL> list(X509_CRL_new());
  const auto from = time_of(now);
  const auto until = time_of(now + life);
  bool good = list && X509_CRL_set_version(list.get(), 1) == 1 &&
              X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer)) == 1 &&
              X509_CRL_set1_lastUpdate(list.get(), from.get()) == 1 &&
              X509_CRL_set1_nextUpdate(list.get(), until.get()) == 1 &&
              extend_list(list.get(), issuer, number);
  for (const auto& one : revoked) good = good && add_revoked(list.get(), one);
  good = good && X509_CRL_sort(list.get()) == 1 &&
         X509_CRL_sign(list.get(), state.key.get(), digest_for(state.key.get())) > 0;
  if (!good) return openssl::failed("the revocation list could not be made");
  return openssl::der_by(i2d_X509_CRL, list.get());
}

Result<std::string> answer_ocsp(const IssuingAuthority& authority, std::string_view request,
                                const LookUpStanding& look_up, Instant now,
                                std::chrono::seconds life) {
  const auto asked = openssl::read_by<OCSP_REQUEST>(d2i_OCSP_REQUEST, request);
  const int count = asked ? OCSP_request_onereq_count(asked.get()) : 0;
  if (request.size() > ocsp_request_size_max || count < 1 || count > questions_max) {
    return plain_answer(OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);
  }
  const auto& state = authority.state();
  const Owned<OCSP_BASICRESP> answer(OCSP_BASICRESP_new());
  bool good = answer != nullptr;
  for (int i = 0; good && i < count; ++i) {
    auto* id = OCSP_onereq_get0_id(OCSP_request_onereq_get0(asked.get(), i));
    good = answer_one(answer.get(), id, state, look_up, now, life);
  }
  // 1: it was there and is copied; 2: there was none. A nonce of any other length than RFC 8954
  // allows is left out.
  const int nonce_at = OCSP_REQUEST_get_ext_by_NID(asked.get(), NID_id_pkix_OCSP_Nonce, -1);
  if (good && nonce_at >= 0) {
    const auto* value = X509_EXTENSION_get_data(OCSP_REQUEST_get_ext(asked.get(), nonce_at));
    if (ASN1_STRING_length(value) <= 34) {  // 32 bytes in their OCTET STRING
      good = OCSP_copy_nonce(answer.get(), asked.get()) > 0;
    }
  }
  good = good && OCSP_basic_sign(answer.get(), state.certificate.get(), state.key.get(),
                                 digest_for(state.key.get()), nullptr, 0) == 1;
  if (!good) return openssl::failed("the OCSP answer could not be made");
  const Owned<OCSP_RESPONSE> response(
      OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, answer.get()));
  return openssl::der_by(i2d_OCSP_RESPONSE, response.get());
}

}  // namespace sallyport
