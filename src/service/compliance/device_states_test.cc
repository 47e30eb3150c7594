#include "service/compliance/device_states.h"

#include <gtest/gtest.h>

#include <random>

#include "compliance/report.h"

namespace sallyport {
namespace {

const Instant start = *parse_instant("2026-11-26T03:00:00Z");

std::string to_json(const compliance::Facts& facts) {
  std::string text;
  json::Writer writer(text);
  facts.write(writer);
  return text;
}

Guid random_id(std::mt19937_64& random) { return {random(), random()}; }

compliance::Report random_report(std::mt19937_64& random, std::uint64_t sequence) {
  compliance::Report report;
  report.source = static_cast<compliance::Source>(random() % compliance::source_count);
  report.reported_at = start + std::chrono::seconds(random() % 1'000'000);
  report.sequence = sequence;
  for (const auto& row : compliance::fact_rows()) {
    if (random() % 3 == 0) continue;
    compliance::ReportedFact fact;
    fact.fact = row.fact;
    fact.state = static_cast<compliance::FactState>(1 + random() % 3);
    if (random() % 2 == 0) fact.text = std::string(1 + random() % 300, 'x');
    if (fact.text.empty()) fact.number = static_cast<std::int64_t>(random() % 0x80000000U);
    (random() % 5 == 0 ? report.system_facts : report.facts).push_back(fact);
  }
  if (random() % 4 == 0) {
    report.scripts.push_back({compliance::ScriptId{random_id(random)}, -3, "{\"a\":1}"});
  }
  return report;
}

compliance::History random_history(std::mt19937_64& random, const std::vector<PolicyId>& policies) {
  const auto some_time = [&] { return static_cast<compliance::Seconds>(random()); };
  compliance::History history;
  history.state = random() % 2 == 0 ? compliance::ComplianceState::in_grace_period
                                    : compliance::ComplianceState::compliant;
  history.since = some_time();
  for (const auto& id : policies) {
    if (random() % 2 == 0) continue;
    compliance::PolicyHistory policy;
    policy.policy = id;
    policy.edition = some_time();
    policy.first = some_time();
    policy.since = random() % 2 == 0 ? policy.first : some_time();
    policy.noncompliant_since = random() % 2 == 0 ? 0 : some_time();
    policy.standing = static_cast<compliance::Standing>(random() % 4);
    history.policies.push_back(policy);
  }
  for (auto i = random() % 4; i > 0; --i) {
    history.settings.push_back(
        {random(), some_time(), static_cast<compliance::ComplianceStatus>(random() % 8)});
  }
  return history;
}

TEST(DeviceStates, gives_back_what_was_put_in) {
  std::mt19937_64 random(7);
  std::vector<PolicyId> policies;
  for (int i = 0; i < 200; ++i) policies.push_back(PolicyId{random_id(random)});
  DeviceStates states;
  for (std::uint64_t i = 1; i <= 500; ++i) {
    DeviceState state;
    for (auto sources = random() % 4; sources > 0; --sources) {
      state.facts.merge(random_report(random, i), start);
    }
    state.history = random_history(random, policies);
    state.record = {random_id(random), i % 2 == 0 ? "" : "category " + std::to_string(i % 9),
                    i % 3 == 0};
    state.version = static_cast<Version>(i);
    state.next_change = static_cast<compliance::Seconds>(i * 1000);
    const auto id = random_id(random);
    states.put(id, state);
    const auto found = states.find(id);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(to_json(found->facts), to_json(state.facts));
    EXPECT_EQ(found->facts.scripts_source(), state.facts.scripts_source());
    EXPECT_EQ(found->history, state.history);
    EXPECT_EQ(found->record, state.record);
    EXPECT_EQ(found->version, state.version);
    EXPECT_EQ(found->next_change, state.next_change);
    EXPECT_EQ(states.used_by({state.record.user}), std::vector{id});
  }
}

TEST(DeviceStates, an_older_version_changes_nothing) {
  DeviceStates states;
  const Guid id{1, 2};
  DeviceState state;
  state.version = 5;
  state.record.category = "new";
  states.put(id, state);
  state.version = 4;
  state.record.category = "old";
  states.put(id, state);
  EXPECT_EQ(states.find(id)->record.category, "new");
  states.set_record(id, {Guid{3, 4}, "other", true});
  EXPECT_EQ(states.find(id)->record.category, "other");
  EXPECT_EQ(states.find(id)->version, 5);
}

TEST(DeviceStates, tells_whose_time_has_come) {
  DeviceStates states;
  DeviceState state;
  for (const compliance::Seconds at : {0U, 10U, 20U}) {
    state.next_change = at;
    states.put({at, 1}, state);
  }
  EXPECT_TRUE(states.due(9).empty());
  EXPECT_EQ(states.due(10), (std::vector{Guid{10, 1}}));
  EXPECT_EQ(states.due(30).size(), 2U);
  states.set_next_change({10, 1}, 0);
  EXPECT_EQ(states.due(30), (std::vector{Guid{20, 1}}));
}

}  // namespace
}  // namespace sallyport
