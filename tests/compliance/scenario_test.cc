// Each scenario about a device's verdict, through the judge and through the reference judge; and
// those about documents, rules and filters through their readers. tests/scenarios/README.md tells
// what the files hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "compliance/assignment.h"
#include "compliance/setting.h"
#include "tests/compliance/judged.h"
#include "tests/support/scenario.h"

namespace sallyport::test {
namespace {

using namespace compliance;
using testing_support::answer_of;
using testing_support::differences;

std::string_view text_in(const json::Value& object, std::string_view name,
                         std::string_view otherwise = {}) {
  const auto* found = object.find(name);
  return found == nullptr ? otherwise : found->text();
}

bool truth_in(const json::Value& object, std::string_view name, bool otherwise) {
  const auto* found = object.find(name);
  return found == nullptr ? otherwise : found->truth();
}

std::set<std::string> texts_in(const json::Value& object, std::string_view name) {
  std::set<std::string> out;
  if (const auto* found = object.find(name)) {
    for (const auto& item : found->items()) out.emplace(item.text());
  }
  return out;
}

std::set<std::string> codes_of(const std::vector<Finding>& findings, Severity severity) {
  std::set<std::string> codes;
  for (const auto& finding : findings) {
    if (finding.severity == severity) codes.insert(finding.code);
  }
  return codes;
}

std::vector<GroupId> groups_in(const json::Value& object, std::string_view name) {
  std::vector<GroupId> groups;
  for (const auto& text : texts_in(object, name)) groups.push_back(GroupId::of(text));
  std::ranges::sort(groups);
  return groups;
}

FilterableDevice filterable(const json::Value& properties) {
  static const std::pair<const char*, compliance::FilterProperty> names[] = {
      {"deviceName", compliance::FilterProperty::device_name},
      {"deviceOwnership", compliance::FilterProperty::device_ownership},
      {"deviceTrustType", compliance::FilterProperty::device_trust_type},
      {"enrollmentProfileName", compliance::FilterProperty::enrollment_profile_name},
      {"manufacturer", compliance::FilterProperty::manufacturer},
      {"model", compliance::FilterProperty::model},
      {"operatingSystemVersion", compliance::FilterProperty::operating_system_version},
      {"osVersion", compliance::FilterProperty::os_version}};
  FilterableDevice device;
  for (const auto& [name, property] : names) {
    if (const auto* value = properties.find(name)) device[property] = std::string(value->text());
  }
  return device;
}

class Compliance : public ::testing::TestWithParam<std::string> {
 public:
  void SetUp() override {
    const auto text = scenario_text(GetParam());
    ASSERT_TRUE(text.has_value());
    auto document = json::parse(*text);
    ASSERT_TRUE(document.has_value()) << describe(document.error());
    file_ = std::move(*document);
    ASSERT_FALSE(text_in(file_.root(), "description").empty());
  }

  const json::Value& root() const { return file_.root(); }

  void read_tenant() {
    if (const auto* policies = root().find("policies")) {
      for (const auto& item : policies->items()) {
        auto reading = read_compliance_policy(item);
        for (const auto& finding : reading.findings) {
          EXPECT_NE(finding.severity, Severity::error) << finding.pointer << finding.message;
        }
        policies_.push_back(std::move(reading.policy));
      }
    }
    if (const auto* settings = root().find("settings")) {
      rules_.settings = read_tenant_settings(*settings, Dialect::strict, &findings_);
    }
    if (text_in(root(), "errorRule") == "2022") {
      rules_.settings.error_rule = ErrorRule::none_after_seven_days;
    }
    if (const auto* connectors = root().find("connectors")) {
      for (const auto& item : connectors->items()) {
        rules_.connectors.push_back(read_threat_connector(item, Dialect::strict, &findings_));
      }
    }
    if (const auto* filters = root().find("filters")) {
      for (const auto& item : filters->items()) {
        auto reading = read_assignment_filter(item);
        EXPECT_TRUE(reading.findings.empty());
        filters_.push_back(std::move(reading.filter));
      }
    }
    EXPECT_TRUE(findings_.empty());
  }

  // What of the tenant's policies applies: by their assignments, where the file has any.
  std::vector<AppliedPolicy> applied_to(const json::Value& device) {
    const auto user_groups = groups_in(device, "userGroups");
    const auto device_groups = groups_in(device, "deviceGroups");
    const auto* properties = device.find("properties");
    const auto seen = filterable(properties == nullptr ? json::Value() : *properties);
    AssignmentSubject subject{user_groups, device_groups, text_in(device, "user") != "none", &seen};
    std::vector<AppliedPolicy> applied;
    for (const auto& policy : policies_) {
      if (!policy.assignments_known) {
        applied.push_back({&policy, true, false});
        continue;
      }
      const auto outcome = evaluate_assignments(policy.assignments, subject, [&](const Guid& id) {
        const auto found = std::ranges::find(filters_, id, &AssignmentFilter::id);
        return found == filters_.end() ? nullptr : &*found;
      });
      if (outcome.applies) applied.push_back({&policy, outcome.for_user, outcome.for_system});
    }
    return applied;
  }

