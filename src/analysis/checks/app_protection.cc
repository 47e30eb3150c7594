// App protection policies (spec, analysis checks, section 12), read as they are.
#include <algorithm>
#include <charconv>

#include "analysis/checks/checks.h"
#include "analysis/checks/device_documents.h"
#include "analysis/checks/iso_duration.h"
#include "analysis/checks/vocabulary.h"
#include "base/text.h"

namespace sallyport {
namespace {

const json::Value* member(const CheckedDocument& d, std::string_view name_of_member) {
  return d.find("/" + std::string(name_of_member));
}

bool is_word(const CheckedDocument& d, std::string_view name_of_member, std::string_view word) {
  const auto* value = member(d, name_of_member);
  return value != nullptr && equal_ignoring_case(value->text(), word);
}

bool is_false(const CheckedDocument& d, std::string_view name_of_member) {
  const auto* value = member(d, name_of_member);
  return value != nullptr && value->is_boolean() && !value->truth();
}

void data_exit(const CheckedDocument& d, FindingList& findings) {
  if (is_word(d, "allowedOutboundDataTransferDestinations", "allApps")) {
    findings.add("MAM-01", d, "/allowedOutboundDataTransferDestinations",
                 "this policy lets data go to every app");
  }
  if (is_false(d, "saveAsBlocked")) {
    findings.add("MAM-01", d, "/saveAsBlocked", "this policy lets data be saved elsewhere");
  }
  if (is_false(d, "dataBackupBlocked")) {
    findings.add("MAM-01", d, "/dataBackupBlocked", "this policy lets data go into backups");
  }
  if (is_word(d, "allowedOutboundClipboardSharingLevel", "allApps")) {
    findings.add("MAM-03", d, "/allowedOutboundClipboardSharingLevel",
                 "this policy lets data be pasted into every app");
  }
}

void pin(const CheckedDocument& d, FindingList& findings) {
  const auto* required = member(d, "pinRequired");
  if (required != nullptr && !required->truth()) {
    findings.add("MAM-02", d, "/pinRequired", "this policy asks for no PIN");
    return;
  }
  const auto number = [&](std::string_view which, std::int64_t otherwise) {
    const auto* value = member(d, which);
    return value == nullptr ? otherwise : value->integer().value_or(otherwise);
  };
  if (is_false(d, "simplePinBlocked")) {
    findings.add("MAM-02", d, "/simplePinBlocked", "this policy admits simple PINs");
  }
  if (const auto length = number("minimumPinLength", 6); length < 6) {
    auto& finding =
        findings.add("MAM-02", d, "/minimumPinLength",
                     "this policy admits PINs of " + std::to_string(length) + " digits");
    if (length >= 4) finding.severity = Severity::low;
  }
  if (const auto tries = number("maximumPinRetries", 5); tries > 10) {
    findings.add("MAM-02", d, "/maximumPinRetries",
                 "this policy admits " + std::to_string(tries) + " tries");
  }
}

void offline(const CheckedDocument& d, FindingList& findings) {
  using std::chrono::hours;
  const auto longer = [&](std::string_view which, std::chrono::minutes most,
                          std::string_view words) {
    const auto* value = member(d, which);
    const auto period = value == nullptr ? std::nullopt : parse_iso_duration(value->text());
    if (!period || *period <= most) return;
    findings.add("MAM-04", d, "/" + std::string(which),
                 std::string(words) + ' ' + quoted(value->text()));
  };
  longer("periodOfflineBeforeWipeIsEnforced", hours(24 * 90),
         "this policy wipes data only when offline for");
  longer("periodOfflineBeforeAccessCheck", hours(12),
         "this policy checks access only when offline for");
}

void encryption(const CheckedDocument& d, FindingList& findings) {
  const bool weak = is_word(d, "appDataEncryptionType", "afterDeviceRestart") ||
                    is_word(d, "appDataEncryptionType", "useDeviceSettings");
  if (weak) {
    findings.add("MAM-05", d, "/appDataEncryptionType",
                 "this policy leaves data readable while the device is locked");
  }
  if (is_false(d, "encryptAppData")) {
    findings.add("MAM-05", d, "/encryptAppData", "this policy does not encrypt the apps' data");
  }
}

void apps(const CheckedDocument& d, FindingList& findings) {
  const auto* list = member(d, "apps");
  const auto* group = member(d, "appGroupType");
  const bool by_group =
      group != nullptr && !equal_ignoring_case(group->text(), "selectedPublicApps");
  if (by_group || list == nullptr || !list->items().empty()) return;
  findings.add("MAM-06", d, "/apps", "this policy names no apps");
}

}  // namespace

void check_app_protection(const CheckInput& in, FindingList& findings) {
  for (const auto& d : in.others) {
    if (!is_app_protection(d)) continue;
    data_exit(d, findings);
    pin(d, findings);
    offline(d, findings);
    encryption(d, findings);
    apps(d, findings);
  }
  if (std::ranges::none_of(in.others, is_app_protection)) return;
  for (const auto platform : {Platform::ios, Platform::android}) {
    const bool covered = std::ranges::any_of(
        in.others, [&](const CheckedDocument& d) { return is_app_protection_for(d, platform); });
    if (covered) continue;
    for (const auto& p : in.policies) {
      const auto& platforms = p.policy.conditions.platforms;
      const bool reached = !platforms || ((platforms->include.all || platforms->include.empty() ||
                                           platforms->include.contains(platform)) &&
                                          !platforms->exclude.contains(platform));
      if (p.off() || !reached || !requires_control(p, GrantControl::compliant_application))
        continue;
      findings.add("MAM-07", p, "/grantControls/builtInControls",
                   "app protection is asked for on " + std::string(name_of(platform)) +
                       ", and no app protection policy is for it");
    }
  }
}

}  // namespace sallyport
