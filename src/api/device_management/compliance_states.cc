// What devices were judged to be, as Graph reports it: of a device each policy and each setting; of
// a policy, or a setting, each device. All of it is read from the stored verdicts.
//
// A device's state is spelt `noncompliant`, that of a policy or setting `nonCompliant`.
// Cost: of a device, its verdict; of a policy or setting, every verdict: beyond verdicts_max
// devices that is refused. Source: device-compliance spec, section 2.
#include <map>

#include "api/answers.h"
#include "api/device_management/resources.h"
#include "api/device_management/verdict_reports.h"
#include "api/services.h"
#include "base/text.h"
#include "service/document_names.h"
#include "service/managed_devices/record.h"

namespace sallyport::api {
namespace {

using json::Value;

constexpr std::string_view no_date = "9999-12-31T23:59:59Z";

constexpr Resource states{
    .path = "/deviceManagement/managedDevices/{id}/deviceCompliancePolicyStates",
    .context = "deviceManagement/managedDevices",
    .type = "microsoft.graph.deviceCompliancePolicyState",
    .kind = managed_device_kind};
constexpr Resource statuses{
    .path = "/deviceManagement/deviceCompliancePolicies/{id}/deviceStatuses",
    .context = "deviceManagement/deviceCompliancePolicies",
    .type = "microsoft.graph.deviceComplianceDeviceStatus",
    .kind = "deviceCompliancePolicy"};
constexpr Resource summaries{
    .path = "/deviceManagement/deviceCompliancePolicySettingStateSummaries",
    .context = "deviceManagement/deviceCompliancePolicySettingStateSummaries",
    .type = "microsoft.graph.deviceCompliancePolicySettingStateSummary",
    .kind = verdict_kind};

// ---- of one device ----

void write_setting(json::Writer& w, const Value& policy, const Value& setting,
                   const Named& device) {
  w.begin_object();
  w.member("setting", text_of(setting, "setting"));
  w.member("settingName", text_of(setting, "name"));
  w.key("instanceDisplayName");
  w.null();
  w.member("currentValue", text_of(setting, "reported"));
  w.member("state", text_of(setting, "state"));
  const auto* code = setting.find("errorCode");
  w.member("errorCode", code == nullptr ? std::int64_t{0} : code->integer().value_or(0));
  w.member("errorDescription", text_of(setting, "errorDescription"));
  w.member("userId", device.user_id);
  w.member("userPrincipalName", device.user);
  w.key("sources");
  w.begin_array();
  w.begin_object();
  w.member("id", text_of(policy, "id"));
  w.member("displayName", text_of(policy, "displayName"));
  w.member("sourceType", "deviceCompliancePolicy");
  w.end_object();
  w.end_array();
  w.end_object();
}

void write_policy(json::Writer& w, const Value& policy, const Named& device) {
  w.begin_object();
  w.member("id", text_of(policy, "id"));
  w.member("displayName", text_of(policy, "displayName"));
  w.member("platformType", text_of(policy, "type"));
  w.member("state", text_of(policy, "state"));
  const auto settings = list_of(policy, "settings");
  w.member("settingCount", static_cast<std::int64_t>(settings.size()));
  w.member("userId", device.user_id);
  w.member("userPrincipalName", device.user);
  w.key("settingStates");
  w.begin_array();
  for (const auto& setting : settings) write_setting(w, policy, setting, device);
  w.end_array();
  w.end_object();
}

struct Judged {
  Named device;
  std::shared_ptr<const json::Document> verdict;  // null: it was not judged yet
  std::span<const Value> policies() const {
    return verdict ? list_of(verdict->root(), "policies") : std::span<const Value>();
  }
};

Result<Judged> judged(const Call& call) {
  const auto record = call.services.reader.get(managed_device_kind, store_id(call.key()));
  if (!record) return tl::unexpected<Error>(record.error());
  Judged out{named((*record)->root()), nullptr};
  const auto device_id = to_lower(text_of((*record)->root(), "azureADDeviceId"));
  const auto stored = call.services.store.get(verdict_kind, device_id);
  if (!stored && stored.error().kind == ErrorKind::not_found) return out;
  if (!stored) return tl::unexpected<Error>(stored.error());
  auto verdict = json::parse(stored->json);
  if (!verdict) return tl::unexpected<Error>(verdict.error());
  out.verdict = std::make_shared<json::Document>(std::move(*verdict));
  return out;
}

std::string states_context(const Call& call) {
  return "deviceManagement/managedDevices('" + store_id(call.key()) +
         "')/deviceCompliancePolicyStates";
}

Replied list_states(const Call& call) {
  const auto device = judged(call);
  if (!device) return failed(call, device.error());
  return collection(call, states_context(call), [&](json::Writer& w) {
    for (const auto& policy : device->policies()) write_policy(w, policy, device->device);
  });
}

// The state of the policy that the path names; null when it does not apply.
const Value* policy_in(const Judged& device, std::string_view id) {
  for (const auto& policy : device.policies()) {
    if (store_id(text_of(policy, "id")) == store_id(id)) return &policy;
  }
  return nullptr;
}

Failure no_such_policy(const Call& call) {
  return {404,
          "ResourceNotFound",
          "this device was not judged by a policy with the id `" + call.keys[1] + "`",
          {},
          0};
}

Replied get_state(const Call& call) {
  const auto device = judged(call);
  if (!device) return failed(call, device.error());
  const auto* policy = policy_in(*device, call.keys[1]);
  if (policy == nullptr) return tl::unexpected<Failure>(no_such_policy(call));
  Reply reply;
  json::Writer w(reply.body);
  write_policy(w, *policy, device->device);
  std::string context = "{\"@odata.context\":";
  json::append_quoted(context, context_url(call, states_context(call) + "/$entity"));
  reply.body.replace(0, 1, context + ',');
  return reply;
}

Replied list_setting_states(const Call& call) {
  const auto device = judged(call);
  if (!device) return failed(call, device.error());
  const auto* policy = policy_in(*device, call.keys[1]);
  if (policy == nullptr) return tl::unexpected<Failure>(no_such_policy(call));
  const auto context = states_context(call) + "('" + store_id(call.keys[1]) + "')/settingStates";
  return collection(call, context, [&](json::Writer& w) {
    for (const auto& setting : list_of(*policy, "settings")) {
      write_setting(w, *policy, setting, device->device);
    }
  });
}

// ---- of all devices ----

std::string_view date_or_none(const Value& object, std::string_view name) {
  const auto date = text_of(object, name);
  return date.empty() ? no_date : date;
}

Replied list_statuses(const Call& call) {
  OrFailure<void> visited;
  auto reply = collection(call, context_of_policy(call, "deviceStatuses"), [&](json::Writer& w) {
    visited = each_state_of_policy(
        call, [&](const std::string& device_id, const Value& verdict, const Value& policy) {
          const auto device = device_named(call, device_id);
          w.begin_object();
          w.member("id", device.id + '_' + store_id(call.key()));
          w.member("deviceDisplayName", device.name);
          w.member("deviceModel", device.model);
          w.member("userName", device.user);
          w.member("userPrincipalName", device.user);
          w.member("status", text_of(policy, "state"));
          // A verdict that stands is not written again with every report.
          w.member("lastReportedDateTime",
                   std::max<std::string_view>(device.last_sync, text_of(verdict, "evaluatedAt")));
          w.member("complianceGracePeriodExpirationDateTime", date_or_none(policy, "graceUntil"));
          w.end_object();
        });
  });
  if (!visited) return tl::unexpected<Failure>(visited.error());
  return reply;
}

Replied get_overview(const Call& call) {
  Counts counts;
  std::string newest;
  const auto visited = each_state_of_policy(
      call, [&](const std::string&, const Value& verdict, const Value& policy) {
        ++counts.by_state[std::string(text_of(policy, "state"))];
        newest = std::max(newest, std::string(text_of(verdict, "evaluatedAt")));
      });
  if (!visited) return tl::unexpected<Failure>(visited.error());
  return overview_of(call, "deviceStatusOverview", counts, newest);
}

struct Summary {
  std::string name;
  Counts counts;
};

void write_counts(json::Writer& w, const Counts& counts) {
  for (const auto* state : {"unknown", "notApplicable", "compliant", "remediated", "nonCompliant",
                            "error", "conflict"}) {
    w.member(std::string(state) + "DeviceCount", counts.of(state));
  }
}

Replied list_summaries(const Call& call) {
  std::map<std::string, Summary> by_setting;
  const auto visited = each_verdict(call, [&](const std::string&, const Value& verdict) {
    for (const auto& policy : list_of(verdict, "policies")) {
      for (const auto& setting : list_of(policy, "settings")) {
        auto& summary = by_setting[std::string(text_of(setting, "setting"))];
        summary.name = text_of(setting, "name");
        ++summary.counts.by_state[std::string(text_of(setting, "state"))];
      }
    }
  });
  if (!visited) return tl::unexpected<Failure>(visited.error());
  return collection(call, summaries.context, [&](json::Writer& w) {
    for (const auto& [setting, summary] : by_setting) {
      w.begin_object();
      w.member("id", setting);
      w.member("setting", setting);
      w.member("settingName", summary.name);
      write_counts(w, summary.counts);
      w.end_object();
    }
  });
}

Replied list_summaries_of_policy(const Call& call) {
  std::map<std::string, Summary> by_setting;
  const auto visited =
      each_state_of_policy(call, [&](const std::string&, const Value&, const Value& policy) {
        for (const auto& setting : list_of(policy, "settings")) {
          auto& summary = by_setting[std::string(text_of(setting, "setting"))];
          summary.name = text_of(setting, "name");
          ++summary.counts.by_state[std::string(text_of(setting, "state"))];
        }
      });
  if (!visited) return tl::unexpected<Failure>(visited.error());
  const auto context = context_of_policy(call, "deviceSettingStateSummaries");
  return collection(call, context, [&](json::Writer& w) {
    for (const auto& [setting, summary] : by_setting) {
      w.begin_object();
      w.member("id", store_id(call.key()) + '_' + setting);
      w.member("settingName", summary.name);
      w.member("instancePath", setting);
      write_counts(w, summary.counts);
      w.end_object();
    }
  });
}

Replied list_devices_of_setting(const Call& call) {
  OrFailure<void> visited;
  const auto context = std::string(summaries.context) + "('" + std::string(call.key()) +
                       "')/deviceComplianceSettingStates";
  auto reply = collection(call, context, [&](json::Writer& w) {
    visited = each_verdict(call, [&](const std::string& device_id, const Value& verdict) {
      for (const auto& policy : list_of(verdict, "policies")) {
        for (const auto& setting : list_of(policy, "settings")) {
          if (text_of(setting, "setting") != call.key()) continue;
          const auto device = device_named(call, device_id);
          w.begin_object();
          w.member("id", device.id + '_' + std::string(text_of(policy, "id")));
          w.member("setting", text_of(setting, "setting"));
          w.member("settingName", text_of(setting, "name"));
          w.member("platformType", text_of(policy, "type"));
          w.member("deviceId", device.id);
          w.member("deviceName", device.name);
          w.member("deviceModel", device.model);
          w.member("userId", device.user_id);
          w.member("userPrincipalName", device.user);
          w.member("state", text_of(setting, "state"));
          w.member("complianceGracePeriodExpirationDateTime", date_or_none(policy, "graceUntil"));
          w.end_object();
        }
      }
    });
  });
  if (!visited) return tl::unexpected<Failure>(visited.error());
  return reply;
}

constexpr auto none = BodyRule::none;
constexpr std::string_view read[] = {
    "DeviceManagementManagedDevices.Read.All", "DeviceManagementManagedDevices.ReadWrite.All",
    "DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All"};

const Operation rows[] = {
    {"GET", "/deviceManagement/managedDevices/{id}/deviceCompliancePolicyStates", &states, read,
     list_states, none, 200, "List what a managed device came to by each policy", Answers::object},
    {"GET", "/deviceManagement/managedDevices/{id}/deviceCompliancePolicyStates/{policy}", &states,
     read, get_state, none, 200, "Get what a managed device came to by a policy", Answers::object},
    {"GET",
     "/deviceManagement/managedDevices/{id}/deviceCompliancePolicyStates/{policy}/settingStates",
     &states, read, list_setting_states, none, 200,
     "List what a managed device came to by each setting of a policy", Answers::object},
    {"GET", "/deviceManagement/deviceCompliancePolicies/{id}/deviceStatuses", &statuses, read,
     list_statuses, none, 200, "List what each device came to by a policy", Answers::object},
    {"GET", "/deviceManagement/deviceCompliancePolicies/{id}/deviceStatusOverview", &statuses, read,
     get_overview, none, 200, "Count what devices came to by a policy", Answers::object},
    {"GET", "/deviceManagement/deviceCompliancePolicies/{id}/deviceSettingStateSummaries",
     &statuses, read, list_summaries_of_policy, none, 200,
     "Count what devices came to by each setting of a policy", Answers::object},
    {"GET", "/deviceManagement/deviceCompliancePolicySettingStateSummaries", &summaries, read,
     list_summaries, none, 200, "Count what devices came to by each setting", Answers::object},
    {"GET",
     "/deviceManagement/deviceCompliancePolicySettingStateSummaries/{id}/"
     "deviceComplianceSettingStates",
     &summaries, read, list_devices_of_setting, none, 200,
     "List what each device came to by a setting", Answers::object},
};

}  // namespace

std::span<const Operation> compliance_state_operations() { return rows; }

}  // namespace sallyport::api