  static void expect_policies(const json::Value& expect, const Verdict& verdict) {
    const auto* policies = expect.find("policies");
    if (policies == nullptr) return;
    for (const auto& wanted : policies->members()) {
      const auto found = std::ranges::find(verdict.policies, wanted.name, &PolicyVerdict::id);
      ASSERT_NE(found, verdict.policies.end()) << wanted.name;
      if (const auto* state = wanted.value.find("state")) {
        EXPECT_EQ(name_of(found->status), state->text()) << wanted.name;
      }
      if (const auto* settings = wanted.value.find("settings")) {
        for (const auto& one : settings->members()) expect_setting(one, *found);
      }
    }
  }

  static void expect_setting(const json::Member& wanted, const PolicyVerdict& policy) {
    for (const auto& setting : policy.settings) {
      const auto key = setting.setting + (setting.system_account ? "@system" : "");
      if (key != wanted.name) continue;
      if (wanted.value.is_string()) {
        EXPECT_EQ(name_of(setting.status), wanted.value.text()) << key;
        return;
      }
      EXPECT_EQ(name_of(setting.status), text_in(wanted.value, "state")) << key;
      for (const auto& [member, actual] :
           {std::pair("required", setting.required), std::pair("reported", setting.reported),
            std::pair("remedy", setting.remedy)}) {
        if (const auto* text = wanted.value.find(member)) {
          EXPECT_EQ(actual, text->text()) << key;
        }
      }
      if (const auto* code = wanted.value.find("errorCode")) {
        EXPECT_EQ(setting.error_code, code->integer()) << key;
      }
      return;
    }
    ADD_FAILURE() << wanted.name << " is not judged";
  }

  static void expect_verdict(const json::Value& expect, const Verdict& verdict) {
    if (const auto* state = expect.find("complianceState")) {
      EXPECT_EQ(name_of(verdict.state), state->text());
    }
    if (const auto* compliant = expect.find("isCompliant")) {
      EXPECT_EQ(verdict.is_compliant, compliant->truth());
    }
    if (const auto* until = expect.find("graceUntil")) {
      EXPECT_EQ(verdict.grace_until ? to_string(*verdict.grace_until) : "", until->text());
    }
    if (const auto* until = expect.find("validUntil")) {
      EXPECT_EQ(verdict.valid_until ? to_string(*verdict.valid_until) : "", until->text());
    }
    if (const auto* applies = expect.find("applies")) {
      EXPECT_EQ(applies->items().size() + 1, verdict.policies.size());
    }
    expect_policies(expect, verdict);
  }

  void run_steps() {
    read_tenant();
    const auto& device = *root().find("device");
    Subject subject;
    Facts facts;
    subject.platform = compliance::parse_platform(text_in(device, "platform"))
                           .value_or(compliance::Platform::unknown);
    ASSERT_NE(subject.platform, compliance::Platform::unknown);
    const auto user = text_in(device, "user", "valid");
    subject.user = user == "valid"     ? EnrolledUser::valid
                   : user == "missing" ? EnrolledUser::missing
                                       : EnrolledUser::none;
    if (text_in(device, "authority") == "partner") subject.authority = Authority::partner;
    if (text_in(device, "authority") == "configurationManager") {
      subject.authority = Authority::configuration_manager;
    }
    History history;
    reference::DeviceMemory memory;
    for (const auto& step : root().find("steps")->items()) {
      const auto now = parse_instant(text_in(step, "at"));
      ASSERT_TRUE(now.has_value());
      SCOPED_TRACE(to_string(*now));
      if (const auto* report = step.find("report")) {
        const auto read = read_report(*report);
        ASSERT_TRUE(read.has_value()) << describe(read.error());
        EXPECT_EQ(facts.merge(*read, *now), truth_in(step, "taken", true));
        subject.facts = &facts;
      }
      const auto applied = applied_to(device);
      const auto judgement = judge(subject, applied, rules_, history, *now);
      EXPECT_EQ(differences(reference::judge_device(subject, applied, rules_, memory, *now),
                            answer_of(judgement)),
                "");
      history = judgement.history;
      expect_verdict(*step.find("expect"), explain(judgement, subject));
    }
  }

