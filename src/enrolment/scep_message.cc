#include "enrolment/scep_message.h"

#include <openssl/rand.h>

#include <charconv>

#include "base/text.h"
#include "enrolment/authority_state.h"
#include "enrolment/certificate_bundle.h"
#include "enrolment/strength.h"

namespace sallyport {
namespace {

using openssl::Owned;

constexpr std::size_t transaction_id_size_max = 256;
constexpr std::size_t nonce_size = 16;
constexpr const char* message_type_oid = "2.16.840.1.113733.1.9.2";
constexpr const char* pki_status_oid = "2.16.840.1.113733.1.9.3";
constexpr const char* fail_info_oid = "2.16.840.1.113733.1.9.4";
constexpr const char* sender_nonce_oid = "2.16.840.1.113733.1.9.5";
constexpr const char* recipient_nonce_oid = "2.16.840.1.113733.1.9.6";
constexpr const char* transaction_id_oid = "2.16.840.1.113733.1.9.7";
constexpr const char* fail_info_text_oid = "1.3.6.1.5.5.7.24.1";

struct FreeObject {
  void operator()(ASN1_OBJECT* p) const { ASN1_OBJECT_free(p); }
};
std::unique_ptr<ASN1_OBJECT, FreeObject> object_of(const char* oid) {
  return std::unique_ptr<ASN1_OBJECT, FreeObject>(OBJ_txt2obj(oid, 1));
}

// The one value of an attribute that must not come twice; empty when it is not there.
std::string attribute(CMS_SignerInfo* signer, const char* oid, int type) {
  constexpr int once_with_one_value = -3;
  const auto object = object_of(oid);
  const auto* value = static_cast<ASN1_STRING*>(
      CMS_signed_get0_data_by_OBJ(signer, object.get(), once_with_one_value, type));
  return value == nullptr ? std::string() : std::string(openssl::bytes_of(value));
}

std::optional<Instant> signing_time(CMS_SignerInfo* signer) {
  const auto object = std::unique_ptr<ASN1_OBJECT, FreeObject>(OBJ_nid2obj(NID_pkcs9_signingTime));
  for (const int type : {V_ASN1_UTCTIME, V_ASN1_GENERALIZEDTIME}) {
    const auto* time =
        static_cast<ASN1_TIME*>(CMS_signed_get0_data_by_OBJ(signer, object.get(), -3, type));
    if (time != nullptr) return openssl::instant_of(time);
  }
  return std::nullopt;
}

std::optional<ScepType> type_of(std::string_view word) {
  int number = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
  if (read.ec != std::errc() || read.ptr != word.data() + word.size()) return std::nullopt;
  for (const auto type : {ScepType::renewal_req, ScepType::pkcs_req, ScepType::cert_poll,
                          ScepType::get_cert, ScepType::get_crl}) {
    if (static_cast<int>(type) == number) return type;
  }
  return std::nullopt;
}

bool add_attribute(CMS_SignerInfo* signer, const char* oid, int type, std::string_view value) {
  const auto object = object_of(oid);
  return CMS_signed_add1_attr_by_OBJ(signer, object.get(), type, value.data(),
                                     static_cast<int>(value.size())) == 1;
}

std::string cipher_weakness(std::string_view envelope, bool legacy) {
  const auto parsed = openssl::read_by<PKCS7>(d2i_PKCS7, envelope);
  if (!parsed || !PKCS7_type_is_enveloped(parsed.get()) || parsed->d.enveloped == nullptr ||
      parsed->d.enveloped->enc_data == nullptr) {
    return {};  // whoever decrypts will say so
  }
  const int cipher = OBJ_obj2nid(parsed->d.enveloped->enc_data->algorithm->algorithm);
  if (legacy && (cipher == NID_des_cbc || cipher == NID_des_ede3_cbc)) return {};
  return weakness_of_cipher(cipher);
}

}  // namespace

struct ScepCodec::State {
  const IssuingAuthority& authority;
  bool legacy = false;
  // In legacy mode a library context of its own, so that nothing else gets to use DES.
  Owned<OSSL_LIB_CTX> context;
  Owned<OSSL_PROVIDER> usual;
  Owned<OSSL_PROVIDER> old;
  Owned<EVP_PKEY> key;  // the authority's RSA key in that context

