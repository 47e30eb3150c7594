#include "gates/authzen.h"

#include <gtest/gtest.h>

#include "gates/authzen_sign_in.h"
#include "gates/test_request.h"

namespace sallyport {
namespace {

// The certification scenario (authorization-apis, section 1.7). Its rules read properties of the
// request and are not sign-in policies, so they live here; what is certified is the protocol.
class CertificationRules final : public AuthzenEvaluator {
 public:
  Result<void> evaluate(const AuthzenEvaluation& q, AuthzenDecision& out, bool) const override {
    if (q.subject.type != "user" || q.resource.type != "record") return {};
    const auto property = [](const json::Value* properties, std::string_view name) {
      const auto* value = properties == nullptr ? nullptr : properties->find(name);
      return value == nullptr ? std::string_view() : value->text();
    };
    if (q.action == "read") {
      out.decision = true;
    } else if (q.action == "write") {
      out.decision = property(q.resource.properties, "status") == "archived"
                         ? property(q.subject.properties, "role") == "admin"
                         : q.subject.id == "alice";
    } else if (q.action == "delete") {
      const auto* soft =
          q.action_properties == nullptr ? nullptr : q.action_properties->find("soft");
      out.decision = q.subject.id == "alice" && soft != nullptr && soft->truth();
    }
    return {};
  }
};

class AuthzenTest : public ::testing::Test {
 protected:
  CertificationRules rules_;
  Authzen authzen_{{"https://pdp.example.org", {hash_of_token("secret")}, 100}, rules_};