  void run_document() {
    const auto dialect =
        text_in(root(), "dialect") == "strict" ? Dialect::strict : Dialect::lenient;
    for (const auto& check : root().find("documents")->items()) {
      const auto& document = *check.find("document");
      const auto reading = read_compliance_policy(document, dialect);
      const auto& expect = *check.find("expect");
      std::vector<Finding> errors;
      std::string messages;
      for (const auto& finding : reading.findings) {
        EXPECT_FALSE(finding.pointer.empty()) << finding.message;
        messages += finding.pointer + ": " + finding.message + "\n";
      }
      EXPECT_EQ(!codes_of(reading.findings, Severity::error).empty(),
                truth_in(expect, "refused", false))
          << messages;
      for (const auto& pointer : texts_in(expect, "pointers")) {
        EXPECT_TRUE(std::ranges::any_of(reading.findings,
                                        [&](const Finding& one) { return one.pointer == pointer; }))
            << pointer << " is not among\n"
            << messages;
      }
      if (expect.find("settings") != nullptr) {
        std::set<std::string> keys;
        for (const auto& setting : reading.policy.settings) keys.insert(setting.key);
        EXPECT_EQ(keys, texts_in(expect, "settings"));
      }
      if (const auto* hours = expect.find("graceHours")) {
        EXPECT_EQ(reading.policy.grace_hours, hours->integer());
      }
    }
  }

  void run_rules() {
    for (const auto& check : root().find("rulesFiles")->items()) {
      const auto& file = *check.find("file");
      auto text = file.is_string() ? std::string(file.text()) : json::write(file);
      if (const auto* repeat = check.find("repeatRule")) {
        const auto& rule = file.find("Rules")->items().front();
        text = R"({"Rules":[)";
        for (std::int64_t i = 0; i < *repeat->integer(); ++i) {
          json::Arena arena;
          std::vector<json::Member> members(rule.members().begin(), rule.members().end());
          members[0].value = arena.string("Setting" + std::to_string(i));
          text += (i == 0 ? "" : ",") + json::write(arena.object(members));
        }
        text += "]}";
      }
      if (const auto* padding = check.find("padding")) {
        text.append(static_cast<std::size_t>(*padding->integer()), ' ');
      }
      std::set<std::string> codes;
      for (const auto& error : read_custom_rules(text).errors) codes.emplace(error.code);
      EXPECT_EQ(codes, texts_in(check, "codes")) << text.substr(0, 300);
    }
  }

  void run_filters() {
    for (const auto& check : root().find("rules")->items()) {
      const auto rule = AssignmentRule::parse(text_in(check, "rule"));
      const auto wanted = text_in(check, "error");
      if (!wanted.empty()) {
        ASSERT_FALSE(rule.has_value()) << text_in(check, "rule");
        EXPECT_EQ(describe(rule.error()), wanted);
        continue;
      }
      ASSERT_TRUE(rule.has_value()) << describe(rule.error());
      EXPECT_EQ(rule->matches(filterable(*check.find("device"))), check.find("matches")->truth())
          << rule->text();
    }
  }

  void run_tenant_settings() {
    for (const auto& check : root().find("tenantSettings")->items()) {
      std::vector<Finding> findings;
      const auto settings =
          read_tenant_settings(*check.find("document"), Dialect::strict, &findings);
      EXPECT_EQ(!findings.empty(), truth_in(check, "refused", false));
      if (const auto* days = check.find("thresholdDays")) {
        EXPECT_EQ(settings.check_in_threshold_days, days->integer());
      }
    }
  }

  json::Document file_;
  std::vector<CompliancePolicy> policies_;
  std::vector<AssignmentFilter> filters_;
  TenantRules rules_;
  std::vector<Finding> findings_;
};

TEST_P(Compliance, comes_out_as_the_scenario_says) {
  bool any = false;
  const auto run = [&](const char* member, void (Compliance::*how)()) {
    if (root().find(member) == nullptr) return;
    any = true;
    (this->*how)();
  };
  run("steps", &Compliance::run_steps);
  run("documents", &Compliance::run_document);
  run("rulesFiles", &Compliance::run_rules);
  run("rules", &Compliance::run_filters);
  run("tenantSettings", &Compliance::run_tenant_settings);
  EXPECT_TRUE(any) << "the scenario tries nothing";
}

INSTANTIATE_TEST_SUITE_P(Files, Compliance,
                         ::testing::ValuesIn(scenario_names(ScenarioKind::compliance)),
                         [](const auto& file) { return test_name_of(file.param); });

// The sheet of device compliance has 38 cases; 20 to 22 are about actions that become due.
TEST(ComplianceScenarios, hold_every_case_once_but_for_those_of_actions) {
  std::multiset<int> numbers = {20, 21, 22};
  for (const auto& name : scenario_names(ScenarioKind::compliance)) {
    numbers.insert(std::stoi(name.substr(name.find('/') + 1, 3)));
  }
  for (int number = 1; number <= 38; ++number) EXPECT_EQ(numbers.count(number), 1U) << number;
}

}  // namespace
}  // namespace sallyport::test
