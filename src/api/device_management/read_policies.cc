#include "api/device_management/read_policies.h"

#include "base/json.h"
#include "service/document_type.h"
#include "service/due_actions/spell.h"

namespace sallyport::api {

const compliance::CompliancePolicy* ReadPolicies::find(const std::string& id) {
  const auto known = read_.find(id);
  if (known != read_.end()) return known->second ? &*known->second : nullptr;
  auto& policy = read_[id];
  for (const auto* type : {&device_compliance_policy_type, &settings_catalogue_policy_type}) {
    const auto stored = store_.get(type->kind, id);
    const auto document = stored ? json::parse(stored->json) : Result<json::Document>();
    if (!stored || !document) continue;
    policy = compliance::read_compliance_policy(document->root()).policy;
    return &*policy;
  }
  return nullptr;
}

std::string_view type_of(const compliance::CompliancePolicy& policy, std::string_view key) {
  for (std::size_t i = 0; i < policy.actions.size(); ++i) {
    if (key_of(policy, i) == key) return name_of(policy.actions[i].type);
  }
  return "removed";
}

}  // namespace sallyport::api
