#include "service/permissions.h"

#include <algorithm>

#include "base/text.h"

namespace sallyport {
namespace {

constexpr Permission permissions[] = {
    // Ours: Graph has no such thing.
    {"Analysis.ReadWrite.All", "run analyses of the policies and read what they say of people",
     true},
    {"Application.Read.All", "read service principals", false},
    {"Application.ReadWrite.All", "read and change service principals", true},
    {"AuditLog.Read.All", "read sign-ins and audits", false},
    {"Device.Read.All", "read devices", false},
    {"Device.ReadWrite.All", "read and change devices", true},
    {"DeviceManagementConfiguration.Read.All",
     "read compliance policies, filters, scripts and notification templates", false},
    {"DeviceManagementConfiguration.ReadWrite.All",
     "read and change compliance policies, filters, scripts and notification templates", true},
    {"DeviceManagementManagedDevices.PrivilegedOperations.All",
     "have managed devices lock, retire, wipe or check in", true},
    {"DeviceManagementManagedDevices.Read.All", "read managed devices and their compliance", false},
    {"DeviceManagementManagedDevices.ReadWrite.All", "read, change and delete managed devices",
     true},
    {"DeviceManagementServiceConfig.Read.All",
     "read connectors, partners and the settings of device management", false},
    {"DeviceManagementServiceConfig.ReadWrite.All",
     "read and change connectors, partners and the settings of device management", true},
    {"Directory.Read.All", "read users, groups, roles, service principals and devices", false},
    {"Directory.ReadWrite.All", "read and change users, groups, service principals and devices",
     true},
    {"Group.Read.All", "read groups and their members", false},
    {"Group.ReadWrite.All", "read and change groups and their members", true},
    {"GroupMember.Read.All", "read groups and their members", false},
    {"GroupMember.ReadWrite.All", "read groups and change their members", true},
    {"Organization.Read.All", "read the organisation and its licences", false},
    {"Policy.Read.All", "read every policy, location, strength and context", false},
    {"Policy.Read.ConditionalAccess", "read policies, locations and contexts", false},
    {"Policy.ReadWrite.AuthenticationMethod", "read and change authentication strengths", true},
    {"Policy.ReadWrite.ConditionalAccess", "read and change policies, locations and contexts",
     true},
    {"RoleManagement.Read.Directory", "read roles and who holds them", false},
    {"RoleManagement.ReadWrite.Directory", "read roles and change who holds them", true},
    {"Subscription.Read.All", "read the subscriptions of everybody", false},
    {"manage_partner_compliance_policy", "tell whether a Windows device is compliant", true},
    {"update_device_health", "tell how threatened devices are, as a partner", true},
    {"User.Read", "read the user the token speaks for", false},
    {"User.Read.All", "read users", false},
    {"User.ReadWrite.All", "read and change users", true},
};

}  // namespace

std::span<const Permission> known_permissions() { return permissions; }

Result<std::vector<std::string>> expand_permissions(std::span<const std::string> words) {
  std::vector<std::string> out;
  for (const auto& word : words) {
    const bool all = equal_ignoring_case(word, "administrator");
    const bool reads = equal_ignoring_case(word, "reader");
    bool known = all || reads;
    for (const auto& permission : permissions) {
      const bool named = equal_ignoring_case(word, permission.name);
      known = known || named;
      if (named || all || (reads && !permission.writes)) out.emplace_back(permission.name);
    }
    if (known) continue;
    std::string list = "administrator, reader";
    for (const auto& permission : permissions) list += ", " + std::string(permission.name);
    return fail(ErrorKind::invalid_argument,
                "`" + printable(word) + "` is no permission; there are: " + list);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace sallyport
