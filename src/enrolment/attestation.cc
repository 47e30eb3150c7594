#include "enrolment/attestation.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include "base/base64.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "enrolment/openssl.h"
#include "enrolment/tpm_structures.h"

namespace sallyport {
namespace {

using openssl::Owned;

constexpr std::size_t json_size_max = 16 * 1024;
constexpr const char* attestation_key_usage = "2.23.133.8.3";  // tcg-kp-AIKCertificate

tl::unexpected<Error> refuse(std::string message) {
  return fail(ErrorKind::invalid_argument, "the key attestation proves nothing: " + message);
}

const EVP_MD* digest_of(std::uint16_t algorithm) {
  switch (algorithm) {
    case tpm::sha256: return EVP_sha256();
    case tpm::sha384: return EVP_sha384();
    case tpm::sha512: return EVP_sha512();
    default: return nullptr;
  }
}

std::string hash(const EVP_MD* digest, std::string_view bytes) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), &size,
             digest, nullptr);
  out.resize(size);
  return out;
}

Owned<BIGNUM> number_of(std::string_view bytes) {
  return Owned<BIGNUM>(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                                 static_cast<int>(bytes.size()), nullptr));
}

bool has_number(const EVP_PKEY* key, const char* name, const BIGNUM* wanted) {
  BIGNUM* found = nullptr;
  EVP_PKEY_get_bn_param(key, name, &found);
  const Owned<BIGNUM> owned(found);
  return found != nullptr && wanted != nullptr && BN_cmp(found, wanted) == 0;
}

// TPM_ECC_NIST_P256 and so on.
std::uint16_t curve_of(const EVP_PKEY* key) {
  char name[64] = "";
  std::size_t size = 0;
  EVP_PKEY_get_group_name(key, name, sizeof name, &size);
  switch (OBJ_sn2nid(name)) {
    case NID_X9_62_prime256v1: return 3;
    case NID_secp384r1: return 4;
    case NID_secp521r1: return 5;
    default: return 0;
  }
}

bool is_same_key(const tpm::Public& key, std::string_view public_key) {
  const auto* in = reinterpret_cast<const unsigned char*>(public_key.data());
  const Owned<EVP_PKEY> own(d2i_PUBKEY(nullptr, &in, static_cast<long>(public_key.size())));
  if (!own) return false;
  if (key.type == tpm::rsa) {
    const Owned<BIGNUM> exponent(BN_new());
    BN_set_word(exponent.get(), key.exponent);
    return EVP_PKEY_get_base_id(own.get()) == EVP_PKEY_RSA &&
           has_number(own.get(), OSSL_PKEY_PARAM_RSA_N, number_of(key.modulus).get()) &&
           has_number(own.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  }
  return EVP_PKEY_get_base_id(own.get()) == EVP_PKEY_EC && key.curve == curve_of(own.get()) &&
         has_number(own.get(), OSSL_PKEY_PARAM_EC_PUB_X, number_of(key.x).get()) &&
         has_number(own.get(), OSSL_PKEY_PARAM_EC_PUB_Y, number_of(key.y).get());
}

// As OpenSSL takes it: of ECDSA the two numbers in DER.
std::string signature_bytes(const tpm::Signature& signature) {
  if (signature.algorithm != tpm::ecdsa) return std::string(signature.rsa);
  ECDSA_SIG* numbers = ECDSA_SIG_new();
  auto r = number_of(signature.r);
  auto s = number_of(signature.s);
  std::string der;
  if (ECDSA_SIG_set0(numbers, r.get(), s.get()) == 1) {
    (void)r.release();
    (void)s.release();
    der = openssl::der_by(i2d_ECDSA_SIG, numbers);
  }
  ECDSA_SIG_free(numbers);
  return der;
}

bool is_signed(std::string_view bytes, const tpm::Signature& signature, EVP_PKEY* key) {
  const auto* digest = digest_of(signature.hash);
  const int kind = signature.algorithm == tpm::ecdsa ? EVP_PKEY_EC : EVP_PKEY_RSA;
  if (digest == nullptr || key == nullptr || EVP_PKEY_get_base_id(key) != kind) return false;
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;
  bool good = EVP_DigestVerifyInit(context.get(), &options, digest, nullptr, key) == 1;
  if (good && signature.algorithm == tpm::rsapss) {
    good = EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_AUTO) == 1;
  }
  const auto value = signature_bytes(signature);
  good =
      good && EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(value.data()),
                               value.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                               bytes.size()) == 1;
  ERR_clear_error();
  return good;
}

bool has_usage(X509* certificate) {
  auto* usages = static_cast<EXTENDED_KEY_USAGE*>(
      X509_get_ext_d2i(certificate, NID_ext_key_usage, nullptr, nullptr));
  bool found = false;
  for (int i = 0; i < sk_ASN1_OBJECT_num(usages); ++i) {
    char text[64] = "";
    OBJ_obj2txt(text, sizeof text, sk_ASN1_OBJECT_value(usages, i), 1);
    found = found || std::string_view(text) == attestation_key_usage;
  }
  EXTENDED_KEY_USAGE_free(usages);
  return found;
}

