// Policies that would have stopped a sign-in, had they applied, and what kept them from it.
#pragma once

#include "analysis/proof/encoding.h"
#include "signin/answer.h"

namespace sallyport::proof {

// How far the policy was from applying.
enum class Distance : std::uint8_t {
  left_out,             // it is about this person and target, and excludes them
  other_circumstances,  // it holds for other places, devices, clients ...
  other_risk,           // ... or at other risks
  somebody_else,        // it is about other people or targets
};

struct NearMiss {
  std::size_t policy = 0;  // in the set
  Distance distance = Distance::left_out;
  std::vector<std::string> because;  // conditions that are not met, in words
};

// The nearest first. `answer` is the engine's of the witness.
std::vector<NearMiss> near_misses(const Encoding& encoding, const Answer& answer,
                                  const Point& witness);

}  // namespace sallyport::proof
