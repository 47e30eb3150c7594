// deviceCompliancePolicies/getDevicesScheduledToRetire and setScheduledRetireState: the retire list
// of actions for noncompliance, and an administrator's word on it.
// Source: Graph's pages of the same names, and of retireScheduledManagedDevice.
#include <algorithm>

#include "api/device_management/read_policies.h"
#include "api/device_management/resources.h"
#include "api/device_management/verdict_reports.h"
#include "api/services.h"
#include "base/text.h"
#include "service/document_names.h"
#include "service/due_actions/spell.h"
#include "service/managed_devices/record.h"
#include "service/managed_devices/scheduled_retirement.h"

namespace sallyport::api {
namespace {

using json::Value;

constexpr std::size_t devices_max = 1000;  // that are named in one request

constexpr Resource scheduled{
    .path = "/deviceManagement/deviceCompliancePolicies/getDevicesScheduledToRetire",
    .context = "Collection(microsoft.graph.retireScheduledManagedDevice)",
    .type = "microsoft.graph.retireScheduledManagedDevice",
    .kind = managed_device_kind};

struct WordPair {
  std::string_view from;
  std::string_view to;
};
constexpr WordPair device_types[] = {{"windows", "desktop"}, {"macos", "macMDM"},
                                     {"ios", "iPhone"},      {"ipados", "iPad"},
                                     {"android", "android"}, {"linux", "linux"}};
// A device's state as that of a policy is spelt.
constexpr WordPair states[] = {{"compliant", "compliant"},
                               {"noncompliant", "nonCompliant"},
                               {"ingraceperiod", "nonCompliant"},
                               {"error", "error"},
                               {"conflict", "conflict"}};

std::string_view word(std::span<const WordPair> words, std::string_view text) {
  const auto found = std::ranges::find_if(
      words, [&](const WordPair& one) { return equal_ignoring_case(one.from, text); });
  return found == words.end() ? "unknown" : found->to;
}

// The policy whose action has listed the device; null: it is compliant again, or the policy is
// gone.
const compliance::CompliancePolicy* policy_of(const Call& call, const Value& record,
                                              ReadPolicies& policies, std::string& id) {
  const auto device_id = to_lower(text_of(record, "azureADDeviceId"));
  const auto stored = call.services.store.get(noncompliance_kind, device_id);
  const auto document = stored ? json::parse(stored->json) : Result<json::Document>();
  if (!stored || !document) return nullptr;
  const auto spells = read_noncompliance(document->root());
  if (!spells) return nullptr;
  for (const auto& spell : spells->spells) {
    const auto* policy = policies.find(spell.policy);
    if (policy == nullptr) continue;
    const bool retires = std::ranges::any_of(spell.done, [&](const DoneAction& done) {
      return done.outcome == "done" && type_of(*policy, done.key) == "retire";
    });
    if (!retires) continue;
    id = spell.policy;
    return policy;
  }
  return nullptr;
}

void write_device(json::Writer& w, const Call& call, const std::string& id, const Value& record,
                  ReadPolicies& policies) {
  std::string policy_id;
  const auto* policy = policy_of(call, record, policies, policy_id);
  w.begin_object();
  w.member("id", id);
  w.member("managedDeviceId", id);
  w.member("managedDeviceName", text_of(record, "deviceName"));
  w.member("deviceType", word(device_types, text_of(record, "operatingSystem")));
  w.member("complianceState", word(states, text_of(record, "complianceState")));
  w.member("retireAfterDateTime", text_of(record, "retireAfterDateTime"));
  w.member("managementAgent", text_of(record, "managementAgent"));
  w.member("ownerType", text_of(record, "managedDeviceOwnerType"));
  w.key("deviceCompliancePolicyId");
  policy == nullptr ? w.null() : w.value(policy_id);
  w.key("deviceCompliancePolicyName");
  policy == nullptr ? w.null() : w.value(policy->display_name);
  w.key("roleScopeTagIds");
  w.begin_array();
  w.end_array();
  w.end_object();
}

// Every record is looked at.
OrFailure<void> check_size(const Call& call) {
  const auto count = call.services.store.count(managed_device_kind);
  if (!count) return failed(call, count.error());
  if (*count <= verdicts_max) return {};
  return refuse(400, "Request_UnsupportedQuery",
                "this would have to look at " + std::to_string(*count) +
                    " devices; list managedDevices ordered by retireAfterDateTime");
}

Replied list(const Call& call) {
  if (auto good = check_size(call); !good) return tl::unexpected<Failure>(good.error());
  ReadPolicies policies(call.services.store);
  Result<void> visited;
  auto reply = collection(call, scheduled.context, [&](json::Writer& w) {
    visited = each_scheduled_to_retire(call.services.store,
                                       [&](const std::string& id, const Value& record) {
                                         write_device(w, call, id, record, policies);
                                       });
  });
  if (!visited) return failed(call, visited.error());
  return reply;
}

OrFailure<std::vector<std::string>> devices_in(const Call& call) {
  std::vector<std::string> ids;
  if (const auto* all = call.body.find("scopedToAllDevices"); all != nullptr && all->truth()) {
    if (auto good = check_size(call); !good) return tl::unexpected<Failure>(good.error());
    const auto visited = each_scheduled_to_retire(
        call.services.store, [&](const std::string& id, const Value&) { ids.push_back(id); });
    if (!visited) return failed(call, visited.error());
    return ids;
  }
  const auto listed = list_of(call.body, "managedDeviceIds");
  if (listed.empty() || listed.size() > devices_max) {
    return refuse(400, "BadRequest",
                  "`managedDeviceIds` names 1 to " + std::to_string(devices_max) +
                      " devices, unless `scopedToAllDevices` is true");
  }
  for (const auto& one : listed) {
    auto id = store_id(one.text());
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(std::move(id));
  }
  return ids;
}

Replied decide(const Call& call) {
  const auto state = text_of(call.body, "state");
  const bool confirms = equal_ignoring_case(state, "confirmRetire");
  if (!confirms && !equal_ignoring_case(state, "cancelRetire")) {
    return refuse(400, "BadRequest", "`state` is confirmRetire or cancelRetire");
  }
  const auto ids = devices_in(call);
  if (!ids) return tl::unexpected<Failure>(ids.error());
  const auto decided = decide_retirement(
      change_context(call), *ids, confirms ? RetireDecision::confirm : RetireDecision::cancel);
  if (!decided) return failed(call, decided.error());
  Reply reply;
  reply.status = 204;
  return reply;
}

const Operation rows[] = {
    {"GET", "/deviceManagement/deviceCompliancePolicies/getDevicesScheduledToRetire", &scheduled,
     read_device_configuration, list, BodyRule::none, 200,
     "List the devices that are scheduled to be retired", Answers::object},
    {"POST", "/deviceManagement/deviceCompliancePolicies/setScheduledRetireState", &scheduled,
     write_device_configuration, decide, BodyRule::required, 204,
     "Retire the devices that are scheduled to be, or take them off the list"},
};

}  // namespace

std::span<const Operation> scheduled_retirement_operations() { return rows; }

}  // namespace sallyport::api
