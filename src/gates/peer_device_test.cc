#include "gates/peer_device.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "gates/test_devices.h"
#include "gates/test_request.h"

namespace sallyport {
namespace {

class PeerDeviceTest : public ::testing::Test, protected TestDevices {
 protected:
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
