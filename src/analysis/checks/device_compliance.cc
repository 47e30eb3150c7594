// Device compliance policies (spec, analysis checks, section 12). Their documents are read as they
// are, by `@odata.type`; a set without any of them says nothing.
#include <algorithm>
#include <array>
#include <charconv>

#include "analysis/checks/checks.h"
#include "analysis/checks/device_documents.h"
#include "base/text.h"
#include "policy/words.h"

namespace sallyport {
namespace {

constexpr Platform platforms[] = {Platform::windows, Platform::mac_os, Platform::ios,
                                  Platform::android};

// What a member is: a missing one is not set, which every check takes as false.
bool is_true(const CheckedDocument& d, std::string_view member) {
  const auto* value = d.find("/" + std::string(member));
  return value != nullptr && value->truth();
}

std::int64_t number(const CheckedDocument& d, std::string_view member) {
  const auto* value = d.find("/" + std::string(member));
  return value == nullptr ? 0 : value->integer().value_or(0);
}

std::string_view text(const CheckedDocument& d, std::string_view member) {
  const auto* value = d.find("/" + std::string(member));
  return value == nullptr ? std::string_view() : value->text();
}

bool is_for(const CheckedDocument& d, Platform platform) {
  return is_compliance_policy_for(d, platform);
}

void actions(const CheckInput& in, const CheckedDocument& d, FindingList& findings) {
  std::int64_t grace = -1;
  if (const auto* rules = d.find("/scheduledActionsForRule")) {
    for (const auto& rule : rules->items()) {
      const auto* list = rule.find_ignoring_case("scheduledActionConfigurations");
      if (list == nullptr) continue;
      for (const auto& action : list->items()) {
        const auto* type = action.find_ignoring_case("actionType");
        if (type == nullptr || !equal_ignoring_case(type->text(), "block")) continue;
        const auto* hours = action.find_ignoring_case("gracePeriodHours");
        const auto after = hours == nullptr ? 0 : hours->integer().value_or(0);
        grace = grace < 0 ? after : std::min(grace, after);
      }
    }
  }
  constexpr std::string_view pointer = "/scheduledActionsForRule";
  if (grace < 0) {
    findings.add("CMP-03", d, pointer,
                 "this policy never marks a device as not compliant: no action is `block`");
  } else if (grace > in.settings.grace_hours) {
    findings.add("CMP-03", d, pointer,
                 "this policy marks a device as not compliant only after " + std::to_string(grace) +
                     " hours");
  }
}

void storage_and_password(const CheckedDocument& d, FindingList& findings) {
  const bool windows = is_for(d, Platform::windows);
  const bool desktop = windows || is_for(d, Platform::mac_os);
  const bool encrypted =
      is_true(d, "storageRequireEncryption") || (windows && is_true(d, "bitLockerEnabled"));
  // iOS encrypts by itself, as soon as there is a passcode.
  if (!encrypted && !is_for(d, Platform::ios)) {
    findings.add("CMP-04", d, "/storageRequireEncryption",
                 "this policy does not ask for encrypted storage");
  }
  const bool ios = is_for(d, Platform::ios);
  const auto member = [&](std::string_view general, std::string_view of_ios) {
    return ios ? of_ios : general;
  };
  const auto required = member("passwordRequired", "passcodeRequired");
  const auto length = member("passwordMinimumLength", "passcodeMinimumLength");
  const auto simple = member("passwordBlockSimple", "passcodeBlockSimple");
  const auto least = desktop ? 8 : 6;
  const auto set = number(d, length);
  if (!is_true(d, required)) {
    findings.add("CMP-05", d, "/" + std::string(required), "this policy asks for no password");
  } else if (set < least) {
    findings.add("CMP-05", d, "/" + std::string(length),
                 "this policy asks for a password of " + std::to_string(set) +
                     " characters; at least " + std::to_string(least) + " are wanted");
  } else if (!is_for(d, Platform::android) && !is_true(d, simple)) {
    findings.add("CMP-05", d, "/" + std::string(simple), "this policy admits simple passwords");
  }
}

// `10.0.19045` part by part; what is no number counts as 0.
bool is_older(std::string_view version, std::string_view than) {
  while (!version.empty() || !than.empty()) {
    const auto take = [](std::string_view& rest) {
      const auto dot = std::min(rest.find('.'), rest.size());
      int value = 0;
      std::from_chars(rest.data(), rest.data() + dot, value);
      rest.remove_prefix(dot == rest.size() ? dot : dot + 1);
      return value;
    };
    const int a = take(version);
    const int b = take(than);
    if (a != b) return a < b;
  }
  return false;
}

void system_version(const CheckInput& in, const CheckedDocument& d, FindingList& findings) {
  const auto version = text(d, "osMinimumVersion");
  if (version.empty()) {
    findings.add("CMP-06", d, "/osMinimumVersion",
                 "this policy accepts every version of the system");
    return;
  }
  for (const auto platform : platforms) {
    const auto wanted = in.settings.os_minimum_versions.find(std::string(name_of(platform)));
    if (!is_for(d, platform) || wanted == in.settings.os_minimum_versions.end()) continue;
    if (!is_older(version, wanted->second)) continue;
    auto& finding = findings.add("CMP-06", d, "/osMinimumVersion",
                                 "this policy accepts version " + quoted(version) +
                                     ", older than " + quoted(wanted->second) + " of the settings");
    finding.severity = Severity::low;
  }
}

void integrity(const CheckedDocument& d, FindingList& findings) {
  const auto off = [&](std::string_view check, std::string_view member, std::string_view words) {
    if (is_true(d, member)) return;
    findings.add(check, d, "/" + std::string(member),
                 "this policy does not ask for " + std::string(words));
  };
  if (is_for(d, Platform::windows)) {
    off("CMP-09", "secureBootEnabled", "secure boot");
    off("CMP-09", "codeIntegrityEnabled", "code integrity");
    off("CMP-09", "tpmRequired", "a TPM");
    off("CMP-09", "defenderEnabled", "Defender");
    off("CMP-09", "activeFirewallRequired", "an active firewall");
    off("CMP-09", "antivirusRequired", "an antivirus");
    off("CMP-09", "rtpEnabled", "real-time protection");
  }
  if (is_for(d, Platform::mac_os)) {
    off("CMP-10", "systemIntegrityProtectionEnabled", "system integrity protection");
    off("CMP-10", "firewallEnabled", "the firewall");
    if (equal_ignoring_case(text(d, "gatekeeperAllowedAppSource"), "anywhere")) {
      findings.add("CMP-10", d, "/gatekeeperAllowedAppSource",
                   "this policy lets Gatekeeper admit applications from anywhere");
    }
  }
  if (is_for(d, Platform::android) && !to_lower(type_of(d)).starts_with("aosp")) {
    off("CMP-11", "securityRequireSafetyNetAttestationBasicIntegrity",
        "attestation of basic integrity");
    off("CMP-11", "securityRequireSafetyNetAttestationCertifiedDevice",
        "attestation of a certified device");
  }
  // Fully managed Android devices cannot be rooted unseen: their type has no such member.
  const bool phones = is_for(d, Platform::ios) || is_for(d, Platform::android);
  const bool owned = to_lower(type_of(d)).find("deviceowner") != std::string::npos;
  if (phones && !(owned && d.find("/securityBlockJailbrokenDevices") == nullptr)) {
    off("CMP-07", "securityBlockJailbrokenDevices", "a device that is not jailbroken or rooted");
  }
}

void threat_level(const CheckedDocument& d, FindingList& findings) {
  const auto level = text(d, "deviceThreatProtectionRequiredSecurityLevel");
  const bool none = level.empty() || equal_ignoring_case(level, "unavailable") ||
                    equal_ignoring_case(level, "notSet");
  if (is_true(d, "deviceThreatProtectionEnabled") && !none) return;
  findings.add("CMP-08", d, "/deviceThreatProtectionEnabled",
               "this policy asks for no threat level of a defence product");
}

}  // namespace

void check_device_compliance(const CheckInput& in, FindingList& findings) {
  for (const auto& d : in.others) {
    for (const std::string_view pointer : {"/settings/secureByDefault", "/secureByDefault"}) {
      const auto* secure = d.find(pointer);
      if (secure == nullptr || !secure->is_boolean() || secure->truth()) continue;
      findings.add("CMP-01", d, pointer, "devices without a compliance policy count as compliant");
    }
    if (!is_compliance_policy(d)) continue;
    actions(in, d, findings);
    storage_and_password(d, findings);
    system_version(in, d, findings);
    integrity(d, findings);
    threat_level(d, findings);
  }
  if (!has_compliance_policies(in)) return;
  for (const auto platform : platforms) {
    if (has_compliance_policy(in, platform)) continue;
    findings.add("CMP-02", "no compliance policy is for " + std::string(name_of(platform)));
  }
}

}  // namespace sallyport
