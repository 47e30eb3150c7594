#include "enrolment/osquery/queries.h"

#include <charconv>

namespace sallyport::osquery {
namespace {

// The pack: from osquery's tables to our facts. NULL and no row at all leave a fact unknown.
constexpr Query pack[] = {
    // ---- every host ----
    {"sallyport_host", any_host, "deviceName manufacturer model serialNumber",
     "SELECT computer_name AS deviceName, hardware_vendor AS manufacturer, "
     "hardware_model AS model, hardware_serial AS serialNumber FROM system_info"},
    {"sallyport_kernel", any_host, "kernelVersion",
     "SELECT version AS kernelVersion FROM kernel_info"},

    // ---- Linux ----
    {"sallyport_linux", linux_host, "operatingSystem distribution osVersion",
     "SELECT 'Linux' AS operatingSystem, platform AS distribution, "
     "major || '.' || minor AS osVersion FROM os_version"},
    // Each file system mounted writable from a device, but /boot; swap is not looked at.
    {"sallyport_linux_disks", linux_host, "storageEncrypted",
     "SELECT MIN(COALESCE(d.encrypted, 0)) AS storageEncrypted FROM mounts m "
     "LEFT JOIN disk_encryption d ON d.name = m.device_alias "
     "WHERE m.device LIKE '/dev/%' AND m.device NOT LIKE '/dev/loop%' "
     "AND m.path NOT IN ('/boot', '/boot/efi', '/efi') "
     "AND ',' || m.flags || ',' NOT LIKE '%,ro,%'"},
    {"sallyport_linux_secure_boot", linux_host, "secureBootEnabled",
     "SELECT secure_boot = 1 AND setup_mode = 0 AS secureBootEnabled FROM secureboot"},
    // The table shows rules of old iptables alone: what it does not show may be there.
    {"sallyport_linux_firewall", linux_host, "firewallEnabled",
     "SELECT 1 AS firewallEnabled FROM iptables WHERE filter_name = 'filter' "
     "AND chain = 'INPUT' AND policy = 'DROP' LIMIT 1"},

    // ---- macOS ----
    {"sallyport_macos", macos_host, "operatingSystem osVersion osBuildVersion",
     "SELECT 'macOS' AS operatingSystem, version AS osVersion, build AS osBuildVersion "
     "FROM os_version"},
    {"sallyport_macos_disks", macos_host, "storageEncrypted",
     "SELECT MIN(d.filevault_status = 'on') AS storageEncrypted FROM mounts m "
     "JOIN disk_encryption d ON d.name = m.device WHERE m.path = '/System/Volumes/Data'"},
    {"sallyport_macos_firewall", macos_host,
     "firewallEnabled firewallBlocksAllIncoming firewallStealthMode",
     "SELECT global_state >= 1 AS firewallEnabled, global_state = 2 AS firewallBlocksAllIncoming, "
     "stealth_enabled = 1 AS firewallStealthMode FROM alf"},
    {"sallyport_macos_integrity", macos_host, "systemIntegrityProtectionEnabled",
     "SELECT enabled = 1 AS systemIntegrityProtectionEnabled FROM sip_config "
     "WHERE config_flag = 'sip'"},

    // ---- Windows ----
    {"sallyport_windows", windows_host, "operatingSystem osVersion",
     "SELECT 'Windows' AS operatingSystem, version AS osVersion FROM os_version"},
    // conversion_status 1: fully encrypted; protection_status 1: and the key is protected.
    {"sallyport_windows_bitlocker", windows_host, "bitLockerEnabled",
     "SELECT protection_status = 1 AND conversion_status = 1 AS bitLockerEnabled "
     "FROM bitlocker_info WHERE drive_letter = 'C:'"},
    {"sallyport_windows_disks", windows_host, "storageEncrypted",
     "SELECT MIN(conversion_status = 1) AS storageEncrypted FROM bitlocker_info "
     "WHERE drive_letter <> ''"},
    {"sallyport_windows_secure_boot", windows_host, "secureBootEnabled",
     "SELECT secure_boot = 1 AND setup_mode = 0 AS secureBootEnabled FROM secureboot"},
    {"sallyport_windows_security_center", windows_host, "firewallEnabled antivirusEnabled",
     "SELECT firewall = 'Good' AS firewallEnabled, antivirus = 'Good' AS antivirusEnabled "
     "FROM windows_security_center"},
    {"sallyport_windows_tpm", windows_host, "tpmVersion",
     "SELECT CASE WHEN activated = 1 AND enabled = 1 THEN SUBSTR(spec_version, 1, 3) END "
     "AS tpmVersion FROM tpm_info"},
    // maximum_password_age is -1 where passwords do not expire: no number of days then.
    {"sallyport_windows_passwords", windows_host,
     "passwordMinimumLength passwordHistoryCount passwordExpirationDays",
     "SELECT minimum_password_length AS passwordMinimumLength, "
     "password_history_size AS passwordHistoryCount, "
     "CASE WHEN maximum_password_age > 0 THEN maximum_password_age END AS passwordExpirationDays "
     "FROM security_profile_info"},
};

}  // namespace

std::uint8_t platform_of(std::string_view platform_type) {
  unsigned bits = 0;
  const auto* end = platform_type.data() + platform_type.size();
  const auto read = std::from_chars(platform_type.data(), end, bits);
  if (read.ec != std::errc() || read.ptr != end) return 0;
  if ((bits & 2U) != 0) return windows_host;
  if ((bits & 8U) != 0) return linux_host;
  return (bits & 16U) != 0 ? macos_host : 0;
}

std::span<const Query> queries() { return pack; }

const Query* find_query(std::string_view name) {
  for (const auto& query : pack) {
    if (query.name == name) return &query;
  }
  return nullptr;
}

}  // namespace sallyport::osquery
