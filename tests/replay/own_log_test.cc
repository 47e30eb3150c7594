// The server's own log, replayed, gives the server's own answers: with the facts it keeps exactly,
// and as Graph tells it, without them, at least within the bounds.
#include <gtest/gtest.h>

#include "analysis/replay/replay.h"
#include "service/decide.h"
#include "service/record.h"
#include "service/test_request.h"

namespace sallyport::replay {
namespace {

struct Entry {
  std::string json;
  Outcome outcome;
};

std::vector<Entry> decide_many(const LiveTenant& live) {
  std::vector<Entry> entries;
  constexpr std::string_view one[] = {"pwd"}, two[] = {"pwd", "sms"};
  for (const auto subject : {ada, alan, std::string_view("99999999-0000-4000-8000-000000000001")}) {
    for (const auto resource : {wiki, finance}) {
      for (const auto from : {"192.0.2.10", "198.51.100.7", "203.0.113.9"}) {
        for (const auto& methods :
             {std::span<const std::string_view>(one), std::span<const std::string_view>(two)}) {
          for (const auto device : {std::string_view(), ada_laptop, alan_laptop}) {
            auto request = request_of(subject, resource, from);
            request.methods = methods;
            if (!device.empty()) request.device = device;
            Decided decided;
            decided.state = live.state();
            decided.decision_id = "00000000-0000-4000-8000-000000000001";
            const auto done = resolve(request, *decided.state, {}, test_now, decided.resolved);
            EXPECT_TRUE(done.has_value());
            decided.decision = decided.state->program->decide(decided.sign_in());
            entries.push_back({make_record(request, decided, 0).json, decided.decision.outcome});
          }
        }
      }
    }
  }
  return entries;
}

class OwnLog : public testing::Test {
 protected:
  OwnLog() {
    EXPECT_TRUE(live_.refresh().has_value());
    const std::vector<std::string> folder = {example_tenant_folder()};
    loaded_ = load(folder);
    sides_.push_back(*make_side(loaded_));
  }
  Report replayed(const std::string& record) {
    Replay replay(sides_);
    const auto source = ByteSource::of(record);
    EXPECT_TRUE(replay.read(**source, "log").has_value());
    return replay.report();
  }

  TestTenant tenant_;
  LiveTenant live_{*tenant_.store};
  LoadResult loaded_;
  std::vector<Side> sides_;
};

TEST_F(OwnLog, with_its_facts_it_replays_to_the_same_answers) {
  std::string log;
  std::array<std::size_t, 3> by_outcome{};
  for (const auto& [json, outcome] : decide_many(live_)) {
    log += json + '\n';
    ++by_outcome[static_cast<std::size_t>(outcome)];
  }
  const auto report = replayed(log);
  EXPECT_EQ(report.bad, 0U) << report.first_bad.front().problem;
  EXPECT_EQ(report.changed.at_most, 0U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_GT(by_outcome[i], 0U);
    EXPECT_EQ(report.matrix[i][i].at_least, by_outcome[i]);
  }
}

TEST_F(OwnLog, as_graph_tells_it_the_answer_is_within_the_bounds) {
  for (const auto& [record, outcome] : decide_many(live_)) {
    const auto parsed = json::parse(record);
    ASSERT_TRUE(parsed.has_value());
    json::Arena arena;
    const auto told = json::write(graph_sign_in(parsed->root(), arena));
    const auto report = replayed(told);
    ASSERT_EQ(report.bad, 0U) << report.first_bad.front().problem;
    // An error code may be that of a request and of a refusal, so the cell is not the test.
    EXPECT_EQ(report.changed.at_least, 0U) << told;
    EXPECT_TRUE(outcome != Outcome::granted || report.matrix[0][0].at_most == 1U);
  }
}

}  // namespace
}  // namespace sallyport::replay
