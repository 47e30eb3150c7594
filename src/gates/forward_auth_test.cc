#include "gates/forward_auth.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/json.h"
#include "gates/answer_page.h"
#include "gates/test_certificates.h"
#include "gates/test_request.h"

namespace sallyport {
namespace {

const Instant now =
    std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());

// Remembers what it was asked, and answers as it is told.
class FakeDecider final : public Decider {
 public:
  Result<void> decide(const SignInRequest& attempt, Verdict& verdict, bool) const override {
    ++calls;
    subject = attempt.subject;
    resource = attempt.resource;
    ip = attempt.ip_address;
    device_known = attempt.device.is_known();
    device_absent = attempt.device.is_absent();
    device = device_known ? std::string(*attempt.device) : "";
    platform = attempt.platform;
    methods.clear();
    if (attempt.methods.is_known())
      for (const auto m : *attempt.methods) methods.emplace_back(m);
    authenticated_at = attempt.authenticated_at;
    return answer(verdict);
  }
  std::function<Result<void>(Verdict&)> answer = [](Verdict& v) {
    v.outcome = Outcome::granted;
    v.decision_id = "d-1";
    v.user_name = "alice@example.org";
    v.groups = {"Sales", "Staff, Admins"};
    return Result<void>();
  };
  mutable int calls = 0;
  mutable std::string subject, resource, device;
  mutable Fact<IpAddress> ip;
  mutable bool device_known = false;
  mutable bool device_absent = false;
  mutable Fact<Platform> platform;
  mutable std::vector<std::string> methods;
  mutable Fact<Instant> authenticated_at;
};

class ForwardAuthTest : public ::testing::Test {
 protected:
  FakeDecider decider_;
  ForwardAuthOptions options_;

  ForwardAuthTest() {
    options_.trust.addresses = {parse_cidr("127.0.0.0/8").value()};
    options_.applications = {{"app.example.org", "app-1"}};
    options_.step_up_url = "https://login.example.org/step-up";
  }
  HttpResponse check(const TestRequest& t, ProxyDialect dialect = ProxyDialect::caddy,
                     std::string_view path = "/") {
    return ForwardAuth(options_, decider_).check(dialect, t.request, path, now);
  }
  void block() {
    decider_.answer = [](Verdict& v) {
      v.outcome = Outcome::blocked;
      v.decision_id = "d-2";
      v.reasons = std::make_shared<const Reasons>(
          Reasons{"Access from <this> country is blocked.", {}, {}, {}, {}, {}});
      return Result<void>();
    };
  }
  void challenge() {
    decider_.answer = [](Verdict& v) {
      v.outcome = Outcome::interrupted;
      v.decision_id = "d-3";
      v.reasons = std::make_shared<const Reasons>(
          Reasons{"Use a second factor.", {}, {"mfa"}, {}, {}, 300});
      return Result<void>();
    };
  }
};

#define CADDY_HEADERS                                                          \
  {"Remote-User", "alice@example.org"}, {"X-Forwarded-Method", "GET"},         \
      {"X-Forwarded-Proto", "https"}, {"X-Forwarded-Host", "app.example.org"}, \
      {"X-Forwarded-Uri", "/page?q=1"}, {                                      \
    "X-Forwarded-For", "203.0.113.7"                                           \
  }
#define BROWSER \
  {"Accept", "text/html,*/*"}, { "User-Agent", "Mozilla/5.0 (iPhone; Mac OS X)" }

TEST_F(ForwardAuthTest, an_answer_waits_for_its_record_and_when_withheld_says_nothing_of_it) {
  for (const auto outcome : {Outcome::granted, Outcome::interrupted, Outcome::blocked}) {
    decider_.answer = [outcome](Verdict& v) {
      v.outcome = outcome;
      v.decision_id = "d-9";
      v.user_name = "alice@example.org";
      v.ticket = 4;
      return Result<void>();
    };
    for (const auto dialect : {ProxyDialect::caddy, ProxyDialect::nginx}) {
      TestRequest t{CADDY_HEADERS, BROWSER};
      t.add("X-Original-URL", "https://app.example.org/page");
      t.add("X-Original-Method", "GET");
      auto response = check(t, dialect);
      ASSERT_EQ(response.ticket, 4U);
      response.withhold(response, Error{ErrorKind::unavailable, "the disk is full", {}});
      EXPECT_EQ(response.status, 503);
      EXPECT_NE(response.body.find("the disk is full"), std::string::npos);
      EXPECT_EQ(response.ticket, 0U);
      for (const auto& header : response.headers) {
        EXPECT_EQ(header.value.find("alice"), std::string::npos) << header.name;
        EXPECT_EQ(header.value.find("d-9"), std::string::npos) << header.name;
      }
    }
  }
}

TEST_F(ForwardAuthTest, a_granted_request_carries_every_identity_header_also_empty_ones) {
  const auto response = check(TestRequest{CADDY_HEADERS, BROWSER});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("Remote-User"), "alice@example.org");
  EXPECT_EQ(response.header("Remote-Groups"), "Sales,Staff  Admins");
  int empty = 0;
  for (const auto& h : response.headers)
    empty += (h.name == "Remote-Name" || h.name == "Remote-Email") && h.value.empty();
  EXPECT_EQ(empty, 2);
  EXPECT_EQ(response.header("Cache-Control"), "no-store");
  EXPECT_EQ(decider_.subject, "alice@example.org");
  EXPECT_EQ(decider_.resource, "app-1");
  EXPECT_TRUE(decider_.ip.is(parse_ip_address("203.0.113.7").value()));
  EXPECT_TRUE(decider_.platform.is(Platform::ios));
  EXPECT_FALSE(decider_.device_known);
}