  static HttpRequest request_of(const TestRequest& t, std::string_view body) {
    auto request = t.request;
    request.method = "POST";
    request.body = body;
    return request;
  }
  HttpResponse one(std::string_view body, std::string_view type = "application/json") {
    const TestRequest t{
        {"Authorization", "Bearer secret"}, {"Content-Type", type}, {"X-Request-ID", "r-1"}};
    return authzen_.evaluation(request_of(t, body));
  }
  HttpResponse many(std::string_view body) {
    const TestRequest t{{"Authorization", "bearer secret"},
                        {"Content-Type", "application/json; charset=utf-8"}};
    return authzen_.evaluations(request_of(t, body));
  }
};

constexpr std::string_view yes = R"({"decision":true})";
constexpr std::string_view no = R"({"decision":false})";
constexpr std::string_view alice_reads =
    R"({"subject":{"type":"user","id":"alice"},"action":{"name":"read"},)"
    R"("resource":{"type":"record","id":"record-1"}})";

std::string question(std::string_view subject, std::string_view action, std::string_view resource) {
  std::string out = "{\"subject\":";
  out += subject;
  out += ",\"action\":";
  out += action;
  out += ",\"resource\":";
  out += resource;
  return out + ",\"context\":{\"time\":\"2026-01-01T00:00:00Z\"},\"unknown\":1}";
}

struct Rule {
  std::string_view subject, action, resource, expected;
};

TEST_F(AuthzenTest, the_eight_rules_of_the_certification_scenario) {
  const std::string_view alice = R"({"type":"user","id":"alice"})";
  const std::string_view bob = R"({"type":"user","id":"bob"})";
  const std::string_view record = R"({"type":"record","id":"record-1"})";
  const std::string_view archived =
      R"({"type":"record","id":"record-1","properties":{"status":"archived"}})";
  const std::string_view admin = R"({"type":"user","id":"bob","properties":{"role":"admin"}})";
  const std::string_view write = R"({"name":"write"})";
  const Rule rules[] = {
      {alice, R"({"name":"read"})", record, yes},
      {alice, write, record, yes},
      {bob, R"({"name":"read"})", record, yes},
      {bob, write, record, no},
      {alice, write, archived, no},
      {admin, write, archived, yes},
      {alice, R"({"name":"delete","properties":{"soft":true}})", record, yes},
      {alice, R"({"name":"delete","properties":{"soft":false}})", record, no},
  };
  for (const auto& rule : rules) {
    const auto body = question(rule.subject, rule.action, rule.resource);
    for (int again = 0; again < 2; ++again) {
      const auto response = one(body);
      EXPECT_EQ(response.status, 200) << body;
      EXPECT_EQ(response.body, rule.expected) << body;
      EXPECT_EQ(response.header("Content-Type"), "application/json");
    }
  }
}

TEST_F(AuthzenTest, what_is_missing_or_of_the_wrong_type_is_400) {
  const std::string_view bodies[] = {
      "",
      "{",
      "[]",
      "\"x\"",
      "{}",
      R"({"action":{"name":"read"},"resource":{"type":"record","id":"1"}})",
      R"({"subject":{"type":"user","id":"a"},"resource":{"type":"record","id":"1"}})",
      R"({"subject":{"type":"user","id":"a"},"action":{"name":"read"}})",
      R"({"subject":{"id":"a"},"action":{"name":"read"},"resource":{"type":"r","id":"1"}})",
      R"({"subject":{"type":"user"},"action":{"name":"read"},"resource":{"type":"r","id":"1"}})",
      R"({"subject":{"type":"u","id":"a"},"action":{},"resource":{"type":"r","id":"1"}})",
      R"({"subject":{"type":"u","id":"a"},"action":{"name":"x"},"resource":{"type":"r"}})",
      R"({"subject":{"type":1,"id":"a"},"action":{"name":"x"},"resource":{"type":"r","id":"1"}})",
      R"({"subject":"a","action":{"name":"x"},"resource":{"type":"r","id":"1"}})",
      R"({"subject":{"type":"u","id":"a"},"action":{"name":"x"},"resource":{"type":"r","id":"1"},"context":[]})",
      R"({"subject":{"type":"u","id":"a","properties":1},"action":{"name":"x"},"resource":{"type":"r","id":"1"}})",
  };
  for (const auto body : bodies) {
    const auto response = one(body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(response.header("X-Request-ID"), "r-1");
    EXPECT_TRUE(json::parse(response.body)->root().is_string());
  }
  EXPECT_EQ(one(alice_reads, "text/plain").status, 400);
}

TEST_F(AuthzenTest, duplicate_members_and_deep_nesting_are_refused) {
  EXPECT_EQ(one(R"({"subject":{"type":"user","id":"alice"},"subject":{"type":"user","id":"bob"},)"
                R"("action":{"name":"read"},"resource":{"type":"record","id":"1"}})")
                .status,
            400);
  std::string deep(10'000, '[');
  EXPECT_EQ(one("{\"context\":" + deep).status, 400);
}

TEST_F(AuthzenTest, callers_need_a_token) {
  const TestRequest none{{"Content-Type", "application/json"}};
  const auto response = authzen_.evaluation(request_of(none, alice_reads));
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.header("WWW-Authenticate"), "Bearer realm=\"sallyport\"");
  const TestRequest wrong{{"Content-Type", "application/json"}, {"Authorization", "Bearer x"}};
  EXPECT_EQ(authzen_.evaluations(request_of(wrong, alice_reads)).status, 401);
}

TEST_F(AuthzenTest, a_request_id_is_echoed) {
  EXPECT_EQ(one(alice_reads).header("X-Request-ID"), "r-1");
  EXPECT_EQ(many(alice_reads).header("X-Request-ID"), "");
}

TEST_F(AuthzenTest, a_batch_inherits_whole_parts_and_merges_nothing) {
  const auto response =
      many(R"({"subject":{"type":"user","id":"bob","properties":{"role":"admin"}},)"
           R"("action":{"name":"write"},)"
           R"("resource":{"type":"record","id":"record-2","properties":{"status":"archived"}},)"
           R"("evaluations":[{},{"subject":{"type":"user","id":"bob"}},)"
           R"({"resource":{"type":"record","id":"record-1"}}]})");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body,
            R"({"evaluations":[{"decision":true},{"decision":false},{"decision":false}]})");
}

TEST_F(AuthzenTest, an_empty_or_absent_batch_answers_like_a_single_question) {
  EXPECT_EQ(many(alice_reads).body, yes);
  std::string with_empty(alice_reads);
  with_empty.insert(1, "\"evaluations\":[],");
  EXPECT_EQ(many(with_empty).body, yes);
}

std::string batch(std::string_view semantic, std::initializer_list<bool> answers) {
  std::string out = R"({"subject":{"type":"user","id":"bob"},"action":{"name":"read"},)"
                    R"("resource":{"type":"record","id":"1"},"options":{"other":1,)"
                    R"("evaluations_semantic":")";
  out += semantic;
  out += "\"},\"evaluations\":[";
  bool comma = false;
  for (const bool answer : answers) {
    if (comma) out += ',';
    comma = true;
    out += answer ? "{}" : R"({"action":{"name":"write"}})";
  }
  return out + "]}";
}

TEST_F(AuthzenTest, short_circuits_answer_up_to_the_deciding_question) {
  const auto answers = [&](std::string_view semantic, std::initializer_list<bool> list) {
    const auto document = json::parse(many(batch(semantic, list)).body);
    std::string out;
    for (const auto& item : document->root().find("evaluations")->items())
      out += item.find("decision")->truth() ? 'T' : 'F';
    return out;
  };
  EXPECT_EQ(answers("execute_all", {true, false, true}), "TFT");
  EXPECT_EQ(answers("deny_on_first_deny", {true, false, true}), "TF");
  EXPECT_EQ(answers("permit_on_first_permit", {false, true, false}), "FT");
  EXPECT_EQ(many(batch("sometimes", {true})).status, 400);
}

TEST_F(AuthzenTest, an_item_without_a_resource_is_denied_and_the_others_are_answered) {
  const auto response = many(R"({"subject":{"type":"user","id":"bob"},"action":{"name":"read"},)"
                             R"("evaluations":[{"resource":{"type":"record","id":"1"}},{},7]})");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body,
            R"({"evaluations":[{"decision":true},{"decision":false,"context":{"error":)"
            R"({"status":400,"message":"`resource` is missing"}}},{"decision":false,"context":)"
            R"({"error":{"status":400,"message":"an evaluation must be an object"}}}]})");
}

TEST_F(AuthzenTest, a_batch_is_bounded) {
  std::string body(alice_reads);
  body.back() = ',';
  body += "\"evaluations\":[{}";
  for (int i = 0; i < 100; ++i) body += ",{}";
  EXPECT_EQ(many(body + "]}").status, 413);
  EXPECT_EQ(many(R"({"evaluations":{}})").status, 400);
}

TEST_F(AuthzenTest, the_metadata_names_what_is_there) {
  const auto response = authzen_.metadata(HttpRequest());
  EXPECT_EQ(response.body,
            R"({"policy_decision_point":"https://pdp.example.org",)"
            R"("access_evaluation_endpoint":"https://pdp.example.org/access/v1/evaluation",)"
            R"("access_evaluations_endpoint":"https://pdp.example.org/access/v1/evaluations"})");
}

// --- questions as sign-ins ---------------------------------------------------------------------

class FakeDecider final : public Decider {
 public:
  void expect(const SignInRequest& attempt) const override {
    expected.emplace_back(attempt.subject);
  }
  Result<void> decide(const SignInRequest& attempt, Verdict& verdict, bool) const override {
    seen = attempt;
    methods.clear();
    if (attempt.methods.is_known())
      for (const auto m : *attempt.methods) methods.emplace_back(m);
    verdict.outcome = outcome;
    verdict.ticket = ticket--;
    if (outcome == Outcome::granted) {
      Reasons reasons;
      reasons.report_only = report_only;
      verdict.reasons = std::make_shared<const Reasons>(reasons);
      return {};
    }
    verdict.decision_id = "d-1";
    verdict.reasons = std::make_shared<const Reasons>(
        Reasons{"Use a second factor.", "policy `MFA` requires mfa", {"mfa"}, {"p-1"}, {}, {}});
    verdict.error_code = 50076;
    return {};
  }
  Outcome outcome = Outcome::granted;
  std::vector<std::string> report_only;
  mutable std::uint64_t ticket = 7;  // then 6, and so on
  mutable std::vector<std::string> expected;
  mutable SignInRequest seen;
  mutable std::vector<std::string> methods;
};

class SignInTest : public ::testing::Test {
 protected:
  FakeDecider decider_;
  AuthzenSignIn sign_in_{decider_};
  Authzen authzen_{{"https://pdp.example.org", {hash_of_token("secret")}, 100}, sign_in_};

  HttpResponse ask(std::string_view context, std::string_view subject = "user",
                   std::string_view resource = "app") {
    const TestRequest t{{"Authorization", "Bearer secret"}, {"Content-Type", "application/json"}};
    auto request = t.request;
    body_ = R"({"subject":{"type":")" + std::string(subject) +
            R"(","id":"alice"},"action":{"name":"access"},"resource":{"type":")" +
            std::string(resource) + R"(","id":"app-1"},"context":)" + std::string(context) + "}";
    request.body = body_;
    return authzen_.evaluation(request);
  }
  std::string body_;
};

