// Expectations put to a policy set one after the other, for the commands that tell of each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/proof/trial.h"
#include "base/result.h"
#include "policy/tenant.h"

namespace sallyport::cli {

struct Tried {
  const proof::Expectation* expectation;
  proof::Trial trial;
  // Where it holds and somebody asked: the fewest policies found that keep it.
  std::vector<std::size_t> kept_by;
};

struct Trials {
  std::vector<Tried> all;
  std::vector<std::string> notes;  // what the proofs leave out of these policies
};

enum class Keepers : bool { leave, find };

// With a progress bar. REQUIRES: the expectations outlive the result. Errors: a name that nothing
// has; the engine does not agree.
[[nodiscard]] Result<Trials> try_all(std::string_view what,
                                     const std::vector<proof::Expectation>& expectations,
                                     const Tenant& tenant, Keepers keepers);

}  // namespace sallyport::cli
