// The way back: a box of sign-ins as an expectation whose words describe it, or a part of it that
// no policy tells apart from the rest.
#pragma once

#include "analysis/proof/expectation.h"
#include "analysis/proof/search.h"

namespace sallyport::proof {

// Which boxes have words: for widest().
Fits fits_words(const Universe& universe);

// REQUIRES: each dimension of the box has all choices, or those that fits_words() likes, or one.
Expectation in_words(const Universe& universe, const Box& box);

}  // namespace sallyport::proof
