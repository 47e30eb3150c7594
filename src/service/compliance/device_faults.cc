#include "service/compliance/device_faults.h"

#include <set>

#include "base/json.h"
#include "base/text.h"
#include "compliance/verdict.h"
#include "service/managed_devices/record.h"

namespace sallyport {
namespace {

std::string text_in(const json::Value& object, std::string_view member) {
  const auto* value = object.find(member);
  return value == nullptr ? std::string() : std::string(value->text());
}

bool stands_in_the_way(const json::Value& setting) {
  const auto status = compliance::parse_compliance_status(text_in(setting, "state"));
  return !status || *status == compliance::ComplianceStatus::non_compliant ||
         *status == compliance::ComplianceStatus::error ||
         *status == compliance::ComplianceStatus::unknown ||
         *status == compliance::ComplianceStatus::conflict;
}

}  // namespace

std::vector<DeviceFault> device_faults(Store& store, DeviceId device) {
  std::vector<DeviceFault> faults;
  const auto stored = store.get(verdict_kind, to_string(device));
  if (!stored) return faults;
  const auto verdict = json::parse(stored->json);
  const auto* policies = verdict ? verdict->root().find("policies") : nullptr;
  if (policies == nullptr) return faults;
  std::set<std::string> told;  // several policies may ask for the same
  for (const auto& policy : policies->items()) {
    const auto* settings = policy.find("settings");
    if (settings == nullptr) continue;
    for (const auto& setting : settings->items()) {
      if (!stands_in_the_way(setting)) continue;
      DeviceFault fault{text_in(setting, "name"), text_in(setting, "required"),
                        text_in(setting, "reported"), text_in(setting, "remedy")};
      if (told.insert(fault.name + fault.remedy).second) faults.push_back(std::move(fault));
    }
  }
  return faults;
}

}  // namespace sallyport
