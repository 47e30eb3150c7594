// Nobody asks more than his share, and nobody pays for another.
#include <gtest/gtest.h>

#include "tests/api/api_client.h"

namespace sallyport::test {
namespace {

constexpr std::string_view reports = "/beta/deviceManagement/partnerReports";
constexpr std::string_view first = "c0000000-0000-4000-8000-000000000001";
constexpr std::string_view second = "c0000000-0000-4000-8000-000000000002";

std::string heartbeat(std::string_view partner) {
  return R"({"partnerId":")" + std::string(partner) + R"(","heartbeat":true})";
}

TEST(RateLimits, a_partner_that_asks_too_much_waits_and_others_do_not) {
  ApiClient client(RateLimit{.per_second = 0.1, .burst = 3});
  for (const auto partner : {first, second}) {
    const auto made = client.send("POST", "/beta/deviceManagement/mobileThreatDefenseConnectors",
                                  R"({"id":")" + std::string(partner) + R"(","iosEnabled":true})");
    ASSERT_EQ(made.status, 201) << made.body;
  }
  const auto one = client.token({"update_device_health"}, {std::string(first)});
  const auto other = client.token({"update_device_health"}, {std::string(second)});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.send_as(one, "POST", reports, heartbeat(first)).status, 204);
  }
  const auto refused = client.send_as(one, "POST", reports, heartbeat(first));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.text("/error/code"), "TooManyRequests");
  EXPECT_EQ(refused.header("Retry-After"), "10");
  EXPECT_EQ(client.send_as(other, "POST", reports, heartbeat(second)).status, 204);
  client.now += std::chrono::seconds(9);
  EXPECT_EQ(client.send_as(one, "POST", reports, heartbeat(first)).status, 429);
  client.now += std::chrono::seconds(1);
  EXPECT_EQ(client.send_as(one, "POST", reports, heartbeat(first)).status, 204);
}

TEST(RateLimits, a_partner_that_says_too_much_of_one_device_may_speak_of_others) {
  ApiClient client;
  ASSERT_EQ(client
                .send("POST", "/beta/deviceManagement/mobileThreatDefenseConnectors",
                      R"({"id":")" + std::string(first) + R"(","iosEnabled":true})")
                .status,
            201);
  const auto partner = client.token({"update_device_health"}, {std::string(first)});
  const auto report = [&](int device) {
    return client.send_as(
        partner, "POST", reports,
        R"({"partnerId":")" + std::string(first) +
            R"(","deviceId":"d0000000-0000-4000-8000-00000000000)" + std::to_string(device) +
            R"(","threatState":"secured","timestamp":")" + to_string(client.now) + "\"}");
  };
  for (int i = 0; i < 120; ++i) ASSERT_NE(report(1).status, 429) << i;
  const auto refused = report(1);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "1");
  EXPECT_NE(report(2).status, 429);
  client.now += std::chrono::seconds(1);
  EXPECT_NE(report(1).status, 429);
}

}  // namespace
}  // namespace sallyport::test
