// A Fleet server that is read: whose word counts for which device, and that nothing counts when it
// cannot be read.
#include "service/fleet/fleet.h"

#include <gtest/gtest.h>

#include <map>

#include "base/digest.h"
#include "enrolment/osquery/osquery.h"
#include "service/due_actions/spell.h"
#include "service/managed_devices/record.h"
#include "service/test_tenant.h"

namespace sallyport {
namespace {

constexpr std::string_view laptop = "42000000-0000-4000-8000-000000000001";
constexpr std::string_view other = "42000000-0000-4000-8000-000000000002";

// What a Fleet server would answer, page by page.
struct FakeFleet final : HttpClient {
  std::vector<OutgoingRequest> requests;
  std::vector<std::vector<std::string>> pages;  // of hosts
  std::map<std::size_t, OutgoingAnswer> instead;
  bool is_away = false;

  Result<OutgoingAnswer> send(const OutgoingRequest& request) override {
    requests.push_back(request);
    if (is_away) return fail(ErrorKind::unavailable, "it did not answer in time");
    const auto& target = request.url.target;
    const auto at = target.find("&page=") + 6;
    const auto page = static_cast<std::size_t>(std::stoi(target.substr(at)));
    if (const auto found = instead.find(page); found != instead.end()) return found->second;
    std::string hosts;
    if (page < pages.size()) {
      for (const auto& host : pages[page]) hosts += (hosts.empty() ? "" : ",") + host;
    }
    return OutgoingAnswer{200, {}, "{\"hosts\":[" + hosts + "]}"};
  }
};

std::string host(int id, std::string_view serial, bool encrypted,
                 std::string_view seen = "2026-11-26T02:59:00Z", std::string_view uuid = "") {
  return R"({"id":)" + std::to_string(id) + R"(,"hardware_serial":")" + std::string(serial) +
         R"(","uuid":")" + std::string(uuid) +
         R"(","hostname":"laptop","computer_name":"laptop","platform":"darwin","os_version":"macOS 15.1",
            "seen_time":")" +
         std::string(seen) + R"(","detail_updated_at":")" + std::string(seen) +
         R"(","disk_encryption_enabled":)" + (encrypted ? "true" : "false") + "}";
}

class FleetTest : public ::testing::Test {
 protected:
  FleetTest() : live_(*tenant_.store), judging_(*tenant_.store, live_) {
    EXPECT_TRUE(live_.refresh().has_value());
    EXPECT_TRUE(tenant_.store
                    ->put("deviceCompliancePolicy", "c0000000-0000-4000-8000-000000000001", R"({
        "@odata.type":"#microsoft.graph.macOSCompliancePolicy",
        "id":"c0000000-0000-4000-8000-000000000001","displayName":"Macs",
        "storageRequireEncryption":true,
        "assignments":[{"target":{"@odata.type":"#microsoft.graph.allDevicesAssignmentTarget"}}],
        "scheduledActionsForRule":[{"ruleName":"x","scheduledActionConfigurations":[
          {"actionType":"block","gracePeriodHours":0}]}]})")
                    .has_value());
    enrol(laptop, "PF3X9K2L");
    EXPECT_TRUE(judging_.load(now_).has_value());
    auto client = std::make_unique<FakeFleet>();
    server_ = client.get();
    FleetOptions options;
    options.url = *parse_http_url("https://fleet.example.org/base/");
    options.token = [this]() -> Result<std::string> { return token_; };
    options.now = [this] { return now_; };
    options.on_passed_over = [this](std::size_t, const std::string& examples) {
      passed_over_.push_back(examples);
    };
    fleet_ =
        std::make_unique<Fleet>(*tenant_.store, judging_, std::move(client), std::move(options));
  }

  void enrol(std::string_view device, const std::string& serial) {
    ChangeQueue queue(*tenant_.store, live_);
    const auto keys = find_device(*tenant_.store, device).value();
    const auto members =
        json::parse(R"({"deviceName":"laptop","operatingSystem":"macOS","userId":")" +
                    std::string(ada) + R"(","serialNumber":")" + serial + "\"}");
    const auto done = queue.run([&](Draft& draft) {
      return enrol_device(draft, Caller{}, {keys, members->root(), now_});
    });
    ASSERT_TRUE(done.has_value()) << describe(done.error());
  }
  std::string member(std::string_view device, std::string_view name) {
    const auto keys = find_device(*tenant_.store, device).value();
    const auto record = json::parse(tenant_.store->get(managed_device_kind, keys.record)->json);
    const auto* found = record->root().find(name);
    return found == nullptr ? "" : std::string(found->text());
  }
  std::string state(std::string_view device = laptop) { return member(device, "complianceState"); }
  void expect_round() {
    const auto done = fleet_->round();
    EXPECT_TRUE(done.has_value()) << describe(done.error());
  }
  std::string problem() {
    const auto done = fleet_->round();
    return done ? "" : describe(done.error());
  }

  TestTenant tenant_;
  LiveTenant live_;
  Judging judging_;
  Instant now_ = *parse_instant("2026-11-26T03:00:00Z");
  std::string token_ = "secret-token";
  std::vector<std::string> passed_over_;
  FakeFleet* server_ = nullptr;
  std::unique_ptr<Fleet> fleet_;
};

