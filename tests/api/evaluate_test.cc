// The scenarios about sign-ins, once more: their documents in a store, their sign-in as the body of
// the evaluate call, and its answer against `reasons` and `whatIf`.
#include <gtest/gtest.h>

#include "service/document_names.h"
#include "tests/api/api_client.h"
#include "tests/support/expectation.h"
#include "tests/support/scenario.h"

namespace sallyport::test {
namespace {

constexpr std::string_view url = "/beta/identity/conditionalAccess/evaluate";

// As the engine gets it, whose times are the scenario's.
std::string body_of(const json::Value& sign_in) { return json::write(sign_in); }

class Evaluate : public ::testing::TestWithParam<std::string> {};

TEST_P(Evaluate, gives_the_expected_reasons) {
  auto scenario = load_scenario(GetParam());
  ASSERT_TRUE(scenario.has_value());
  ApiClient client;
  client.now = scenario->now;
  const auto bearer = client.token({"reader"});
  for (std::size_t i = 0; i < scenario->documents.size(); ++i) {
    const auto& document = scenario->documents[i];
    const auto* given = document.value.find_ignoring_case("id");
    const auto id = given == nullptr ? "document-" + std::to_string(i) : store_id(given->text());
    const auto put = client.store().put(name_of(document.kind), id, json::write(document.value));
    ASSERT_TRUE(put.has_value());
  }
  const auto loaded = client.tenant().refresh();
  ASSERT_TRUE(loaded.has_value()) << describe(loaded.error());
  for (const auto& check : scenario->checks) {
    const auto* reasons = check.expect.find("reasons");
    const auto* what_if = check.expect.find("whatIf");
    if (reasons == nullptr && what_if == nullptr) continue;
    const auto answered = client.send_as(bearer, "POST", url, body_of(check.input));
    ASSERT_EQ(answered.status, 200) << check.description << answered.body;
    const auto* value = answered.json.root().find("value");
    ASSERT_NE(value, nullptr);
    if (what_if != nullptr) {
      EXPECT_TRUE(differences(*what_if, *value).empty()) << answered.body;
    }
    if (reasons == nullptr) continue;
    for (const auto& expected : reasons->members()) {
      std::string reason = "not listed";
      for (const auto& policy : value->items()) {
        if (policy.find("displayName")->text() == expected.name) {
          reason = policy.find("analysisReasons")->text();
        }
      }
      EXPECT_EQ(reason, expected.value.text()) << check.description << " " << expected.name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Evaluate,
                         ::testing::ValuesIn(scenario_names(ScenarioKind::sign_in)),
                         [](const auto& file) { return test_name_of(file.param); });

}  // namespace
}  // namespace sallyport::test
