// The challenge that a TPM's maker stands behind: what is read in it proves one attestation key,
// for a while, to the server that gave it.
#include <gmock/gmock.h>
#include <openssl/rsa.h>

#include "base/digest.h"
#include "enrolment/attestation.h"
#include "enrolment/test_tpm.h"

namespace sallyport {
namespace {

// A machine with a TPM whose maker signed a certificate for its endorsement key. What it does with
// a challenge is written after TPM2_ActivateCredential (part 1, section 24).
class TestTpm {
 public:
  explicit TestTpm(const char* usage = "2.23.133.8.1",
                   Owned<EVP_PKEY> key = Owned<EVP_PKEY>(EVP_RSA_gen(2048)))
      : ek_(std::move(key)), certificate_(certify(usage)) {}

  std::string certificate() const { return openssl::der_of(certificate_.get()); }
  std::string attestation_key(std::uint64_t attributes = ak_attributes) const {
    return public_area(ak_.get(), attributes);
  }
  EVP_PKEY* signer() const { return ak_.get(); }
  std::string maker_pem() const {
    const auto bio = openssl::writer();
    PEM_write_bio_X509(bio.get(), certificate_.get());
    return openssl::written(bio.get());
  }
  // What a TPM reads that holds the object of this name; empty: it refuses.
  std::string activate(const TpmChallenge& challenge, const std::string& name) const {
    const auto seed = opened(challenge.secret.substr(2));
    const auto blob = challenge.credential.substr(2);
    const auto hmac = blob.substr(2, 32);
    const auto identity = blob.substr(34);
    if (hmac_sha256(derived(seed, "INTEGRITY", {}, 256), identity + name) != hmac) return {};
    return deciphered(derived(seed, "STORAGE", name, 128), identity).substr(2);
  }

  static constexpr std::uint64_t ak_attributes =
      tpm::fixed_tpm | tpm::fixed_parent | tpm::sensitive_data_origin | tpm::restricted | tpm::sign;

 private:
  Owned<EVP_PKEY> ek_;
  Owned<EVP_PKEY> ak_{EVP_EC_gen("P-256")};
  Owned<X509> certificate_;

  Owned<X509> certify(const char* usage) const { return certificate_for(ek_.get(), usage); }
  std::string opened(const std::string& sealed) const {
    const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new(ek_.get(), nullptr));
    EVP_PKEY_decrypt_init(context.get());
    EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING);
    EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha256());
    EVP_PKEY_CTX_set0_rsa_oaep_label(context.get(), OPENSSL_strdup("IDENTITY"), 9);
    std::string out(512, '\0');
    std::size_t size = out.size();
    EVP_PKEY_decrypt(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                     reinterpret_cast<const unsigned char*>(sealed.data()), sealed.size());
    return out.substr(0, size);
  }
  static std::string derived(const std::string& seed, const std::string& label,
                             const std::string& context, std::uint64_t bits) {
    return hmac_sha256(seed,
                       number(1, 4) + label + std::string(1, '\0') + context + number(bits, 4))
        .substr(0, bits / 8);
  }
  static std::string deciphered(const std::string& key, const std::string& text) {
    EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
    const unsigned char zeros[16] = {};
    std::string out(text.size(), '\0');
    int size = 0;
    EVP_DecryptInit_ex(context, EVP_aes_128_cfb128(), nullptr,
                       reinterpret_cast<const unsigned char*>(key.data()), zeros);
    EVP_DecryptUpdate(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                      reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
    EVP_CIPHER_CTX_free(context);
    return out;
  }
};

class Challenges : public ::testing::Test {
 protected:
  TestTpm tpm_;
  TestDevice device_;
  std::string der_ = device_.request();
  TpmAuthorities authorities_ = *TpmAuthorities::from_pem(tpm_.maker_pem());

  static std::string name_of(const std::string& area) {
    return number(tpm::sha256, 2) + openssl::sha256_of(area);
  }
  std::string activation() const {
    const auto key = tpm_.attestation_key();
    const auto challenge = authorities_.challenge(tpm_.certificate(), key, now);
    return challenge ? tpm_.activate(*challenge, name_of(key)) : std::string();
  }
  KeyAttestation evidence(const std::string& activation) const {
    KeyAttestation given;
    given.key = public_area(device_.key(), key_attributes);
    given.attest = statement(given.key, der_);
    given.signature = signature_by(tpm_.signer(), given.attest);
    given.attestation_key = tpm_.attestation_key();
    given.endorsement_certificate = tpm_.certificate();
    given.activation = activation;
    return given;
  }
  std::string verified(const TpmAuthorities& authorities, const KeyAttestation& given,
                       Instant at = now) const {
    const auto done = authorities.verify(given, *read_certificate_request(der_), der_, at);
    return done ? "" : done.error().message;
  }
  std::string refusal(const TpmAuthorities& authorities, const std::string& certificate,
                      const std::string& key) const {
    const auto challenge = authorities.challenge(certificate, key, now);
    return challenge ? "" : challenge.error().message;
  }
};

