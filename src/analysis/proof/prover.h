// A policy set ready to be asked: its universe, what it makes of every sign-in, and the engine that
// every answer is held against. There is one at a time (solver.h).
#pragma once

#include "analysis/proof/encoding.h"
#include "engine/program.h"

namespace sallyport::proof {

class Prover {
 public:
  // REQUIRES: the tenant outlives it. Errors: the set is too large for the engine.
  [[nodiscard]] static Result<std::unique_ptr<Prover>> of(const Tenant& tenant,
                                                          const Interests& interests) {
    auto prover = std::unique_ptr<Prover>(new Prover(tenant, interests));
    auto program =
        compile(tenant.policy_set, prover->universe.directory(), tenant.inventory);
    if (!program) return tl::unexpected(program.error());
    prover->program = std::move(*program);
    return prover;
  }

  Solver solver;

 private:
  const PolicySet* sets_[1];

 public:
  const Universe universe;
  const Encoding encoding;
  std::shared_ptr<const Program> program;

 private:
  Prover(const Tenant& tenant, const Interests& interests)
      : sets_{&tenant.policy_set},
        universe(solver, sets_, tenant, interests),
        encoding(universe, tenant.policy_set) {}
};

}  // namespace sallyport::proof
