// The proofs' question, "does some sign-in of this expectation's region get in without what it
// needs?", asked of Z3 about formulas that were written without the proofs' encoding.
//
// Knows the words of the built-in goals and of make_expectation(), and needs that are about getting
// in: not `reachable`, `prompted` and `refused`. Threads: one.
#pragma once

#include <memory>
#include <span>

#include "analysis/proof/expectation.h"
#include "tests/proofs/second_policy.h"

namespace sallyport::proof::testing {

enum class Found { nothing, something, gave_up };

class SecondSolver {
 public:
  // REQUIRES: the tenant outlives it.
  SecondSolver(const Tenant& tenant, std::span<const Expectation> asked);

  // Something: it is drafted, and the directory to decide it with is told.
  Found ask(const Expectation& expectation, Draft& into, std::shared_ptr<const Directory>& with);

 private:
  z3::expr who(const std::string& word) const;
  z3::expr what(const std::string& word) const;
  z3::expr where(const std::string& word) const;
  z3::expr client(const std::string& word) const;
  z3::expr platform(const std::string& word) const;
  z3::expr flow(const std::string& word) const;
  z3::expr region(const Expectation& expectation) const;
  z3::expr proof(Need need) const;

  const Tenant& tenant_;
  z3::context context_;
  SecondFacts facts_;
  SecondPolicies policies_;
  z3::expr gets_in_;
  z3::solver solver_;
};

}  // namespace sallyport::proof::testing