TEST_F(ForwardAuthTest, each_dialect_reads_its_own_headers) {
  const TestRequest nginx{{"Remote-User", "a"},
                          {"X-Original-URL", "https://APP.example.org.:443/x?y"},
                          {"X-Original-Method", "POST"},
                          {"X-Forwarded-For", "2001:db8::1"}};
  EXPECT_EQ(check(nginx, ProxyDialect::nginx).status, 200);
  EXPECT_EQ(check(nginx, ProxyDialect::traefik).status, 400);
  const TestRequest envoy{
      {"Remote-User", "a"}, {"Host", "app.example.org"}, {"X-Forwarded-Proto", "http"}};
  EXPECT_EQ(check(envoy, ProxyDialect::envoy, "/x").status, 200);
  EXPECT_TRUE(decider_.ip.is_unknown());
}

TEST_F(ForwardAuthTest, headers_of_somebody_who_is_no_trusted_proxy_are_refused) {
  const TestRequest spoofed({CADDY_HEADERS}, "198.51.100.1");
  EXPECT_EQ(check(spoofed).status, 400);
  EXPECT_EQ(decider_.calls, 0);
  options_.trust.secret = "correct horse";
  EXPECT_EQ(check(spoofed).status, 400);
  EXPECT_EQ(
      check(TestRequest({CADDY_HEADERS, {"X-Sallyport-Secret", "wrong"}}, "198.51.100.1")).status,
      400);
  EXPECT_EQ(
      check(TestRequest({CADDY_HEADERS, {"X-Sallyport-Secret", "correct horse"}}, "198.51.100.1"))
          .status,
      200);
}

TEST_F(ForwardAuthTest, conflicting_copies_of_a_header_are_refused) {
  for (const auto& second :
       {Header{"X-Forwarded-Host", "other.example.org"}, Header{"Remote-User", "mallory"},
        Header{"x-forwarded-uri", "/admin"}, Header{"X-Forwarded-Proto", "http"}}) {
    TestRequest t{CADDY_HEADERS};
    t.add(second.name, second.value);
    EXPECT_EQ(check(t).status, 400) << second.name;
  }
  TestRequest same{CADDY_HEADERS, {"Remote-User", "alice@example.org"}};
  EXPECT_EQ(check(same).status, 200);
}

