#include "analysis/checks/device_documents.h"

#include <algorithm>

#include "base/text.h"

namespace sallyport {
namespace {

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         equal_ignoring_case(text.substr(text.size() - end.size()), end);
}

bool starts_with(std::string_view text, std::string_view begin) {
  return equal_ignoring_case(text.substr(0, begin.size()), begin);
}

// `aospDeviceOwnerCompliancePolicy` is Android, too.
bool is_for(std::string_view type, Platform platform) {
  switch (platform) {
    case Platform::windows: return starts_with(type, "windows");
    case Platform::mac_os: return starts_with(type, "macOS");
    case Platform::ios: return starts_with(type, "ios");
    case Platform::android: return starts_with(type, "android") || starts_with(type, "aosp");
    case Platform::windows_phone:
    case Platform::linux: return false;
  }
  return false;
}

}  // namespace

std::string_view type_of(const CheckedDocument& document) {
  const auto* type = document.find("/@odata.type");
  if (type == nullptr) return {};
  auto text = type->text();
  if (text.starts_with('#')) text.remove_prefix(1);
  const auto dot = text.rfind('.');
  return dot == std::string_view::npos ? text : text.substr(dot + 1);
}

bool is_compliance_policy(const CheckedDocument& document) {
  return ends_with(type_of(document), "CompliancePolicy");
}

bool has_compliance_policies(const CheckInput& in) {
  return std::ranges::any_of(in.others, is_compliance_policy);
}

bool is_compliance_policy_for(const CheckedDocument& document, Platform platform) {
  return is_compliance_policy(document) && is_for(type_of(document), platform);
}

bool has_compliance_policy(const CheckInput& in, Platform platform) {
  return std::ranges::any_of(in.others, [&](const CheckedDocument& document) {
    return is_compliance_policy_for(document, platform);
  });
}

bool is_app_protection(const CheckedDocument& document) {
  return ends_with(type_of(document), "ManagedAppProtection");
}

bool is_app_protection_for(const CheckedDocument& document, Platform platform) {
  return is_app_protection(document) && is_for(type_of(document), platform);
}

}  // namespace sallyport
