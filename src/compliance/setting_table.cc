#include <algorithm>
#include <array>

#include "base/text.h"
#include "compliance/setting.h"

namespace sallyport::compliance {
namespace {

using enum SettingType;
using enum SettingTest;
using Words = std::string_view;
using P = PolicyType;

constexpr std::uint32_t w10 = bit_of(P::windows10), w81 = bit_of(P::windows81),
                        wp81 = bit_of(P::windows_phone81), w10m = bit_of(P::windows10_mobile),
                        ios = bit_of(P::ios), mac = bit_of(P::macos), ada = bit_of(P::android),
                        awp = bit_of(P::android_work_profile), afw = bit_of(P::android_for_work),
                        ado = bit_of(P::android_device_owner), aosp = bit_of(P::aosp_device_owner),
                        lnx = bit_of(P::linux);
constexpr std::uint32_t old_windows = w81 | wp81 | w10m, windows = w10 | old_windows,
                        work = awp | afw, android = ada | work, apple = ios | mac,
                        every_type = windows | apple | android | ado | aosp;

constexpr Words password_words[] = {"deviceDefault",
                                    "required",
                                    "numeric",
                                    "numericComplex",
                                    "alphabetic",
                                    "alphanumeric",
                                    "alphanumericWithSymbols",
                                    "lowSecurityBiometric",
                                    "customPassword"};
constexpr Words android_password_words[] = {
    "deviceDefault",        "alphabetic", "alphanumeric",   "alphanumericWithSymbols",
    "lowSecurityBiometric", "numeric",    "numericComplex", "any"};
constexpr Words simple_password_words[] = {"deviceDefault", "alphanumeric", "numeric"};
constexpr Words work_password_words[] = {
    "deviceDefault",       "lowSecurityBiometric",   "required",
    "atLeastNumeric",      "numericComplex",         "atLeastAlphabetic",
    "atLeastAlphanumeric", "alphanumericWithSymbols"};
constexpr Words complexity_words[] = {"none", "low", "medium", "high"};
constexpr Words threat_words[] = {"unavailable", "secured", "low", "medium", "high", "notSet"};
constexpr Words app_source_words[] = {"notConfigured", "macAppStore",
                                      "macAppStoreAndIdentifiedDevelopers", "anywhere"};
constexpr Words evaluation_words[] = {"basic", "hardwareBacked"};

constexpr Words set_a_password = "Set a password or PIN";
constexpr Words choose_longer = "Choose a password of {required} characters";
constexpr Words update_system = "Update the operating system to {required}";
constexpr Words too_new = "This version is not allowed yet: ask your administrator for {required}";
constexpr Words policy_device =
    "Ask your administrator: the device's password policy has to be "
    "{required}";
constexpr Words scan = "Open the security app, and remove what it warns of";
constexpr Words managed =
    "Synchronise the device with its management; if that does not help, ask "
    "your administrator";

constexpr SettingRow flag(Words member, std::uint32_t types, Fact fact, Words name, Words remedy,
                          SettingTest test = holds) {
  return {member, types, boolean, fact, test, name, remedy};
}
constexpr SettingRow number(Words member, std::uint32_t types, Fact fact, SettingTest test,
                            Words name, Words remedy, std::int64_t least, std::int64_t most) {
  return {member, types, integer, fact, test, name, remedy, least, most};
}
constexpr SettingRow ranked(Words member, std::uint32_t types, Fact fact, Words name, Words remedy,
                            std::span<const Words> words) {
  return {member, types, word, fact, at_least, name, remedy, 0, 0, words};
}
constexpr SettingRow bound(Words member, std::uint32_t types, SettingType type, Fact fact,
                           SettingTest test, Words name, Words remedy) {
  return {member, types, type, fact, test, name, remedy};
}
constexpr SettingRow attested(Words member, std::uint32_t types, Fact fact, std::int64_t rank,
                              Words name, Words remedy) {
  SettingRow row{member, types, boolean, fact, at_least, name, remedy};
  row.bound = rank;
  return row;
}
constexpr SettingRow failing_when_absent(SettingRow row) {
  row.absence_fails = true;
  return row;
}
constexpr SettingRow from_next_change(SettingRow row) {
  row.at_next_change = true;
  return row;
}
constexpr SettingRow on_phones(SettingRow row) {
  row.on_phones_only = true;
  return row;
}
constexpr SettingRow threat(Words member, std::uint32_t types, Fact fact, Words name, Words gate) {
  SettingRow row{member, types, word, fact, threat_at_most, name, scan, 0, 0, threat_words};
  row.gate = gate;
  return row;
}
constexpr SettingRow strong_integrity(Words member, std::uint32_t types) {
  SettingRow row{member,
                 types,
                 word,
                 Fact::play_integrity,
                 at_least,
                 "Hardware-backed integrity",
                 "This device cannot prove its integrity by hardware; use another one",
                 0,
                 0,
                 evaluation_words};
  row.bound = 3;
  row.absence_fails = true;
  return row;
}

constexpr auto days_max = 65535;

constexpr SettingRow rows[] = {
    // ---- passwords: Windows, macOS, Android ----
    flag("passwordRequired", every_type & ~ios, Fact::password_set, "Password", set_a_password),
    flag("passwordBlockSimple", windows, Fact::simple_password_blocked, "No simple password",
         policy_device),
    from_next_change(flag("passwordBlockSimple", mac, Fact::simple_password_blocked,
                          "No simple password", policy_device)),
    flag("passwordRequiredToUnlockFromIdle", w10, Fact::password_required_on_wake,
         "Password on waking", "Have the device ask for the password when it wakes"),
    flag("passwordRequireToUnlockFromIdle", w10m, Fact::password_required_on_wake,
         "Password on waking", "Have the device ask for the password when it wakes"),
    number("passwordMinutesOfInactivityBeforeLock", windows | mac | android | ado,
           Fact::screen_lock_minutes, at_most_not_0, "Screen lock",
           "Have the screen lock after {required} minutes", 0, 10000),
    number("passwordMinutesOfInactivityBeforeLock", aosp, Fact::screen_lock_minutes, at_most_not_0,
           "Screen lock", "Have the screen lock after {required} minutes", 1, 8640),
    number("passwordExpirationDays", w10 | w81 | wp81, Fact::password_expiration_days,
           at_most_not_0, "Password expiry", policy_device, 1, 730),
    number("passwordExpirationDays", w10m, Fact::password_expiration_days, at_most_not_0,
           "Password expiry", policy_device, 1, 255),
    number("passwordExpirationDays", mac, Fact::password_expiration_days, at_most_not_0,
           "Password expiry", policy_device, 1, days_max),
    number("passwordExpirationDays", android | ado, Fact::password_expiration_days, at_most_not_0,
           "Password expiry", policy_device, 1, 365),
    number("passwordMinimumLength", w10 | w81 | wp81, Fact::password_minimum_length, at_least,
           "Password length", choose_longer, 1, 127),
    from_next_change(number("passwordMinimumLength", mac, Fact::password_minimum_length, at_least,
                            "Password length", choose_longer, 4, 14)),
    number("passwordMinimumLength", w10m | android | ado | aosp, Fact::password_minimum_length,
           at_least, "Password length", choose_longer, 4, 16),
    number("passwordMinimumCharacterSetCount", windows, Fact::password_minimum_character_sets,
           at_least, "Kinds of characters in the password",
           "Choose a password with {required} kinds of characters", 0, 4),
    from_next_change(number("passwordMinimumCharacterSetCount", mac,
                            Fact::password_minimum_character_sets, at_least,
                            "Kinds of characters in the password",
                            "Choose a password with {required} kinds of characters", 0, 127)),
    ranked("passwordRequiredType", windows, Fact::password_type, "Password type",
           "Choose a password that is {required}", simple_password_words),
    from_next_change(ranked("passwordRequiredType", mac, Fact::password_type, "Password type",
                            "Choose a password that is {required}", simple_password_words)),
    ranked("passwordRequiredType", android, Fact::password_type, "Password type",
           "Choose a password that is {required}", android_password_words),
    ranked("passwordRequiredType", ado | aosp, Fact::password_type, "Password type",
           "Choose a password that is {required}", password_words),
    ranked("requiredPasswordComplexity", android, Fact::password_complexity, "Password complexity",
           "Choose a stronger password: {required} complexity", complexity_words),
    number("passwordPreviousPasswordBlockCount", windows, Fact::password_history_count, at_least,
           "Remembered passwords", policy_device, 0, 50),
    number("passwordPreviousPasswordBlockCount", mac | android, Fact::password_history_count,
           at_least, "Remembered passwords", policy_device, 1, 24),
    number("passwordPreviousPasswordCountToBlock", ado, Fact::password_history_count, at_least,
           "Remembered passwords", policy_device, 1, 24),
    number("passwordSignInFailureCountBeforeFactoryReset", android,
           Fact::password_failures_before_reset, at_most_not_0, "Wrong passwords before a reset",
           policy_device, 1, 16),
    number("passwordMinimumLetterCharacters", ado, Fact::password_minimum_letters, at_least,
           "Letters in the password", "Choose a password with {required} letters", 1, 16),
    number("passwordMinimumLowerCaseCharacters", ado, Fact::password_minimum_lowercase, at_least,
           "Lower-case letters in the password",
           "Choose a password with {required} lower-case letters", 1, 16),
    number("passwordMinimumUpperCaseCharacters", ado, Fact::password_minimum_uppercase, at_least,
           "Capital letters in the password", "Choose a password with {required} capital letters",
           1, 16),
    number("passwordMinimumNonLetterCharacters", ado, Fact::password_minimum_non_letters, at_least,
           "Characters that are no letters",
           "Choose a password with {required} characters that are no letters", 1, 16),
    number("passwordMinimumNumericCharacters", ado, Fact::password_minimum_digits, at_least,
           "Digits in the password", "Choose a password with {required} digits", 1, 16),
    number("passwordMinimumSymbolCharacters", ado, Fact::password_minimum_symbols, at_least,
           "Symbols in the password", "Choose a password with {required} symbols", 1, 16),
    // ---- passcodes: iOS ----
    flag("passcodeRequired", ios, Fact::password_set, "Passcode", "Set a passcode"),
    flag("passcodeBlockSimple", ios, Fact::simple_password_blocked, "No simple passcode",
         policy_device),
    number("passcodeExpirationDays", ios, Fact::password_expiration_days, at_most_not_0,
           "Passcode expiry", policy_device, 1, days_max),
    number("passcodeMinimumLength", ios, Fact::password_minimum_length, at_least, "Passcode length",
           "Choose a passcode of {required} characters", 4, 14),
    number("passcodeMinutesOfInactivityBeforeLock", ios, Fact::password_grace_minutes, at_most,
           "Passcode after locking", "Have the passcode asked for after {required} minutes", 0,
           240),
    number("passcodeMinutesOfInactivityBeforeScreenTimeout", ios, Fact::screen_lock_minutes,
           at_most_not_0, "Auto-lock", "Have the screen lock after {required} minutes", 0, 15),
    number("passcodePreviousPasscodeBlockCount", ios, Fact::password_history_count, at_least,
           "Remembered passcodes", policy_device, 1, 24),
    number("passcodeMinimumCharacterSetCount", ios, Fact::password_minimum_non_letters, at_least,
           "Special characters in the passcode",
           "Choose a passcode with {required} special characters", 0, 4),
    ranked("passcodeRequiredType", ios, Fact::password_type, "Passcode type",
           "Choose a passcode that is {required}", simple_password_words),
    // ---- the work profile's password ----
    flag("workProfileRequirePassword", work, Fact::work_profile_password_set,
         "Work profile password", "Set a password for the work profile"),
    ranked("workProfilePasswordRequiredType", work, Fact::work_profile_password_type,
           "Work profile password type",
           "Choose a password for the work profile that is {required}", work_password_words),
    number("workProfilePasswordMinimumLength", work, Fact::work_profile_password_minimum_length,
           at_least, "Work profile password length",
           "Choose a password for the work profile of {required} characters", 4, 16),
    number("workProfilePasswordExpirationInDays", work, Fact::work_profile_password_expiration_days,
           at_most_not_0, "Work profile password expiry", policy_device, 1, 365),
    number("workProfilePreviousPasswordBlockCount", work, Fact::work_profile_password_history_count,
           at_least, "Remembered work profile passwords", policy_device, 0, 24),
    number("workProfileInactiveBeforeScreenLockInMinutes", work,
           Fact::work_profile_screen_lock_minutes, at_most_not_0, "Work profile lock",
           "Have the work profile lock after {required} minutes", 0, 10000),
    ranked("workProfileRequiredPasswordComplexity", work, Fact::work_profile_password_complexity,
           "Work profile password complexity",
           "Choose a stronger password for the work profile: {required} complexity",
           complexity_words),
    // ---- the operating system ----
    bound("osMinimumVersion", every_type, version, Fact::os_version, version_at_least,
          "Operating system version", update_system),
    bound("osMaximumVersion", every_type, version, Fact::os_version, version_at_most,
          "Newest operating system version", too_new),
    on_phones(bound("mobileOsMinimumVersion", w10, version, Fact::os_version, version_at_least,
                    "Operating system version of phones", update_system)),
    on_phones(bound("mobileOsMaximumVersion", w10, version, Fact::os_version, version_at_most,
                    "Newest operating system version of phones", too_new)),
    bound("osMinimumBuildVersion", apple, build, Fact::os_build_version, build_at_least,
          "Operating system build", update_system),
    bound("osMaximumBuildVersion", apple, build, Fact::os_build_version, build_at_most,
          "Newest operating system build", too_new),
    bound("validOperatingSystemBuildRanges", w10 | w10m, builds, Fact::os_version, in_builds,
          "Operating system builds", update_system),
    bound("minAndroidSecurityPatchLevel", android | ado | aosp, date, Fact::security_patch_level,
          date_at_least, "Security patch level", "Install the security updates of {required}"),
    {"requireNoPendingSystemUpdates",
     ado,
     boolean,
     Fact::pending_system_updates,
     at_most,
     "No pending system updates",
     "Install the pending system updates",
     0,
     0,
     {},
     {},
     0},
    // ---- how it starts, and what its hardware attests ----
    flag("requireHealthyDeviceReport", w10, Fact::device_healthy, "Healthy device report",
         "Restart the device; if that does not help, ask your administrator"),
    flag("bitLockerEnabled", w10 | w10m, Fact::bit_locker_enabled, "BitLocker",
         "Switch on BitLocker, wait for it to finish, and restart the device"),
    failing_when_absent(flag("secureBootEnabled", w10 | w10m, Fact::secure_boot_enabled,
                             "Secure Boot", "Switch on Secure Boot in the firmware settings")),
    flag("codeIntegrityEnabled", w10 | w10m, Fact::code_integrity_enabled, "Code integrity",
         "Switch on code integrity, and restart the device"),
    flag("earlyLaunchAntiMalwareDriverEnabled", w10 | w10m, Fact::early_launch_antimalware_enabled,
         "Early-launch antimalware", "Switch on early-launch antimalware, and restart the device"),
    flag("memoryIntegrityEnabled", w10, Fact::memory_integrity_enabled, "Memory integrity",
         "Switch on memory integrity under core isolation, and restart the device"),
    flag("kernelDmaProtectionEnabled", w10, Fact::kernel_dma_protection_enabled,
         "Kernel DMA protection", "Switch on kernel DMA protection in the firmware settings"),
    flag("virtualizationBasedSecurityEnabled", w10, Fact::virtualization_based_security_enabled,
         "Virtualization-based security",
         "Switch on virtualization-based security, and restart the device"),
    attested("firmwareProtectionEnabled", w10, Fact::firmware_protection, 1, "Firmware protection",
             "Switch on firmware protection in the security settings"),
    failing_when_absent(
        bound("tpmRequired", w10, boolean, Fact::tpm_version, present, "Security chip (TPM)",
              "Switch on the TPM in the firmware settings; without one, use another "
              "device")),
    flag("systemIntegrityProtectionEnabled", mac, Fact::system_integrity_protection_enabled,
         "System integrity protection", "Switch on system integrity protection from recovery"),
    ranked("gatekeeperAllowedAppSource", mac, Fact::gatekeeper_app_source,
           "Where apps may come from",
           "Allow apps from {required} only, under privacy and security", app_source_words),
    attested("securityRequireSafetyNetAttestationBasicIntegrity", android | ado,
             Fact::play_integrity, 1, "Basic integrity",
             "This device does not pass the integrity check; reset it or use another one"),
    attested("securityRequireSafetyNetAttestationCertifiedDevice", android | ado,
             Fact::play_integrity, 2, "Device integrity",
             "This device is not certified; use another one"),
    strong_integrity("securityRequiredAndroidSafetyNetEvaluationType", work | ado),
    flag("securityRequireGooglePlayServices", android, Fact::google_play_services_installed,
         "Google Play services", "Install and switch on Google Play services"),
    flag("securityRequireUpToDateSecurityProviders", android, Fact::security_providers_up_to_date,
         "Security providers", "Update Google Play services"),
    flag("securityRequireCompanyPortalAppIntegrity", android, Fact::management_app_intact,
         "Integrity of the management app", "Install the management app anew from the store"),
    flag("securityRequireIntuneAppIntegrity", ado, Fact::management_app_intact,
         "Integrity of the management app", "Install the management app anew from the store"),
    flag("securityBlockJailbrokenDevices", ios | android | ado | aosp, Fact::jail_broken,
         "Not jailbroken or rooted", "Restore the device to its original system", holds_not),
    flag("securityBlockDeviceAdministratorManagedDevices", ada, Fact::operating_system,
         "Not managed by device administrator",
         "Enrol the device anew with a work profile, or use another one", never),
    // ---- what protects it ----
    flag("storageRequireEncryption", every_type & ~ios, Fact::storage_encrypted, "Disk encryption",
         "Switch on disk encryption"),
    flag("activeFirewallRequired", w10 | w10m, Fact::firewall_enabled, "Firewall",
         "Switch on the firewall"),
    flag("firewallEnabled", mac, Fact::firewall_enabled, "Firewall",
         "Switch on the firewall in the network settings"),
    flag("firewallBlockAllIncoming", mac, Fact::firewall_blocks_all_incoming,
         "Firewall blocks incoming connections",
         "Have the firewall block all incoming connections"),
    flag("firewallEnableStealthMode", mac, Fact::firewall_stealth_mode, "Firewall stealth mode",
         "Switch on the firewall's stealth mode"),
    flag("antivirusRequired", w10, Fact::antivirus_enabled, "Antivirus",
         "Switch on an antivirus program, and update it"),
    flag("antiSpywareRequired", w10, Fact::antispyware_enabled, "Antispyware",
         "Switch on an antispyware program, and update it"),
    flag("defenderEnabled", w10, Fact::defender_enabled, "Microsoft Defender",
         "Switch on Microsoft Defender"),
    bound("defenderVersion", w10, version, Fact::defender_version, version_at_least,
          "Version of Microsoft Defender", "Update Microsoft Defender to {required}"),
    flag("signatureOutOfDate", w10, Fact::signatures_up_to_date, "Malware signatures up to date",
         "Update the malware signatures"),
    flag("rtpEnabled", w10, Fact::real_time_protection_enabled, "Real-time protection",
         "Switch on real-time protection"),
    flag("securityPreventInstallAppsFromUnknownSources", android, Fact::unknown_sources_allowed,
         "No apps from unknown sources", "Forbid apps from unknown sources in the settings",
         holds_not),
    flag("securityDisableUsbDebugging", android, Fact::usb_debugging_enabled, "No USB debugging",
         "Switch off USB debugging in the developer settings", holds_not),
    flag("securityRequireVerifyApps", android, Fact::app_verification_enabled, "App verification",
         "Switch on the check of apps in the store's settings"),
    // ---- what is on it ----
    flag("managedEmailProfileRequired", ios, Fact::managed_email_profile_installed,
         "Managed mail profile", "Remove the mail account you made by hand, and synchronise"),
    bound("restrictedApps", ios | ada, apps, Fact::installed_apps, apps_absent, "Restricted apps",
          "Remove the apps that are not allowed: {required}"),
    bound("wslDistributions", w10, wsl, Fact::wsl_distributions, wsl_allowed,
          "Linux distributions in Windows",
          "Remove or update the Linux distributions; allowed: {required}"),
    bound("deviceCompliancePolicyScript", w10 | mac, script, Fact::operating_system, custom,
          "Custom compliance", managed),
    bound("conditionStatementId", ada, opaque, Fact::operating_system, cannot_tell,
          "Condition statement", managed),
    // ---- what others say of it ----
    threat("deviceThreatProtectionRequiredSecurityLevel", w10, Fact::defender_threat_level,
           "Machine risk", "deviceThreatProtectionEnabled"),
    threat("deviceThreatProtectionRequiredSecurityLevel", ios | mac | android | ado,
           Fact::threat_level, "Threat level", "deviceThreatProtectionEnabled"),
    threat("advancedThreatProtectionRequiredSecurityLevel", ios | mac | ada | awp | ado,
           Fact::defender_threat_level, "Threat level of Defender for Endpoint", {}),
    flag("configurationManagerComplianceRequired", w10, Fact::configuration_manager_compliant,
         "Configuration Manager", "Open Software Center, and do what it asks for"),
    // ---- Linux, of the settings catalogue ----
    bound("linux_distribution_alloweddistros", lnx, distros, Fact::distribution, distro_named,
          "Distribution", "Use one of the allowed distributions: {required}"),
    flag("linux_deviceencryption_required", lnx, Fact::storage_encrypted, "Disk encryption",
         "Switch on the encryption of every disk: ask your administrator, it may need the system "
         "installed anew"),
    number("linux_passwordpolicy_minimumlength", lnx, Fact::password_minimum_length, at_least,
           "Password length", "Set `minlen` in /etc/security/pwquality.conf to {required}", 0, 127),
    number("linux_passwordpolicy_minimumdigits", lnx, Fact::password_minimum_digits, at_least,
           "Digits in the password", "Have /etc/security/pwquality.conf ask for {required} digits",
           0, 127),
    number("linux_passwordpolicy_minimumlowercase", lnx, Fact::password_minimum_lowercase, at_least,
           "Lower-case letters in the password",
           "Have /etc/security/pwquality.conf ask for {required} lower-case letters", 0, 127),
    number("linux_passwordpolicy_minimumuppercase", lnx, Fact::password_minimum_uppercase, at_least,
           "Capital letters in the password",
           "Have /etc/security/pwquality.conf ask for {required} capital letters", 0, 127),
    number("linux_passwordpolicy_minimumsymbols", lnx, Fact::password_minimum_symbols, at_least,
           "Symbols in the password",
           "Have /etc/security/pwquality.conf ask for {required} symbols", 0, 127),
};

constexpr Words nothing_words[] = {"",       "deviceDefault", "notConfigured", "unavailable",
                                   "notSet", "none",          "basic"};

}  // namespace

const SettingRow custom_rule_row = {
    "rule", 0, script, Fact::operating_system, custom, "Custom compliance", managed};
const SettingRow distro_minimum_row = {"linux_distribution_alloweddistros_item_minimumversion",
                                       0,
                                       distros,
                                       Fact::os_version,
                                       distro_minimum,
                                       "Distribution version",
                                       "Update the distribution: {required}"};
const SettingRow distro_maximum_row = {"linux_distribution_alloweddistros_item_maximumversion",
                                       0,
                                       distros,
                                       Fact::os_version,
                                       distro_maximum,
                                       "Newest distribution version",
                                       "This version is not allowed yet: {required}"};
const SettingRow not_understood_row = {
    "",     0, opaque, Fact::operating_system, cannot_tell, "A setting that is not understood",
    managed};

std::span<const SettingRow> setting_rows() { return rows; }

const SettingRow* find_setting(PolicyType type, std::string_view member) {
  for (const auto& row : rows) {
    if ((row.types & bit_of(type)) != 0 && row.member == member) return &row;
  }
  return nullptr;
}

bool asks_for_nothing(std::string_view word) {
  return std::ranges::any_of(nothing_words,
                             [&](Words one) { return equal_ignoring_case(one, word); });
}

}  // namespace sallyport::compliance
