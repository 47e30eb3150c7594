// An attestation with what is wrong in it chosen, signed by an attestation key that is trusted: so
// each check stands alone.
#include "enrolment/attestation.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "enrolment/test_tpm.h"

namespace sallyport {
namespace {

using openssl::Owned;

struct Wrong {
  std::string name;
  std::string message;  // empty: nothing is wrong
  std::uint64_t magic = tpm::generated_by_tpm;
  std::uint64_t type = tpm::attest_certify;
  std::uint64_t attributes = key_attributes;
  bool other_extra_data = false;
  bool other_name = false;
  bool other_key = false;
  bool other_request = false;
  bool more_behind = false;
  bool unsigned_statement = false;
  bool expired = false;
};

class Attestations : public ::testing::TestWithParam<Wrong> {
 protected:
  TestDevice device_;
  TestDevice other_device_;
  Owned<EVP_PKEY> ak_{EVP_EC_gen("P-256")};
  Owned<X509> certificate_ = certificate_for(ak_.get(), "2.23.133.8.3");
};

TEST_P(Attestations, prove_a_key_or_are_refused_with_the_reason) {
  const auto& wrong = GetParam();
  const auto der = device_.request();
  KeyAttestation given;
  const auto* key = wrong.other_key ? other_device_.key() : device_.key();
  given.key = public_area(key, wrong.attributes);
  const auto name =
      number(tpm::sha256, 2) + openssl::sha256_of(wrong.other_name ? "other" : given.key);
  const auto extra = openssl::sha256_of(wrong.other_extra_data ? "other" : der);
  given.attest = number(wrong.magic, 4) + number(wrong.type, 2) + sized("signer") + sized(extra) +
                 std::string(17 + 8, '\0') + sized(name) + sized("qualified") +
                 (wrong.more_behind ? "x" : "");
  given.signature = signature_by(ak_.get(), wrong.unsigned_statement ? "other" : given.attest);
  given.certificate = openssl::der_of(certificate_.get());
  const auto bio = openssl::writer();
  PEM_write_bio_X509(bio.get(), certificate_.get());
  const auto authorities = TpmAuthorities::from_pem(openssl::written(bio.get()));
  ASSERT_TRUE(authorities.has_value());
  const auto request =
      read_certificate_request(wrong.other_request ? other_device_.request() : der);
  const auto at = wrong.expired ? now + std::chrono::hours(2) : now;
  const auto verified = authorities->verify(given, *request, der, at);
  if (wrong.message.empty()) {
    EXPECT_TRUE(verified.has_value()) << verified.error().message;
  } else {
    ASSERT_FALSE(verified.has_value());
    EXPECT_NE(verified.error().message.find(wrong.message), std::string::npos)
        << verified.error().message;
  }
}

std::vector<Wrong> wrongs() {
  std::vector<Wrong> all(13);
  const auto set = [&](std::size_t at, const char* name, const char* message) -> Wrong& {
    all[at].name = name;
    all[at].message = message;
    return all[at];
  };
  set(0, "nothing", "");
  set(1, "magic", "magic").magic = 0xff544348;
  set(2, "a_quote", "does not certify").type = 0x8018;
  set(3, "extra_data", "extra data").other_extra_data = true;
  set(4, "name", "another key").other_name = true;
  set(5, "not_fixed_tpm", "could leave").attributes &= ~std::uint64_t{tpm::fixed_tpm};
  set(6, "not_fixed_parent", "could leave").attributes &= ~std::uint64_t{tpm::fixed_parent};
  set(7, "made_outside", "could leave").attributes &= ~std::uint64_t{tpm::sensitive_data_origin};
  set(8, "key_of_another", "not the key").other_key = true;
  set(9, "request_of_another", "not the key").other_request = true;
  set(10, "more_behind_it", "no TPMS_ATTEST").more_behind = true;
  set(11, "signed_something_else", "not signed").unsigned_statement = true;
  set(12, "expired_certificate", "not trusted").expired = true;
  return all;
}

INSTANTIATE_TEST_SUITE_P(attestation, Attestations, ::testing::ValuesIn(wrongs()),
                         [](const auto& one) { return one.param.name; });

TEST(tpm_structures, what_is_cut_short_is_refused_at_every_byte) {
  const auto whole = number(tpm::rsa, 2) + number(tpm::sha256, 2) + number(0, 4) + sized("") +
                     number(tpm::null, 2) + number(tpm::null, 2) + number(2048, 2) + number(0, 4) +
                     sized(std::string(256, 'n'));
  ASSERT_TRUE(tpm::read_public(whole).has_value());
  EXPECT_EQ(tpm::read_public(whole)->exponent, 65537U);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_FALSE(tpm::read_public(std::string_view(whole).substr(0, i)).has_value()) << i;
  }
  EXPECT_FALSE(read_key_attestation("{}").has_value());
  EXPECT_FALSE(read_key_attestation(R"({"attest":"!","signature":"","key":"","certificate":""})")
                   .has_value());
}

}  // namespace
}  // namespace sallyport
