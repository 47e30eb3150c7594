// Each scenario about a sign-in, through `sallyport whatif`: the documents in files, the sign-ins
// as JSON lines.
#include <gtest/gtest.h>

#include <array>
#include <map>

#include "tests/command_line/run_program.h"
#include "tests/support/expectation.h"
#include "tests/support/scenario.h"

namespace sallyport::test {
namespace {

constexpr std::array<std::string_view, 5> told = {"outcome", "errorCode", "missing", "policies",
                                                  "conditions"};

// A file a kind, each document with its type: their members alone do not always tell it.
void write_documents(const Scenario& scenario, const Workplace& workplace) {
  std::map<std::string, std::vector<json::Value>> files;
  json::Arena arena;
  for (const ScenarioDocument& document : scenario.documents) {
    std::vector<json::Member> members;
    // The PowerShell module of Graph puts the type aside.
    const json::Value* bag = document.value.find("AdditionalProperties");
    const bool has_type = document.value.find("@odata.type") != nullptr ||
                          (bag != nullptr && bag->find("@odata.type") != nullptr);
    if (!has_type) {
      const std::string type = "#microsoft.graph." + std::string(name_of(document.kind));
      members.push_back({"@odata.type", arena.string(type), 0});
    }
    for (const json::Member& member : document.value.members()) members.push_back(member);
    files[document.member].push_back(arena.object(members));
  }
  for (const auto& [name, documents] : files) {
    workplace.write(name + ".json", json::write_pretty(arena.array(documents)));
  }
}

// The line the program printed, in the shape of a scenario's `expect`.
std::string in_expected_shape(const json::Value& line) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  for (const std::string_view name : {"outcome", "errorCode"}) {
    if (const json::Value* value = line.find(name)) w.member(name, *value);
  }
  w.key("missing");
  w.begin_array();
  for (const json::Value& requirement : line.find("missing")->items()) {
    std::string text(requirement.find("requirement")->text());
    if (const json::Value* id = requirement.find("id")) text += ':' + std::string(id->text());
    w.value(text);
  }
  w.end_array();
  w.key("policies");
  w.begin_object();
  for (const json::Value& policy : line.find("policies")->items()) {
    w.member(policy.find("displayName")->text(), *policy.find("result"));
  }
  w.end_object();
  w.key("conditions");
  w.begin_object();
  for (const json::Value& policy : line.find("policies")->items()) {
    w.key(policy.find("displayName")->text());
    w.begin_array();
    for (const json::Value& condition : policy.find("conditions")->items()) {
      w.value(std::string(condition.find("condition")->text()) + ' ' +
              std::string(condition.find("met")->text()));
    }
    w.end_array();
  }
  w.end_object();
  w.end_object();
  return out;
}

class ScenariosOnTheCommandLine : public testing::TestWithParam<std::string> {};

TEST_P(ScenariosOnTheCommandLine, give_the_expected_answer) {
  const auto scenario = load_scenario(GetParam());
  ASSERT_TRUE(scenario.has_value()) << describe(scenario.error());
  const Workplace workplace;
  write_documents(*scenario, workplace);
  std::string lines;
  for (const ScenarioCheck& check : scenario->checks) lines += json::write(check.input) + '\n';
  workplace.write("sign-ins.lines", lines);
  const ProgramRun run =
      workplace.run("sallyport whatif *.json --sign-in sign-ins.lines --assume-absent --now " +
                    to_string(scenario->now) + " --format jsonl");
  ASSERT_LE(run.exit, 1) << run.errors;

  std::size_t start = 0;
  for (const ScenarioCheck& check : scenario->checks) {
    const std::size_t end = run.output.find('\n', start);
    ASSERT_NE(end, std::string::npos) << "no line for " << check.description;
    const auto line = json::parse(std::string_view(run.output).substr(start, end - start));
    ASSERT_TRUE(line.has_value()) << describe(line.error());
    start = end + 1;
    const auto actual = json::parse(in_expected_shape(line->root()));
    ASSERT_TRUE(actual.has_value());
    json::Arena arena;
    for (const std::string& difference :
         differences(only(check.expect, told, arena), actual->root())) {
      ADD_FAILURE() << check.description << ": " << difference;
    }
  }
  EXPECT_EQ(start, run.output.size());
}

INSTANTIATE_TEST_SUITE_P(All, ScenariosOnTheCommandLine,
                         testing::ValuesIn(scenario_names(ScenarioKind::sign_in)),
                         [](const auto& row) { return test_name_of(row.param); });

}  // namespace
}  // namespace sallyport::test