// What the TPM says, apart from whose word it is.
Result<void> check_statement(const KeyAttestation& given, const CertificateRequest& request,
                             std::string_view request_der) {
  const auto attest = tpm::read_attest(given.attest);
  if (!attest) return refuse("`attest` is no TPMS_ATTEST");
  if (attest->magic != tpm::generated_by_tpm) return refuse("no TPM made `attest`: its magic");
  if (attest->type != tpm::attest_certify) return refuse("`attest` does not certify a key");
  if (attest->extra_data != hash(EVP_sha256(), request_der)) {
    return refuse("its extra data is not the SHA-256 of this certificate request");
  }
  const auto key = tpm::read_public(given.key);
  const auto* digest = key ? digest_of(key->name_algorithm) : nullptr;
  if (digest == nullptr) return refuse("`key` is no TPMT_PUBLIC of an RSA or ECC key");
  if (attest->name != given.key.substr(2, 2) + hash(digest, given.key)) {
    return refuse("another key was certified than `key`");
  }
  constexpr std::uint32_t wanted = tpm::fixed_tpm | tpm::fixed_parent | tpm::sensitive_data_origin;
  if ((key->attributes & wanted) != wanted) {
    return refuse(
        "the key could leave the TPM, or was not made in it: it needs fixedTPM, fixedParent and "
        "sensitiveDataOrigin");
  }
  if (is_same_key(*key, request.public_key)) return {};
  return refuse("`key` is not the key of the certificate request");
}

}  // namespace

struct TpmAuthorities::State {
  Owned<X509_STORE> store;
};

TpmAuthorities::TpmAuthorities(std::unique_ptr<State> state) : state_(std::move(state)) {}
TpmAuthorities::TpmAuthorities(TpmAuthorities&&) noexcept = default;
TpmAuthorities& TpmAuthorities::operator=(TpmAuthorities&&) noexcept = default;
TpmAuthorities::~TpmAuthorities() = default;

Result<TpmAuthorities> TpmAuthorities::from_pem(std::string_view pem) {
  auto state = std::make_unique<State>();
  state->store.reset(X509_STORE_new());
  const auto bio = openssl::reader_of(pem);
  int count = 0;
  while (const auto one = Owned<X509>(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))) {
    X509_STORE_add_cert(state->store.get(), one.get());
    ++count;
  }
  ERR_clear_error();
  if (count > 0) return TpmAuthorities(std::move(state));
  return fail(ErrorKind::invalid_argument, "holds no PEM certificate of an attestation authority");
}

Result<void> TpmAuthorities::verify(const KeyAttestation& attestation,
                                    const CertificateRequest& request, std::string_view request_der,
                                    Instant now) const {
  const auto certificate = openssl::read_certificate(attestation.certificate);
  if (!certificate) return refuse("`certificate` is no X.509 certificate");
  const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), state_->store.get(), certificate.get(), nullptr);
  auto* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(parameters, openssl::seconds_of(now));
  if (X509_verify_cert(context.get()) != 1) {
    const auto* why = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
    ERR_clear_error();
    return refuse(std::string("the attestation key's certificate is not trusted: ") + why);
  }
  if (!has_usage(certificate.get())) {
    return refuse(
        "the certificate is not for an attestation key (extended key usage 2.23.133.8.3)");
  }
  const auto signature = tpm::read_signature(attestation.signature);
  if (!signature) return refuse("`signature` is no TPMT_SIGNATURE");
  if (!is_signed(attestation.attest, *signature, X509_get0_pubkey(certificate.get()))) {
    return refuse("`attest` is not signed by the attestation key");
  }
  return check_statement(attestation, request, request_der);
}

Result<KeyAttestation> read_key_attestation(std::string_view text) {
  const auto parsed = text.size() > json_size_max
                          ? Result<json::Document>(fail(ErrorKind::too_large, "too large"))
                          : json::parse(text);
  KeyAttestation out;
  const std::pair<std::string_view, std::string*> members[] = {{"attest", &out.attest},
                                                               {"signature", &out.signature},
                                                               {"key", &out.key},
                                                               {"certificate", &out.certificate}};
  for (const auto& member : members) {
    const auto* value = parsed ? parsed->root().find(member.first) : nullptr;
    auto bytes = value == nullptr ? std::nullopt : decode_base64(value->text());
    if (!bytes || bytes->empty()) {
      return fail(ErrorKind::invalid_argument,
                  "the key attestation must be JSON with `attest`, `signature`, `key` and "
                  "`certificate`, each in base64; there is no `" +
                      std::string(member.first) + "`");
    }
    *member.second = std::move(*bytes);
  }
  return out;
}

}  // namespace sallyport
