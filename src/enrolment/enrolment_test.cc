#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/base64.h"
#include "base/id.h"
#include "enrolment/authority.h"
#include "enrolment/certificate_bundle.h"
#include "enrolment/certificate_index.h"
#include "enrolment/certificate_request.h"
#include "enrolment/est_body.h"
#include "enrolment/revocation.h"
#include "enrolment/test_csr.h"
#include "store/sqlite/sqlite_store.h"
#include "store/temporary_folder.h"

namespace sallyport {
namespace {

const Instant now = *parse_instant("2026-11-26T03:00:00Z");
const std::string device_id = "0b0c2a6c-9d5c-4f6e-8f0e-3f0f5a1b2c3d";

class AuthorityTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  AuthorityPlace place_{folder_.file("authority"), ""};

  static CertificateOrder order(const CertificateRequest& request) {
    CertificateOrder order;
    order.public_key = request.public_key;
    order.device_id = device_id;
    order.serial = *random_serial();
    order.not_before = now;
    order.not_after = now + std::chrono::days(365);
    return order;
  }
};

TEST_F(AuthorityTest, it_is_the_same_each_time_it_is_opened) {
  const auto first = IssuingAuthority::open(place_, now);
  ASSERT_TRUE(first.has_value()) << describe(first.error());
  const auto second = IssuingAuthority::open(place_, now + std::chrono::days(100));
  ASSERT_TRUE(second.has_value()) << describe(second.error());
  EXPECT_EQ(first->certificate_pem(), second->certificate_pem());
}

TEST_F(AuthorityTest, opened_by_many_at_once_it_has_one_key) {
  std::vector<std::string> keys(4);
  std::vector<std::thread> threads;
  for (auto& key : keys) {
    threads.emplace_back([&] {
      if (const auto authority = IssuingAuthority::open(place_, now)) key = authority->key_hash();
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& key : keys) EXPECT_EQ(key, keys[0]);
  EXPECT_FALSE(keys[0].empty());
}

TEST_F(AuthorityTest, a_key_that_others_may_read_is_refused) {
  ASSERT_TRUE(IssuingAuthority::open(place_, now).has_value());
  const auto key = place_.folder + "/device-authority.key";
  ::chmod(key.c_str(), 0640);
  const auto opened = IssuingAuthority::open(place_, now);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().where, key);
}

TEST_F(AuthorityTest, a_certificate_ends_with_its_authority) {
  const auto authority = IssuingAuthority::open(place_, now);
  const auto request = read_certificate_request(TestDevice().request());
  ASSERT_TRUE(request.has_value());
  auto wanted = order(*request);
  wanted.not_after = now + std::chrono::days(100'000);
  const auto issued = openssl::read_certificate(*authority->issue(wanted));
  EXPECT_EQ(openssl::instant_of(X509_get0_notAfter(issued.get())), authority->not_after());
}

TEST_F(AuthorityTest, the_companys_certificate_must_be_for_our_key) {
  ASSERT_TRUE(IssuingAuthority::open(place_, now).has_value());
  const AuthorityPlace other{folder_.file("other"), ""};
  const auto foreign = IssuingAuthority::open(other, now);
  const auto installed =
      install_authority(place_, foreign->certificate_pem(), GivenOut::nothing, now);
  ASSERT_FALSE(installed.has_value());
  EXPECT_EQ(installed.error().kind, ErrorKind::invalid_argument);
  EXPECT_FALSE(install_authority(place_, "nothing", GivenOut::nothing, now).has_value());
}

TEST_F(AuthorityTest, serial_numbers_are_positive_and_16_bytes_long) {
  for (int i = 0; i < 1000; ++i) {
    const auto bytes = decode_hex(*random_serial());
    ASSERT_TRUE(bytes && bytes->size() == 16);
    EXPECT_EQ(static_cast<unsigned char>(bytes->front()) & 0x80U, 0U);
  }
}

// ---- certificate requests ----

struct RequestCase {
  std::string name;
  std::string der;
  std::string message;  // empty: it is taken
};

class Requests : public ::testing::TestWithParam<RequestCase> {};

TEST_P(Requests, are_taken_or_refused_with_the_reason) {
  const auto& one = GetParam();
  const auto read = read_certificate_request(one.der);
  if (one.message.empty()) {
    EXPECT_TRUE(read.has_value()) << describe(read.error());
  } else {
    ASSERT_FALSE(read.has_value());
    EXPECT_NE(read.error().message.find(one.message), std::string::npos) << read.error().message;
  }
}

std::string broken_signature() {
  auto der = TestDevice().request();
  der.back() = static_cast<char>(der.back() ^ 1);
  return der;
}

std::vector<RequestCase> request_cases() {
  using openssl::Owned;
  const auto with = [](EVP_PKEY* key) { return TestDevice(Owned<EVP_PKEY>(key)).request(); };
  const auto by = [](const EVP_MD* digest) {
    return TestDevice().request(TestDevice::Wanted{"x", {}, {}, digest});
  };
  return {{"p256", with(EVP_EC_gen("P-256")), ""},
          {"p384", with(EVP_EC_gen("P-384")), ""},
          {"rsa_2048", with(EVP_RSA_gen(2048)), ""},
          {"rsa_1024", with(EVP_RSA_gen(1024)), "RSA key of 1024 bits"},
          {"p192", with(EVP_EC_gen("prime192v1")), "another curve"},
          {"secp256k1", with(EVP_EC_gen("secp256k1")), "another curve"},
          {"sha1", by(EVP_sha1()), "sha1"},
          {"without_names", TestDevice().request(TestDevice::Wanted{}), ""},
          {"signed_by_nobody", broken_signature(), "not signed by the key it is for"},
          {"more_behind_it", TestDevice().request() + "x", "no PKCS#10"},
          {"nothing", "", "no PKCS#10"},
          {"huge", std::string(20'000, '0'), "larger than"}};
}

INSTANTIATE_TEST_SUITE_P(certificate, Requests, ::testing::ValuesIn(request_cases()),
                         [](const auto& one) { return one.param.name; });

TEST(certificate_request, says_whom_it_is_for) {
  const auto read = read_certificate_request(
      TestDevice().request({"lap top", "URI:urn:uuid:" + device_id + ",DNS:a", "sesame"}));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->common_name, "lap top");
  EXPECT_EQ(read->device_id, device_id);
  EXPECT_EQ(read->challenge_password, "sesame");
}

TEST(est_body, the_request_comes_in_every_form_clients_send) {
  const auto der = TestDevice().request();
  const auto pem = "-----BEGIN CERTIFICATE REQUEST-----\n" + encode_base64_lines(der) +
                   "-----END CERTIFICATE REQUEST-----\n";
  for (const auto& body : {encode_base64(der), encode_base64_lines(der), pem, der}) {
    const auto decoded = decode_est_request(body);
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(*decoded, der);
  }
  EXPECT_FALSE(decode_est_request("").has_value());
  EXPECT_FALSE(decode_est_request("no base64!").has_value());
  EXPECT_FALSE(decode_est_request("-----BEGIN X-----").has_value());
}

// ---- what became of certificates ----

class IndexTest : public AuthorityTest {
 protected:
  std::unique_ptr<Store> store_ = std::move(*open_sqlite_store(folder_.file("store.db")));
  CertificateIndex index_{*store_};

  DeviceCertificate record(Instant not_after = now + std::chrono::days(10)) {
    DeviceCertificate one;
    one.serial = *random_serial();
    one.issuer = "CN=x";
    one.device_id = device_id;
    one.thumbprint = one.key_hash = "00";
    one.not_before = now;
    one.not_after = not_after;
    one.der = "x";
    return one;
  }
  void put(const DeviceCertificate& one) {
    ASSERT_TRUE(store_->put(device_certificate_kind, one.serial, write_device_certificate(one))
                    .has_value());
  }
};

TEST_F(IndexTest, a_record_is_written_and_read_back) {
  auto one = record();
  one.evidence = "ZXZpZGVuY2U=";
  one.renews = one.renewed_by = "aa";
  one.key_protection = KeyProtection::tpm;
  revoke(one, RevocationReason::key_compromise, now);
  const auto text = write_device_certificate(one);
  const auto read = read_device_certificate(one.serial, text);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(write_device_certificate(*read), text);
  EXPECT_FALSE(read_device_certificate("other", text).has_value());
  EXPECT_FALSE(read_device_certificate(one.serial, "{}").has_value());
}

TEST_F(IndexTest, it_follows_what_is_issued_revoked_and_damaged) {
  auto one = record();
  put(one);
  ASSERT_TRUE(index_.refresh(now).has_value());
  ASSERT_TRUE(index_.find(one.serial).has_value());
  EXPECT_EQ(index_.find(one.serial)->state, CertificateState::active);
  EXPECT_FALSE(index_.find(*random_serial()).has_value());
  const auto before = index_.revocations();
  revoke(one, RevocationReason::superseded, now);
  put(one);
  ASSERT_TRUE(index_.refresh(now).has_value());
  EXPECT_EQ(index_.find(one.serial)->state, CertificateState::revoked);
  EXPECT_NE(index_.revocations(), before);
  EXPECT_EQ(index_.revoked(now).size(), 1U);
  ASSERT_TRUE(store_->put(device_certificate_kind, one.serial, "{}").has_value());
  ASSERT_TRUE(index_.refresh(now).has_value());
  EXPECT_FALSE(index_.find(one.serial).has_value());
}

TEST_F(IndexTest, what_another_process_wrote_before_it_was_opened_is_known) {
  for (int i = 0; i < 2500; ++i) put(record());
  CertificateIndex fresh(*store_);
  ASSERT_TRUE(fresh.refresh(now).has_value());
  const auto last = store_->list(device_certificate_kind, "", 5000);
  for (const auto& one : *last) EXPECT_TRUE(fresh.find(one.id).has_value());
}

TEST_F(IndexTest, a_clock_that_jumps_back_forgets_nothing) {
  const auto one = record();
  put(one);
  ASSERT_TRUE(index_.refresh(now - std::chrono::days(1000)).has_value());
  EXPECT_TRUE(index_.find(one.serial).has_value());
  EXPECT_FALSE(one.is_valid(now - std::chrono::days(1000)));
}

TEST_F(IndexTest, the_revocation_list_and_ocsp_say_what_the_index_knows) {
  const auto authority = IssuingAuthority::open(place_, now);
  auto revoked = record();
  revoke(revoked, RevocationReason::key_compromise, now);
  put(revoked);
  put(record());
  ASSERT_TRUE(index_.refresh(now).has_value());
  const auto der =
      make_revocation_list(*authority, index_.revoked(now), 7, now, std::chrono::hours(1));
  ASSERT_TRUE(der.has_value());
  const auto list = openssl::read_by<X509_CRL>(d2i_X509_CRL, *der);
  ASSERT_NE(list, nullptr);
  const auto issuer = openssl::read_certificate(authority->certificate_der());
  EXPECT_EQ(X509_CRL_verify(list.get(), X509_get0_pubkey(issuer.get())), 1);
  EXPECT_EQ(sk_X509_REVOKED_num(X509_CRL_get_REVOKED(list.get())), 1);
  EXPECT_TRUE(list_only(*der).has_value());
  // What is no request is answered so, and never with an error of ours.
  for (const std::string_view garbage : {"", "x", "\x30\x03\x0a\x01\x01"}) {
    const auto answer = answer_ocsp(
        *authority, garbage, [&](std::string_view s) { return index_.find(s); }, now,
        std::chrono::hours(1));
    ASSERT_TRUE(answer.has_value());
    const auto read = openssl::read_by<OCSP_RESPONSE>(d2i_OCSP_RESPONSE, *answer);
    EXPECT_EQ(OCSP_response_status(read.get()), OCSP_RESPONSE_STATUS_MALFORMEDREQUEST);
  }
}

TEST(base64, every_length_comes_back) {
  std::string bytes;
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(decode_base64(encode_base64(bytes)), bytes);
    EXPECT_EQ(decode_base64(encode_base64_lines(bytes)), bytes);
    EXPECT_EQ(decode_hex(encode_hex(bytes)), bytes);
    bytes += static_cast<char>(i * 37);
  }
  for (const auto* wrong : {"a", "ab=c", "a===b", "ab!d", "abcde"}) {
    EXPECT_FALSE(decode_base64(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace sallyport
