// The cheapest change that would let a sign-in through.
//
// Every change a person could make is tried on the facts, alone and in pairs, and decided again:
// what is shown has been through decide(), so it does let the sign-in in. Proofs that are merely
// asked for come with whatever change needs them. Cost: up to about a thousand decisions; for
// people, not doors.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/program.h"

namespace sallyport {

struct Remedy {
  // In the order to do them: "complete multifactor authentication", "use a compliant device".
  std::vector<std::string> steps;
  // The sum of the steps': a factor is 1, a compliant device 4, another place 5, platform 9.
  int cost = 0;
};

// An empty list of steps: it is let in as it is. Nothing: no change of the sign-in alone lets it
// in.
std::optional<Remedy> cheapest_change(const Program& program, const SignIn& sign_in);

}  // namespace sallyport
