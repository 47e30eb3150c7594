#include "service/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>

#include "base/json.h"
#include "service/explain_decision.h"
#include "service/record.h"
#include "service/test_request.h"
#include "service/test_wait.h"
#include "signin/read.h"

namespace sallyport {
namespace {

using testing::HasSubstr;
using testing::Not;

class DecideTest : public testing::Test {
 protected:
  DecideTest() { EXPECT_TRUE(live_.refresh().has_value()); }
  const Decided& decide(const SignInRequest& request) {
    const auto done = service_.decide(request, test_now, decided_);
    EXPECT_TRUE(done.has_value()) << describe(done.error());
    EXPECT_TRUE(wait_until_durable(log_, decided_.ticket).has_value());
    return decided_;
  }
  json::Document recorded(const std::string& decision_id) {
    return *json::parse(tenant_.store->find_sign_in(decision_id)->json);
  }

  TestTenant tenant_;
  LiveTenant live_{*tenant_.store};
  SignInLog log_{*tenant_.store};
  DecisionService service_{live_, log_, {}};
  Decided decided_;
};

TEST_F(DecideTest, the_example_tenant_allows_asks_and_blocks) {
  EXPECT_EQ(decide(request_of(ada, wiki, "192.0.2.10")).decision.outcome, Outcome::granted);
  EXPECT_EQ(decide(request_of(ada, wiki, "198.51.100.7")).decision.outcome, Outcome::interrupted);
  EXPECT_EQ(decided_.decision.error_code, 50076);
  EXPECT_EQ(decide(request_of(ada, wiki, "203.0.113.9")).decision.outcome, Outcome::blocked);
  EXPECT_EQ(decided_.decision.error_code, 53003);
}

// A mistyped `store` makes a new one, and no policy would stop anybody there.
TEST(decide, a_store_that_holds_nothing_lets_nobody_in_and_one_that_does_decides) {
  const TemporaryFolder folder;
  const auto store = *open_sqlite_store(folder.file("new.db"));
  LiveTenant live{*store};
  SignInLog log{*store};
  const DecisionService service{live, log, {}};
  Decided decided;
  ASSERT_TRUE(live.refresh().has_value());
  EXPECT_TRUE(live.health().is_empty);
  const auto refused = service.decide(request_of(ada), test_now, decided);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("no policy, user or device"));

