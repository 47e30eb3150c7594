// How long does the verdict on a device take against 10 policies of 20 settings, and how much
// memory do the facts and the history of a million devices take?
//
// Policies are read from JSON once; every device has a report and a history of its own. Before
// anything is timed, the reference judge has to agree on a sample.
#include <array>

#include "benchmarks/question.h"
#include "compliance/judge.h"
#include "compliance/setting.h"
#include "reference/compliance/judge.h"

namespace sallyport::benchmarks {
namespace {

using namespace compliance;

constexpr std::size_t policy_count = 10;
constexpr std::size_t settings_per_policy = 20;
constexpr std::size_t device_count = 1'000'000;
const Instant monday = *parse_instant("2026-11-23T08:00:00Z");

// Twenty settings of Windows: switches, numbers, words and versions.
std::string policy_text(std::size_t index) {
  std::string text = R"({"@odata.type":"#microsoft.graph.windows10CompliancePolicy","id":"p)" +
                     std::to_string(index) + R"(","displayName":"Policy )" + std::to_string(index) +
                     "\"";
  for (const auto* name :
       {"passwordRequired", "passwordBlockSimple", "bitLockerEnabled", "secureBootEnabled",
        "codeIntegrityEnabled", "memoryIntegrityEnabled", "storageRequireEncryption",
        "activeFirewallRequired", "tpmRequired", "antivirusRequired", "antiSpywareRequired",
        "defenderEnabled", "signatureOutOfDate", "rtpEnabled"}) {
    text += ",\"" + std::string(name) + "\":true";
  }
  return text + R"(,"passwordMinimumLength":8,"passwordMinutesOfInactivityBeforeLock":10,)"
                R"("passwordRequiredType":"alphanumeric","osMinimumVersion":"10.0.19045.3000",)"
                R"("passwordPreviousPasswordBlockCount":5,"deviceThreatProtectionEnabled":true,)"
                R"("deviceThreatProtectionRequiredSecurityLevel":"low",)"
                R"("scheduledActionsForRule":[{"scheduledActionConfigurations":[)"
                R"({"actionType":"block","gracePeriodHours":24}]}]})";
}

// Every fifth device fails in something.
Facts windows_facts(std::size_t number) {
  Report report;
  report.reported_at = monday;
  report.sequence = 1;
  const auto flag = [&](Fact fact, bool on) {
    report.facts.push_back({fact, FactState::known, on ? 1 : 0, {}});
  };
  const auto text = [&](Fact fact, std::string words) {
    report.facts.push_back({fact, FactState::known, 0, std::move(words)});
  };
  text(Fact::operating_system, "Windows");
  text(Fact::os_version, "10.0.19045.3803");
  text(Fact::device_name, "LAPTOP-" + std::to_string(number));
  text(Fact::manufacturer, "Contoso");
  text(Fact::model, "Notebook 14 G" + std::to_string(number % 7));
  text(Fact::serial_number, "SN" + std::to_string(100'000'000 + number));
  text(Fact::tpm_version, "2.0");
  for (const auto fact :
       {Fact::password_set, Fact::simple_password_blocked, Fact::bit_locker_enabled,
        Fact::secure_boot_enabled, Fact::code_integrity_enabled, Fact::memory_integrity_enabled,
        Fact::storage_encrypted, Fact::antivirus_enabled, Fact::antispyware_enabled,
        Fact::defender_enabled, Fact::signatures_up_to_date, Fact::real_time_protection_enabled}) {
    flag(fact, true);
  }
  flag(Fact::firewall_enabled, number % 5 != 0);
  const auto count = [&](Fact fact, std::int64_t value) {
    report.facts.push_back({fact, FactState::known, value, {}});
  };
  count(Fact::password_minimum_length, 8 + static_cast<std::int64_t>(number % 4));
  count(Fact::screen_lock_minutes, 5);
  count(Fact::password_type, 6);
  count(Fact::password_history_count, 24);
  count(Fact::defender_threat_level, static_cast<std::int64_t>(number % 2));
  Facts facts;
  facts.merge(report, monday);
  return facts;
}

// Nineteen facts and a text or two more, as the agent reports.
Facts linux_facts(std::size_t number) {
  const auto report = parse_report(
      R"({"source":"agent","reportedAt":"2026-11-23T08:00:00Z","sequence":7,"facts":{)"
      R"("operatingSystem":"Linux","distribution":"ubuntu","osVersion":"22.04",)"
      R"("kernelVersion":"6.8.0-45-generic","storageEncrypted":true,"secureBootEnabled":true,)"
      R"("firewallEnabled":true,"pendingSecurityUpdates":3,"passwordMinimumLength":12,)"
      R"("passwordMinimumDigits":1,"passwordMinimumLowercase":1,"passwordMinimumUppercase":1,)"
      R"("passwordMinimumSymbols":0,"screenLockMinutes":5,"tpmVersion":"2.0",)"
      R"("deviceName":"laptop-)" +
      std::to_string(number) +
      R"(","manufacturer":"Contoso","model":"Notebook 14 G5","serialNumber":"SN)" +
      std::to_string(100'000'000 + number) + "\"}}");
  Facts facts;
  facts.merge(*report, monday);
  return facts;
}

// Two policies of the settings catalogue.
std::vector<CompliancePolicy> linux_policies() {
  std::vector<CompliancePolicy> policies;
  for (const auto* id : {"l1", "l2"}) {
    const auto document = json::parse(
        R"({"@odata.type":"#microsoft.graph.deviceManagementCompliancePolicy","name":"Linux",)"
        R"("id":")" +
        std::string(id) +
        R"(","settings":[{"settingInstance":{"settingDefinitionId":)"
        R"("linux_deviceencryption_required","choiceSettingValue":{"value":)"
        R"("linux_deviceencryption_required_true"}}},{"settingInstance":{"settingDefinitionId":)"
        R"("linux_passwordpolicy_minimumlength","simpleSettingValue":{"value":8}}}]})");
    policies.push_back(read_compliance_policy(document->root()).policy);
  }
  return policies;
}

struct Fleet {
  std::vector<CompliancePolicy> policies;
  std::vector<AppliedPolicy> applied;
  TenantRules rules;
};

Fleet make_fleet() {
  Fleet fleet;
  for (std::size_t i = 0; i < policy_count; ++i) {
    const auto document = json::parse(policy_text(i));
    fleet.policies.push_back(read_compliance_policy(document->root()).policy);
    if (fleet.policies.back().settings.size() != settings_per_policy) {
      refuse("a policy has " + std::to_string(fleet.policies.back().settings.size()) + " settings");
    }
  }
  for (const auto& policy : fleet.policies) fleet.applied.push_back({&policy, true, false});
  return fleet;
}

void check(const Fleet& fleet) {
  std::size_t compliant = 0;
  for (std::size_t i = 0; i < 200; ++i) {
    const auto facts = windows_facts(i);
    const Subject subject{&facts, Platform::windows10, EnrolledUser::valid, Authority::own};
    const auto judgement = judge(subject, fleet.applied, fleet.rules, {}, monday);
    reference::DeviceMemory memory;
    const auto expected =
        reference::judge_device(subject, fleet.applied, fleet.rules, memory, monday);
    if (judgement.state != expected.state) refuse("judge and reference disagree");
    if (judgement.state == ComplianceState::compliant) ++compliant;
  }
  if (compliant != 160) refuse(std::to_string(compliant) + " of 200 are compliant");
}

double judge_us(const Fleet& fleet) {
  constexpr std::size_t batch = 500;
  std::vector<Facts> facts;
  for (std::size_t i = 0; i < batch; ++i) facts.push_back(windows_facts(i));
  std::vector<History> histories(batch);
  Judgement judgement;
  std::vector<double> runs;
  for (std::size_t round = 0; round < 60; ++round) {
    const auto now = monday + std::chrono::minutes(round);
    const double begin = cpu_ns();
    for (std::size_t i = 0; i < batch; ++i) {
      const Subject subject{&facts[i], Platform::windows10, EnrolledUser::valid, Authority::own};
      judge(subject, fleet.applied, fleet.rules, histories[i], now, judgement);
      keep(judgement);
      std::swap(histories[i], judgement.history);
    }
    runs.push_back((cpu_ns() - begin) / batch / 1000);
  }
  return median(runs);
}

double explain_us(const Fleet& fleet) {
  const auto facts = windows_facts(5);
  const Subject subject{&facts, Platform::windows10, EnrolledUser::valid, Authority::own};
  const auto judgement = judge(subject, fleet.applied, fleet.rules, {}, monday);
  std::vector<double> runs;
  for (std::size_t i = 0; i < 200; ++i) {
    const double begin = cpu_ns();
    keep(to_json(explain(judgement, subject)));
    runs.push_back((cpu_ns() - begin) / 1000);
  }
  return median(runs);
}

std::size_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) refuse("/proc/self/statm cannot be read");
  unsigned long long size = 0, resident = 0;
  const int got = std::fscanf(file, "%llu %llu", &size, &resident);
  std::fclose(file);
  if (got != 2) refuse("/proc/self/statm holds something else");
  return static_cast<std::size_t>(resident) * 4096;
}

