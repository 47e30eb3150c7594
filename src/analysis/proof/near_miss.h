// Policies that would have stopped a sign-in, had they applied, and what kept them from it.
#pragma once

#include "analysis/proof/encoding.h"
#include "signin/answer.h"

namespace sallyport::proof {

struct NearMiss {
  std::size_t policy = 0;            // in the set
  std::vector<std::string> because;  // conditions that are not met, in words
};

// The nearest first. `answer` is the engine's of the witness.
std::vector<NearMiss> near_misses(const Encoding& encoding, const Answer& answer,
                                  const Point& witness);

}  // namespace sallyport::proof