TEST_F(ForwardAuthTest, a_name_that_is_no_text_is_refused) {
  TestRequest t{CADDY_HEADERS};
  t.set("Remote-User", "alice\xff");
  EXPECT_EQ(check(t).status, 400);
  EXPECT_EQ(decider_.calls, 0);
}

TEST_F(ForwardAuthTest, ambiguous_addresses_are_refused) {
  for (const std::string_view uri :
       {"/a%2fb", "/a%2Fb", "/a%252fb", "/../x", "/a/..", "/./x", "/%2e%2e/x", "/a;b", "/a%3bb",
        "/a%00", "/a\\b", "/a%5cb", "/%zz", "x"}) {
    TestRequest t{CADDY_HEADERS};
    t.set("X-Forwarded-Uri", uri);
    EXPECT_EQ(check(t).status, 403) << uri;
  }
  for (const std::string_view uri : {"/a..b", "/100%25", "/a?b=..%2f;c", "/", "/a//b"}) {
    TestRequest t{CADDY_HEADERS};
    t.set("X-Forwarded-Uri", uri);
    EXPECT_EQ(check(t).status, 200) << uri;
  }
  for (const std::string_view host : {"app.example.org@evil", "a b", "", "evil.org", "[::1"}) {
    TestRequest t{CADDY_HEADERS};
    t.set("X-Forwarded-Host", host);
    EXPECT_GE(check(t).status, 400) << host;
  }
  EXPECT_FALSE(parse_original_url("javascript:alert(1)").has_value());
  EXPECT_FALSE(parse_original_url("https://a@app.example.org/").has_value());
}

TEST_F(ForwardAuthTest, the_client_is_the_nearest_address_that_is_no_proxy_of_ours) {
  options_.trust.addresses.push_back(parse_cidr("10.0.0.0/8").value());
  TestRequest t{CADDY_HEADERS};
  t.set("X-Forwarded-For", "1.2.3.4, 203.0.113.7, 10.0.0.5");
  EXPECT_EQ(check(t).status, 200);
  EXPECT_TRUE(decider_.ip.is(parse_ip_address("203.0.113.7").value()));
  t.set("X-Forwarded-For", "garbage");
  EXPECT_EQ(check(t).status, 400);
}

TEST_F(ForwardAuthTest, a_blocked_browser_sees_a_page_and_a_program_json) {
  block();
  const auto page = check(TestRequest{CADDY_HEADERS, BROWSER});
  EXPECT_EQ(page.status, 403);
  EXPECT_NE(page.body.find("Access from &lt;this&gt; country is blocked."), std::string::npos);
  EXPECT_NE(page.body.find("d-2"), std::string::npos);
  const auto json = check(TestRequest{CADDY_HEADERS, {"Accept", "application/json"}});
  EXPECT_EQ(json.status, 403);
  const auto document = json::parse(json.body);
  ASSERT_TRUE(document.has_value());
  EXPECT_EQ(document->root().find("decision_id")->text(), "d-2");
  EXPECT_EQ(document->root().find("reason_user")->text(), "Access from <this> country is blocked.");
}

TEST_F(ForwardAuthTest, a_challenged_browser_is_sent_to_step_up_twice_and_then_sees_a_page) {
  challenge();
  TestRequest t{CADDY_HEADERS, BROWSER, {"Cookie", ""}};
  const auto first = check(t);
  EXPECT_EQ(first.status, 302);
  EXPECT_EQ(first.header("Location"),
            "https://login.example.org/step-up?rd=https%3A%2F%2Fapp.example.org%2Fpage%3Fq%3D1"
            "&acr_values=urn%3Asallyport%3Aacr%3Amfa&max_age=300&decision_id=d-3");
  EXPECT_EQ(first.header("Set-Cookie").substr(0, 19), "sallyport_step_up=1");
  t.set("Cookie", "sallyport_step_up=1");
  const auto second = check(t);
  EXPECT_EQ(second.status, 302);
  EXPECT_EQ(second.header("Set-Cookie").substr(0, 19), "sallyport_step_up=2");
  t.set("Cookie", "sallyport_step_up=2");
  const auto third = check(t);
  EXPECT_EQ(third.status, 403);
  EXPECT_EQ(third.header("Location"), "");
}

