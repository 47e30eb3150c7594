#include "compliance/fact.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sallyport::compliance {
namespace {

constexpr ScaleWord password_types[] = {{"none", 0},
                                        {"lowSecurityBiometric", 1},
                                        {"required", 2},
                                        {"any", 2},
                                        {"numeric", 3},
                                        {"atLeastNumeric", 3},
                                        {"numericComplex", 4},
                                        {"alphabetic", 5},
                                        {"atLeastAlphabetic", 5},
                                        {"alphanumeric", 6},
                                        {"atLeastAlphanumeric", 6},
                                        {"alphanumericWithSymbols", 7},
                                        {"customPassword", 8}};
constexpr ScaleWord complexities[] = {{"none", 0}, {"low", 1}, {"medium", 2}, {"high", 3}};
constexpr ScaleWord firmware_protections[] = {
    {"disabled", 0}, {"firmwareAttackSurfaceReduction", 1}, {"systemGuardSecureLaunch", 1}};
constexpr ScaleWord app_sources[] = {
    {"anywhere", 0}, {"macAppStoreAndIdentifiedDevelopers", 1}, {"macAppStore", 2}};
constexpr ScaleWord integrities[] = {{"none", 0}, {"basic", 1}, {"device", 2}, {"strong", 3}};
constexpr ScaleWord threats[] = {{"secured", threat_secured},
                                 {"lowSeverity", 1},
                                 {"low", 1},
                                 {"mediumSeverity", 2},
                                 {"medium", 2},
                                 {"highSeverity", threat_high},
                                 {"high", threat_high},
                                 {"compromised", threat_compromised},
                                 {"activated", threat_no_data},
                                 {"deactivated", 11},
                                 {"unresponsive", 12},
                                 {"misconfigured", 13},
                                 {"unknown", 14},
                                 {"unsupportedOsVersion", threat_unsupported_os}};

using enum FactType;

constexpr FactRow rows[] = {
    {Fact::operating_system, "operatingSystem", "Operating system", text},
    {Fact::distribution, "distribution", "Distribution", text},
    {Fact::os_version, "osVersion", "Operating system version", version},
    {Fact::os_build_version, "osBuildVersion", "Operating system build", text},
    {Fact::security_patch_level, "securityPatchLevel", "Security patch level", date},
    {Fact::kernel_version, "kernelVersion", "Kernel", text},
    {Fact::device_name, "deviceName", "Device name", text},
    {Fact::manufacturer, "manufacturer", "Manufacturer", text},
    {Fact::model, "model", "Model", text},
    {Fact::serial_number, "serialNumber", "Serial number", text},
    {Fact::tpm_version, "tpmVersion", "Security chip (TPM)", text},
    {Fact::secure_boot_enabled, "secureBootEnabled", "Secure Boot", boolean},
    {Fact::code_integrity_enabled, "codeIntegrityEnabled", "Code integrity", boolean},
    {Fact::early_launch_antimalware_enabled, "earlyLaunchAntimalwareEnabled",
     "Early-launch antimalware", boolean},
    {Fact::memory_integrity_enabled, "memoryIntegrityEnabled", "Memory integrity", boolean},
    {Fact::kernel_dma_protection_enabled, "kernelDmaProtectionEnabled", "Kernel DMA protection",
     boolean},
    {Fact::virtualization_based_security_enabled, "virtualizationBasedSecurityEnabled",
     "Virtualization-based security", boolean},
    {Fact::firmware_protection, "firmwareProtection", "Firmware protection", word,
     firmware_protections},
    {Fact::device_healthy, "deviceHealthy", "Device health", boolean},
    {Fact::system_integrity_protection_enabled, "systemIntegrityProtectionEnabled",
     "System integrity protection", boolean},
    {Fact::gatekeeper_app_source, "gatekeeperAppSource", "Where apps may come from", word,
     app_sources},
    {Fact::play_integrity, "playIntegrity", "Play integrity", word, integrities},
    {Fact::google_play_services_installed, "googlePlayServicesInstalled", "Google Play services",
     boolean},
    {Fact::security_providers_up_to_date, "securityProvidersUpToDate", "Security providers",
     boolean},
    {Fact::management_app_intact, "managementAppIntact", "Management app", boolean},
    {Fact::jail_broken, "jailBroken", "Jailbroken or rooted", boolean},
    {Fact::storage_encrypted, "storageEncrypted", "Disk encryption", boolean},
    {Fact::bit_locker_enabled, "bitLockerEnabled", "BitLocker at the last start", boolean},
    {Fact::firewall_enabled, "firewallEnabled", "Firewall", boolean},
    {Fact::firewall_blocks_all_incoming, "firewallBlocksAllIncoming",
     "Firewall blocks incoming connections", boolean},
    {Fact::firewall_stealth_mode, "firewallStealthMode", "Firewall stealth mode", boolean},
    {Fact::antivirus_enabled, "antivirusEnabled", "Antivirus", boolean},
    {Fact::antispyware_enabled, "antispywareEnabled", "Antispyware", boolean},
    {Fact::defender_enabled, "defenderEnabled", "Defender", boolean},
    {Fact::defender_version, "defenderVersion", "Defender version", version},
    {Fact::signatures_up_to_date, "signaturesUpToDate", "Malware signatures", boolean},
    {Fact::real_time_protection_enabled, "realTimeProtectionEnabled", "Real-time protection",
     boolean},
    {Fact::pending_security_updates, "pendingSecurityUpdates", "Pending security updates", integer},
    {Fact::pending_system_updates, "pendingSystemUpdates", "Pending system updates", integer},
    {Fact::unknown_sources_allowed, "unknownSourcesAllowed", "Apps from unknown sources", boolean},
    {Fact::usb_debugging_enabled, "usbDebuggingEnabled", "USB debugging", boolean},
    {Fact::app_verification_enabled, "appVerificationEnabled", "App verification", boolean},
    {Fact::password_set, "passwordSet", "Password", boolean},
    {Fact::simple_password_blocked, "simplePasswordBlocked", "Simple passwords blocked", boolean},
    {Fact::password_required_on_wake, "passwordRequiredOnWake", "Password on waking", boolean},
    {Fact::password_type, "passwordType", "Password type", word, password_types},
    {Fact::password_complexity, "passwordComplexity", "Password complexity", word, complexities},
    {Fact::password_changed_at, "passwordChangedAt", "Password changed", date},
    {Fact::password_expiration_days, "passwordExpirationDays", "Password expiry", integer},
    {Fact::password_history_count, "passwordHistoryCount", "Remembered passwords", integer},
    {Fact::password_minimum_length, "passwordMinimumLength", "Password length", integer},
    {Fact::password_minimum_character_sets, "passwordMinimumCharacterSets",
     "Kinds of characters in a password", integer},
    {Fact::password_minimum_letters, "passwordMinimumLetters", "Letters in a password", integer},
    {Fact::password_minimum_lowercase, "passwordMinimumLowercase",
     "Lower-case letters in a password", integer},
    {Fact::password_minimum_uppercase, "passwordMinimumUppercase", "Capital letters in a password",
     integer},
    {Fact::password_minimum_non_letters, "passwordMinimumNonLetters",
     "Characters that are no letters in a password", integer},
    {Fact::password_minimum_digits, "passwordMinimumDigits", "Digits in a password", integer},
    {Fact::password_minimum_symbols, "passwordMinimumSymbols", "Symbols in a password", integer},
    {Fact::password_grace_minutes, "passwordGraceMinutes", "Minutes locked before a password",
     integer},
    {Fact::password_failures_before_reset, "passwordFailuresBeforeReset",
     "Wrong passwords before a reset", integer},
    {Fact::screen_lock_minutes, "screenLockMinutes", "Screen lock", integer},
    {Fact::work_profile_password_set, "workProfilePasswordSet", "Work profile password", boolean},
    {Fact::work_profile_password_type, "workProfilePasswordType", "Work profile password type",
     word, password_types},
    {Fact::work_profile_password_complexity, "workProfilePasswordComplexity",
     "Work profile password complexity", word, complexities},
    {Fact::work_profile_password_expiration_days, "workProfilePasswordExpirationDays",
     "Work profile password expiry", integer},
    {Fact::work_profile_password_history_count, "workProfilePasswordHistoryCount",
     "Remembered work profile passwords", integer},
    {Fact::work_profile_password_minimum_length, "workProfilePasswordMinimumLength",
     "Work profile password length", integer},
    {Fact::work_profile_screen_lock_minutes, "workProfileScreenLockMinutes",
     "Work profile screen lock", integer},
    {Fact::installed_apps, "installedApps", "Installed apps", texts},
    {Fact::wsl_distributions, "wslDistributions", "Linux distributions in Windows", versions},
    {Fact::managed_email_profile_installed, "managedEmailProfileInstalled", "Managed mail profile",
     boolean},
    {Fact::threat_level, "threatLevel", "Threat level", levels, threats},
    {Fact::defender_threat_level, "defenderThreatLevel", "Threat level of Defender for Endpoint",
     word, threats},
    {Fact::configuration_manager_compliant, "configurationManagerCompliant",
     "Configuration Manager", boolean},
    {Fact::partner_compliant, "partnerCompliant", "Compliance partner", boolean},
};

constexpr bool rows_stand_at_their_number() {
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    if (rows[i].fact != static_cast<Fact>(i)) return false;
  }
  return std::size(rows) == fact_count;
}
static_assert(rows_stand_at_their_number());

constexpr std::array<std::string_view, source_count> source_names = {"agent", "osquery", "fleet",
                                                                     "partner", "mdm"};

}  // namespace

const FactRow& row_of(Fact fact) { return rows[static_cast<std::size_t>(fact)]; }

std::span<const FactRow> fact_rows() { return rows; }

std::optional<Fact> find_fact(std::string_view name) {
  for (const auto& row : rows) {
    if (row.name == name) return row.fact;
  }
  return std::nullopt;
}

std::optional<std::int32_t> rank_of(std::span<const ScaleWord> scale, std::string_view word) {
  for (const auto& one : scale) {
    if (equal_ignoring_case(one.word, word)) return one.rank;
  }
  return std::nullopt;
}

std::string_view word_of(std::span<const ScaleWord> scale, std::int32_t rank) {
  for (const auto& one : scale) {
    if (one.rank == rank) return one.word;
  }
  return {};
}

std::string_view name_of(Source source) { return source_names[static_cast<std::size_t>(source)]; }

std::optional<Source> parse_source(std::string_view word) {
  const auto found = std::ranges::find(source_names, word);
  if (found == source_names.end()) return std::nullopt;
  return static_cast<Source>(found - source_names.begin());
}

}  // namespace sallyport::compliance