TEST_F(SignInTest, the_context_becomes_facts) {
  const auto response =
      ask(R"({"ip":"203.0.113.7","user_agent":"Mozilla Windows NT 10.0","device_id":"d",)"
          R"("client_app":"browser","amr":["pwd","otp"],"auth_time":1700000000,"other":1})");
  EXPECT_EQ(response.body, yes);
  const auto& seen = decider_.seen;
  EXPECT_TRUE(seen.ip_address.is(parse_ip_address("203.0.113.7").value()));
  EXPECT_TRUE(seen.platform.is(Platform::windows));
  EXPECT_TRUE(seen.client_app.is(ClientApp::browser));
  EXPECT_TRUE(seen.device.is_known());
  EXPECT_EQ(decider_.methods, (std::vector<std::string>{"pwd", "otp"}));
  EXPECT_TRUE(seen.authenticated_at.is(Instant(std::chrono::seconds(1700000000))));
}

TEST_F(SignInTest, what_the_context_leaves_out_is_unknown_and_an_empty_device_is_none) {
  EXPECT_EQ(ask("{}").body, yes);
  EXPECT_TRUE(decider_.seen.ip_address.is_unknown());
  EXPECT_TRUE(decider_.seen.device.is_unknown());
  EXPECT_TRUE(decider_.seen.platform.is_unknown());
  EXPECT_TRUE(decider_.seen.client_app.is_unknown());
  EXPECT_TRUE(decider_.seen.methods.is_unknown());
  EXPECT_EQ(ask(R"({"device_id":"","amr":"pwd  mfa"})").body, yes);
  EXPECT_TRUE(decider_.seen.device.is_absent());
  EXPECT_EQ(decider_.methods, (std::vector<std::string>{"pwd", "mfa"}));
}

