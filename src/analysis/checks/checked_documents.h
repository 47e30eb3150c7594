// Documents made ready for the checks. Internal to the checks.
#pragma once

#include <vector>

#include "analysis/checks/input.h"

namespace sallyport {

// Policies and templates, by name and id, whatever the order of files. They refer to `loaded`.
std::vector<CheckedPolicy> checked_policies(const LoadResult& loaded);

}  // namespace sallyport
