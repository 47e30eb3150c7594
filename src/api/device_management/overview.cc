// /deviceManagement/managedDeviceOverview: how many devices are managed, by operating system.
// Cost: every record; beyond verdicts_max devices it is refused. Source: Graph's page of the same
// name.
#include <array>

#include "api/device_management/resources.h"
#include "api/device_management/verdict_reports.h"
#include "api/services.h"
#include "base/text.h"
#include "service/managed_devices/record.h"
#include "store/each_of_kind.h"

namespace sallyport::api {
namespace {

using json::Value;

constexpr Resource overview{.path = "/deviceManagement/managedDeviceOverview",
                            .context = "deviceManagement/managedDeviceOverview",
                            .type = "microsoft.graph.managedDeviceOverview",
                            .kind = managed_device_kind};

struct SystemRow {
  std::string_view system;  // as records have it
  std::string_view count;
};
constexpr SystemRow systems[] = {
    {"android", "androidCount"}, {"ios", "iosCount"},
    {"ipados", "iosCount"},      {"macos", "macOSCount"},
    {"windows", "windowsCount"}, {"windows phone", "windowsMobileCount"},
    {"linux", "linuxCount"}};
constexpr std::string_view system_counts[] = {
    "androidCount", "iosCount",   "macOSCount",   "windowsMobileCount",
    "windowsCount", "linuxCount", "unknownCount", "configMgrDeviceCount"};
constexpr std::string_view access_states[] = {"allowed", "blocked", "quarantined", "unknown"};
// Whom both an agent and Exchange know.
constexpr std::string_view dual_agents[] = {"easMdm", "easIntuneClient",
                                            "configurationManagerClientMdmEas"};

struct Totals {
  std::int64_t enrolled = 0;
  std::int64_t mdm = 0;
  std::int64_t dual = 0;
  Counts systems;
  Counts access;
};

void add(const Value& record, Totals& totals) {
  if (is_released(record)) return;
  ++totals.enrolled;
  const auto agent = text_of(record, "managementAgent");
  if (agent != "eas") ++totals.mdm;
  for (const auto one : dual_agents) totals.dual += agent == one ? 1 : 0;
  if (agent.starts_with("configurationManager")) ++totals.systems.by_state["configMgrDeviceCount"];
  std::string_view count = "unknownCount";
  for (const auto& row : systems) {
    if (equal_ignoring_case(row.system, text_of(record, "operatingSystem"))) count = row.count;
  }
  ++totals.systems.by_state[std::string(count)];
  std::string_view access = "unavailable";
  for (const auto state : access_states) {
    if (text_of(record, "exchangeAccessState") == state) access = state;
  }
  ++totals.access.by_state[std::string(access)];
}

OrFailure<Totals> count(const Call& call) {
  auto& store = call.services.store;
  const auto size = store.count(managed_device_kind);
  if (!size) return failed(call, size.error());
  if (*size > verdicts_max) {
    return refuse(400, "Request_UnsupportedQuery",
                  "this would have to look at " + std::to_string(*size) +
                      " devices; ask for managedDevices/$count");
  }
  Totals totals;
  const auto counted = each_of_kind(store, managed_device_kind, [&](const VersionedDocument& one) {
    if (const auto record = json::parse(one.json)) add(record->root(), totals);
    return Result<void>();
  });
  if (!counted) return failed(call, counted.error());
  return totals;
}

Replied get(const Call& call) {
  const auto totals = count(call);
  if (!totals) return tl::unexpected<Failure>(totals.error());
  Reply reply;
  json::Writer w(reply.body);
  w.begin_object();
  w.member("@odata.context", context_url(call, overview.context));
  w.member("id", call.services.tenant_id);
  w.member("enrolledDeviceCount", totals->enrolled);
  w.member("mdmEnrolledCount", totals->mdm);
  w.member("dualEnrolledDeviceCount", totals->dual);
  w.key("deviceOperatingSystemSummary");
  w.begin_object();
  for (const auto name : system_counts) w.member(name, totals->systems.of(name));
  w.end_object();
  w.key("deviceExchangeAccessStateSummary");
  w.begin_object();
  for (const auto name : access_states) {
    w.member(std::string(name) + "DeviceCount", totals->access.of(name));
  }
  w.member("unavailableDeviceCount", totals->access.of("unavailable"));
  w.end_object();
  w.end_object();
  return reply;
}

const Operation rows[] = {
    {"GET", "/deviceManagement/managedDeviceOverview", &overview, read_managed_devices, get,
     BodyRule::none, 200, "Count managed devices by operating system", Answers::object},
};

}  // namespace

std::span<const Operation> managed_device_overview_operations() { return rows; }

}  // namespace sallyport::api
