// The judge and the reference judge say the same of everything: of each device its state, access
// and times, of each policy and each setting its state and since when.
//
// SALLYPORT_PAIRS in the environment is how many judgements to try, SALLYPORT_SEED where to begin.
// A failure names the seed of its world, and the step.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "compliance/setting.h"
#include "reference/compliance/judge.h"
#include "tests/compliance/judged.h"
#include "tests/compliance/make_device.h"

namespace sallyport::testing_support {
namespace {

using namespace compliance;

constexpr std::size_t steps_per_world = 20;

std::size_t number_from_environment(const char* name, std::size_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<std::size_t>(std::strtoull(text, nullptr, 10));
}

struct Coverage {
  std::size_t judgements = 0;
  std::map<ComplianceState, std::size_t> states;
  std::map<ComplianceStatus, std::size_t> policies;
  std::map<ComplianceStatus, std::size_t> settings;
  std::set<const SettingRow*> rows_met;
  std::set<const SettingRow*> rows_failed;

  void count(const Judgement& judgement) {
    ++judgements;
    ++states[judgement.state];
    for (const auto& policy : judgement.policies) ++policies[policy.status];
    for (const auto& setting : judgement.settings) {
      ++settings[setting.status];
      if (setting.status == ComplianceStatus::compliant) rows_met.insert(setting.setting->row);
      if (setting.status == ComplianceStatus::non_compliant) {
        rows_failed.insert(setting.setting->row);
      }
    }
  }
  void print() const {
    std::printf("%zu judgements\n ", judgements);
    for (const auto& [state, count] : states) {
      std::printf(" %s %zu", std::string(name_of(state)).c_str(), count);
    }
    std::printf("\n  settings:");
    for (const auto& [status, count] : settings) {
      std::printf(" %s %zu", std::string(name_of(status)).c_str(), count);
    }
    std::printf("\n");
  }
};

TEST(Judge, agrees_with_the_reference_on_everything) {
  const auto pairs = number_from_environment("SALLYPORT_PAIRS", 20'000);
  const auto seed = number_from_environment("SALLYPORT_SEED", 1);
  Coverage coverage;
  for (std::size_t w = 0; coverage.judgements < pairs; ++w) {
    ComplianceWorld world(seed + w);
    History history;
    reference::DeviceMemory memory;
    for (std::size_t i = 0; i < steps_per_world; ++i) {
      world.step();
      const auto subject = world.subject();
      const auto judgement = judge(subject, world.applied(), world.rules(), history, world.now());
      const auto expected =
          reference::judge_device(subject, world.applied(), world.rules(), memory, world.now());
      ASSERT_EQ(differences(expected, answer_of(judgement)), "")
          << "SALLYPORT_SEED=" << seed + w << ", step " << i << "\n"
          << world.show();
      coverage.count(judgement);
      history = judgement.history;
    }
  }
  coverage.print();
  if (pairs < 20'000) return;
  // A generator that rarely hits would let every mistake pass.
  for (const auto state : {ComplianceState::compliant, ComplianceState::noncompliant,
                           ComplianceState::in_grace_period, ComplianceState::unknown}) {
    EXPECT_GT(coverage.states[state] * 100, coverage.judgements) << name_of(state);
  }
  EXPECT_GT(coverage.states[ComplianceState::error] * 1000, coverage.judgements);
  for (const auto& row : setting_rows()) {
    const bool can_be_met = row.test != SettingTest::never &&
                            row.test != SettingTest::cannot_tell &&
                            row.test != SettingTest::custom && !row.on_phones_only;
    if (can_be_met) {
      EXPECT_TRUE(coverage.rows_met.contains(&row)) << row.member << " is never met";
      EXPECT_TRUE(coverage.rows_failed.contains(&row)) << row.member << " is never failed";
    }
  }
}

// What is kept between two judgements may be written down and read back.
TEST(Judge, forgets_nothing_when_its_history_is_stored) {
  for (std::size_t seed = 1; seed <= 50; ++seed) {
    ComplianceWorld world(seed);
    History history;
    for (std::size_t i = 0; i < steps_per_world; ++i) {
      world.step();
      history =
          judge(world.subject(), world.applied(), world.rules(), history, world.now()).history;
      std::string text;
      json::Writer writer(text);
      history.write(writer);
      const auto document = json::parse(text);
      ASSERT_TRUE(document.has_value());
      const auto read = History::read(document->root());
      ASSERT_TRUE(read.has_value()) << text;
      EXPECT_EQ(*read, history);
    }
  }
}

// Judging twice at one time changes nothing: a crash between judging and storing loses nothing.
TEST(Judge, says_the_same_when_asked_again) {
  for (std::size_t seed = 1; seed <= 200; ++seed) {
    ComplianceWorld world(seed);
    History history;
    for (std::size_t i = 0; i < steps_per_world; ++i) {
      world.step();
      const auto once =
          judge(world.subject(), world.applied(), world.rules(), history, world.now());
      const auto again =
          judge(world.subject(), world.applied(), world.rules(), once.history, world.now());
      EXPECT_EQ(once.state, again.state) << seed << " " << i;
      EXPECT_EQ(once.history, again.history) << seed << " " << i;
      history = once.history;
    }
  }
}

// Neither at an earlier time, nor when it is heard of again and says what it said.
TEST(Judge, lets_nobody_in_again_when_the_clock_is_set_back) {
  std::size_t shut = 0;
  for (std::size_t seed = 1; seed <= 300; ++seed) {
    ComplianceWorld world(seed);
    History history;
    for (std::size_t i = 0; i < steps_per_world; ++i) {
      world.step();
      const auto judged =
          judge(world.subject(), world.applied(), world.rules(), history, world.now());
      history = judged.history;
      if (judged.is_compliant) continue;
      ++shut;
      for (const auto hours : {1, 24, 24 * 20, 24 * 400}) {
        const auto back = world.now() - std::chrono::hours(hours);
        const auto again = judge(world.subject(), world.applied(), world.rules(), history, back);
        EXPECT_FALSE(again.is_compliant) << seed << " " << i << " " << hours << "\n"
                                         << world.show();
        auto moved = history;
        moved.set_back(seconds_of(back));
        EXPECT_LE(moved.judged, seconds_of(back));
        for (const auto& policy : moved.policies) {
          EXPECT_LE(policy.noncompliant_since, moved.judged);
          EXPECT_LE(policy.since, moved.judged);
        }
      }
    }
  }
  EXPECT_GT(shut, 100U);
}

// Time alone changes a verdict no sooner than `next_change` says.
TEST(Judge, tells_when_time_alone_will_change_something) {
  for (std::size_t seed = 1; seed <= 300; ++seed) {
    ComplianceWorld world(seed);
    History history;
    for (std::size_t i = 0; i < steps_per_world; ++i) {
      world.step();
      const auto now = judge(world.subject(), world.applied(), world.rules(), history, world.now());
      history = now.history;
      const auto due = now.next_change != 0 ? instant_of(now.next_change) - std::chrono::seconds(1)
                                            : world.now() + std::chrono::hours(24 * 400);
      const auto later = judge(world.subject(), world.applied(), world.rules(), history, due);
      EXPECT_EQ(now.state, later.state) << seed << " " << i << " " << to_string(due) << "\n"
                                        << world.show();
      EXPECT_EQ(now.is_compliant, later.is_compliant) << seed << " " << i;
    }
  }
}

// Not to tell a fact never opens a door that telling it leaves shut. Threat levels are the
// exception that connectors ask for: missing data blocks only where they say so.
TEST(Judge, is_never_milder_to_who_hides_something) {
  std::size_t blocked = 0;
  for (std::size_t seed = 1; seed <= 25; ++seed) {
    ComplianceWorld world(seed);
    History history;
    for (std::size_t i = 0; i < steps_per_world; ++i) {
      world.step();
      const auto told =
          judge(world.subject(), world.applied(), world.rules(), history, world.now());
      for (const auto& row : fact_rows()) {
        if (row.fact == Fact::threat_level || row.fact == Fact::defender_threat_level) continue;
        const auto facts = world.facts_hiding(row.fact);
        auto subject = world.subject();
        if (subject.facts == nullptr) continue;
        subject.facts = &facts;
        const auto less = judge(subject, world.applied(), world.rules(), history, world.now());
        EXPECT_LE(less.is_compliant, told.is_compliant)
            << "hiding " << row.name << " in world " << seed << ", step " << i;
        if (less.is_compliant < told.is_compliant) ++blocked;
      }
      history = told.history;
    }
  }
  EXPECT_GT(blocked, 200U) << "hardly anything was hidden that was asked for";
}

TEST(Judge, lets_nobody_in_who_tells_nothing) {
  for (std::size_t seed = 1; seed <= 400; ++seed) {
    ComplianceWorld world(seed);
    world.step();
    auto subject = world.subject();
    const Facts nothing;
    subject.facts = &nothing;
    EXPECT_FALSE(judge(subject, world.applied(), world.rules(), {}, world.now()).is_compliant)
        << seed;
  }
}

}  // namespace
}  // namespace sallyport::testing_support
