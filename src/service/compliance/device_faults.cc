#include "service/compliance/device_faults.h"

#include <set>

namespace sallyport {
namespace {

bool stands_in_the_way(compliance::ComplianceStatus status) {
  return status == compliance::ComplianceStatus::non_compliant ||
         status == compliance::ComplianceStatus::error ||
         status == compliance::ComplianceStatus::unknown ||
         status == compliance::ComplianceStatus::conflict;
}

}  // namespace

std::vector<DeviceFault> device_faults(const compliance::Verdict& verdict) {
  std::vector<DeviceFault> faults;
  std::set<std::string> told;  // several policies may ask for the same
  for (const auto& policy : verdict.policies) {
    for (const auto& setting : policy.settings) {
      if (!stands_in_the_way(setting.status)) continue;
      if (!told.insert(setting.name + setting.remedy).second) continue;
      faults.push_back({setting.name, setting.required, setting.reported, setting.remedy});
    }
  }
  return faults;
}

}  // namespace sallyport