TEST_F(FleetTest, a_host_is_judged_as_of_when_fleet_saw_it_both_ways) {
  server_->pages = {{host(1, "PF3X9K2L", true)}};
  expect_round();
  EXPECT_EQ(state(), "compliant");
  EXPECT_EQ(member(laptop, "lastSyncDateTime"), "2026-11-26T02:59:00Z");
  server_->pages = {{host(1, "pf3x9k2l", false, "2026-11-26T02:59:30Z")}};
  expect_round();
  EXPECT_EQ(state(), "noncompliant");
  EXPECT_EQ(fleet_->counts().reports, 2U);
  EXPECT_EQ(fleet_->counts().matched, 1U);
}

TEST_F(FleetTest, all_pages_are_asked_for_with_the_token_below_the_address) {
  server_->pages = {{host(1, "AAAAA1", true), host(2, "AAAAA2", true)},
                    {host(2, "AAAAA2", true), host(3, "PF3X9K2L", true)}};
  expect_round();
  ASSERT_EQ(server_->requests.size(), 3U) << "until a page has none";
  EXPECT_EQ(
      server_->requests[1].url.target,
      "/base/api/v1/fleet/hosts?populate_policies=true&order_key=id&order_direction=asc&page=1"
      "&per_page=100");
  EXPECT_EQ(server_->requests[1].method, "GET");
  EXPECT_EQ(server_->requests[1].headers.front().second, "Bearer secret-token");
  EXPECT_EQ(state(), "compliant");
  EXPECT_EQ(fleet_->counts().unknown, 2U);
  EXPECT_EQ(passed_over_.size(), 1U);
  expect_round();
  EXPECT_EQ(passed_over_.size(), 1U) << "said once";
}

TEST_F(FleetTest, nothing_is_taken_from_half_a_list) {
  server_->pages = {{host(1, "PF3X9K2L", true)}, {host(2, "AAAAA2", true)}};
  server_->instead[1] = {503, {{"Retry-After", "120"}}, ""};
  EXPECT_EQ(problem(), "page 1: Fleet answered 503");
  EXPECT_NE(state(), "compliant");
  server_->instead[1] = {200, {}, "{\"hosts\":[{\"id\":"};
  EXPECT_EQ(problem().substr(0, 54), "page 1: Fleet answered, but its answer is no JSON: 1:1");
  server_->instead[1] = {200, {}, "<html>login</html>"};
  EXPECT_NE(problem(), "");
  EXPECT_NE(state(), "compliant");
  EXPECT_EQ(fleet_->counts().failures, 3U);
  EXPECT_EQ(fleet_->counts().rounds, 0U);
}