  const std::vector<std::string> people = {example_tenant_folder() + "/users"};
  ASSERT_TRUE(import_documents(*store, people).has_value());
  ASSERT_TRUE(live.refresh().has_value());
  EXPECT_FALSE(live.health().is_empty);
  ASSERT_TRUE(service.decide(request_of(ada), test_now, decided).has_value());
  EXPECT_EQ(decided.decision.outcome, Outcome::granted);
}

TEST_F(DecideTest, a_record_can_be_read_whatever_the_browser_calls_itself) {
  auto request = request_of(ada);
  request.user_agent = "\xff\xfe browser";
  const auto record = recorded(decide(request).decision_id);
  EXPECT_EQ(record.root().find("deviceDetail")->find("browser")->text(), "\\xff\\xfe browser");
}

TEST_F(DecideTest, a_user_may_be_named_by_principal_name) {
  EXPECT_EQ(decide(request_of("ADA@example.org")).decision.outcome, Outcome::granted);
  EXPECT_EQ(to_string(decided_.sign_in().user->id), ada);
}

TEST_F(DecideTest, whom_nobody_knows_has_unknown_groups_and_not_none) {
  const auto& unknown = decide(request_of("mallory@example.org"));
  EXPECT_TRUE(unknown.sign_in().user.is_unknown());
  // Who might be an administrator is asked for an administrator's proof.
  EXPECT_NE(unknown.decision.outcome, Outcome::granted);
  const auto& stranger = decide(request_of("99999999-0000-4000-8000-000000000001"));
  EXPECT_FALSE(stranger.sign_in().user->groups_known);
  EXPECT_NE(stranger.decision.outcome, Outcome::granted);
}

TEST_F(DecideTest, proofs_count_as_they_are_told) {
  constexpr std::string_view two[] = {"pwd", "sms"};
  auto request = request_of(ada, wiki, "198.51.100.7");
  request.methods = std::span<const std::string_view>(two);
  EXPECT_EQ(decide(request).decision.outcome, Outcome::granted);
  constexpr std::string_view claim[] = {"mfa"};
  request.methods = std::span<const std::string_view>(claim);
  EXPECT_EQ(decide(request).decision.outcome, Outcome::granted);
  constexpr std::string_view nonsense[] = {"pwd", "retina"};
  request.methods = std::span<const std::string_view>(nonsense);
  EXPECT_EQ(decide(request).decision.outcome, Outcome::interrupted);
  request.methods = Fact<std::span<const std::string_view>>::unknown();
  EXPECT_EQ(decide(request).decision.outcome, Outcome::interrupted);
}

TEST_F(DecideTest, a_disabled_account_gets_in_nowhere_and_no_policy_is_asked) {
  const auto request = request_of(ada, wiki, "192.0.2.10");
  ASSERT_EQ(decide(request).decision.outcome, Outcome::granted);
  const auto stored = tenant_.store->get("user", ada)->json;
  for (const std::string enabled : {"false", R"("perhaps")"}) {
    const auto edited =
        tenant_.edited("user", ada, R"("accountEnabled": true)", R"("accountEnabled": )" + enabled);
    ASSERT_TRUE(tenant_.store->put("user", ada, edited).has_value());
    ASSERT_TRUE(live_.refresh().has_value());
    EXPECT_EQ(decide(request).decision.outcome, Outcome::blocked) << enabled;
    EXPECT_EQ(decided_.decision.error_code, 50057);
    EXPECT_EQ(decide(request_of("ada@example.org", wiki)).decision.error_code, 50057);
    EXPECT_TRUE(decided_.explain().policies.empty());
    const auto record = recorded(decided_.decision_id);
    EXPECT_EQ(record.root().find("status")->find("errorCode")->integer(), 50057);
    EXPECT_EQ(record.root().find("conditionalAccessStatus")->text(), "notApplied");
    EXPECT_THAT(explain_decision(*tenant_.store, decided_.decision_id).value(),
                HasSubstr("the account is disabled in the directory"));
    ASSERT_TRUE(tenant_.store->put("user", ada, stored).has_value());
    ASSERT_TRUE(live_.refresh().has_value());
    EXPECT_EQ(decide(request).decision.outcome, Outcome::granted);
  }
}

TEST_F(DecideTest, a_disabled_workload_gets_in_nowhere) {
  const std::string id = "55000000-0000-4000-8000-000000000001";
  auto request = request_of(id, wiki);
  request.identity = IdentityKind::service_principal;
  const auto outcome_when = [&](const char* enabled) {
    const auto text = R"({"id":")" + id + R"(","appId":")" + id + R"(","accountEnabled":)" +
                      std::string(enabled) + "}";
    EXPECT_TRUE(tenant_.store->put("servicePrincipal", id, text).has_value());
    EXPECT_TRUE(live_.refresh().has_value());
    return decide(request).decision.outcome;
  };
  EXPECT_EQ(outcome_when("true"), Outcome::granted);
  EXPECT_EQ(outcome_when("false"), Outcome::blocked);
  EXPECT_EQ(decided_.decision.error_code, 7000112);
  EXPECT_EQ(outcome_when("null"), Outcome::granted);
}

TEST_F(DecideTest, a_disabled_device_is_no_device_and_the_record_says_so) {
  auto request = request_of(ada, finance);
  request.device = ada_laptop;
  ASSERT_EQ(decide(request).decision.outcome, Outcome::granted);
  const auto found = tenant_.store->find(
      "device", {"deviceId", std::string(ada_laptop), std::string(ada_laptop), {}, {}}, 1);
  const auto& stored = found->front();
  for (const auto* enabled : {"false", R"("perhaps")"}) {
    auto edited = stored.json;
    edited.insert(edited.find('{') + 1, R"("accountEnabled":)" + std::string(enabled) + ",");
    ASSERT_TRUE(tenant_.store->put("device", stored.id, edited).has_value());
    ASSERT_TRUE(live_.refresh().has_value());
    EXPECT_EQ(decide(request).decision.outcome, Outcome::blocked) << enabled;
    EXPECT_EQ(decided_.decision.error_code, 53000);
    const auto record = recorded(decided_.decision_id);
    const auto* refused = record.root().find("sallyport")->find("deviceRefused");
    ASSERT_NE(refused, nullptr);
    EXPECT_NE(refused->text().find("the device is"), std::string::npos);
    ASSERT_TRUE(tenant_.store->put("device", stored.id, stored.json).has_value());
    ASSERT_TRUE(live_.refresh().has_value());
    EXPECT_EQ(decide(request).decision.outcome, Outcome::granted);
  }
}

TEST_F(DecideTest, a_device_counts_by_what_the_inventory_says_of_it) {
  auto request = request_of(ada, finance);
  EXPECT_EQ(decide(request).decision.outcome, Outcome::blocked) << "no device";
  EXPECT_EQ(decided_.decision.error_code, 53000);
  request.device = alan_laptop;
  EXPECT_EQ(decide(request).decision.outcome, Outcome::blocked) << "not compliant";
  request.device = ada_laptop;
  EXPECT_EQ(decide(request).decision.outcome, Outcome::granted);
  request.device = std::string_view("41000000-0000-4000-8000-00000000dead");
  EXPECT_EQ(decide(request).decision.outcome, Outcome::blocked) << "not registered";
}

TEST_F(DecideTest, a_country_source_that_fails_makes_the_country_unknown_and_not_absent) {
  const auto& state = *live_.state();
  const auto country_with = [&](const CountryLookup& lookup) {
    ResolvedSignIn resolved;
    EXPECT_TRUE(resolve(request_of(), state, lookup, test_now, resolved).has_value());
    return resolved.sign_in.country;
  };
  EXPECT_TRUE(country_with({}).is_unknown());
  EXPECT_TRUE(country_with([](const IpAddress&) -> Result<std::optional<Country>> {
                return fail(ErrorKind::unavailable, "the database is gone");
              }).is_unknown());
  EXPECT_TRUE(country_with([](const IpAddress&) -> Result<std::optional<Country>> {
                return std::optional<Country>();
              }).is_absent());
  EXPECT_TRUE(country_with([](const IpAddress&) -> Result<std::optional<Country>> {
                return parse_country("FR");
              }).is(*parse_country("FR")));
}

TEST_F(DecideTest, a_request_that_names_nobody_or_nothing_is_an_error_and_not_a_grant) {
  for (auto request : {request_of(""), request_of(ada, "")}) {
    const auto done = service_.decide(request, test_now, decided_);
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().kind, ErrorKind::invalid_argument);
    EXPECT_EQ(decided_.decision.outcome, Outcome::blocked);
  }
  auto context = request_of(ada, "c100");
  context.target = TargetKind::authentication_context;
  EXPECT_THAT(service_.decide(context, test_now, decided_).error().message,
              HasSubstr("`c100` is no authentication context"));
  auto action = request_of(ada, "urn:user:dance");
  action.target = TargetKind::user_action;
  EXPECT_FALSE(service_.decide(action, test_now, decided_).has_value());
}

