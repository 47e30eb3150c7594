// Hosts that speak osquery's protocol against the routes, the store and the tokens of the server.
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "base/digest.h"
#include "gates/test_certificates.h"
#include "server/http.h"
#include "server/osquery_routes.h"
#include "service/compliance/posture.h"
#include "simulated_host.h"
#include "store/each_of_kind.h"
#include "store/sqlite/sqlite_store.h"
#include "store/temporary_folder.h"

#include <fstream>

namespace sallyport {
namespace {

std::atomic<std::int64_t> clock_offset{0};  // seconds

Instant test_clock() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()) +
         std::chrono::seconds(clock_offset.load());
}

class RoutedHandler final : public HttpHandler {
 public:
  explicit RoutedHandler(const Router& router) : router_(router) {}
  std::size_t body_max(std::string_view path) const override { return router_.body_max(path); }
  HttpResponse handle(const HttpRequest& request) override { return router_.handle(request); }
  bool may_be_sent(HttpResponse& response, std::chrono::steady_clock::time_point) override {
    if (!response.pending) return true;
    auto made = response.pending->take();
    if (made) response = std::move(*made);
    return made.has_value();
  }

 private:
  const Router& router_;
};

class OsqueryHosts : public testing::Test {
 protected:
  explicit OsqueryHosts(bool tls = false)
      : store_(*open_sqlite_store(folder_.file("store.db"))),
        tenant_(*store_),
        index_(*store_),
        authority_for_devices_(
            *IssuingAuthority::open({folder_.file("authority"), {}}, test_clock())),
        enrolment_(*store_, tenant_, authority_for_devices_, index_, rules()),
        judging_(*store_, tenant_),
        room_(*store_, enrolment_, judging_, {sha256_hex(shared_secret_)}),
        workers_("test", 8),
        handler_(router_) {
    clock_offset = 0;
    EXPECT_TRUE(tenant_.refresh().has_value());
    EXPECT_TRUE(judging_.load(test_clock()).has_value());
    room_.add_routes(
        router_, workers_, [tls](const HttpRequest& request) { return request.tls || !tls; },
        test_clock);
    HttpOptions http;
    http.port = 0;
    if (tls) {
      const auto site = authority_.issue_with_key("localhost", "DNS:localhost");
      std::ofstream(folder_.file("site.pem")) << site.certificate;
      std::ofstream(folder_.file("site.key")) << site.key;
      http.tls = true;
      http.tls_options.certificate = folder_.file("site.pem");
      http.tls_options.key = folder_.file("site.key");
    }
    http_ = *HttpServer::start(http, handler_, counters_);
    workers_.on_answered([this] { http_->wake(); });
    host_options_.url =
        (tls ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(http_->port());
    host_options_.secret = shared_secret_;
    host_options_.identifier = "host-1";
    host_options_.http.authorities = authority_.pem();
  }
  ~OsqueryHosts() override { workers_.on_answered({}); }

  static EnrolmentRules rules() {
    EnrolmentRules rules;
    rules.devices_per_user_max = 2;
    return rules;
  }
  SimulatedHost host() {
    SimulatedHost one(host_options_);
    one.tables = {{"sallyport_linux_disks", R"({"storageEncrypted":"1"})"},
                  {"sallyport_linux",
                   R"({"operatingSystem":"Linux","distribution":"ubuntu","osVersion":"22.4"})"}};
    return one;
  }
  std::string token(const std::string& user = {}) {
    NewEnrolmentToken wanted;
    wanted.user = user;
    wanted.expires = test_clock() + std::chrono::hours(1);
    const auto issued = create_enrolment_token(*store_, wanted, test_clock());
    EXPECT_TRUE(issued.has_value()) << describe(issued.error());
    return issued ? issued->secret : std::string();
  }
  // What is on record of each device, by its id.
  std::map<std::string, std::string> postures() {
    std::map<std::string, std::string> all;
    const auto read = each_of_kind(*store_, posture_kind, [&](const VersionedDocument& document) {
      all.emplace(document.id, document.json);
      return Result<void>();
    });
    EXPECT_TRUE(read.has_value());
    return all;
  }
  std::string posture() {
    const auto all = postures();
    return all.empty() ? std::string() : all.begin()->second;
  }
  std::string device() {
    const auto all = store_->list("device", "", 1).value();
    return all.empty() ? std::string() : all.front().id;
  }

  const std::string shared_secret_ = "all our hosts know this";
  TemporaryFolder folder_;
  TestAuthority authority_{"site authority"};
  std::unique_ptr<Store> store_;
  LiveTenant tenant_;
  CertificateIndex index_;
  IssuingAuthority authority_for_devices_;
  Enrolment enrolment_;
  Judging judging_;
  OsqueryRoom room_;
  Router router_;
  Workers workers_;
  RoutedHandler handler_;
  HttpCounters counters_;
  std::unique_ptr<HttpServer> http_;
  SimulatedHost::Options host_options_;
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

class OsqueryHostsByTls : public OsqueryHosts {
 protected:
  OsqueryHostsByTls() : OsqueryHosts(true) {}
};

TEST_F(OsqueryHostsByTls, a_host_enrols_is_configured_asked_and_reports) {
  auto one = host();
  EXPECT_TRUE(one.enroll()) << one.problem;
  EXPECT_TRUE(one.fetch_config()) << one.problem;
  EXPECT_GT(one.scheduled, 4);
  EXPECT_TRUE(one.answer_queries()) << one.problem;
  EXPECT_GT(one.queries_asked, 4);
  EXPECT_TRUE(has(posture(), R"("storageEncrypted":true)")) << posture();
  EXPECT_FALSE(has(posture(), "secureBootEnabled")) << posture();  // it has no such table
  EXPECT_TRUE(one.answer_queries()) << one.problem;
  EXPECT_EQ(one.queries_asked, 0);  // it is not time yet
}

TEST_F(OsqueryHosts, packed_log_lines_report_too_and_once) {
  auto one = host();
  EXPECT_TRUE(one.log_snapshots(1'790'000'000, true)) << one.problem;
  EXPECT_TRUE(one.log_snapshots(1'790'000'000, true)) << one.problem;
  EXPECT_EQ(postures().size(), 1U);
  EXPECT_TRUE(has(posture(), R"("distribution":"ubuntu")"));
  const auto before = posture();
  EXPECT_TRUE(one.log_snapshots(1'790'000'000, false)) << one.problem;
  EXPECT_EQ(posture(), before);
}

TEST_F(OsqueryHosts, a_host_is_a_device_of_the_directory_and_stays_the_same_one) {
  auto one = host();
  ASSERT_TRUE(one.answer_queries()) << one.problem;
  const auto document = store_->get("device", device());
  ASSERT_TRUE(document.has_value());
  EXPECT_TRUE(has(document->json, R"("isManaged":true)")) << document->json;
  EXPECT_TRUE(has(document->json, R"("operatingSystem":"Linux")")) << document->json;
  one.node_key.clear();  // its database was lost
  ASSERT_TRUE(one.answer_queries()) << one.problem;
  EXPECT_TRUE(has(posture(), R"("storageEncrypted":true)")) << posture();
  EXPECT_EQ(store_->count("device").value(), 1);
  EXPECT_EQ(store_->count("managedDevice").value(), 1);
}

TEST_F(OsqueryHosts, a_wrong_secret_gets_nothing) {
  host_options_.secret = "guess";
  auto one = host();
  EXPECT_FALSE(one.enroll());
  EXPECT_EQ(one.problem, "no node_key");
  EXPECT_EQ(store_->count("device").value(), 0);
}

TEST_F(OsqueryHosts, a_token_is_for_one_host_and_again_for_the_same) {
  host_options_.secret = token();
  auto one = host();
  EXPECT_TRUE(one.enroll()) << one.problem;
  EXPECT_TRUE(one.enroll()) << one.problem;
  EXPECT_EQ(store_->count("device").value(), 1);
  host_options_.identifier = "host-2";
  EXPECT_FALSE(host().enroll());
  EXPECT_EQ(store_->count("device").value(), 1);
}

// What a host calls itself is no secret: whoever knows it could take a colleague's place.
TEST_F(OsqueryHosts, nobody_takes_the_place_of_a_colleagues_host) {
  const std::string anna = "aaaaaaaa-0000-4000-8000-000000000001";
  const std::string bob = "aaaaaaaa-0000-4000-8000-000000000002";
  for (const auto& user : {anna, bob}) {
    ASSERT_TRUE(store_->put("user", user, R"({"id":")" + user + "\"}").has_value());
  }
  host_options_.secret = token(anna);
  auto annas = host();
  ASSERT_TRUE(annas.answer_queries()) << annas.problem;
  const auto her_device = device();
  const auto refused = [&](const std::string& secret) {
    host_options_.secret = secret;
    auto other = host();
    EXPECT_FALSE(other.enroll());
    EXPECT_TRUE(has(other.problem, "another owner")) << other.problem;
    EXPECT_TRUE(has(other.problem, "sallyport device revoke " + her_device)) << other.problem;
    EXPECT_TRUE(annas.fetch_config()) << annas.problem;
    EXPECT_TRUE(annas.log_snapshots(1'790'000'000, false)) << annas.problem;
  };
  refused(token(bob));
  refused(token());
  refused(shared_secret_);
  EXPECT_EQ(store_->count("device").value(), 1);
  host_options_.secret = token(anna);  // her machine was set up anew
  EXPECT_TRUE(host().enroll());

  const auto of_bob = token(bob);
  host_options_.secret = of_bob;
  const auto hers = store_->list("device", "", 10).value();
  EXPECT_FALSE(host().enroll());
  for (const auto& one : hers) {
    ASSERT_TRUE(store_->remove("device", one.id).has_value());
  }
  auto bobs = host();
  EXPECT_TRUE(bobs.enroll()) << bobs.problem;  // an administrator said that hers has left
  host_options_.secret = token(anna);
  EXPECT_FALSE(host().enroll());
  bobs.node_key.clear();
  EXPECT_TRUE(bobs.enroll()) << bobs.problem;
}

TEST_F(OsqueryHosts, the_companys_host_is_no_users_until_its_device_was_retired) {
  const std::string bob = "aaaaaaaa-0000-4000-8000-000000000002";
  ASSERT_TRUE(store_->put("user", bob, R"({"id":")" + bob + "\"}").has_value());
  auto companys = host();
  ASSERT_TRUE(companys.enroll()) << companys.problem;
  host_options_.secret = token(bob);
  auto bobs = host();
  EXPECT_FALSE(bobs.enroll());
  EXPECT_TRUE(has(bobs.problem, "another owner")) << bobs.problem;
  const auto record = store_->list("managedDevice", "", 1).value().front();
  auto json = record.json;
  const std::string managed = R"("managementState":"managed")";
  json.replace(json.find(managed), managed.size(), R"("managementState":"retireIssued")");
  ASSERT_TRUE(store_->put("managedDevice", record.id, json).has_value());
  EXPECT_TRUE(bobs.enroll()) << bobs.problem;
}

TEST_F(OsqueryHosts, an_expired_token_is_worth_nothing) {
  host_options_.secret = token();
  clock_offset = 3601;
  EXPECT_FALSE(host().enroll());
}

TEST_F(OsqueryHosts, a_revoked_host_comes_back_by_itself_and_a_disabled_device_does_not) {
  auto one = host();
  ASSERT_TRUE(one.answer_queries()) << one.problem;
  EXPECT_EQ(osquery::revoke_node_keys(*store_, device()).value(), 1U);
  EXPECT_TRUE(one.fetch_config()) << one.problem;
  const auto again = store_->list("device", "", 10).value();
  ASSERT_EQ(again.size(), 2U);  // what it was is forgotten
  for (const auto& document : again) {
    auto json = document.json;
    json.replace(json.find(R"("accountEnabled":true)"), 21, R"("accountEnabled":false)");
    ASSERT_TRUE(store_->put("device", document.id, json).has_value());
  }
  EXPECT_FALSE(one.enroll());
  EXPECT_EQ(one.problem, "no node_key");
}

TEST_F(OsqueryHosts, bodies_that_are_no_requests_are_refused) {
  auto client = *HttpClient::make({});
  const auto post = [&](const std::string& path, const std::string& body,
                        const std::string& encoding = "identity") {
    OutgoingRequest request;
    request.url = *parse_http_url(host_options_.url + path);
    request.headers = {{"Content-Type", "application/json"}, {"Content-Encoding", encoding}};
    request.body = body;
    request.patience = std::chrono::seconds(30);
    return client->send(request);
  };
  for (const auto* path : {"enroll", "config", "log", "distributed/read", "distributed/write"}) {
    const auto full = "/api/osquery/" + std::string(path);
    for (const auto* body : {"", "{", "[]", "null", "\"x\"", "\xff"}) {
      const auto answer = post(full, body);
      ASSERT_TRUE(answer.has_value()) << describe(answer.error());
      EXPECT_EQ(answer->status, 400) << path << ": " << body;
    }
    EXPECT_EQ(post(full, "{}", "br")->status, 400);
  }
  const auto large = post("/api/osquery/log", std::string(osquery::body_max + 1, ' '));
  EXPECT_TRUE(!large.has_value() || large->status == 413);
}

TEST_F(OsqueryHosts, a_thousand_at_once_each_report_and_none_is_lost) {
  constexpr int hosts = 1000;
  constexpr int threads = 16;
  std::atomic<int> next{0};
  std::atomic<int> failed{0};
  std::mutex first;
  std::string problem;
  std::vector<std::thread> crowd;
  for (int t = 0; t < threads; ++t) {
    crowd.emplace_back([&] {
      for (int i = next++; i < hosts; i = next++) {
        auto options = host_options_;
        options.identifier = "host-" + std::to_string(i);
        SimulatedHost one(options);
        one.tables = {{"sallyport_linux_disks",
                       i % 2 == 0 ? R"({"storageEncrypted":"1"})" : R"({"storageEncrypted":"0"})"}};
        if (one.fetch_config() && one.answer_queries()) continue;
        ++failed;
        const std::lock_guard guard(first);
        problem = one.problem;
      }
    });
  }
  for (auto& thread : crowd) thread.join();
  EXPECT_EQ(failed, 0) << problem;
  const auto all = postures();
  EXPECT_EQ(all.size(), static_cast<std::size_t>(hosts));
  int encrypted = 0;
  for (const auto& [device, told] : all) {
    if (has(told, R"("storageEncrypted":true)")) ++encrypted;
  }
  EXPECT_EQ(encrypted, hosts / 2);
  EXPECT_EQ(store_->count("device").value(), hosts);
}

}  // namespace
}  // namespace sallyport
