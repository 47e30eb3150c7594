// Few tests that together notice any single edit of a policy set (mutations.h) which changes for
// anybody whether they get in, are asked for more or are refused.
//
// Each test is an expectation about all sign-ins of a region, recorded as the engine decides them
// now. The sign-ins of fewest memberships are looked at first; an edit that changes nothing for any
// of them is looked at for all there are. What changes nothing at all is a proof that the edited
// words are redundant, and is told.
//
// Cost: for n policies and m edits some n + m set operations, and for each test about as many as
// there are questions. The same set gives the same tests.
#pragma once

#include "analysis/proof/expectation.h"
#include "analysis/proof/mutations.h"
#include "engine/program.h"

namespace sallyport::proof {

struct GeneratedTests {
  std::vector<Expectation> tests;
  std::size_t mutations = 0;
  std::size_t noticed = 0;
  // `CA001: group Partners is not excluded`
  std::vector<std::string> change_nothing;
  std::vector<std::string> given_up;  // over budget: nothing is known of them
};

// Some of the sign-ins for which the mutation changes the outcome, none only where there are none;
// nothing: over budget.
std::optional<Bdd> difference(const Mutation& mutation, const Encoding& encoding, Solver& solver);

// REQUIRES: `program` is of the encoding's set and universe, which was made with variants_of(). Errors: the engine does not agree.
[[nodiscard]] Result<GeneratedTests> generate_tests(const Encoding& encoding,
                                                    const Program& program, Solver& solver);

}  // namespace sallyport::proof
