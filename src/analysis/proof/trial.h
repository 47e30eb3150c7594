// One expectation put to a policy set: it holds for every sign-in it is about, or here is the
// smallest for which it does not, and which policies made it so.
//
// The counterexample was put to Program::explain() before it is told; a disagreement is an error.
#pragma once

#include "analysis/proof/expectation.h"
#include "analysis/proof/near_miss.h"
#include "engine/program.h"

namespace sallyport::proof {

enum class TrialResult : std::uint8_t {
  holds,
  fails,
  concerns_nobody,  // no sign-in is what it describes: it can never fail
  gave_up,          // over budget: nothing is known
};

struct Trial {
  TrialResult result = TrialResult::holds;
  // Of a failure.
  Point witness;
  std::string sentence;
  std::vector<std::string> details;
  Outcome outcome = Outcome::granted;
  int error_code = 0;
  std::vector<std::size_t> stopped_by;  // policies that block or ask for more, where nothing should
  std::vector<NearMiss> missed_by;  // would have stopped it
};

// REQUIRES: add_interests() of it went into the encoding's universe; `program` is of the set.
[[nodiscard]] Result<Trial> try_out(const Expectation& expectation, const Encoding& encoding,
                                    const Program& program, Solver& solver);

// The fewest policies found (by leaving out one after the other) that together keep the
// expectation, which holds and says that nobody gets in without something.
std::vector<std::size_t> kept_by(const Expectation& expectation, const Encoding& encoding);

}  // namespace sallyport::proof
