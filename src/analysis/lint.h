// Everything to tell an administrator about a set of documents: what could not be read, what was
// not understood, rules that policies break, references to nothing, policies that can never apply.
//
// Codes: `L-...` from reading, `V1` to `V24` (spec, section 1.5), `A-...` from looking at the
// whole.
#pragma once

#include <vector>

#include "base/finding.h"
#include "policy/tenant.h"

namespace sallyport {

// In order of file, line and code; holds the findings of `loaded`, too.
std::vector<Finding> lint(const LoadResult& loaded);

}  // namespace sallyport
