// Each scenario about requests, and what must come back (tests/scenarios/rest).
#include <gtest/gtest.h>

#include <map>

#include "policy/write.h"
#include "service/decide.h"
#include "service/document_names.h"
#include "tests/api/api_client.h"
#include "tests/support/expectation.h"
#include "tests/support/scenario.h"

namespace sallyport::test {
namespace {

std::string text_of(const json::Value& object, std::string_view name) {
  const auto* found = object.find(name);
  return found == nullptr ? std::string() : std::string(found->text());
}

class Requests : public ::testing::TestWithParam<std::string> {
 protected:
  void import(const json::Value& documents) {
    for (const auto& kind : documents.members()) {
      for (const auto& document : kind.value.items()) {
        const auto put = client_.store().put(kind.name, store_id(text_of(document, "id")),
                                             json::write(document));
        ASSERT_TRUE(put.has_value()) << describe(put.error());
      }
    }
    const auto loaded = client_.tenant().refresh();
    ASSERT_TRUE(loaded.has_value()) << describe(loaded.error());
  }

  // A sign-in of the user at the application, decided and on record.
  void sign_in(const json::Value& wanted) {
    SignInLog log(client_.store());
    const DecisionService decisions(client_.tenant(), log, {});
    const auto user = text_of(wanted, "userId");
    const auto app = text_of(wanted, "appId");
    static constexpr std::string_view password[] = {"pwd"};
    SignInRequest request;
    request.gate = "test";
    request.subject = user;
    request.resource = app;
    request.device = Fact<std::string_view>::absent();
    request.client_app = ClientApp::browser;
    request.methods = std::span<const std::string_view>(password);
    request.authenticated_at = client_.now;
    Decided decided;
    const auto done = decisions.decide(request, client_.now, decided);
    ASSERT_TRUE(done.has_value()) << describe(done.error());
  }

  std::string filled(std::string text) const {
    for (const auto& [name, value] : kept_) {
      const auto hole = "{" + name + "}";
      for (auto at = text.find(hole); at != text.npos; at = text.find(hole)) {
        text.replace(at, hole.size(), value);
      }
    }
    return text;
  }

  void request(const json::Value& wanted) {
    SCOPED_TRACE(text_of(wanted, "method") + " " + text_of(wanted, "path"));
    if (const auto* later = wanted.find("later")) {
      client_.now += std::chrono::days(later->integer().value_or(0));
    }
    std::vector<ResponseHeader> headers;
    if (const auto* given = wanted.find("headers")) {
      for (const auto& header : given->members()) {
        headers.push_back({std::string(header.name), filled(std::string(header.value.text()))});
      }
    }
    const auto* body = wanted.find("body");
    const auto text = body == nullptr ? std::string() : filled(json::write(*body));
    const auto* repeat = wanted.find("repeat");
    const auto times = repeat == nullptr ? 1 : repeat->integer().value_or(1);
    for (std::int64_t i = 0; i < times; ++i) {
      const auto answered = client_.send_as(bearer_of(wanted), text_of(wanted, "method"),
                                            filled(text_of(wanted, "path")), text, headers);
      expect(*wanted.find("expect"), answered);
      if (const auto* keep = wanted.find("keep")) {
        for (const auto& one : keep->members()) {
          kept_[std::string(one.name)] = answered.text(one.value.text());
        }
      }
    }
  }

  // The administrator's token, or one of a partner.
  std::string bearer_of(const json::Value& wanted) {
    const auto* partner = wanted.find("partner");
    if (partner == nullptr) return client_.admin();
    return client_.token({"update_device_health"}, {std::string(partner->text())});
  }

  void expect(const json::Value& expected, const Answered& answered) {
    EXPECT_EQ(answered.status, expected.find("status")->integer()) << answered.body;
    if (const auto* error = expected.find("error")) {
      EXPECT_TRUE(answered.text("/error/message").starts_with(error->text())) << answered.body;
    }
    if (const auto* code = expected.find("code")) {
      EXPECT_EQ(answered.text("/error/code"), code->text()) << answered.body;
    }
    if (const auto* body = expected.find("body")) {
      if (body->is_string() && body->text().empty()) {
        EXPECT_EQ(answered.body, "");
        return;
      }
      const auto wanted = json::parse(filled(json::write(*body)));
      ASSERT_TRUE(wanted.has_value());
      std::string lines;
      for (const auto& line : differences(wanted->root(), answered.json.root())) {
        lines += "\n  " + line;
      }
      EXPECT_EQ(lines, "") << answered.body;
    }
  }

  ApiClient client_;
  std::map<std::string, std::string> kept_;
};

TEST_P(Requests, are_answered_as_expected) {
  const auto text = scenario_text(GetParam());
  ASSERT_TRUE(text.has_value());
  const auto file = json::parse(*text);
  ASSERT_TRUE(file.has_value()) << describe(file.error());
  if (const auto* documents = file->root().find("documents")) import(*documents);
  for (const auto& wanted : file->root().find("requests")->items()) {
    if (const auto* who = wanted.find("signIn")) {
      sign_in(*who);
    } else {
      request(wanted);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Requests,
                         ::testing::ValuesIn(scenario_names(ScenarioKind::request)),
                         [](const auto& file) { return test_name_of(file.param); });

}  // namespace
}  // namespace sallyport::test
