// Random worlds, random sign-ins as the log would hold them: whatever is grouped, remembered or
// bounded, the report is what deciding each record by itself gives.
#include <gtest/gtest.h>

#include <cstdlib>

#include "analysis/replay/replay.h"
#include "base/json.h"
#include "service/facts.h"
#include "tests/differential/show.h"
#include "tests/replay/made_logs.h"

namespace sallyport::replay {
namespace {

using testing_support::FactOfSignIn;
using testing_support::facts_of_sign_in;
using testing_support::make_complete_sign_in;
using testing_support::make_sign_in;
using testing_support::make_world;
using testing_support::Random;
using testing_support::show;
using testing_support::World;

std::size_t worlds() {
  const char* pairs = std::getenv("SALLYPORT_PAIRS");
  return pairs == nullptr ? 20 : static_cast<std::size_t>(std::strtoull(pairs, nullptr, 10)) / 500;
}

std::string own_record(const World& world, Random& random) {
  auto g = make_sign_in(world, random);
  // A request for no application at all has no form in the log.
  while (g.sign_in.target.kind == TargetKind::applications &&
         g.sign_in.target.applications.empty()) {
    g = make_sign_in(world, random);
  }
  std::string text;
  json::Writer w(text);
  w.begin_object();
  w.member("createdDateTime", to_string(g.sign_in.now));
  w.key("status");
  w.begin_object();
  w.member("errorCode", std::int64_t{random.chance(50) ? 0 : 53003});
  w.end_object();
  w.key("sallyport");
  w.begin_object();
  w.key("facts");
  write_facts(g.sign_in, *world.directory, w);
  w.end_object();
  w.end_object();
  return text;
}

struct Sum {
  std::array<std::array<Range, 3>, 3> matrix;
  std::uint64_t sign_ins = 0, at_least = 0, at_most = 0;
};

// The same without anything remembered.
void add_alone(const std::string& record, std::span<const Side> sides, Sum& sum) {
  Distinction distinction(sides);
  Facts facts(sides, distinction);
  Judge judge(sides);
  LogReader reader;
  Logged logged;
  const std::string padded = record + std::string(record_padding, '\0');
  ASSERT_TRUE(reader.read({padded.data(), record.size()}, logged).has_value()) << record;
  const auto ending =
      ending_of(logged.error_code, logged.conditional_access_status, logged.outcome);
  if (ending == Ending::elsewhere) return;
  const auto done = facts.read(logged);
  ASSERT_TRUE(done.has_value()) << describe(done.error()) << record;
  const auto verdict =
      judge.judge(facts.sign_ins(), {ending, *logged.error_code},
                  facts.are_the_gates() ? Judge::Unknown::worst : Judge::Unknown::bounds);
  ++sum.sign_ins;
  sum.at_least += verdict.certainly_changes() ? 1U : 0U;
  sum.at_most += verdict.may_change() ? 1U : 0U;
  for (std::size_t from = 0; from < 3; ++from) {
    for (std::size_t to = 0; to < 3; ++to) {
      if (!verdict.ways.may(static_cast<Outcome>(from), static_cast<Outcome>(to))) continue;
      ++sum.matrix[from][to].at_most;
      if (verdict.ways.is_certain()) ++sum.matrix[from][to].at_least;
    }
  }
}

void expect_sum(const Report& report, const Sum& sum) {
  EXPECT_EQ(report.replayed.sign_ins, sum.sign_ins);
  EXPECT_EQ(report.changed.at_least, sum.at_least);
  EXPECT_EQ(report.changed.at_most, sum.at_most);
  for (std::size_t from = 0; from < 3; ++from) {
    for (std::size_t to = 0; to < 3; ++to) {
      EXPECT_EQ(report.matrix[from][to].at_least, sum.matrix[from][to].at_least) << from << to;
      EXPECT_EQ(report.matrix[from][to].at_most, sum.matrix[from][to].at_most) << from << to;
    }
  }
}

template <class Make>
void compare_grouped_with_alone(Make make_record, std::size_t side_count, bool bounds) {
  std::uint64_t changing = 0, open = 0;
  for (std::uint64_t seed = 1; seed <= worlds(); ++seed) {
    SCOPED_TRACE(seed);
    const World world = make_world(seed);
    Random random(seed * 31);
    std::vector<Side> sides = {side_of(world, world.policy_set)};
    if (side_count == 2) sides.push_back(side_of(world, edited(world, random)));
    Replay replay(sides);
    Sum sum;
    std::string log;
    for (int i = 0; i < 120; ++i) {
      const auto record = make_record(world, random);
      log += record + '\n';
      ASSERT_NO_FATAL_FAILURE(add_alone(record, sides, sum));
    }
    ASSERT_TRUE(replay.read(**ByteSource::of(log), "log").has_value());
    const auto report = replay.report();
    ASSERT_EQ(report.bad, 0U) << report.first_bad.front().problem;
    ASSERT_NO_FATAL_FAILURE(expect_sum(report, sum));
    changing += report.changed.at_least;
    open += report.changed.at_most - report.changed.at_least;
  }
  // Neither a world in which nothing happens nor one in which nothing is known tests much.
  EXPECT_GT(changing, worlds());
  EXPECT_EQ(open > worlds(), bounds);
}

TEST(ReplayPromises, records_that_are_grouped_count_as_if_each_were_decided_alone) {
  compare_grouped_with_alone(graph_record, 2, true);
  compare_grouped_with_alone(graph_record, 1, true);
  compare_grouped_with_alone(own_record, 2, false);
  compare_grouped_with_alone(own_record, 1, false);
}

TEST(ReplayPromises, two_equal_sets_change_nothing_however_little_is_known) {
  for (std::uint64_t seed = 1; seed <= worlds(); ++seed) {
    const World world = make_world(seed);
    Random random(seed);
    PolicySet turned = world.policy_set;
    std::reverse(turned.policies.begin(), turned.policies.end());
    const std::vector<Side> sides = {side_of(world, world.policy_set), side_of(world, turned)};
    Replay replay(sides);
    std::string log;
    for (int i = 0; i < 60; ++i) {
      log += graph_record(world, random) + '\n' + own_record(world, random) + '\n';
    }
    ASSERT_TRUE(replay.read(**ByteSource::of(log), "log").has_value());
    const auto report = replay.report();
    EXPECT_GT(report.replayed.sign_ins, 60U);
    EXPECT_EQ(report.changed.at_most, 0U) << seed;
    EXPECT_TRUE(report.changes.empty());
  }
}

TEST(ReplayPromises, a_certain_way_is_what_the_program_answers) {
  for (std::uint64_t seed = 1; seed <= worlds(); ++seed) {
    const World world = make_world(seed);
    Random random(seed * 7);
    const std::vector<Side> sides = {side_of(world, world.policy_set),
                                     side_of(world, edited(world, random))};
    Judge judge(sides);
    for (int i = 0; i < 40; ++i) {
      const auto g = make_sign_in(world, random);
      const std::array sign_ins = {g.sign_in, g.sign_in};
      const auto verdict = judge.judge(sign_ins, {});
      for (const auto assume : {Assume::worst, Assume::best}) {
        const auto from = sides[0].program->explain(g.sign_in, assume).outcome;
        const auto to = sides[1].program->explain(g.sign_in, assume).outcome;
        EXPECT_TRUE(verdict.ways.may(from, to)) << show(g.sign_in);
      }
      const auto from = sides[0].program->decide(g.sign_in).outcome;
      const auto to = sides[1].program->decide(g.sign_in).outcome;
      EXPECT_TRUE(!verdict.ways.is_certain() || verdict.ways.may(from, to));
      if (verdict.ways.certainly_change() && verdict.ways.is_certain()) {
        EXPECT_FALSE(verdict.policies.empty()) << show(g.sign_in);
      }
    }
  }
}

// What was hidden is told again at random: each such sign-in goes one of the ways.
TEST(ReplayPromises, the_bounds_hold_whatever_the_unknown_facts_turn_out_to_be) {
  std::size_t open = 0;
  for (std::uint64_t seed = 1; seed <= worlds(); ++seed) {
    const World world = make_world(seed);
    Random random(seed * 13);
    const std::vector<Side> sides = {side_of(world, world.policy_set),
                                     side_of(world, edited(world, random))};
    Judge judge(sides);
    const auto facts = facts_of_sign_in();
    for (int i = 0; i < 30; ++i) {
      auto g = make_complete_sign_in(world, random);
      std::vector<const FactOfSignIn*> hidden;
      for (std::size_t n = random.between(1, 3); n > 0; --n) {
        hidden.push_back(&facts[random.below(facts.size())]);
      }
      std::sort(hidden.begin(), hidden.end());
      for (const auto* fact : hidden) fact->make_unknown(g);
      const std::array sign_ins = {g.sign_in, g.sign_in};
      const auto verdict = judge.judge(sign_ins, {});
      open += verdict.ways.is_certain() ? 0U : 1U;
      for (int tries = 0; tries < 8; ++tries) {
        for (const auto* fact : hidden) fact->set(world, random, g);
        const auto from = sides[0].program->decide(g.sign_in).outcome;
        const auto to = sides[1].program->decide(g.sign_in).outcome;
        ASSERT_TRUE(verdict.ways.may(from, to)) << seed << show(g.sign_in);
      }
    }
  }
  EXPECT_GT(open, worlds());
}

TEST(ReplayPromises, what_can_be_remembered_bounds_what_is_named_and_not_what_is_counted) {
  const World world = make_world(3);
  Random random(3);
  const std::vector<Side> sides = {side_of(world, world.policy_set),
                                   side_of(world, edited(world, random))};
  std::string log;
  for (int i = 0; i < 500; ++i) log += graph_record(world, random) + '\n';
  Replay all(sides), little(sides, {.situations = 3, .rows = 2, .applications = 1, .changes = 1});
  ASSERT_TRUE(all.read(**ByteSource::of(log), "log").has_value());
  ASSERT_TRUE(little.read(**ByteSource::of(log), "log").has_value());
  const auto a = all.report(), b = little.report();
  ASSERT_GT(a.changed.at_most, 10U);
  EXPECT_EQ(a.changed.at_most, b.changed.at_most);
  EXPECT_EQ(a.changed.at_least, b.changed.at_least);
  EXPECT_LE(b.people_rows.size(), 2U);
  std::uint64_t named = 0;
  for (const auto& row : b.people_rows) named += row.tally.sign_ins;
  EXPECT_EQ(named + b.unnamed, b.changed.at_most);
}

}  // namespace
}  // namespace sallyport::replay
