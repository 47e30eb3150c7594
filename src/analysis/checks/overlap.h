// How the scopes of two policies lie to each other, as far as their lists alone tell; who is in
// which group is a proof's business. Internal to the checks.
#pragma once

#include "analysis/checks/input.h"

namespace sallyport {

// Some sign-in certainly meets both: they share an included user, group, role or everybody, a
// target, a platform, a client type and so on, and neither has a condition the lists do not decide.
bool clearly_overlap(const CheckedPolicy& p, const CheckedPolicy& q);

// Whom and what `inner` includes, `outer` includes, too, word by word. Exclusions are not compared.
bool covers_targets_of(const CheckedPolicy& outer, const CheckedPolicy& inner);

}  // namespace sallyport
