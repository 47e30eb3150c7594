// Known ways of breaking into accounts, as expectations: the sign-ins that the attacker can bring
// about, none of which may be granted. docs/analysis/attack.md says what each assumes.
#pragma once

#include "analysis/proof/goals.h"

namespace sallyport::proof {

// Worst first. `name` is the attack, `why` how it goes, `fix` what stops it. Emergency accounts are
// left out of all but the attack on them, which is there only where some are known.
std::vector<Expectation> known_attacks(const Emergency& emergency);

}  // namespace sallyport::proof
