// Compliance policies by their ids, for answers that name many of them. Threads: one at a time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "compliance/compliance_policy.h"
#include "store/store.h"

namespace sallyport::api {

// Reads each policy once.
class ReadPolicies {
 public:
  explicit ReadPolicies(Store& store) : store_(store) {}
  // Null: there is none.
  const compliance::CompliancePolicy* find(const std::string& id);

 private:
  Store& store_;
  std::map<std::string, std::optional<compliance::CompliancePolicy>> read_;
};

// Graph's word for what an action of a policy does, by its key in a spell (due_actions/spell.h).
std::string_view type_of(const compliance::CompliancePolicy& policy, std::string_view key);

}  // namespace sallyport::api
