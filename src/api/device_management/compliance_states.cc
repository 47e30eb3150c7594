// What devices were judged to be, as Graph reports it: of a device each policy and each setting; of
// a policy, or a setting, each device. All of it is read from the stored verdicts.
//
// A device's state is spelt `noncompliant`, that of a policy or setting `nonCompliant`.
// Cost: of a device, its verdict; of a policy or setting, every verdict: beyond verdicts_max
// devices that is refused. Source: device-compliance spec, section 2.
#include <map>

#include "api/answers.h"
#include "api/device_management/resources.h"
#include "api/services.h"
#include "base/text.h"
#include "service/document_names.h"
#include "service/managed_devices/record.h"

namespace sallyport::api {
namespace {

using json::Value;

constexpr std::int64_t verdicts_max = 100'000;
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

tl::unexpected<Failure> failed(const Call& call, const Error& error) {
  return tl::unexpected<Failure>(failure_of(call, error));
}

std::string_view text_of(const Value& object, std::string_view name) {
  const auto* found = object.find(name);
  return found == nullptr ? std::string_view() : found->text();
}

std::span<const Value> list_of(const Value& object, std::string_view name) {
  const auto* found = object.find(name);
  return found == nullptr ? std::span<const Value>() : found->items();
}

// A device as the reports name it.
struct Named {
  std::string id;
  std::string name;
  std::string model;
  std::string system;
  std::string user_id;
  std::string user;
  std::string last_sync;
};

Named named(const Value& record) {
  return {std::string(text_of(record, "id")),
          std::string(text_of(record, "deviceName")),
          std::string(text_of(record, "model")),
          std::string(text_of(record, "operatingSystem")),
          std::string(text_of(record, "userId")),
          std::string(text_of(record, "userPrincipalName")),
          std::string(text_of(record, "lastSyncDateTime"))};
}

// A collection in Graph's envelope; `write` writes the items.
template <class Write>
Reply collection(const Call& call, std::string_view context, Write write) {
  Reply reply;
  json::Writer w(reply.body);
  w.begin_object();
  w.member("@odata.context", context_url(call, context));
  w.key("value");
  w.begin_array();
  write(w);
  w.end_array();
  w.end_object();
  return reply;
}

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

// Visits each verdict with the deviceId it is about.
template <class Visit>
OrFailure<void> each_verdict(const Call& call, Visit visit) {
  constexpr std::size_t page = 1000;
  auto& store = call.services.store;
  const auto count = store.count(verdict_kind);
  if (!count) return failed(call, count.error());
  if (*count > verdicts_max) {
    return refuse(400, "Request_UnsupportedQuery",
                  "this would have to look at the verdicts on " + std::to_string(*count) +
                      " devices; ask for a device's deviceCompliancePolicyStates");
  }
  for (std::string after;;) {
    const auto some = store.list(verdict_kind, after, page);
    if (!some) return failed(call, some.error());
    for (const auto& one : *some) {
      const auto verdict = json::parse(one.json);
      if (!verdict) return failed(call, verdict.error());
      visit(one.id, verdict->root());
    }
    if (some->size() < page) return {};
    after = some->back().id;
  }
}

Named device_named(const Call& call, const std::string& device_id) {
  const auto keys = find_device(call.services.store, device_id);
  if (!keys || keys->record.empty()) return {{}, device_id, {}, {}, {}, {}, {}};
  const auto record = call.services.reader.get(managed_device_kind, keys->record);
  return record ? named((*record)->root()) : Named{{}, device_id, {}, {}, {}, {}, {}};
}

OrFailure<void> check_policy(const Call& call) {
  const auto policy = call.services.reader.get(call.resource().kind, store_id(call.key()));
  if (!policy) return failed(call, policy.error());
  return {};
}

template <class Visit>
OrFailure<void> each_state_of_policy(const Call& call, Visit visit) {
  const auto id = store_id(call.key());
  return each_verdict(call, [&](const std::string& device_id, const Value& verdict) {
    for (const auto& policy : list_of(verdict, "policies")) {
      if (store_id(text_of(policy, "id")) == id) visit(device_id, verdict, policy);
    }
  });
}

std::string_view date_or_none(const Value& object, std::string_view name) {
  const auto date = text_of(object, name);
  return date.empty() ? no_date : date;
}

Replied list_statuses(const Call& call) {
  if (auto there = check_policy(call); !there) return tl::unexpected<Failure>(there.error());
  OrFailure<void> visited;
  const auto context =
      "deviceManagement/deviceCompliancePolicies('" + store_id(call.key()) + "')/deviceStatuses";
  auto reply = collection(call, context, [&](json::Writer& w) {
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

// How many devices are in which state.
struct Counts {
  std::map<std::string, std::int64_t, std::less<>> by_state;
  std::int64_t of(std::string_view state) const {
    const auto found = by_state.find(state);
    return found == by_state.end() ? 0 : found->second;
  }
};

Replied get_overview(const Call& call) {
  if (auto there = check_policy(call); !there) return tl::unexpected<Failure>(there.error());
  Counts counts;
  std::string newest;
  const auto visited = each_state_of_policy(
      call, [&](const std::string&, const Value& verdict, const Value& policy) {
        ++counts.by_state[std::string(text_of(policy, "state"))];
        newest = std::max(newest, std::string(text_of(verdict, "evaluatedAt")));
      });
  if (!visited) return tl::unexpected<Failure>(visited.error());
  Reply reply;
  json::Writer w(reply.body);
  w.begin_object();
  w.member("@odata.context",
           context_url(call, "deviceManagement/deviceCompliancePolicies('" + store_id(call.key()) +
                                 "')/deviceStatusOverview/$entity"));
  w.member("id", store_id(call.key()));
  w.member("pendingCount", counts.of("unknown"));
  w.member("notApplicableCount", counts.of("notApplicable"));
  w.member("successCount", counts.of("compliant") + counts.of("remediated"));
  w.member("errorCount", counts.of("error"));
  w.member("failedCount", counts.of("nonCompliant") + counts.of("conflict"));
  if (!newest.empty()) w.member("lastUpdateDateTime", newest);  // else nobody was judged by it
  w.end_object();
  return reply;
}

struct Summary {
  std::string name;
  Counts counts;
};

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
      for (const auto* state : {"unknown", "notApplicable", "compliant", "remediated",
                                "nonCompliant", "error", "conflict"}) {
        w.member(std::string(state) + "DeviceCount", summary.counts.of(state));
      }
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
