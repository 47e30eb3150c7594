#include "enrolment/attestation.h"

#include "base/base64.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/text.h"
#include "enrolment/tpm_crypto.h"

namespace sallyport {
namespace {

using openssl::Owned;
using openssl::sha256_of;

constexpr std::size_t json_size_max = 16 * 1024;
constexpr std::chrono::minutes challenge_life{5};
constexpr std::uint32_t bound_to_its_tpm =
    tpm::fixed_tpm | tpm::fixed_parent | tpm::sensitive_data_origin;

// Extended key usages of the TCG, as text.
struct Role {
  std::string_view usage;
  std::string_view owner;
};
constexpr Role endorsement{"2.23.133.8.1", "endorsement key"};  // tcg-kp-EKCertificate
constexpr Role attestation{"2.23.133.8.3", "attestation key"};  // tcg-kp-AIKCertificate

tl::unexpected<Error> refuse(std::string message) {
  return fail(ErrorKind::invalid_argument, "the key attestation proves nothing: " + message);
}

bool is_same_key(const EVP_PKEY* key, std::string_view public_key) {
  const auto own = openssl::read_by<EVP_PKEY>(d2i_PUBKEY, public_key);
  const bool same = key != nullptr && own && EVP_PKEY_eq(key, own.get()) == 1;
  ERR_clear_error();
  return same;
}

bool has_usage(X509* certificate, std::string_view wanted) {
  auto* usages = static_cast<EXTENDED_KEY_USAGE*>(
      X509_get_ext_d2i(certificate, NID_ext_key_usage, nullptr, nullptr));
  bool found = false;
  for (int i = 0; i < sk_ASN1_OBJECT_num(usages); ++i) {
    char text[64] = "";
    OBJ_obj2txt(text, sizeof text, sk_ASN1_OBJECT_value(usages, i), 1);
    found = found || std::string_view(text) == wanted;
  }
  EXTENDED_KEY_USAGE_free(usages);
  return found;
}

// The key of a certificate that one of the authorities signed for this role.
Result<Owned<EVP_PKEY>> certified_key(X509_STORE* store, std::string_view der, const Role& role,
                                      Instant now) {
  const auto whose = std::string(role.owner);
  const auto certificate = openssl::read_certificate(der);
  if (!certificate) return refuse("the " + whose + "'s certificate is no X.509 certificate");
  const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store, certificate.get(), nullptr);
  auto* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_time(parameters, openssl::seconds_of(now));
  if (X509_verify_cert(context.get()) != 1) {
    const auto* why = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
    ERR_clear_error();
    return refuse("the " + whose + "'s certificate is not trusted: " + why);
  }
  if (!has_usage(certificate.get(), role.usage)) {
    return refuse("the certificate is not for an " + whose + " (extended key usage " +
                  std::string(role.usage) + ")");
  }
  return Owned<EVP_PKEY>(X509_get_pubkey(certificate.get()));
}

// A restricted key signs what its TPM made, and nothing that was made to look like it.
Result<Owned<EVP_PKEY>> attestation_key(std::string_view public_area) {
  constexpr std::uint32_t wanted = bound_to_its_tpm | tpm::restricted | tpm::sign;
  const auto read = tpm::read_public(public_area);
  auto key = read ? tpm::key_of(*read) : nullptr;
  if (!key || tpm::name_of(public_area).empty()) {
    return refuse("`attestationKey` is no TPMT_PUBLIC of an RSA or ECC key");
  }
  if ((read->attributes & (wanted | tpm::decrypt)) == wanted) return key;
  return refuse(
      "`attestationKey` is none: it needs restricted, sign, fixedTPM, fixedParent and "
      "sensitiveDataOrigin");
}

// What the TPM says, apart from whose word it is.
Result<void> check_statement(const KeyAttestation& given, const CertificateRequest& request,
                             std::string_view request_der) {
  const auto attest = tpm::read_attest(given.attest);
  if (!attest) return refuse("`attest` is no TPMS_ATTEST");
  if (attest->magic != tpm::generated_by_tpm) return refuse("no TPM made `attest`: its magic");
  if (attest->type != tpm::attest_certify) return refuse("`attest` does not certify a key");
  if (attest->extra_data != sha256_of(request_der)) {
    return refuse("its extra data is not the SHA-256 of this certificate request");
  }
  const auto key = tpm::read_public(given.key);
  const auto name = tpm::name_of(given.key);
  if (!key || name.empty()) return refuse("`key` is no TPMT_PUBLIC of an RSA or ECC key");
  if (attest->name != name) return refuse("another key was certified than `key`");
  if ((key->attributes & bound_to_its_tpm) != bound_to_its_tpm) {
    return refuse(
        "the key could leave the TPM, or was not made in it: it needs fixedTPM, fixedParent and "
        "sensitiveDataOrigin");
  }
  if (is_same_key(tpm::key_of(*key).get(), request.public_key)) return {};
  return refuse("`key` is not the key of the certificate request");
}

}  // namespace

