#include "gates/check_in.h"

#include <gtest/gtest.h>

#include "gates/test_devices.h"
#include "gates/test_request.h"

namespace sallyport {
namespace {

class CheckInGateTest : public ::testing::Test, protected TestDevices {
 protected:
  CheckInGateTest() {
    EXPECT_TRUE(tenant_.refresh().has_value());
    manage(device_id);
    manage(other_id);
    mine_.request.client_certificate = mine_certificate_.der;
    other_.request.client_certificate = other_certificate_.der;
  }
  void manage(const std::string& device) {
    EXPECT_TRUE(store_
                    ->put("managedDevice", "record of " + device,
                          R"({"id":"record of )" + device + R"(","azureADDeviceId":")" + device +
                              R"(","managementState":"managed"})")
                    .has_value());
  }
  static std::string body(int sequence) {
    return R"({"report":{"source":"agent","reportedAt":"2026-11-26T03:00:00Z","sequence":)" +
           std::to_string(sequence) + R"(,"facts":{"operatingSystem":"Linux"}}})";
  }
  static int status(const std::optional<HttpResponse>& refusal) {
    return refusal ? refusal->status : 0;
  }

  const std::string other_id = "0b0c2a6c-9d5c-4f6e-8f0e-3f0f5a1b2c3e";
  LiveTenant tenant_{*store_};
  Judging judging_{*store_, tenant_};
  PeerDevices peers_{devices_, trust_, ""};
  DeviceCertificate mine_certificate_ = issue();
  DeviceCertificate other_certificate_ = issue(other_id, true, other_id);
  TestRequest mine_{{}, "192.0.2.1"}, other_{{}, "192.0.2.1"}, nobody_{{}, "192.0.2.1"};
};

TEST_F(CheckInGateTest, a_device_that_comes_too_often_is_told_when_to_come_again) {
  CheckInGate gate(judging_, peers_, {0.5, 3});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(status(gate.refusal(mine_.request, now)), 0) << "news does not wait";
  }
  const auto refused = gate.refusal(mine_.request, now);
  ASSERT_EQ(status(refused), 429);
  EXPECT_EQ(refused->header("Retry-After"), "2");
  EXPECT_EQ(status(gate.refusal(other_.request, now)), 0) << "another has a limit of its own";
  EXPECT_EQ(status(gate.refusal(mine_.request, now + std::chrono::seconds(2))), 0);
}

TEST_F(CheckInGateTest, who_shows_no_good_certificate_is_not_even_read) {
  CheckInGate gate(judging_, peers_, {});
  EXPECT_EQ(status(gate.refusal(nobody_.request, now)), 401);
  auto revoked = mine_certificate_;
  revoked.state = CertificateState::revoked;
  revoked.revoked = now;
  put(revoked);
  EXPECT_EQ(status(gate.refusal(mine_.request, now)), 403);
}

TEST_F(CheckInGateTest, a_device_speaks_for_itself_alone) {
  CheckInGate gate(judging_, peers_, {});
  const auto status_of = [&](std::string_view source, std::string_view fact) {
    const auto report = R"({"report":{"source":")" + std::string(source) +
                        R"(","reportedAt":"2026-11-26T03:00:00Z","sequence":1,"facts":{)" +
                        std::string(fact) + "}}}";
    mine_.request.body = report;
    const HttpRequest* request[] = {&mine_.request};
    const auto response = gate.answer(request, now).front();
    mine_.request.body = {};
    return response.status;
  };
  for (const auto* source : {"partner", "fleet", "mdm", "osquery"}) {
    EXPECT_EQ(status_of(source, ""), 403) << source;
  }
  for (const auto* fact :
       {R"("threatLevel":"secured")", R"("threatLevel":{"a partner":"secured"})",
        R"("threatLevel":{"error":"none"})", R"("defenderThreatLevel":"secured")",
        R"("partnerCompliant":true)", R"("configurationManagerCompliant":true)"}) {
    EXPECT_EQ(status_of("agent", fact), 403) << fact;
  }
  EXPECT_EQ(status_of("agent", R"("storageEncrypted":true)"), 200);
}

TEST_F(CheckInGateTest, each_of_several_gets_its_own_answer) {
  CheckInGate gate(judging_, peers_, {});
  const auto first = body(1), second = body(7);
  mine_.request.body = first;
  other_.request.body = second;
  TestRequest damaged({}, "192.0.2.1");
  damaged.request.client_certificate = mine_certificate_.der;
  damaged.request.body = "{";
  const HttpRequest* requests[] = {&mine_.request, &damaged.request, &nobody_.request,
                                   &other_.request};
  const auto responses = gate.answer(requests, now);
  ASSERT_EQ(responses.size(), 4U);
  EXPECT_EQ(responses[0].status, 200) << responses[0].body;
  EXPECT_NE(responses[0].body.find(R"("acceptedSequence":1,)"), std::string::npos);
  EXPECT_EQ(responses[1].status, 400);
  EXPECT_EQ(responses[2].status, 401);
  EXPECT_EQ(responses[3].status, 200) << responses[3].body;
  EXPECT_NE(responses[3].body.find(R"("acceptedSequence":7,)"), std::string::npos);
  const auto answer = json::parse(responses[3].body);
  ASSERT_TRUE(answer.has_value()) << responses[3].body;
  EXPECT_TRUE(answer->root().find("verdict")->is_object());
}

}  // namespace
}  // namespace sallyport
