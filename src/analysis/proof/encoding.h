// What a policy set makes of every sign-in of a universe, policy by policy, as sets of sign-ins.
// This is docs/semantics.md under Assume::worst, what every door goes by. Conditions and traits of
// few dimensions are found by asking the engine's own functions about every choice; only who is
// meant, where it is and the combinations of methods are put together here. A test holds all of
// it to Program::decide().
#pragma once

#include <vector>

#include "analysis/proof/universe.h"
#include "engine/requirements.h"
#include "engine/traits.h"

namespace sallyport::proof {

// The four answers of a condition; in none of the sets: `no`.
struct MatchSets {
  Bdd yes;
  Bdd unknown;
  Bdd needs_gps;
  Bdd possible() const { return yes | unknown | needs_gps; }
};

struct EncodedPolicy {
  const Policy* policy = nullptr;
  bool considered = false;  // not disabled, and it has some control in force
  Bdd applies;              // an outage included
  Bdd satisfied;            // applies, and everything it requires is there
  Bdd failed;               // applies, and something cannot be had in this sign-in
  Bdd unmet;                // would stop the sign-in, if it applied
  Bdd stops() const { return applies - satisfied; }
  bool enforced() const { return considered && policy->state == PolicyState::enabled; }
  bool report_only() const { return considered && policy->state == PolicyState::report_only; }
};

// Whether this policy makes others waive their strength where security information is registered
// (docs/semantics.md, section 5).
bool waives_for_registration(const Policy& policy);
// What an enforced policy stops.
struct Stop {
  std::size_t policy = 0;
  Bdd set;
};

class Encoding {
 public:
  // REQUIRES: `set` is one of the universe's sets; both outlive it.
  Encoding(const Universe& universe, const PolicySet& set);

  const Universe& universe() const { return universe_; }
  const PolicySet& set() const { return set_; }
  const std::vector<EncodedPolicy>& policies() const { return policies_; }

  // Of the enforced policies, the broadest first.
  const std::vector<Stop>& stops() const { return stops_; }

  // What an edited copy of a policy would be, in this set. REQUIRES: it names nothing new.
  EncodedPolicy encode(const Policy& policy) const;

  // Which sign-ins of the region get in, as they are; reality is not taken into account.
  Bdd granted(const Bdd& region) const;
  Bdd blocked(const Bdd& region) const;
  // As if these report-only policies were enforced, too.
  Bdd granted_if_enforced(const Bdd& region, const std::vector<std::size_t>& policies) const;

  // What proofs come to, for goals: MFA in any way, a strength.
  Bdd multifactor() const { return multifactor_; }
  Bdd strength_met(const AuthenticationStrength& strength) const;
  Bdd phishing_resistant() const;
  Bdd trait(Trait trait) const;
  // A password and nothing else: no further method, no managed device or app, nothing agreed to.
  Bdd nothing_proven() const;
  Bdd nothing_but_methods() const;
  // These methods, used just now, and nothing else of one's own, nor a position told; the device is
  // left open. A key or certificate is of a kind that no strength lists: which it is was not said.
  Bdd exactly(MethodModes methods) const;

 private:
  struct Requirements {
    Bdd satisfied;
    Bdd failed;
  };
  Bdd any_of(TraitSet traits) const;
  Requirements requirement(RequirementSpec spec) const;
  Requirements requirements(const Policy& policy) const;
  EncodedPolicy encode(const Policy& policy, const struct Applicability& how) const;

  const Universe& universe_;
  const PolicySet& set_;
  Bdd multifactor_;
  Bdd multifactor_by_methods_;
  Bdd workload_;
  Bdd enrolment_;
  Bdd registration_waiver_;  // where another policy's strength is not asked for
  std::vector<EncodedPolicy> policies_;
  std::vector<Stop> stops_;
};

}  // namespace sallyport::proof
