// /deviceManagement/managedDevices and /users/{id}/managedDevices: the devices that are managed,
// and what they are asked to do.
#include <array>

#include "api/answers.h"
#include "api/device_management/resources.h"
#include "api/list.h"
#include "api/services.h"
#include "service/document_names.h"
#include "service/managed_devices/remote_actions.h"

namespace sallyport::api {
namespace {

using odata::PropertyKind;

constexpr std::string_view compliance_states[] = {
    "unknown", "compliant", "noncompliant", "conflict", "error", "inGracePeriod", "configManager"};
constexpr std::string_view owner_types[] = {"unknown", "company", "personal"};
constexpr std::string_view management_states[] = {"managed",       "retirePending",  "retireFailed",
                                                  "wipePending",   "wipeFailed",     "unhealthy",
                                                  "deletePending", "retireIssued",   "wipeIssued",
                                                  "wipeCanceled",  "retireCanceled", "discovered"};

constexpr odata::Property properties[] = {
    {.path = "id", .kind = PropertyKind::string_case_sensitive, .sortable = true},
    {.path = "deviceName", .sortable = true, .searchable = true},
    {.path = "managedDeviceName", .sortable = true, .searchable = true},
    {.path = "azureADDeviceId", .kind = PropertyKind::guid},
    {.path = "azureADRegistered", .kind = PropertyKind::boolean},
    {.path = "deviceRegistrationState", .kind = PropertyKind::enumeration},
    {.path = "complianceState",
     .kind = PropertyKind::enumeration,
     .sortable = true,
     .words = compliance_states},
    {.path = "complianceGracePeriodExpirationDateTime", .kind = PropertyKind::date_time},
    {.path = "complianceExpirationDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "managementAgent", .kind = PropertyKind::enumeration},
    {.path = "managedDeviceOwnerType", .kind = PropertyKind::enumeration, .words = owner_types},
    {.path = "deviceEnrollmentType", .kind = PropertyKind::enumeration},
    {.path = "managementState", .kind = PropertyKind::enumeration, .words = management_states},
    {.path = "joinType", .kind = PropertyKind::enumeration},
    {.path = "operatingSystem", .sortable = true},
    {.path = "osVersion", .sortable = true},
    {.path = "manufacturer", .sortable = true},
    {.path = "model", .sortable = true},
    {.path = "serialNumber"},
    {.path = "imei"},
    {.path = "meid"},
    {.path = "udid"},
    {.path = "wiFiMacAddress"},
    {.path = "ethernetMacAddress"},
    {.path = "phoneNumber"},
    {.path = "jailBroken"},
    {.path = "isEncrypted", .kind = PropertyKind::boolean},
    {.path = "isSupervised", .kind = PropertyKind::boolean},
    {.path = "lastSyncDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "enrolledDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "retireAfterDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "managementCertificateExpirationDate", .kind = PropertyKind::date_time},
    {.path = "partnerReportedThreatState", .kind = PropertyKind::enumeration},
    {.path = "deviceCategoryDisplayName"},
    {.path = "enrollmentProfileName"},
    {.path = "userId", .kind = PropertyKind::guid},
    {.path = "userPrincipalName", .searchable = true},
    {.path = "userDisplayName", .searchable = true},
    {.path = "emailAddress", .searchable = true},
    {.path = "notes"},
    {.path = "deviceActionResults", .kind = PropertyKind::complex, .collection = true},
    {.path = "deviceActionResults/actionName", .sortable = false},
    {.path = "deviceActionResults/actionState", .kind = PropertyKind::enumeration},
};
constexpr odata::Schema schema{.type = "microsoft.graph.managedDevice", .properties = properties};
constexpr Resource devices{.path = "/deviceManagement/managedDevices",
                           .context = "deviceManagement/managedDevices",
                           .type = "microsoft.graph.managedDevice",
                           .kind = managed_device_kind,
                           .schema = &schema,
                           .document = &managed_device_type,
                           .size = Size::many};

// Those whose primary user this is; a user may be named by userPrincipalName.
Replied list_of_user(const Call& call) {
  constexpr std::size_t devices_max = 1'000;
  const auto& key = call.key();
  auto id = store_id(key);
  if (key.find('@') != key.npos) {
    const auto tenant = call.services.reader.tenant();
    const auto user = tenant ? tenant->directory->find_user_by_name(key) : std::nullopt;
    if (user) id = to_string(user->id);
  }
  if (const auto user = call.services.store.get("user", id); !user) {
    return tl::unexpected<Failure>(failure_of(user.error(), ErrorStyle::directory));
  }
  ValueRange range;
  range.member = "userId";
  range.from = id;
  range.upto = id;
  const auto found = call.services.store.find(managed_device_kind, range, devices_max);
  if (!found) return failed(call, found.error());
  std::vector<Shown> rows;
  for (const auto& one : *found) {
    auto row = call.services.reader.show(one);
    if (!row) return failed(call, row.error());
    rows.push_back(std::move(*row));
  }
  return list_of(call, rows, "users('" + id + "')/managedDevices");
}

Replied ask(const Call& call) {
  const auto path = call.operation.path;
  const auto* action = find_remote_action(path.substr(path.rfind('/') + 1));
  const auto asked = request_action(change_context(call), call.key(), *action, call.body);
  if (!asked) return failed(call, asked.error());
  Reply reply;
  reply.status = 204;
  return reply;
}

constexpr std::string_view all = "/deviceManagement/managedDevices";
constexpr std::string_view one = "/deviceManagement/managedDevices/{id}";

constexpr Operation fixed_rows[] = {
    {"GET", all, &devices, read_managed_devices, list_documents, BodyRule::none, 200,
     "List managed devices"},
    {"GET", "/deviceManagement/managedDevices/$count", &devices, read_managed_devices,
     count_documents, BodyRule::none, 200, "Count managed devices", Answers::text},
    {"GET", one, &devices, read_managed_devices, get_document, BodyRule::none, 200,
     "Get a managed device"},
    {"PATCH", one, &devices, write_managed_devices, update_document, BodyRule::required, 204,
     "Change a managed device"},
    {"DELETE", one, &devices, write_managed_devices, delete_document, BodyRule::none, 204,
     "Delete a managed device"},
    {"GET", "/users/{id}/managedDevices", &devices, read_managed_devices, list_of_user,
     BodyRule::none, 200, "List the managed devices of a user"},
};

// A row for each remote action.
std::vector<Operation> all_rows() {
  static const auto paths = [] {
    std::vector<std::string> made;
    for (const auto& action : remote_actions()) {
      made.push_back(std::string(one) + '/' + std::string(action.name));
    }
    return made;
  }();
  std::vector<Operation> rows(std::begin(fixed_rows), std::end(fixed_rows));
  for (std::size_t i = 0; i < paths.size(); ++i) {
    rows.push_back({"POST", paths[i], &devices, command_managed_devices, ask, BodyRule::optional,
                    204, remote_actions()[i].words});
  }
  return rows;
}

}  // namespace

std::span<const Operation> managed_device_operations() {
  static const auto rows = all_rows();
  return rows;
}

}  // namespace sallyport::api