  explicit State(const IssuingAuthority& an_authority) : authority(an_authority) {}
  ~State() {
    key.reset();
    old.reset();
    usual.reset();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Owned<CMS_ContentInfo> parse(std::string_view der) const {
    CMS_ContentInfo* message = CMS_ContentInfo_new_ex(context.get(), nullptr);
    const auto* in = reinterpret_cast<const unsigned char*>(der.data());
    Owned<CMS_ContentInfo> parsed(
        d2i_CMS_ContentInfo(&message, &in, static_cast<long>(der.size())));
    const bool whole = in == reinterpret_cast<const unsigned char*>(der.data()) + der.size();
    ERR_clear_error();
    return whole ? std::move(parsed) : nullptr;
  }
  Result<std::string> decrypt(std::string_view envelope) const;
  Result<std::string> sign(const ScepTransaction& transaction, std::string_view content,
                           std::string_view status, const ScepRefusal* refusal) const;
};

ScepCodec::ScepCodec(std::unique_ptr<State> state) : state_(std::move(state)) {}
ScepCodec::ScepCodec(ScepCodec&&) noexcept = default;
ScepCodec& ScepCodec::operator=(ScepCodec&&) noexcept = default;
ScepCodec::~ScepCodec() = default;

Result<ScepCodec> ScepCodec::make(const IssuingAuthority& authority, Algorithms algorithms) {
  auto state = std::make_unique<State>(authority);
  EVP_PKEY* key = authority.state().scep_key.get();
  if (algorithms == Algorithms::strong) {
    EVP_PKEY_up_ref(key);
    state->key.reset(key);
    return ScepCodec(std::move(state));
  }
  state->legacy = true;
  state->context.reset(OSSL_LIB_CTX_new());
  state->usual.reset(OSSL_PROVIDER_load(state->context.get(), "default"));
  state->old.reset(OSSL_PROVIDER_load(state->context.get(), "legacy"));
  if (!state->usual || !state->old) {
    ERR_clear_error();
    return fail(ErrorKind::unavailable,
                "OpenSSL's legacy provider cannot be loaded, which DES needs");
  }
  const auto der = openssl::der_by(i2d_PrivateKey, key);
  const auto* in = reinterpret_cast<const unsigned char*>(der.data());
  state->key.reset(d2i_AutoPrivateKey_ex(nullptr, &in, static_cast<long>(der.size()),
                                         state->context.get(), nullptr));
  if (!state->key) return openssl::failed("the key for SCEP could not be read");
  return ScepCodec(std::move(state));
}

Result<std::string> ScepCodec::State::decrypt(std::string_view envelope) const {
  const auto parsed = parse(envelope);
  const auto out = openssl::writer();
  const bool good = parsed && OBJ_obj2nid(CMS_get0_type(parsed.get())) == NID_pkcs7_enveloped &&
                    CMS_decrypt(parsed.get(), key.get(), authority.state().scep_certificate.get(),
                                nullptr, out.get(), CMS_BINARY) == 1;
  ERR_clear_error();
  if (good) return openssl::written(out.get());
  return fail(ErrorKind::invalid_argument, "the message cannot be decrypted with our key");
}

tl::expected<ScepRequest, ScepRefusal> ScepCodec::read(std::string_view der) const {
  ScepRefusal refusal;
  const auto refused = [&](ScepFailure failure, std::string message) {
    ERR_clear_error();
    refusal.failure = failure;
    refusal.message = std::move(message);
    return tl::unexpected<ScepRefusal>(refusal);
  };
  const auto message = state_->parse(der);
  if (!message || OBJ_obj2nid(CMS_get0_type(message.get())) != NID_pkcs7_signed) {
    return refused(ScepFailure::bad_request, "this is no signed CMS message");
  }
  auto* signers = CMS_get0_SignerInfos(message.get());
  if (sk_CMS_SignerInfo_num(signers) != 1) {
    return refused(ScepFailure::bad_request, "a SCEP message has one signer");
  }
  auto* signer = sk_CMS_SignerInfo_value(signers, 0);
  ScepRequest request;
  request.transaction.id = attribute(signer, transaction_id_oid, V_ASN1_PRINTABLESTRING);
  request.transaction.sender_nonce = attribute(signer, sender_nonce_oid, V_ASN1_OCTET_STRING);
  if (request.transaction.id.size() > transaction_id_size_max || !is_utf8(request.transaction.id)) {
    request.transaction.id.clear();
  }
  refusal.transaction = request.transaction;
  if (request.transaction.id.empty()) {
    return refused(ScepFailure::bad_request, "the message has no transaction id that can be used");
  }
  if (request.transaction.sender_nonce.size() != nonce_size) {
    return refused(ScepFailure::bad_request, "the sender's nonce is not 16 bytes long");
  }
  X509_ALGOR* digest = nullptr;
  CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, nullptr);
  const int digest_nid = OBJ_obj2nid(digest->algorithm);
  const bool bearable = state_->legacy && digest_nid == NID_sha1;
  if (const auto weak = weakness_of_digest(digest_nid); !weak.empty() && !bearable) {
    return refused(ScepFailure::bad_alg, "the message is signed with " + weak);
  }
  const auto content = openssl::writer();
  if (CMS_verify(message.get(), nullptr, nullptr, nullptr, content.get(),
                 CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) != 1) {
    return refused(ScepFailure::bad_message_check, "the message's signature is not valid");
  }
  X509* certificate = nullptr;
  CMS_SignerInfo_get0_algs(signer, nullptr, &certificate, nullptr, nullptr);
  const auto* key = certificate == nullptr ? nullptr : X509_get0_pubkey(certificate);
  if (key == nullptr) return refused(ScepFailure::bad_message_check, "the message names no signer");
  if (const auto weak = weakness_of_key(key); !weak.empty()) {
    return refused(ScepFailure::bad_alg, "the message's signer has " + weak);
  }
  request.signer = openssl::der_of(certificate);
  request.signer_key_hash = openssl::hash_of_key(key);
  request.signing_time = signing_time(signer);
  const auto type = type_of(attribute(signer, message_type_oid, V_ASN1_PRINTABLESTRING));
  if (!type) return refused(ScepFailure::bad_request, "the message is of no type we answer");
  request.type = *type;
  const auto envelope = openssl::written(content.get());
  if (const auto weak = cipher_weakness(envelope, state_->legacy); !weak.empty()) {
    return refused(ScepFailure::bad_alg, "the message is encrypted with " + weak);
  }
  auto decrypted = state_->decrypt(envelope);
  if (!decrypted) return refused(ScepFailure::bad_message_check, decrypted.error().message);
  request.content = std::move(*decrypted);
  return request;
}

Result<std::string> ScepCodec::State::sign(const ScepTransaction& transaction,
                                           std::string_view content, std::string_view status,
                                           const ScepRefusal* refusal) const {
  const auto& own = authority.state();
  const auto in = openssl::reader_of(content);
  std::string nonce(nonce_size, '\0');
  // A refusal has no content at all (RFC 8894, section 3.3.2).
  const unsigned flags =
      CMS_PARTIAL | CMS_BINARY | (refusal == nullptr ? 0U : static_cast<unsigned>(CMS_DETACHED));
  const Owned<CMS_ContentInfo> message(CMS_sign(nullptr, nullptr, nullptr, nullptr, flags));
  auto* signer = message == nullptr ? nullptr
                                    : CMS_add1_signer(message.get(), own.scep_certificate.get(),
                                                      own.scep_key.get(), EVP_sha256(),
                                                      CMS_PARTIAL | CMS_NOSMIMECAP);
  bool good =
      signer != nullptr &&
      RAND_bytes(reinterpret_cast<unsigned char*>(nonce.data()), nonce_size) == 1 &&
      add_attribute(signer, message_type_oid, V_ASN1_PRINTABLESTRING, "3") &&
      add_attribute(signer, pki_status_oid, V_ASN1_PRINTABLESTRING, status) &&
      add_attribute(signer, transaction_id_oid, V_ASN1_PRINTABLESTRING, transaction.id) &&
      add_attribute(signer, sender_nonce_oid, V_ASN1_OCTET_STRING, nonce) &&
      add_attribute(signer, recipient_nonce_oid, V_ASN1_OCTET_STRING, transaction.sender_nonce);
  if (refusal != nullptr) {
    const auto number = std::to_string(static_cast<int>(refusal->failure));
    good = good && add_attribute(signer, fail_info_oid, V_ASN1_PRINTABLESTRING, number) &&
           add_attribute(signer, fail_info_text_oid, V_ASN1_UTF8STRING, refusal->message);
  }
  good = good && CMS_final(message.get(), in.get(), nullptr, flags) == 1;
  if (!good) return openssl::failed("the answer could not be signed");
  return openssl::der_by(i2d_CMS_ContentInfo, message.get());
}

Result<std::string> ScepCodec::grant(const ScepRequest& request, std::string_view pkcs7) const {
  Owned<STACK_OF(X509)> recipients(sk_X509_new_null());
  auto certificate = openssl::read_certificate(request.signer);
  if (!certificate) return fail(ErrorKind::internal, "the signer's certificate is damaged");
  sk_X509_push(recipients.get(), certificate.release());
  const auto in = openssl::reader_of(pkcs7);
  const Owned<CMS_ContentInfo> envelope(
      CMS_encrypt(recipients.get(), in.get(), EVP_aes_128_cbc(), CMS_BINARY));
  if (!envelope) return openssl::failed("the answer could not be encrypted");
  return state_->sign(request.transaction, openssl::der_by(i2d_CMS_ContentInfo, envelope.get()),
                      "0", nullptr);
}

Result<std::string> ScepCodec::refuse(const ScepRefusal& refusal) const {
  return state_->sign(refusal.transaction, {}, "2", &refusal);
}

Result<std::string> ScepCodec::certificates() const {
  const auto bio = openssl::writer();
  PEM_write_bio_X509(bio.get(), state_->authority.state().scep_certificate.get());
  return certs_only_of_pem(openssl::written(bio.get()) + state_->authority.chain_pem());
}

std::string_view ScepCodec::capabilities() const {
  return state_->legacy ? "AES\nDES3\nPOSTPKIOperation\nRenewal\nSHA-1\nSHA-256\nSHA-512\n"
                          "SCEPStandard\n"
                        : "AES\nPOSTPKIOperation\nRenewal\nSHA-256\nSHA-512\nSCEPStandard\n";
}

std::string serial_in_issuer_and_serial(std::string_view der) {
  const auto* in = reinterpret_cast<const unsigned char*>(der.data());
  PKCS7_ISSUER_AND_SERIAL* parsed =
      d2i_PKCS7_ISSUER_AND_SERIAL(nullptr, &in, static_cast<long>(der.size()));
  ERR_clear_error();
  if (parsed == nullptr) return {};
  const Owned<BIGNUM> number(ASN1_INTEGER_to_BN(parsed->serial, nullptr));
  PKCS7_ISSUER_AND_SERIAL_free(parsed);
  if (!number) return {};
  char* digits = BN_bn2hex(number.get());
  auto serial = to_lower(digits == nullptr ? "" : digits);
  OPENSSL_free(digits);
  return serial;
}

}  // namespace sallyport
