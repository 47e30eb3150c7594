#include "gates/peer_device.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "enrolment/certificate_request.h"
#include "enrolment/test_csr.h"
#include "gates/test_request.h"
#include "store/sqlite/sqlite_store.h"
#include "store/temporary_folder.h"

namespace sallyport {
namespace {

const Instant now = *parse_instant("2026-11-26T03:00:00Z");
const std::string device_id = "0b0c2a6c-9d5c-4f6e-8f0e-3f0f5a1b2c3d";

class PeerDeviceTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::unique_ptr<Store> store_ = std::move(*open_sqlite_store(folder_.file("store.db")));
  IssuingAuthority authority_ =
      std::move(*IssuingAuthority::open({folder_.file("authority"), ""}, now));
  CertificateIndex index_{*store_};
  DeviceAuthority devices_ = DeviceAuthority::of(authority_, index_);
  ProxyTrust trust_;

  PeerDeviceTest() { trust_.addresses = {*parse_cidr("10.0.0.1/32")}; }

  DeviceCertificate issue(const std::string& recorded_for = device_id, bool record = true) {
    CertificateOrder order;
    order.public_key = read_certificate_request(TestDevice().request())->public_key;
    order.device_id = device_id;
    order.serial = *random_serial();
    order.not_before = now - std::chrono::minutes(5);
    order.not_after = now + std::chrono::days(1);
    DeviceCertificate one;
    one.serial = order.serial;
    one.issuer = authority_.name();
    one.device_id = recorded_for;
    one.thumbprint = one.key_hash = "00";
    one.not_before = order.not_before;
    one.not_after = order.not_after;
    one.der = *authority_.issue(order);
    if (record) put(one);
    return one;
  }
  void put(const DeviceCertificate& one) {
    EXPECT_TRUE(store_->put(device_certificate_kind, one.serial, write_device_certificate(one))
                    .has_value());
    EXPECT_TRUE(index_.refresh(now).has_value());
  }
  // The device, `none`, or why it is refused.
  std::string seen(const HttpRequest& request, const std::string& header = {},
                   Instant at = now) const {
    const auto holder = PeerDevices(devices_, trust_, header).holder(request, at);
    if (!holder && !holder.error().where.empty()) return holder.error().where;
    if (!holder) return holder.error().kind == ErrorKind::denied ? "refused" : "malformed";
    return *holder ? (*holder)->device : "none";
  }
};

TEST_F(PeerDeviceTest, a_certificate_of_the_connection_counts_while_it_is_good) {
  TestRequest t({}, "192.0.2.1");
  EXPECT_EQ(seen(t.request), "none");
  auto one = issue();
  t.request.client_certificate = one.der;
  EXPECT_EQ(seen(t.request), device_id);
  EXPECT_EQ(seen(t.request, {}, now + std::chrono::days(2)), "refused");  // the clock jumps
  EXPECT_EQ(seen(t.request, {}, now - std::chrono::days(2)), "refused");
  EXPECT_EQ(seen(t.request), device_id);
  revoke(one, RevocationReason::unspecified, now);
  put(one);
  EXPECT_EQ(seen(t.request), certificate_revoked);
}

TEST_F(PeerDeviceTest, a_certificate_that_is_not_on_record_or_another_devices_is_refused) {
  TestRequest t({}, "192.0.2.1");
  const auto unrecorded = issue(device_id, false);
  t.request.client_certificate = unrecorded.der;
  EXPECT_EQ(seen(t.request), "refused");
  const auto claims = issue("41000000-0000-4000-8000-000000000001");
  t.request.client_certificate = claims.der;
  EXPECT_EQ(seen(t.request), certificate_of_another);
  t.request.client_certificate = authority_.certificate_der();
  EXPECT_EQ(seen(t.request), "refused");
}

TEST_F(PeerDeviceTest, rfc_9440_from_the_trusted_proxy_alone) {
  const auto one = issue();
  const auto value = ":" + encode_base64(one.der) + ":";
  TestRequest proxy({{"Client-Cert", value}}, "10.0.0.1");
  EXPECT_EQ(seen(proxy.request, "Client-Cert"), device_id);
  EXPECT_EQ(seen(proxy.request), "none");  // it is not said that this proxy tells
  TestRequest stranger({{"Client-Cert", value}}, "192.0.2.1");
  EXPECT_EQ(seen(stranger.request, "Client-Cert"), "none");
  TestRequest twice({{"Client-Cert", value}, {"Client-Cert", value}}, "10.0.0.1");
  EXPECT_EQ(seen(twice.request, "Client-Cert"), "malformed");
  for (const auto* wrong : {"x", ":", "::", ":x:", ":AAAA:", ":AAAA"}) {
    TestRequest malformed({{"Client-Cert", wrong}}, "10.0.0.1");
    EXPECT_EQ(seen(malformed.request, "Client-Cert"), "malformed") << wrong;
  }
}

TEST_F(PeerDeviceTest, the_proxys_word_makes_it_stricter_and_never_milder) {
  const auto one = issue();
  const auto value = ":" + encode_base64(one.der) + ":";
  const auto with = [&](const std::string& word) {
    TestRequest t({{"Client-Cert", value}, {"X-Client-Cert-Verify", word}}, "10.0.0.1");
    return seen(t.request, "Client-Cert");
  };
  EXPECT_EQ(with("SUCCESS"), device_id);
  EXPECT_EQ(with("NONE"), "none");
  EXPECT_EQ(with("FAILED:certificate has expired"), "refused");
  EXPECT_EQ(with("FAILED"), "refused");
  EXPECT_EQ(with("something else"), "refused");
}

}  // namespace
}  // namespace sallyport
