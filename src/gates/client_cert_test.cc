#include "gates/client_cert.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "gates/message.h"
#include "gates/test_certificates.h"

namespace sallyport {
namespace {

const std::string device_id = "0b0c2a6c-9d5c-4f6e-8f0e-3f0f5a1b2c3d";

Instant now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

class ClientCert : public ::testing::Test {
 protected:
  TestAuthority authority_{"device authority"};
  TestAuthority other_{"another authority"};

  Result<std::string> device_of(CertHeader form, const std::string& header) {
    const auto trusted = DeviceAuthority::from_pem(authority_.pem());
    EXPECT_TRUE(trusted.has_value());
    auto der = read_cert_header(form, header);
    if (!der) return der;
    if (der->empty()) return std::string("none");
    return trusted->device_of(*der, now());
  }
  static std::string base64_of(const std::string& pem) {
    const auto begin = pem.find('\n') + 1;
    auto text = pem.substr(begin, pem.find("-----END") - begin);
    text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
    return text;
  }
};

TEST_F(ClientCert, every_header_form_gives_the_device_of_the_alternative_name) {
  const auto pem = authority_.issue("laptop", "URI:urn:sallyport:device:" + device_id);
  EXPECT_EQ(device_of(CertHeader::escaped, percent_encode(pem)), device_id);
  EXPECT_EQ(device_of(CertHeader::escaped, base64_of(pem)), device_id);
  EXPECT_EQ(device_of(CertHeader::traefik, base64_of(pem)), device_id);
  EXPECT_EQ(device_of(CertHeader::traefik, base64_of(pem) + "," + base64_of(authority_.pem())),
            device_id);
  EXPECT_EQ(device_of(CertHeader::xfcc, "Hash=ab;Cert=\"" + percent_encode(pem) + "\""), device_id);
}

TEST_F(ClientCert, a_common_name_counts_when_it_is_a_guid) {
  EXPECT_EQ(device_of(CertHeader::escaped, percent_encode(authority_.issue(device_id, ""))),
            device_id);
  const auto named = device_of(CertHeader::escaped, percent_encode(authority_.issue("x", "")));
  ASSERT_FALSE(named.has_value());
  EXPECT_EQ(named.error().kind, ErrorKind::denied);
}

TEST_F(ClientCert, a_certificate_of_another_authority_is_refused) {
  const auto pem = other_.issue(device_id, "URI:urn:sallyport:device:" + device_id);
  const auto device = device_of(CertHeader::escaped, percent_encode(pem));
  ASSERT_FALSE(device.has_value());
  EXPECT_EQ(device.error().kind, ErrorKind::denied);
}

TEST_F(ClientCert, an_expired_certificate_is_refused_even_when_it_was_seen_before) {
  const auto trusted = DeviceAuthority::from_pem(authority_.pem());
  const auto der =
      read_cert_header(CertHeader::escaped, percent_encode(authority_.issue(device_id, "", 600)));
  ASSERT_TRUE(trusted.has_value());
  ASSERT_TRUE(der.has_value());
  EXPECT_EQ(trusted->device_of(*der, now()), device_id);
  EXPECT_FALSE(trusted->device_of(*der, now() + std::chrono::minutes(11)).has_value());
  EXPECT_EQ(trusted->device_of(*der, now()), device_id);
}

TEST_F(ClientCert, of_several_elements_the_last_is_the_peer_of_the_trusted_proxy) {
  const auto first = authority_.issue(device_id, "");
  const auto last = authority_.issue("x", "URI:urn:sallyport:device:other");
  EXPECT_EQ(
      device_of(CertHeader::xfcc, "Cert=\"" + percent_encode(first) + "\",Subject=\"a,;=\\\"b\"" +
                                      ";Cert=\"" + percent_encode(last) + "\""),
      "other");
  EXPECT_EQ(device_of(CertHeader::xfcc, "Cert=\"" + percent_encode(first) + "\",Hash=ab"), "none");
}

TEST_F(ClientCert, an_empty_header_is_no_certificate_and_garbage_is_refused) {
  EXPECT_EQ(device_of(CertHeader::escaped, ""), "none");
  EXPECT_FALSE(device_of(CertHeader::escaped, "%").has_value());
  EXPECT_FALSE(device_of(CertHeader::escaped, "garbage").has_value());
  EXPECT_FALSE(device_of(CertHeader::traefik, "AAAA").has_value());
  EXPECT_FALSE(device_of(CertHeader::escaped, std::string(100'000, 'A')).has_value());
  EXPECT_FALSE(DeviceAuthority::from_pem("nothing").has_value());
}

}  // namespace
}  // namespace sallyport