using ::testing::HasSubstr;

TEST_F(Challenges, what_the_tpm_read_proves_its_attestation_key_for_five_minutes) {
  const auto given = evidence(activation());
  EXPECT_EQ(verified(authorities_, given), "");
  EXPECT_EQ(verified(authorities_, given, now + std::chrono::minutes(5)), "");
  EXPECT_THAT(verified(authorities_, given, now + std::chrono::seconds(301)),
              HasSubstr("last five minutes"));
}

TEST_F(Challenges, what_was_read_for_another_key_tpm_or_server_proves_nothing) {
  const auto read = activation();
  ASSERT_EQ(read.size(), 32U);
  auto given = evidence(read);
  const TestTpm other;
  given.endorsement_certificate = other.certificate();
  EXPECT_THAT(verified(authorities_, given), HasSubstr("answers no challenge"));
  given = evidence(read);
  given.attestation_key = other.attestation_key();
  given.signature = signature_by(other.signer(), given.attest);
  EXPECT_THAT(verified(authorities_, given), HasSubstr("answers no challenge"));
  EXPECT_THAT(verified(*TpmAuthorities::from_pem(tpm_.maker_pem()), evidence(read)),
              HasSubstr("answers no challenge"));
  for (std::size_t i = 0; i < read.size(); ++i) {  // its end, and what seals that
    auto changed = read;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_THAT(verified(authorities_, evidence(changed)), HasSubstr("answers no challenge")) << i;
  }
  EXPECT_THAT(verified(authorities_, evidence(read.substr(0, 31))), HasSubstr("answers no"));
  EXPECT_THAT(verified(authorities_, evidence("")), HasSubstr("answers no challenge"));
}

TEST_F(Challenges, a_statement_by_another_key_than_was_activated_proves_nothing) {
  auto given = evidence(activation());
  given.signature = signature_by(device_.key(), given.attest);
  EXPECT_THAT(verified(authorities_, given), HasSubstr("not signed by the attestation key"));
}

TEST_F(Challenges, a_tpm_without_the_key_cannot_read_them) {
  const auto key = tpm_.attestation_key();
  const auto challenge = authorities_.challenge(tpm_.certificate(), key, now);
  ASSERT_TRUE(challenge.has_value());
  EXPECT_EQ(tpm_.activate(*challenge, name_of(TestTpm().attestation_key())), "");
}

TEST_F(Challenges, only_for_trusted_tpms_and_for_keys_that_sign_nothing_foreign) {
  const auto key = tpm_.attestation_key();
  const TestTpm stranger;
  EXPECT_THAT(refusal(authorities_, stranger.certificate(), key), HasSubstr("not trusted"));
  EXPECT_THAT(refusal(authorities_, "no certificate", key), HasSubstr("no X.509 certificate"));
  const TestTpm client("1.3.6.1.5.5.7.3.2");
  EXPECT_THAT(refusal(*TpmAuthorities::from_pem(client.maker_pem()), client.certificate(), key),
              HasSubstr("not for an endorsement key"));
  const TestTpm elliptic("2.23.133.8.1", Owned<EVP_PKEY>(EVP_EC_gen("P-256")));
  EXPECT_THAT(refusal(*TpmAuthorities::from_pem(elliptic.maker_pem()), elliptic.certificate(), key),
              HasSubstr("no RSA key"));
  EXPECT_THAT(refusal(authorities_, tpm_.certificate(), "no key"), HasSubstr("no TPMT_PUBLIC"));
  for (const std::uint64_t missing : {tpm::restricted, tpm::sign, tpm::fixed_tpm, tpm::fixed_parent,
                                      tpm::sensitive_data_origin}) {
    EXPECT_THAT(refusal(authorities_, tpm_.certificate(),
                        tpm_.attestation_key(TestTpm::ak_attributes & ~missing)),
                HasSubstr("`attestationKey` is none"))
        << missing;
  }
  EXPECT_THAT(refusal(authorities_, tpm_.certificate(),
                      tpm_.attestation_key(TestTpm::ak_attributes | tpm::decrypt)),
              HasSubstr("`attestationKey` is none"));
}

}  // namespace
}  // namespace sallyport
