#include "service/management_kinds.h"

#include <algorithm>

#include "base/text.h"
#include "compliance/compliance_policy.h"
#include "service/document_type.h"

namespace sallyport {
namespace {

using json::Value;

const DocumentType* const types[] = {
    &device_compliance_policy_type, &settings_catalogue_policy_type, &assignment_filter_type,
    &notification_template_type,    &threat_connector_type,          &compliance_partner_type,
    &compliance_script_type,        &device_management_type,         &managed_device_type};

// What tells a document without a type: it has both members.
struct Marks {
  const DocumentType* type;
  std::string_view one;
  std::string_view other;
};
const Marks marks[] = {
    {&managed_device_type, "azureADDeviceId", "azureADDeviceId"},
    {&managed_device_type, "managedDeviceOwnerType", "managementAgent"},
    {&assignment_filter_type, "rule", "platform"},
    {&notification_template_type, "brandingOptions", "displayName"},
    {&threat_connector_type, "partnerState", "iosEnabled"},
    {&compliance_partner_type, "partnerState", "macOsOnboarded"},
    {&compliance_script_type, "detectionScriptContent", "runAsAccount"},
    {&settings_catalogue_policy_type, "technologies", "settings"},
};

bool has(const Value& document, std::string_view name) {
  return document.find_ignoring_case(name) != nullptr;
}

std::string_view kind_of_type(std::string_view type) {
  if (const auto policy = compliance::parse_policy_type(type)) {
    return policy == compliance::PolicyType::linux ? settings_catalogue_policy_type.kind
                                                   : device_compliance_policy_type.kind;
  }
  const auto name = type.substr(type.rfind('.') + 1);
  for (const auto* known : types) {
    if (equal_ignoring_case(known->kind, name)) return known->kind;
  }
  return {};
}

}  // namespace

std::string_view management_kind_of(const Value& document) {
  const auto* type = document.find("@odata.type");
  if (type != nullptr && !type->text().empty()) return kind_of_type(type->text());
  for (const auto& mark : marks) {
    if (has(document, mark.one) && has(document, mark.other)) return mark.type->kind;
  }
  const auto* settings = document.find_ignoring_case("settings");
  if (settings != nullptr && has(*settings, "deviceComplianceCheckinThresholdDays")) {
    return device_management_type.kind;
  }
  return {};
}

bool is_management_kind(std::string_view kind) {
  return std::ranges::any_of(types, [&](const DocumentType* one) { return one->kind == kind; });
}

}  // namespace sallyport