TEST_F(SignInTest, a_challenge_says_what_to_prove) {
  decider_.outcome = Outcome::interrupted;
  const auto response = ask("{}");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body,
            R"({"decision":false,"context":{"decision_id":"d-1",)"
            R"("reason_user":{"401":"Use a second factor."},)"
            R"("reason_admin":{"401":"policy `MFA` requires mfa"},"error_code":50076,)"
            R"("policy_ids":["p-1"],"missing":["mfa"],"acr_values":"urn:sallyport:acr:mfa",)"
            R"("obligations":[{"id":"step-up:mfa","type":"step-up",)"
            R"("properties":{"acr_value":"urn:sallyport:acr:mfa"}}]}})");
  EXPECT_TRUE(json::parse(response.body).has_value());
}

TEST_F(SignInTest, report_only_results_show_without_disturbing) {
  decider_.report_only = {"p-9"};
  EXPECT_EQ(ask("{}").body, R"({"decision":true,"context":{"report_only":["p-9"]}})");
}

TEST_F(SignInTest, an_answer_waits_for_the_last_of_its_records_and_can_be_withheld) {
  auto one = ask("{}");
  EXPECT_EQ(one.ticket, 7U);
  one.withhold(one, Error{ErrorKind::unavailable, "the disk is full", {}});
  EXPECT_EQ(one.status, 503);
  EXPECT_EQ(one.body, "\"the disk is full\"");
  EXPECT_EQ(one.header("Content-Type"), "application/json");
  EXPECT_EQ(one.header("Cache-Control"), "no-store");

  const TestRequest t{{"Authorization", "Bearer secret"}, {"Content-Type", "application/json"}};
  auto request = t.request;
  request.body =
      R"({"subject":{"type":"user","id":"alice"},"action":{"name":"access"},"evaluations":[)"
      R"({"resource":{"type":"app","id":"a"}},{"resource":{"type":"app","id":"b"}}]})";
  auto many = authzen_.evaluations(request);
  EXPECT_EQ(many.ticket, 6U);
  many.withhold(many, Error{ErrorKind::unavailable, "the disk is full", {}});
  EXPECT_EQ(many.body.find("decision"), std::string::npos);
}

TEST_F(SignInTest, each_question_of_a_batch_is_expected_once_and_a_single_one_is_not) {
  const TestRequest t{{"Authorization", "Bearer secret"}, {"Content-Type", "application/json"}};
  auto request = t.request;
  std::string body =
      R"({"action":{"name":"access"},"resource":{"type":"app","id":"a"},"evaluations":[7)";
  std::vector<std::string> subjects;
  for (int i = 0; i < 30; ++i) {
    subjects.push_back("user-" + std::to_string(i));
    body += R"(,{"subject":{"type":"user","id":")" + subjects.back() + R"("}})";
  }
  body += "]}";
  request.body = body;
  EXPECT_EQ(authzen_.evaluations(request).status, 200);
  EXPECT_EQ(decider_.expected, subjects);
  ask("{}");
  EXPECT_EQ(decider_.expected, subjects);
}

TEST_F(SignInTest, what_makes_no_sense_is_400) {
  EXPECT_EQ(ask("{}", "robot").status, 400);
  EXPECT_EQ(ask("{}", "user", "door").status, 400);
  for (const std::string_view context :
       {R"({"ip":"1.2.3"})", R"({"ip":5})", R"({"client_app":"x"})", R"({"platform":"x"})",
        R"({"amr":5})", R"({"amr":[1]})", R"({"auth_time":"x"})", R"({"auth_time":-1})"})
    EXPECT_EQ(ask(context).status, 400) << context;
}

}  // namespace
}  // namespace sallyport
