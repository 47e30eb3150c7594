// Which change of one policy would stop a sign-in it misses by one condition.
#pragma once

#include "analysis/proof/gaps.h"

namespace sallyport::proof {

// Only of a policy that gives what is needed; and what blocks is never widened, but for leaving
// fewer out.
std::vector<Edit> edits_against(const Encoding& encoding, const Expectation& expectation,
                                const Gap& gap, const PolicyAnswer& answer, std::size_t policy);

}  // namespace sallyport::proof