TEST_F(ForwardAuthTest, programs_and_websockets_get_a_challenge_and_no_redirect) {
  challenge();
  for (const auto& extra : {Header{"Accept", "application/json"}, Header{"Upgrade", "websocket"},
                            Header{"X-Requested-With", "XMLHttpRequest"}}) {
    TestRequest t{CADDY_HEADERS};
    if (extra.name != "Accept") t.add("Accept", "text/html");
    t.add(extra.name, extra.value);
    const auto response = check(t);
    EXPECT_EQ(response.status, 401) << extra.name;
    EXPECT_EQ(response.header("WWW-Authenticate"),
              "Bearer error=\"insufficient_user_authentication\", "
              "error_description=\"Use a second factor.\", "
              "acr_values=\"urn:sallyport:acr:mfa\", max_age=\"300\"");
  }
  TestRequest post{CADDY_HEADERS, BROWSER};
  post.set("X-Forwarded-Method", "POST");
  EXPECT_EQ(check(post).status, 401);
}

TEST_F(ForwardAuthTest, nginx_gets_only_statuses_it_understands_and_the_answer_to_show) {
  challenge();
  const TestRequest t{{"Remote-User", "a"},
                      {"X-Original-URL", "https://app.example.org/x"},
                      {"X-Original-Method", "GET"},
                      BROWSER};
  const auto response = check(t, ProxyDialect::nginx);
  EXPECT_EQ(response.status, 401);
  EXPECT_NE(response.header("Location"), "");
  EXPECT_EQ(response.body, "") << "nginx reads none, and would close the connection";
  TestRequest shown{
      {"X-Original-URL", "https://app.example.org/x"}, {"X-Original-Method", "GET"}, BROWSER};
  const std::string answer(response.header("X-Sallyport-Answer"));
  shown.add("X-Sallyport-Answer", answer);
  const ForwardAuth gate(options_, decider_);
  const auto redirect = gate.answer(shown.request);
  EXPECT_EQ(redirect.status, 302);
  EXPECT_EQ(redirect.header("Location"), response.header("Location"));
  shown.request.peer = parse_ip_address("198.51.100.1").value();
  EXPECT_EQ(gate.answer(shown.request).status, 400);
}

TEST_F(ForwardAuthTest, without_an_identity_nothing_is_decided) {
  TestRequest t{CADDY_HEADERS, BROWSER};
  t.set("Remote-User", " ");
  EXPECT_EQ(check(t).status, 401);
  options_.sign_in_url = "https://login.example.org/?a=b";
  const auto response = check(t);
  EXPECT_EQ(response.status, 302);
  EXPECT_EQ(response.header("Location").substr(0, 34), "https://login.example.org/?a=b&rd=");
  EXPECT_EQ(decider_.calls, 0);
}

TEST_F(ForwardAuthTest, a_preflight_passes_only_where_it_is_configured) {
  TestRequest t{CADDY_HEADERS, {"Origin", "https://x"}, {"Access-Control-Request-Method", "PUT"}};
  t.set("X-Forwarded-Method", "OPTIONS");
  t.set("Remote-User", "");
  EXPECT_EQ(check(t).status, 401);
  options_.allow_cors_preflight = true;
  EXPECT_EQ(check(t).status, 200);
  EXPECT_EQ(check(t).header("Remote-User"), "");
  t.set("X-Forwarded-Method", "GET");
  EXPECT_EQ(check(t).status, 401);
}

TEST_F(ForwardAuthTest, when_no_decision_can_be_made_nobody_gets_in) {
  decider_.answer = [](Verdict& v) {
    v.outcome = Outcome::granted;
    return Result<void>(fail(ErrorKind::unavailable, "no state is loaded"));
  };
  EXPECT_EQ(check(TestRequest{CADDY_HEADERS}).status, 503);
}

