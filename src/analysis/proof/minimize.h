// Policies and parts of policies that change no outcome, each with the policies that make it so,
// and the set without them.
//
// A policy is redundant when every sign-in it stops is stopped by others that stay, every one it
// blocks is blocked by them, and every session control it sets they set, too. Removing one policy
// may make another necessary: the set without all of `policies` is proved equal to the whole.
#pragma once

#include "analysis/proof/encoding.h"

namespace sallyport::proof {

struct Redundant {
  std::size_t policy = 0;
  bool never_applies = false;           // nothing real meets its conditions
  std::vector<std::size_t> covered_by;  // the fewest found that do all it does
};

struct RedundantPart {
  std::size_t policy = 0;
  std::string words;  // "the excluded group `Partners`", "the condition on platforms"
};

struct Minimized {
  bool gave_up = false;
  std::vector<Redundant> policies;
  std::vector<RedundantPart> parts;  // of the policies that stay; each alone, then all together
};

Minimized minimize(const Encoding& encoding, Solver& solver);

}  // namespace sallyport::proof
