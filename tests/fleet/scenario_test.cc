// Each scenario about a host of Fleet: who it is and what its report says.
// tests/scenarios/README.md tells what the files hold.
#include <gtest/gtest.h>

#include "enrolment/fleet/host.h"
#include "tests/support/scenario.h"

namespace sallyport::test {
namespace {

using json::Value;

std::string_view text_in(const Value& object, std::string_view name) {
  const auto* found = object.find(name);
  return found == nullptr ? std::string_view() : found->text();
}

std::string json_in(const Value& object, std::string_view name) {
  const auto* found = object.find(name);
  return found == nullptr ? std::string() : json::write(*found);
}

std::vector<fleet::PolicyRule> rules_of(const Value& root) {
  std::vector<fleet::PolicyRule> rules;
  const auto* list = root.find("rules");
  if (list == nullptr) return rules;
  for (const auto& one : list->items()) {
    auto rule =
        fleet::make_policy_rule(text_in(one, "fact"), json_in(one, "pass"), json_in(one, "fail"));
    EXPECT_TRUE(rule.has_value()) << describe(rule.error());
    if (!rule) continue;
    if (const auto* id = one.find("id")) rule->id = id->integer();
    rule->name = text_in(one, "name");
    rules.push_back(std::move(*rule));
  }
  return rules;
}

// `base` with the members of `changes` in the place of its own.
std::string laid_over(const Value& base, const Value& changes) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  for (const auto& member : base.members()) {
    if (changes.find(member.name) == nullptr) writer.member(member.name, member.value);
  }
  for (const auto& member : changes.members()) writer.member(member.name, member.value);
  writer.end_object();
  return out;
}

class FleetScenarios : public ::testing::TestWithParam<std::string> {};

TEST_P(FleetScenarios, a_host_is_who_it_is_and_tells_what_it_tells) {
  const auto text = scenario_text(GetParam());
  ASSERT_TRUE(text.has_value());
  const auto file = json::parse(*text);
  ASSERT_TRUE(file.has_value()) << describe(file.error());
  const auto& root = file->root();
  const auto now = parse_instant(text_in(root, "now"));
  ASSERT_TRUE(now.has_value());
  const auto rules = rules_of(root);
  ASSERT_FALSE(root.find("checks")->items().empty());
  for (const auto& check : root.find("checks")->items()) {
    SCOPED_TRACE(text_in(check, "description"));
    const auto body = laid_over(*root.find("host"), *check.find("host"));
    const auto page = fleet::read_page("{\"hosts\":[" + body + "]}", rules, *now);
    ASSERT_TRUE(page.has_value()) << describe(page.error());
    const auto& expect = *check.find("expect");
    if (const auto* why = expect.find("unreadable")) {
      ASSERT_EQ(page->unreadable.size(), 1U);
      EXPECT_EQ(page->unreadable.front().message, why->text());
      continue;
    }
    ASSERT_EQ(page->hosts.size(), 1U) << page->unreadable.front().message;
    const auto& host = page->hosts.front();
    if (const auto* serial = expect.find("serial")) {
      EXPECT_EQ(host.serial, serial->text());
    }
    if (const auto* uuid = expect.find("uuid")) {
      EXPECT_EQ(host.uuid, uuid->text());
    }
    const auto report = json::parse(compliance::to_json(fleet::report_of(host, 1)));
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(text_in(report->root(), "source"), "fleet");
    if (expect.find("seen") != nullptr) {
      EXPECT_EQ(text_in(report->root(), "reportedAt"), text_in(expect, "seen"));
    }
    if (const auto* facts = expect.find("facts")) {
      EXPECT_EQ(json::write(*report->root().find("facts")), json::write(*facts));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, FleetScenarios,
                         ::testing::ValuesIn(scenario_names(ScenarioKind::fleet)),
                         [](const auto& of) { return test_name_of(of.param); });

}  // namespace
}  // namespace sallyport::test
