#include "api/operation.h"

#include "api/device_management/resources.h"
#include "api/resources.h"
#include "base/text.h"

namespace sallyport::api {

const Resource& Call::resource() const { return *operation.resource; }

std::string_view Call::header(std::string_view name) const {
  for (const auto& one : headers) {
    if (equal_ignoring_case(one.name, name)) return one.value;
  }
  return {};
}

bool Call::prefers(std::string_view preference) const {
  for (const auto& one : headers) {
    if (!equal_ignoring_case(one.name, "Prefer")) continue;
    auto rest = one.value;
    while (!rest.empty()) {
      const auto end = rest.find_first_of(",;");
      if (equal_ignoring_case(trim(rest.substr(0, end)), preference)) return true;
      rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
    }
  }
  return false;
}

std::span<const Operation> operations() {
  static const std::vector<Operation> all = [] {
    std::vector<Operation> out;
    for (const auto rows : {policy_operations(),
                            named_location_operations(),
                            template_operations(),
                            authentication_context_operations(),
                            authentication_strength_operations(),
                            user_operations(),
                            group_operations(),
                            role_operations(),
                            device_operations(),
                            managed_device_operations(),
                            managed_device_overview_operations(),
                            scheduled_retirement_operations(),
                            compliance_policy_operations(),
                            compliance_state_operations(),
                            user_state_operations(),
                            compliance_helper_operations(),
                            due_action_operations(),
                            partner_report_operations(),
                            organization_operations(),
                            log_operations(),
                            subscription_operations(),
                            analysis_job_operations(),
                            batch_operations(),
                            metadata_operations()}) {
      out.insert(out.end(), rows.begin(), rows.end());
    }
    return out;
  }();
  return all;
}

}  // namespace sallyport::api