// What a million devices take as they are kept: facts, and the history under two policies.
double bytes_a_device() {
  struct Kept {
    Facts facts;
    History history;
  };
  const auto before = resident_bytes();
  std::vector<Kept> devices;
  devices.reserve(device_count);
  Judgement judgement;
  const auto policies = linux_policies();
  const AppliedPolicy two[] = {{&policies[0], true, false}, {&policies[1], true, false}};
  for (std::size_t i = 0; i < device_count; ++i) {
    devices.push_back({linux_facts(i), {}});
    const Subject subject{&devices.back().facts, Platform::linux, EnrolledUser::valid,
                          Authority::own};
    judge(subject, two, {}, {}, monday, judgement);
    devices.back().history = judgement.history;
    if (!judgement.is_compliant) refuse("a device that meets everything is not compliant");
  }
  keep(devices);
  return static_cast<double>(resident_bytes() - before) / static_cast<double>(device_count);
}

}  // namespace
}  // namespace sallyport::benchmarks

int main() {
  using namespace sallyport::benchmarks;
  const auto fleet = make_fleet();
  check(fleet);
  report("judge_10_policies_of_20_settings", judge_us(fleet), "us", 5, Better::less);
  report("explain_10_policies_of_20_settings", explain_us(fleet), "us");
  report("facts_and_history_a_device", bytes_a_device(), "bytes", 600, Better::less);
}