struct TpmAuthorities::State {
  Owned<X509_STORE> store;
  std::string challenge_key;

  // Its end in eight bytes, and behind it 24 of what nobody else can make: so the server need not
  // remember whom it has challenged.
  std::string activation(std::string_view endorsement_certificate, std::string_view attestation_key,
                         std::uint64_t expires) const {
    std::string out;
    for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(expires >> shift & 255U);
    return out + hmac_sha256(challenge_key, out + sha256_of(endorsement_certificate) +
                                                tpm::name_of(attestation_key))
                     .substr(0, 24);
  }

  bool is_activated(const KeyAttestation& given, Instant now) const {
    std::uint64_t expires = 0;
    for (const char c : given.activation.substr(0, 8)) {
      expires = expires << 8U | static_cast<unsigned char>(c);
    }
    const auto wanted = activation(given.endorsement_certificate, given.attestation_key, expires);
    return equal_in_constant_time(wanted, given.activation) &&
           static_cast<std::uint64_t>(openssl::seconds_of(now)) <= expires;
  }

  Result<Owned<EVP_PKEY>> signer_of(const KeyAttestation& given, Instant now) const {
    if (!given.certificate.empty()) {
      return certified_key(store.get(), given.certificate, attestation, now);
    }
    if (!is_activated(given, now)) {
      return refuse("`activation` answers no challenge of the last five minutes for this key");
    }
    return attestation_key(given.attestation_key);
  }
};

TpmAuthorities::TpmAuthorities(std::unique_ptr<State> state) : state_(std::move(state)) {}
TpmAuthorities::TpmAuthorities(TpmAuthorities&&) noexcept = default;
TpmAuthorities& TpmAuthorities::operator=(TpmAuthorities&&) noexcept = default;
TpmAuthorities::~TpmAuthorities() = default;

Result<TpmAuthorities> TpmAuthorities::from_pem(std::string_view pem) {
  auto state = std::make_unique<State>();
  auto key = random_text(32);
  if (!key) return tl::unexpected<Error>(key.error());
  state->challenge_key = std::move(*key);
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

Result<TpmChallenge> TpmAuthorities::challenge(std::string_view endorsement_certificate,
                                               std::string_view attestation_key_area,
                                               Instant now) const {
  const auto endorsed =
      certified_key(state_->store.get(), endorsement_certificate, endorsement, now);
  if (!endorsed) return tl::unexpected<Error>(endorsed.error());
  if (auto key = attestation_key(attestation_key_area); !key) {
    return tl::unexpected<Error>(key.error());
  }
  const auto expires = static_cast<std::uint64_t>(openssl::seconds_of(now + challenge_life));
  auto made = tpm::make_credential(
      endorsed->get(), tpm::name_of(attestation_key_area),
      state_->activation(endorsement_certificate, attestation_key_area, expires));
  if (!made) return tl::unexpected<Error>(made.error());
  return TpmChallenge{std::move(made->blob), std::move(made->secret)};
}

Result<void> TpmAuthorities::verify(const KeyAttestation& given, const CertificateRequest& request,
                                    std::string_view request_der, Instant now) const {
  const auto signer = state_->signer_of(given, now);
  if (!signer) return tl::unexpected<Error>(signer.error());
  const auto signature = tpm::read_signature(given.signature);
  if (!signature) return refuse("`signature` is no TPMT_SIGNATURE");
  if (!tpm::is_signed(given.attest, *signature, signer->get())) {
    return refuse("`attest` is not signed by the attestation key");
  }
  return check_statement(given, request, request_der);
}

Result<KeyAttestation> read_key_attestation(std::string_view text) {
  const auto parsed = text.size() > json_size_max
                          ? Result<json::Document>(fail(ErrorKind::too_large, "too large"))
                          : json::parse(text);
  const bool certified = parsed && parsed->root().find("certificate") != nullptr;
  KeyAttestation out;
  struct Member {
    std::string_view name;
    std::string* bytes;
    bool wanted;
  };
  const Member members[] = {{"attest", &out.attest, true},
                            {"signature", &out.signature, true},
                            {"key", &out.key, true},
                            {"certificate", &out.certificate, certified},
                            {"attestationKey", &out.attestation_key, !certified},
                            {"endorsementCertificate", &out.endorsement_certificate, !certified},
                            {"activation", &out.activation, !certified}};
  for (const auto& member : members) {
    if (!member.wanted) continue;
    const auto* value = parsed ? parsed->root().find(member.name) : nullptr;
    auto bytes = value == nullptr ? std::nullopt : decode_base64(value->text());
    if (!bytes || bytes->empty()) {
      return fail(ErrorKind::invalid_argument,
                  "the key attestation must be JSON with `attest`, `signature`, `key`, and "
                  "`certificate` or `attestationKey`, `endorsementCertificate` and `activation`, "
                  "each in base64; there is no `" +
                      std::string(member.name) + "`");
    }
    *member.bytes = std::move(*bytes);
  }
  return out;
}

}  // namespace sallyport