TEST_F(ForwardAuthTest, the_device_is_that_of_the_forwarded_certificate) {
  TestAuthority authority("devices");
  const auto trusted = DeviceAuthority::from_pem(authority.pem());
  ASSERT_TRUE(trusted.has_value());
  options_.trust.device_authority = &*trusted;
  const auto pem = percent_encode(authority.issue("x", "URI:urn:sallyport:device:laptop-7"));
  TestRequest t{CADDY_HEADERS, {"X-Client-Cert", pem}};
  EXPECT_EQ(check(t).status, 200);
  EXPECT_EQ(decider_.device, "laptop-7");
  t.set("X-Client-Cert", "");
  EXPECT_EQ(check(t).status, 200);
  EXPECT_TRUE(decider_.device_absent);
  TestAuthority other("others");
  const auto foreign = percent_encode(other.issue("x", "URI:urn:sallyport:device:laptop-7"));
  t.set("X-Client-Cert", foreign);
  block();
  const auto refused = check(t);
  EXPECT_TRUE(decider_.device_absent);
  EXPECT_NE(refused.body.find("does not count"), std::string::npos);
}

TEST_F(ForwardAuthTest, proofs_come_from_the_configured_headers_only) {
  TestRequest t{CADDY_HEADERS, {"X-Amr", "pwd mfa"}, {"X-Auth-Time", "1700000000"}};
  EXPECT_EQ(check(t).status, 200);
  EXPECT_TRUE(decider_.methods.empty());
  EXPECT_TRUE(decider_.authenticated_at.is_unknown());
  options_.trust.methods_header = "X-Amr";
  options_.trust.authenticated_at_header = "X-Auth-Time";
  EXPECT_EQ(check(t).status, 200);
  EXPECT_EQ(decider_.methods, (std::vector<std::string>{"pwd", "mfa"}));
  EXPECT_TRUE(decider_.authenticated_at.is(Instant(std::chrono::seconds(1700000000))));
  t.set("X-Auth-Time", "yesterday");
  EXPECT_EQ(check(t).status, 400);
}

TEST(answer_page, an_answer_survives_its_header) {
  ShownAnswer answer;
  answer.shown = Shown::challenged;
  answer.reason = "Say \"please\", \xc3\xa4";
  answer.decision_id = "d";
  answer.missing = {"mfa", "termsOfUse"};
  answer.max_age = 5;
  const auto back = shown_answer_of_header(to_header(answer));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(to_header(*back), to_header(answer));
  EXPECT_FALSE(shown_answer_of_header("").has_value());
}

TEST(answer_page, what_is_wrong_with_the_device_is_shown_with_a_way_to_look_again) {
  ShownAnswer answer;
  answer.reason = "Not yet.";
  answer.device_faults = {{"Disk encryption", "on", "off", "Switch it on & restart"},
                          {"Operating <system>", "22.04 or newer", "18.04", ""}};
  const auto back = shown_answer_of_header(to_header(answer));
  ASSERT_TRUE(back.has_value());
  const TestRequest browser({{"Accept", "text/html"}});
  const auto page = show(*back, browser.request, ShowOptions()).body;
  for (const auto* part : {"Disk encryption", "Switch it on &amp; restart", "&lt;system&gt;",
                           "Ask your help desk", "Check again"})
    EXPECT_NE(page.find(part), std::string::npos) << part;
  ShowOptions posted;
  posted.get_or_head = false;
  EXPECT_EQ(show(*back, browser.request, posted).body.find("Check again"), std::string::npos);
  answer.device_faults.assign(100, {"n", "q", "f", std::string(150, 'r')});
  EXPECT_LT(to_header(answer).size(), 2500U) << "it must fit into what a proxy takes";
  EXPECT_GT(shown_answer_of_header(to_header(answer))->device_faults.size(), 5U);
}

}  // namespace
}  // namespace sallyport
