// Session controls of several policies, merged. docs/semantics.md, section 5; spec, section 5.3.
#pragma once

#include "policy/policy.h"
#include "signin/answer.h"

namespace sallyport::reference {

void merge_into(MergedSession& merged, const SessionControls& controls);

}  // namespace sallyport::reference
