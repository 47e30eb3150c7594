// What users came to by a compliance policy: the worst of their devices. Of devices without a user
// nothing is told. Source: device-compliance spec, sections 1.1 and 2.1.
#include <algorithm>

#include "api/device_management/resources.h"
#include "api/device_management/verdict_reports.h"
#include "api/services.h"

namespace sallyport::api {
namespace {

using json::Value;

constexpr Resource statuses{.path = "/deviceManagement/deviceCompliancePolicies/{id}/userStatuses",
                            .context = "deviceManagement/deviceCompliancePolicies",
                            .type = "microsoft.graph.deviceComplianceUserStatus",
                            .kind = "deviceCompliancePolicy"};

// Of two states the later one in this list is worse.
constexpr std::string_view from_best_to_worst[] = {
    "unknown", "notApplicable", "compliant", "remediated", "nonCompliant", "conflict", "error"};

bool is_worse(std::string_view a, std::string_view b) {
  return std::ranges::find(from_best_to_worst, a) > std::ranges::find(from_best_to_worst, b);
}

struct UserState {
  std::string name;
  std::int64_t devices = 0;
  std::string status;
  std::string newest;
};
using UserStates = std::map<std::string, UserState>;  // by the user's id

OrFailure<UserStates> states_of(const Call& call) {
  UserStates users;
  const auto visited = each_state_of_policy(
      call, [&](const std::string& device_id, const Value& verdict, const Value& policy) {
        const auto device = device_named(call, device_id);
        if (device.user_id.empty()) return;
        auto& user = users[device.user_id];
        const auto state = text_of(policy, "state");
        user.name = device.user;
        if (user.devices++ == 0 || is_worse(state, user.status)) user.status = state;
        const auto evaluated = text_of(verdict, "evaluatedAt");
        user.newest = std::max({user.newest, device.last_sync, std::string(evaluated)});
      });
  if (!visited) return tl::unexpected<Failure>(visited.error());
  return users;
}

Replied list_users(const Call& call) {
  const auto users = states_of(call);
  if (!users) return tl::unexpected<Failure>(users.error());
  return collection(call, context_of_policy(call, "userStatuses"), [&](json::Writer& w) {
    for (const auto& [id, user] : *users) {
      w.begin_object();
      w.member("id", std::string(call.key()) + '_' + id);
      w.member("userDisplayName", user.name);
      w.member("userPrincipalName", user.name);
      w.member("devicesCount", user.devices);
      w.member("status", user.status);
      w.member("lastReportedDateTime", user.newest);
      w.end_object();
    }
  });
}

Replied get_overview(const Call& call) {
  const auto users = states_of(call);
  if (!users) return tl::unexpected<Failure>(users.error());
  Counts counts;
  std::string newest;
  for (const auto& [id, user] : *users) {
    ++counts.by_state[user.status];
    newest = std::max(newest, user.newest);
  }
  return overview_of(call, "userStatusOverview", counts, newest);
}

constexpr std::string_view read[] = {
    "DeviceManagementManagedDevices.Read.All", "DeviceManagementManagedDevices.ReadWrite.All",
    "DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All"};

const Operation rows[] = {
    {"GET", "/deviceManagement/deviceCompliancePolicies/{id}/userStatuses", &statuses, read,
     list_users, BodyRule::none, 200, "List what each user came to by a policy", Answers::object},
    {"GET", "/deviceManagement/deviceCompliancePolicies/{id}/userStatusOverview", &statuses, read,
     get_overview, BodyRule::none, 200, "Count what users came to by a policy", Answers::object},
};

}  // namespace

std::span<const Operation> user_state_operations() { return rows; }

}  // namespace sallyport::api