TEST_F(FleetTest, what_keeps_it_from_being_read_is_said_and_changes_nothing) {
  server_->pages = {{host(1, "PF3X9K2L", true)}};
  expect_round();
  ASSERT_EQ(state(), "compliant");
  server_->instead[0] = {401, {}, ""};
  EXPECT_EQ(problem(),
            "page 0: Fleet answered 401: the token is not valid, or is so no longer; put another "
            "into `fleet.token_file`");
  server_->instead[0] = {302, {{"Location", "https://evil.example/"}}, ""};
  EXPECT_EQ(
      problem(),
      "page 0: Fleet answered 302: it sends us to `https://evil.example/`, where the token is "
      "not taken; make `fleet.address` the address it really has");
  server_->is_away = true;
  EXPECT_EQ(problem(), "page 0: Fleet could not be asked: it did not answer in time");
  server_->is_away = false;
  server_->instead.clear();
  server_->pages = {{host(1, "PF3X9K2L", true)}, {host(1, "PF3X9K2L", true)}};
  EXPECT_EQ(problem(), "Fleet gives the same hosts on every page");
  EXPECT_EQ(state(), "compliant");
}

TEST_F(FleetTest, who_cannot_be_told_apart_is_passed_over) {
  server_->pages = {{host(1, "PF3X9K2L", true), host(2, "PF3X9K2L", true)}};
  expect_round();
  EXPECT_EQ(fleet_->counts().ambiguous, 2U) << "two hosts of one serial number";
  EXPECT_NE(state(), "compliant");

  enrol(other, "PF3X9K2L");
  server_->pages = {{host(1, "PF3X9K2L", true)}};
  expect_round();
  EXPECT_EQ(fleet_->counts().ambiguous, 1U) << "two records of one serial number";
  EXPECT_NE(state(), "compliant");
  EXPECT_NE(state(other), "compliant");

  server_->pages = {{host(1, "", true), host(2, "Default string", true)}};
  expect_round();
  EXPECT_EQ(fleet_->counts().unknown, 2U) << "never by a name";
  EXPECT_NE(state(), "compliant");
}

TEST_F(FleetTest, a_hardware_uuid_is_known_from_osquery_and_must_not_contradict_the_serial_number) {
  constexpr std::string_view uuid = "392547dc-0000-0000-a87a-d701ff75bc65";
  enrol(other, "");
  ASSERT_TRUE(tenant_.store
                  ->put(osquery::host_kind, sha256_hex(uuid),
                        R"({"device":")" + std::string(other) + R"(","node":"x"})")
                  .has_value());
  server_->pages = {
      {host(1, "", true, "2026-11-26T02:59:00Z", "392547DC-0000-0000-A87A-D701FF75BC65")}};
  expect_round();
  EXPECT_EQ(state(other), "compliant");
  server_->pages = {{host(1, "PF3X9K2L", true, "2026-11-26T02:59:10Z", uuid)}};
  expect_round();
  EXPECT_EQ(fleet_->counts().ambiguous, 1U);
  EXPECT_NE(state(), "compliant");
}

TEST_F(FleetTest, a_host_that_fleet_has_not_seen_for_long_is_not_fresh) {
  server_->pages = {{host(1, "PF3X9K2L", true, "2026-10-20T00:00:00Z")}};
  expect_round();
  EXPECT_EQ(fleet_->counts().reports, 1U);
  EXPECT_NE(state(), "compliant") << "37 days are more than a verdict is valid";
}

TEST_F(FleetTest, what_was_said_before_is_taken_again_once_an_hour) {
  server_->pages = {{host(1, "PF3X9K2L", true)}};
  expect_round();
  now_ += std::chrono::minutes(50);
  server_->pages = {{host(1, "PF3X9K2L", true, "2026-11-26T03:49:00Z")}};
  expect_round();
  EXPECT_EQ(fleet_->counts().reports, 1U);
  server_->pages = {{host(1, "PF3X9K2L", false, "2026-11-26T03:49:00Z")}};
  expect_round();
  EXPECT_EQ(state(), "noncompliant") << "something else is taken at once";
  now_ += std::chrono::minutes(70);
  server_->pages = {{host(1, "PF3X9K2L", false, "2026-11-26T04:59:00Z")}};
  expect_round();
  EXPECT_EQ(fleet_->counts().reports, 3U);
  EXPECT_EQ(member(laptop, "lastSyncDateTime"), "2026-11-26T04:59:00Z");
  server_->pages = {{host(1, "PF3X9K2L", true, "2026-11-26T01:00:00Z")}};
  expect_round();
  EXPECT_EQ(state(), "noncompliant") << "an older word says nothing";
}

