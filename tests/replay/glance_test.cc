// The fast road and the plain one are one: whatever a record looks like, and whatever was met
// before, what is known at a glance is what reading gives.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "analysis/replay/replay.h"
#include "base/json.h"
#include "replay_report.h"
#include "tests/replay/made_logs.h"

namespace sallyport::replay {
namespace {

using testing_support::make_world;
using testing_support::Random;
using testing_support::World;

std::size_t worlds() {
  const char* pairs = std::getenv("SALLYPORT_PAIRS");
  return pairs == nullptr ? 20 : static_cast<std::size_t>(std::strtoull(pairs, nullptr, 10)) / 500;
}

// The members of a record, each as text.
struct Written {
  std::vector<std::pair<std::string, std::string>> members;

  explicit Written(const std::string& record) {
    const auto document = json::parse(record);
    for (const auto& member : document->root().members()) {
      members.emplace_back(member.name, json::write(member.value));
    }
  }
  std::string text(std::string_view between) const {
    std::string out = "{";
    for (const auto& [name, value] : members) {
      if (out.size() > 1) out += ',';
      out.append(between).append("\"" + name + "\":").append(between).append(value);
    }
    return out.append(between) + "}";
  }
};

// As other exporters, scripts and attackers write it: mostly it means the same.
void reword(Written& record, Random& random) {
  auto& members = record.members;
  const auto at = random.below(members.size());
  auto& [name, value] = members[at];
  switch (random.below(9)) {
    case 0: std::swap(members[at], members[random.below(members.size())]); break;
    case 1: name[0] = static_cast<char>(name[0] - 'a' + 'A'); break;
    case 2: members.emplace_back(members[random.below(members.size())]); break;
    case 3: value = "null"; break;
    case 4: value = random.chance(50) ? "5" : "[{\"a\":[]}]"; break;
    case 5: members.erase(members.begin() + static_cast<std::ptrdiff_t>(at)); break;
    case 6:  // an escape in a name or in a text
      if (random.chance(30)) name.insert(1, "\\u0041");
      if (value.size() > 2) value.insert(value.size() - 1, random.chance(80) ? "\\u0041" : "\\q");
      break;
    case 7: members.insert(members.begin(), {"correlationId", "\"{[\\\"\""}); break;
    default:
      if (value.size() > 8) {
        value.insert(value.find('"', 4) == std::string::npos ? 1 : value.find('"', 4), " ");
      }
  }
}

void damage(std::string& text, Random& random) {
  static const std::string_view bytes =
      "\"\\{}[]:, \x01\xff"
      "0aZ";
  const auto at = random.below(text.size());
  switch (random.below(4)) {
    case 0: text.resize(at); break;
    case 1: text.erase(at, 1 + random.below(4)); break;
    case 2: text.insert(at, 1, bytes[random.below(bytes.size())]); break;
    default: text[at] = bytes[random.below(bytes.size())];
  }
}

std::vector<std::string> records_of(const World& world, Random& random, std::size_t count) {
  std::vector<std::string> plain, made;
  for (std::size_t i = 0; i < 12; ++i) plain.push_back(graph_record(world, random));
  while (made.size() < count) {
    Written record(plain[random.below(plain.size())]);
    // Parts meet in company in which they were not met before.
    const Written other(plain[random.below(plain.size())]);
    for (auto& [name, value] : record.members) {
      for (const auto& [other_name, other_value] : other.members) {
        if (name == other_name && random.chance(20)) value = other_value;
      }
    }
    while (random.chance(30)) reword(record, random);
    if (record.members.empty()) continue;
    auto text = record.text(random.chance(90) ? "" : " ");
    if (random.chance(10)) damage(text, random);
    std::erase(text, '\n');
    if (!text.empty()) made.push_back(std::move(text));
  }
  return made;
}

std::string report_of(std::span<const Side> sides, const std::string& log, std::size_t parts) {
  Replay replay(sides, {.parts = parts, .bad_told = 10'000});
  EXPECT_TRUE(replay.read(**ByteSource::of(log), "log").has_value());
  const auto report = replay.report();
  std::vector<cli::ReplayedSide> shown;
  const Names names;
  for (const Side& side : sides) shown.push_back({&side, &names});
  auto text = cli::render(report, shown, {cli::Format::jsonl, false, 0}, 0);
  for (const auto& bad : report.first_bad) {
    text += std::to_string(bad.line) + ": " + bad.problem + '\n';
  }
  return text + std::to_string(report.elsewhere) + ' ' + std::to_string(report.untold);
}

TEST(Glance, a_log_read_at_a_glance_gives_the_report_of_one_that_is_read) {
  std::size_t bad = 0;
  for (std::uint64_t seed = 1; seed <= worlds(); ++seed) {
    SCOPED_TRACE(seed);
    const World world = make_world(seed);
    Random random(seed * 17);
    const std::vector<Side> both = {side_of(world, world.policy_set),
                                    side_of(world, edited(world, random))};
    std::string log;
    for (const auto& record : records_of(world, random, 400)) log += record + '\n';
    for (const std::size_t count : {std::size_t{1}, std::size_t{2}}) {
      const auto sides = std::span(both).first(count);
      const auto plain = report_of(sides, log, 0);
      bad += static_cast<std::size_t>(plain.find("this is not JSON") != std::string::npos);
      EXPECT_EQ(report_of(sides, log, 1U << 12U), plain);
      EXPECT_EQ(report_of(sides, log, 2), plain) << "where nearly all is forgotten";
    }
  }
  EXPECT_GT(bad, worlds());
}

// One by one: a part that has a fingerprint met before means what it meant then.
TEST(Glance, equal_fingerprints_mean_equal_facts) {
  std::size_t known = 0, refused = 0, unusual = 0;
  for (std::uint64_t seed = 1; seed <= worlds(); ++seed) {
    const World world = make_world(seed);
    Random random(seed * 19);
    const std::vector<Side> sides = {side_of(world, world.policy_set)};
    Distinction distinction(sides);
    Facts facts(sides, distinction);
    Glancer glancer(distinction);
    LogReader reader;
    Logged logged;
    Parts parts(1U << 12U, distinction);
    for (auto& record : records_of(world, random, 400)) {
      SCOPED_TRACE(record);
      const auto size = record.size();
      record.append(record_padding, '\0');
      const std::string_view text(record.data(), size);
      const auto glance = glancer.at(text);
      const bool read = reader.read(text, logged).has_value() && facts.read(logged).has_value();
      refused += read ? 0U : 1U;
      unusual += glance ? 0U : 1U;
      if (!glance) continue;
      const auto met = parts.find(*glance);
      if (met) {
        ++known;
        ASSERT_TRUE(read);
        EXPECT_EQ(met->situation, facts.situation());
        EXPECT_EQ(met->who, facts.who());
      }
      if (!read) continue;
      EXPECT_EQ(glance->at, facts.at());
      parts.insert(glance->prints, {facts.situation(), facts.who(), 0, 0});
    }
  }
  EXPECT_GT(known, 100 * worlds());  // or this would show nothing
  EXPECT_GT(refused, 10 * worlds());
  EXPECT_GT(unusual, 10 * worlds());
}

// What has no say may differ; all else may not.
TEST(Glance, what_the_answer_cannot_depend_on_is_not_part_of_it) {
  const World world = make_world(1);
  const std::vector<Side> sides = {side_of(world, world.policy_set)};
  const Distinction distinction(sides);
  Glancer glancer(distinction);
  const auto prints = [&](std::string text) {
    const auto size = text.size();
    text.append(record_padding, '\0');
    const auto glance = glancer.at({text.data(), size});
    EXPECT_TRUE(glance.has_value()) << text;
    return glance ? glance->prints.of : std::array<Fingerprint, part_count>{};
  };
  const std::string record =
      R"({"id":"1","createdDateTime":"2026-03-01T08:00:00Z","userId":"u","ipAddress":"192.0.2.1",)"
      R"("authenticationDetails":[{"authenticationStepDateTime":"2026-03-01T07:59:58Z",)"
      R"("authenticationMethod":"Password","succeeded":true}]})";
  const auto with = [&](std::string_view part, std::string_view other) {
    auto text = record;
    text.replace(text.find(part), part.size(), other);
    return text;
  };
  EXPECT_EQ(prints(with("\"1\"", "\"2\"")), prints(record));
  EXPECT_EQ(prints(with("08:00:00", "08:00:01")), prints(record));
  EXPECT_EQ(prints(with("07:59:58", "07:59:57")), prints(record));
  EXPECT_NE(prints(with("07:59:58", "07:00:00")), prints(record)) << "another age";
  EXPECT_NE(prints(with("Password", "password")), prints(record));
  EXPECT_NE(prints(with("\"u\"", "\"v\"")), prints(record));
  EXPECT_NE(prints(with("\"userId\"", "\"homeTenantId\"")), prints(record));
  EXPECT_NE(prints(with("192.0.2.1", "192.0.2.10")), prints(record));
}

TEST(Glance, what_is_unusual_is_left_to_the_plain_road) {
  const World world = make_world(1);
  const std::vector<Side> sides = {side_of(world, world.policy_set)};
  const Distinction distinction(sides);
  Glancer glancer(distinction);
  const std::string time = R"("createdDateTime":"2026-03-01T08:00:00Z")";
  const std::string unusual[] = {
      "{}",
      R"({"createdDateTime":"soon"})",
      R"({"createdDateTime":"2026-03-01T08:00:00\u005a"})",
      "{" + time + "," + time + "}",
      "{" + time + R"(,"userId":"a","USERID":"b"})",
      "{" + time + R"(,"sallyport":{"facts":{}}})",
      "{" + time + "} x",
      "{" + time + R"(,"location":{"city":")" + std::string(70'000, 'x') + "\"}}",
      "[{" + time + "}]",
      "{" + time,
      "",
  };
  for (auto text : unusual) {
    SCOPED_TRACE(text.substr(0, 80));
    const auto size = text.size();
    text.append(record_padding, '\0');
    EXPECT_FALSE(glancer.at({text.data(), size}).has_value());
  }
}

}  // namespace
}  // namespace sallyport::replay