TEST_F(DecideTest, without_a_tenant_there_is_no_decision) {
  LiveTenant empty(*tenant_.store);
  const DecisionService service(empty, log_, {});
  const auto done = service.decide(request_of(), test_now, decided_);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(decided_.decision.outcome, Outcome::blocked);
}

TEST_F(DecideTest, a_repeat_takes_the_id_of_the_record_it_repeats) {
  const auto first = decide(request_of()).decision_id;
  EXPECT_TRUE(decided_.recorded);
  EXPECT_EQ(decide(request_of()).decision_id, first);
  EXPECT_FALSE(decided_.recorded);
  EXPECT_NE(decide(request_of(ada, wiki, "203.0.113.9")).decision_id, first);
  EXPECT_EQ(tenant_.store->sign_ins({}, std::nullopt, 10)->size(), 2U);
}

TEST_F(DecideTest, a_decision_and_its_repeats_hold_the_ticket_of_their_record_until_it_is_written) {
  SqliteOptions options;
  options.busy_timeout = std::chrono::milliseconds(20);
  const auto store = open_sqlite_store(tenant_.path(), options);
  ASSERT_TRUE(store.has_value());
  SignInLogOptions log_options;
  log_options.wait_max = std::chrono::milliseconds(200);
  SignInLog log(**store, log_options);
  const DecisionService service(live_, log, {});
  const auto ticket_of = [&](std::string_view who) {
    EXPECT_TRUE(service.decide(request_of(who), test_now, decided_).has_value());
    return decided_.ticket;
  };
  ASSERT_TRUE(wait_until_durable(log, ticket_of(alan)).has_value());
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(tenant_.path().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);

  const auto ticket = ticket_of(ada);
  EXPECT_NE(ticket, 0U);
  EXPECT_EQ(ticket_of(ada), ticket) << "a repeat is not told earlier than what it repeats";
  EXPECT_EQ(ticket_of(alan), 0U) << "who was let in before needs no record";
  const auto waited = wait_until_durable(log, ticket);
  ASSERT_FALSE(waited.has_value());
  EXPECT_EQ(waited.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(waited.error().message, HasSubstr("could not be recorded"));

  ASSERT_EQ(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  for (int i = 0; i < 100 && !wait_until_durable(log, ticket); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(ticket_of(ada), 0U);
  EXPECT_TRUE(tenant_.store->find_sign_in(decided_.decision_id).has_value());
}

TEST_F(DecideTest, the_record_is_a_sign_in_as_graph_has_it) {
  const auto id = decide(request_of(ada, wiki, "203.0.113.9")).decision_id;
  const auto document = recorded(id);
  json::Arena arena;
  const auto record = graph_sign_in(document.root(), arena);
  EXPECT_EQ(record.find("id")->text(), id);
  EXPECT_EQ(record.find("createdDateTime")->text(), "2026-03-01T12:00:00Z");
  EXPECT_EQ(record.find("userId")->text(), ada);
  EXPECT_EQ(record.find("userPrincipalName")->text(), "ada@example.org");
  EXPECT_EQ(record.find("appDisplayName")->text(), "Wiki");
  EXPECT_EQ(record.find("ipAddress")->text(), "203.0.113.9");
  EXPECT_EQ(record.find("conditionalAccessStatus")->text(), "failure");
  EXPECT_EQ(record.find("status")->find("errorCode")->integer(), 53003);
  const auto policies = record.find("appliedConditionalAccessPolicies")->items();
  ASSERT_EQ(policies.size(), 7U);
  const auto result_of = [&](std::string_view policy_id) -> const json::Value& {
    for (const auto& policy : policies) {
      if (policy.find("id")->text() == policy_id) return policy;
    }
    ADD_FAILURE() << policy_id;
    return record;
  };
  const auto& block = result_of("60000000-0000-4000-8000-000000000005");
  EXPECT_EQ(block.find("result")->text(), "failure");
  EXPECT_EQ(block.find("enforcedGrantControls")->items()[0].text(), "Block");
  EXPECT_THAT(std::string(block.find("conditionsSatisfied")->text()), HasSubstr("location"));
  const auto& legacy = result_of("60000000-0000-4000-8000-000000000003");
  EXPECT_EQ(legacy.find("result")->text(), "notApplied");
  EXPECT_EQ(legacy.find("conditionsNotSatisfied")->text(), "clientType");
  EXPECT_EQ(legacy.find("conditionsSatisfied")->text(), "application,users");
  EXPECT_EQ(legacy.find("enforcedGrantControls")->items().size(), 0U);
  EXPECT_EQ(record.find("sallyport"), nullptr);
  const auto& own = *document.root().find("sallyport");
  EXPECT_EQ(own.find("policySetHash")->text(), live_.state()->policy_set_hash);
  EXPECT_EQ(own.find("outcome")->text(), "blocked");
}

TEST_F(DecideTest,
       every_policy_is_in_the_record_once_with_its_result_and_what_kept_it_from_applying) {
  for (const auto* address : {"192.0.2.10", "198.51.100.7", "203.0.113.9"}) {
    const auto& decided = decide(request_of(ada, wiki, address));
    const auto answer = decided.explain();
    const auto document = recorded(decided.decision_id);
    json::Arena arena;
    const auto graph = graph_sign_in(document.root(), arena);
    const auto told = graph.find("appliedConditionalAccessPolicies")->items();
    const auto& policies = decided.state->program->policies().policies;
    ASSERT_EQ(told.size(), policies.size());
    for (std::size_t i = 0; i < policies.size(); ++i) {
      const auto same = [&](const json::Value& v) {
        return v.find("id")->text() == policies[i].id_text;
      };
      ASSERT_EQ(std::count_if(told.begin(), told.end(), same), 1);
      const auto& policy = *std::find_if(told.begin(), told.end(), same);
      EXPECT_EQ(policy.find("displayName")->text(), policies[i].display_name);
      const auto result = answer.policies[i].result;
      EXPECT_EQ(policy.find("result")->text(),
                name_of(result == PolicyResult::interrupted ? PolicyResult::failure : result));
      std::ptrdiff_t not_met = 0;
      for (const auto& condition : answer.policies[i].conditions)
        not_met += condition.match == Match::no ? 1 : 0;
      const auto words = policy.find("conditionsNotSatisfied")->text();
      EXPECT_EQ(words == "none" ? 0 : 1 + std::count(words.begin(), words.end(), ','), not_met);
    }
  }
}

TEST_F(DecideTest, a_record_can_be_decided_again_from_its_facts) {
  auto request = request_of(ada, finance, "198.51.100.7");
  request.device = ada_laptop;
  for (const auto device : {Fact<std::string_view>(ada_laptop), Fact<std::string_view>::absent(),
                            Fact<std::string_view>::unknown()}) {
    request.device = device;
    const auto& decided = decide(request);
    const auto document = recorded(decided.decision_id);
    SignInReadOptions options;
    options.now = test_now;
    options.directory = decided.state->directory.get();
    options.inventory = decided.state->inventory.get();
    const auto again = read_sign_in(*document.root().find("sallyport")->find("facts"), options);
    ASSERT_TRUE(again.has_value()) << describe(again.error());
    const auto replayed = decided.state->program->decide(again->sign_in());
    EXPECT_EQ(replayed.outcome, decided.decision.outcome);
    EXPECT_EQ(replayed.error_code, decided.decision.error_code);
    EXPECT_EQ(replayed.missing, decided.decision.missing);
  }
}

TEST_F(DecideTest, a_decision_of_the_past_is_explained_from_its_id) {
  const auto id = decide(request_of(ada, wiki, "203.0.113.9")).decision_id;
  const auto text = explain_decision(*tenant_.store, id);
  ASSERT_TRUE(text.has_value()) << describe(text.error());
  EXPECT_THAT(*text, HasSubstr("decision " + id + ": blocked (AADSTS53003)\n"));
  EXPECT_THAT(*text, HasSubstr("who       ada@example.org (" + std::string(ada) + ")\n"));
  EXPECT_THAT(*text, HasSubstr("missing   block\n"));
  EXPECT_THAT(*text, HasSubstr("failure: `005 Block networks that attacked us"));
  EXPECT_THAT(*text, HasSubstr("notApplied, not met: clientType\n      `003 "));
  EXPECT_THAT(*text, Not(HasSubstr("{")));
  EXPECT_EQ(explain_decision(*tenant_.store, "none").error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace sallyport
