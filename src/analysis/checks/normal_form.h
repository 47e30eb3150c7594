// A policy's document in a form in which equal policies are equal texts: without ids, names, dates
// and what is not set, lists in order, letter case ignored. Internal to the checks.
#pragma once

#include <string>
#include <vector>

#include "analysis/checks/input.h"

namespace sallyport {

// One value, with the path to it: `conditions/users/includeUsers` and `all`.
struct NormalEntry {
  std::string path;
  std::string value;
  friend auto operator<=>(const NormalEntry&, const NormalEntry&) = default;
};

// In order. `part` is a member of the policy (`conditions`), or empty: all of it, `state` included.
std::vector<NormalEntry> normal_form(const CheckedPolicy& p, std::string_view part = {});

}  // namespace sallyport
