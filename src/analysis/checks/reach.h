// Whether a policy can apply to anything at all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/policy.h"

namespace sallyport {

struct NeverApplies {
  std::string_view check;  // of the catalogue
  std::string pointer;
  std::string message;
};

// The reasons why no sign-in can ever meet the policy's conditions; empty when one may.
std::vector<NeverApplies> reasons_to_never_apply(const Policy& policy);

}  // namespace sallyport
