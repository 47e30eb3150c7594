#include "trials.h"

#include "analysis/proof/prover.h"
#include "console.h"

namespace sallyport::cli {

Result<Trials> try_all(std::string_view what, const std::vector<proof::Expectation>& expectations,
                       const Tenant& tenant, Keepers keepers) {
  proof::Interests interests;
  for (const auto& one : expectations) {
    if (const auto added = proof::add_interests(one, tenant, interests); !added) {
      return tl::unexpected(added.error());
    }
  }
  const auto prover = proof::Prover::of(tenant, interests);
  if (!prover) return tl::unexpected(prover.error());
  auto& p = **prover;
  Trials out{{}, p.universe.notes()};
  Progress progress(what, expectations.size());
  for (const auto& one : expectations) {
    auto trial = proof::try_out(one, p.encoding, *p.program, p.solver);
    if (!trial) return tl::unexpected(trial.error());
    Tried tried{&one, std::move(*trial), {}};
    if (keepers == Keepers::find && tried.trial.result == proof::TrialResult::holds) {
      tried.kept_by = proof::kept_by(one, p.encoding);
      if (p.solver.gave_up()) tried.kept_by.clear();
    }
    out.all.push_back(std::move(tried));
    progress.step();
  }
  return out;
}

}  // namespace sallyport::cli
