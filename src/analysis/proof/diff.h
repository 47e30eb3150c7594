// For whom two policy sets differ: the exact set of sign-ins whose outcome changes, as few rules.
//
// Two sets differ at a sign-in when one grants it and the other does not, or one blocks it and the
// other does not. What both sets have in common cancels out first, so that a small edit of a large
// set is a small question. No rule: a proof that nothing changes. Session controls that change
// without any outcome changing are told apart (session_changes).
#pragma once

#include "analysis/proof/encoding.h"
#include "analysis/proof/search.h"
#include "engine/program.h"

namespace sallyport::proof {

struct DiffRule {
  Point witness;
  Box region;  // everybody in it, with the witness's proofs, goes from `before` to `after`
  Outcome before = Outcome::granted;
  Outcome after = Outcome::granted;
  std::vector<Requirement> missing_before;  // of the witness
  std::vector<Requirement> missing_after;
  std::string sentence;  // "members in Sales at Finance from anywhere with a password alone"
  std::vector<std::string> details;
  std::vector<std::size_t> policies_before;  // that apply to it, and are not in the other set
  std::vector<std::size_t> policies_after;
  std::size_t people = 0;
  std::vector<std::string> examples;
  // Access that was not there before.
  bool opens() const { return after < before; }
};

struct Diff {
  bool gave_up = false;
  std::vector<DiffRule> rules;  // what opens first
  bool more = false;            // than are told
  bool not_all_looked_at = false;
  // Sets equal in outcome everywhere may still differ in these.
  std::vector<std::string> session_changes;
  std::size_t people = 0;  // of the directory, whose outcome changes somewhere
  bool same() const { return !gave_up && rules.empty() && !more && session_changes.empty(); }
};

struct DiffOptions {
  std::size_t rules_max = 20;
};

// REQUIRES: both encodings are of one universe; the programs are of their sets and its directory.
// Errors: an engine does not agree about a witness.
[[nodiscard]] Result<Diff> diff(const Encoding& before, const Encoding& after,
                                const Program& program_before, const Program& program_after,
                                Solver& solver, const DiffOptions& options = {});

// The sign-ins of the region whose outcome differs.
Bdd changed(const Encoding& before, const Encoding& after, const Bdd& region);

}  // namespace sallyport::proof
