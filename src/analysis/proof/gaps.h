// Which expectations a policy set does not keep: for each, the smallest sign-in that shows it and
// the widest region around it, who could have stopped it, and what edit would.
//
// An expectation without a gap is proved: no sign-in of the universe escapes it. Every witness was
// put to Program::decide() before it is told; a disagreement is an error, never a finding.
#pragma once

#include "analysis/proof/expectation.h"
#include "analysis/proof/near_miss.h"
#include "engine/program.h"

namespace sallyport::proof {

struct Edit {
  std::string words;  // "take group `Partners` out of what `CA001` excludes"
  std::size_t policy = 0;
  bool closes = false;  // all of the region; else a part of it, the witness included
  bool widens = false;  // to more than somebody or something that was left out by name
};

struct Gap {
  Point witness;
  Box region;
  bool whoever = false;  // of those the expectation is about: which role they hold is no matter
  std::string sentence;
  std::vector<std::string> details;  // of the witness
  std::vector<NearMiss> near_misses;
  std::vector<Edit> edits;
  std::vector<std::size_t> would_close_if_enforced;  // report-only policies, all together
  std::size_t people = 0;                            // of the directory, in the region
  std::vector<std::string> examples;
  // Others who get in the same way, past the same policy, and the same people on other platforms.
  std::vector<std::string> likewise;
};

struct Verdict {
  const Expectation* expectation = nullptr;
  bool gave_up = false;          // over budget: nothing is known
  bool concerns_nobody = false;  // no sign-in is in the region at all
  std::vector<Gap> gaps;         // the smallest witness first; none: proved
  bool more = false;             // than are told
  // Without a directory people may be in any groups and roles at once. Who is in fewest of them is
  // looked at first, and gaps that take more are looked for only when there are no others.
  bool not_all_looked_at = false;
  // The rest of its gaps was told of these expectations already.
  bool seen_before = false;
  bool holds() const { return !gave_up && gaps.empty() && !seen_before; }
  std::size_t people = 0;  // of the directory, in all of the expectation's gaps
};

struct GapOptions {
  std::size_t regions_max = 3;  // told per expectation
};

// Asks one expectation after the other. A region that was told of an earlier one is not told again.
class GapFinder {
 public:
  // REQUIRES: all of them outlive it; `program` is of the encoding's set and universe.
  GapFinder(const Encoding& encoding, const Program& program, Solver& solver,
            const GapOptions& options = {})
      : encoding_(encoding), program_(program), solver_(solver), options_(options) {}

  // Errors: the engine does not agree about a witness.
  [[nodiscard]] Result<Verdict> check(const Expectation& expectation);

 private:
  struct Question;
  [[nodiscard]] Result<Gap> describe(Question& question, const Point& witness);
  [[nodiscard]] Result<void> find_in(Question& question, const Bdd& part, Verdict& verdict);
  [[nodiscard]] Result<void> find(Question& question, Verdict& verdict);

  const Encoding& encoding_;
  const Program& program_;
  Solver& solver_;
  GapOptions options_;
  Bdd told_;
};

}  // namespace sallyport::proof
