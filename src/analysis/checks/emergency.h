// Who the emergency accounts are: said in the settings, or inferred from what every policy
// excludes. Internal to the checks.
#pragma once

#include <string>
#include <vector>

#include "analysis/checks/input.h"

namespace sallyport {

struct EmergencyIds {
  std::vector<Guid> ids;  // users and groups
  bool inferred = false;  // nobody said; EXC-01 says how sure it is
  bool contains(const Guid& id) const;
};
EmergencyIds emergency_ids(const CheckInput& in);

// The most excluded user or group, over the enforced policies that target all users or roles.
struct BestCandidate {
  Guid id;
  std::string text;
  std::size_t excluded_from = 0;
  std::size_t policies = 0;
  bool from_all_that_block = false;
};
BestCandidate best_candidate(const CheckInput& in);

}  // namespace sallyport
