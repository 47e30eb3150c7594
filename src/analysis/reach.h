// Whether a policy can apply to anything at all. Internal to analysis/.
#pragma once

#include <string>
#include <vector>

#include "policy/policy.h"

namespace sallyport {

struct NeverApplies {
  std::string pointer;
  std::string message;
};

// The reasons why no sign-in can ever meet the policy's conditions; empty when one may.
std::vector<NeverApplies> reasons_to_never_apply(const Policy& policy);

}  // namespace sallyport