TEST_F(FleetTest, what_the_device_said_itself_since_counts) {
  const auto said = parse_check_in(
      R"({"report":{"source":"agent","reportedAt":"2026-11-26T03:00:00Z","sequence":1,
          "facts":{"operatingSystem":"macOS","osVersion":"15.2","storageEncrypted":false}}})");
  ASSERT_TRUE(judging_.check_in(*parse_guid(laptop), *said, now_).has_value());
  server_->pages = {{host(1, "PF3X9K2L", true)}};
  expect_round();
  EXPECT_EQ(state(), "noncompliant") << "Fleet saw it a minute before";
  EXPECT_EQ(member(laptop, "osVersion"), "15.2");
  EXPECT_EQ(member(laptop, "lastSyncDateTime"), "2026-11-26T03:00:00Z");
}

TEST_F(FleetTest, one_device_that_cannot_be_judged_keeps_no_other_waiting) {
  const auto device = [](int i) {
    return "42000000-0000-4000-8000-00000000010" + std::to_string(i);
  };
  constexpr int count = 8;  // in whatever order they are taken
  constexpr int broken = 4;
  std::vector<std::string> hosts;
  for (int i = 0; i < count; ++i) {
    const auto serial = "QRSTU" + std::to_string(i);
    enrol(device(i), serial);
    hosts.push_back(host(10 + i, serial, i != broken));
  }
  server_->pages = {hosts};
  const auto damaged = R"({"deviceId":")" + device(broken) + R"(","spells":[{"policyId":"x"}]})";
  ASSERT_TRUE(tenant_.store->put(noncompliance_kind, device(broken), damaged).has_value());
  expect_round();
  for (int i = 0; i < count; ++i) {
    EXPECT_EQ(state(device(i)), i == broken ? "unknown" : "compliant") << i;
  }
  EXPECT_EQ(fleet_->counts().matched, count - 1U);
}

TEST_F(FleetTest, a_device_that_has_left_is_not_judged) {
  const auto keys = find_device(*tenant_.store, laptop).value();
  auto record = tenant_.store->get(managed_device_kind, keys.record)->json;
  const std::string managed = R"("managementState":"managed")";
  record.replace(record.find(managed), managed.size(), R"("managementState":"retireIssued")");
  ASSERT_TRUE(tenant_.store->put(managed_device_kind, keys.record, record).has_value());
  server_->pages = {{host(1, "PF3X9K2L", true)}};
  expect_round();
  EXPECT_EQ(fleet_->counts().unknown, 1U);
  EXPECT_EQ(fleet_->counts().matched, 0U);
  EXPECT_NE(state(), "compliant");
}

TEST(FleetPause, doubles_up_to_the_interval_and_is_as_long_as_fleet_asks) {
  using std::chrono::seconds;
  const seconds interval(300);
  EXPECT_EQ(fleet_pause(0, interval, seconds(0)), interval);
  EXPECT_EQ(fleet_pause(1, interval, seconds(0)), seconds(10));
  EXPECT_EQ(fleet_pause(2, interval, seconds(0)), seconds(20));
  EXPECT_EQ(fleet_pause(5, interval, seconds(0)), seconds(160));
  EXPECT_EQ(fleet_pause(6, interval, seconds(0)), interval);
  EXPECT_EQ(fleet_pause(1'000'000, interval, seconds(0)), interval);
  EXPECT_EQ(fleet_pause(1, interval, seconds(120)), seconds(120));
  EXPECT_EQ(fleet_pause(1, seconds(2), seconds(0)), seconds(2));
}

}  // namespace
}  // namespace sallyport
