// What does it cost to keep the verdicts of a million devices true when a policy is edited, and to
// remember what they reported?
//
// Ten policies of about twenty settings each, as companies have them for Linux; every device has
// reported all it can. Devices that fare as before are judged and nothing is written; the
// benchmark refuses when one of them is found to fare otherwise, and when of those that should one
// is missed.
#include "benchmarks/question.h"
#include "service/compliance/judging.h"
#include "service/live.h"
#include "store/sqlite/sqlite_store.h"
#include "store/temporary_folder.h"

namespace sallyport::benchmarks {
namespace {

const Instant now = *parse_instant("2026-11-26T03:00:00Z");

Guid device_id(std::uint64_t i) { return guid_of_text("device " + std::to_string(i)); }

std::string integer_setting(std::string_view id, int value) {
  return R"({"settingInstance":{"@odata.type":)"
         R"("#microsoft.graph.deviceManagementConfigurationSimpleSettingInstance",)"
         R"("settingDefinitionId":")" +
         std::string(id) +
         R"(","simpleSettingValue":{"@odata.type":)"
         R"("#microsoft.graph.deviceManagementConfigurationIntegerSettingValue","value":)" +
         std::to_string(value) + "}}}";
}

std::string distribution(std::string_view name) {
  const std::string item = "linux_distribution_alloweddistros_item_";
  const auto text = [&](std::string_view member, std::string_view value) {
    return R"({"@odata.type":)"
           R"("#microsoft.graph.deviceManagementConfigurationSimpleSettingInstance",)"
           R"("settingDefinitionId":")" +
           item + std::string(member) + R"(","simpleSettingValue":{"@odata.type":)" +
           R"("#microsoft.graph.deviceManagementConfigurationStringSettingValue","value":")" +
           std::string(value) + "\"}}";
  };
  return R"({"children":[{"@odata.type":)"
         R"("#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance",)"
         R"("settingDefinitionId":")" +
         item + R"($type","choiceSettingValue":{"value":")" + item + "$type_" + std::string(name) +
         R"(","children":[]}},)" + text("minimumversion", "20.04") + "," +
         text("maximumversion", "26.04") + "]}";
}

// `minimum_length`: of passwords; devices report 12.
std::string policy(int number, int minimum_length) {
  std::string settings =
      R"({"settingInstance":{"@odata.type":)"
      R"("#microsoft.graph.deviceManagementConfigurationChoiceSettingInstance",)"
      R"("settingDefinitionId":"linux_deviceencryption_required",)"
      R"("choiceSettingValue":{"value":"linux_deviceencryption_required_true","children":[]}}},)"
      R"({"settingInstance":{"@odata.type":)"
      R"("#microsoft.graph.deviceManagementConfigurationGroupSettingCollectionInstance",)"
      R"("settingDefinitionId":"linux_distribution_alloweddistros",)"
      R"("groupSettingCollectionValue":[)";
  for (const auto* name : {"debian", "rhel", "ubuntu"}) {
    settings += (settings.ends_with('[') ? "" : ",") + distribution(name);
  }
  settings += "]}}," + integer_setting("linux_passwordpolicy_minimumlength", minimum_length);
  for (const auto* one : {"digits", "lowercase", "uppercase", "symbols"}) {
    settings += "," + integer_setting(std::string("linux_passwordpolicy_minimum") + one, 1);
  }
  return R"({"id":")" + to_string(guid_of_text("policy " + std::to_string(number))) +
         R"(","name":"Linux","platforms":"linux","technologies":"linuxMdm","settings":[)" +
         settings +
         R"(],"assignments":[{"target":{"@odata.type":)"
         R"("#microsoft.graph.allDevicesAssignmentTarget"}}],)"
         R"("scheduledActionsForRule":[{"scheduledActionConfigurations":)"
         R"([{"actionType":"block","gracePeriodHours":0}]}]})";
}

void put_policies(Store& store, int minimum_length) {
  for (int i = 0; i < 10; ++i) {
    const auto done = store.put("deviceManagementCompliancePolicy",
                                to_string(guid_of_text("policy " + std::to_string(i))),
                                policy(i, minimum_length));
    if (!done) refuse(describe(done.error()));
  }
}

compliance::Report report_of(std::uint64_t i) {
  auto parsed = compliance::parse_report(
      R"({"source":"agent","reportedAt":"2026-11-26T03:00:00Z","sequence":1,"facts":{)"
      R"("operatingSystem":"Linux","distribution":"ubuntu","osVersion":"22.04",)"
      R"("kernelVersion":"5.15.0-91-generic","storageEncrypted":true,"secureBootEnabled":true,)"
      R"("firewallEnabled":true,"pendingSecurityUpdates":3,"passwordMinimumLength":12,)"
      R"("passwordMinimumDigits":1,"passwordMinimumLowercase":1,"passwordMinimumUppercase":1,)"
      R"("passwordMinimumSymbols":1,"screenLockMinutes":5,"tpmVersion":"2.0",)"
      R"("manufacturer":"LENOVO","model":"20XW00ABCD","serialNumber":"PF)" +
      std::to_string(i) + R"(","deviceName":"laptop-)" + std::to_string(i) + "\"}}");
  if (!parsed) refuse(describe(parsed.error()));
  return std::move(*parsed);
}

void run() {
  std::uint64_t count = 1'000'000;
  if (const char* fewer = std::getenv("SALLYPORT_BENCH_DEVICES")) {
    count = std::strtoull(fewer, nullptr, 10);
  }
  const TemporaryFolder folder;
  auto store = open_sqlite_store(folder.file("store.db"));
  if (!store) refuse(describe(store.error()));
  put_policies(**store, 8);
  LiveTenant tenant(**store);
  if (auto loaded = tenant.refresh(); !loaded) refuse(describe(loaded.error()));
  Judging judging(**store, tenant);
  if (auto loaded = judging.load(now); !loaded) refuse(describe(loaded.error()));

  // As if each had checked in before: what it came to then is its history.
  std::vector<Guid> devices;
  std::vector<double> judged;
  for (std::uint64_t i = 0; i < count; ++i) {
    DeviceState state;
    state.facts.merge(report_of(i), now);
    const auto id = device_id(i);
    const double begin = cpu_ns();
    const auto judgement = judging.judge_as_known(id, state, now);
    judged.push_back(cpu_ns() - begin);
    if (judgement.state != compliance::ComplianceState::compliant) refuse("it is not compliant");
    state.history = judgement.history;
    judging.states().put(id, state);
    devices.push_back(id);
  }
  report("judge a device, 10 policies, with whom they are for", median(judged) / 1000, "us", 5,
         Better::less);
  report("memory a device, 1M devices",
         static_cast<double>(judging.states().bytes()) / static_cast<double>(count), "B", 600,
         Better::less);

  // An edit by which nobody fares otherwise: everybody is looked at, and nothing is written.
  put_policies(**store, 9);
  if (auto made = judging.refresh_rulebook(); !made) refuse(describe(made.error()));
  const double begin = cpu_ns();
  if (auto done = judging.judge_again(devices, now); !done) refuse(describe(done.error()));
  const double seconds = (cpu_ns() - begin) / 1e9;
  if (judging.progress().judged != count) refuse("not everybody was judged");
  report("one policy edit judges 1M devices again", seconds * 1e6 / static_cast<double>(count), "s",
         10, Better::less);
  report("of these fared otherwise", static_cast<double>(judging.progress().fared_otherwise), "");
}

}  // namespace
}  // namespace sallyport::benchmarks

int main() { sallyport::benchmarks::run(); }
