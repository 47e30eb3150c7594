// Which change of one policy would stop a sign-in it misses by one condition.
#pragma once

#include "analysis/proof/gaps.h"

namespace sallyport::proof {

// REQUIRES: the policy gives what is needed. What blocks is widened only to circumstances that the
// expectation is about in particular, `region` being its sign-ins, or by leaving fewer out.
std::vector<Edit> edits_against(const Encoding& encoding, const Gap& gap, const Bdd& region,
                                const PolicyAnswer& answer, std::size_t policy);

}  // namespace sallyport::proof
