// Which change of one policy would stop a sign-in it misses by one condition.
#pragma once

#include "analysis/proof/gaps.h"

namespace sallyport::proof {

// REQUIRES: the policy gives what is needed (gives()). What blocks is never widened, but for
// leaving fewer out; what asks for something only at a risk stays so.
std::vector<Edit> edits_against(const Encoding& encoding, const Gap& gap,
                                const PolicyAnswer& answer, std::size_t policy);

// Of each policy: whoever it lets pass keeps the need.
std::vector<bool> gives(const Encoding& encoding, Need need);

}  // namespace sallyport::proof
