// A policy set ready to be asked: its universe, what it makes of every sign-in, and the engine that
// every answer is held against. There is one at a time (solver.h).
#pragma once

#include "analysis/proof/encoding.h"
#include "engine/program.h"

namespace sallyport::proof {

class Prover {
 public:
  // What `variants` tells apart is told apart, too. REQUIRES: both outlive it. Errors: the set is too
  // large for the engine.
  [[nodiscard]] static Result<std::unique_ptr<Prover>> of(const Tenant& tenant,
                                                          const Interests& interests,
                                                          const PolicySet* variants = nullptr) {
    auto prover = std::unique_ptr<Prover>(new Prover(tenant, interests, variants));
    auto program =
        compile(tenant.policy_set, prover->universe.directory(), tenant.inventory);
    if (!program) return tl::unexpected(program.error());
    prover->program = std::move(*program);
    return prover;
  }

  Solver solver;

 private:
  std::vector<const PolicySet*> sets_;

 public:
  const Universe universe;
  const Encoding encoding;
  std::shared_ptr<const Program> program;

 private:
  Prover(const Tenant& tenant, const Interests& interests, const PolicySet* variants)
      : sets_(variants == nullptr ? std::vector{&tenant.policy_set}
                                  : std::vector{&tenant.policy_set, variants}),
        universe(solver, sets_, tenant, interests),
        encoding(universe, tenant.policy_set) {}
};

}  // namespace sallyport::proof
