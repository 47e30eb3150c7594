// What a policy set makes of a sign-in, as formulas over its facts: docs/semantics.md under
// Assume::worst, written down once more. Shares with the proofs nothing but the parsed document.
#pragma once

#include "device/filter_node.h"
#include "policy/policy_set.h"
#include "tests/proofs/second_facts.h"

namespace sallyport::proof::testing {

// The answers of a condition; none of the three: no.
struct Formulas {
  z3::expr yes, unknown, needs_gps;
  z3::expr possible() const { return yes || unknown || needs_gps; }
};

class SecondPolicies {
 public:
  // REQUIRES: both outlive it, and the facts know what the set names.
  SecondPolicies(const SecondFacts& facts, const PolicySet& set);

  // No enforced policy stops it as it is.
  z3::expr gets_in() const;
  z3::expr in_trusted_place() const { return trusted_places().possible(); }

 private:
  z3::expr no() const { return f_.boolean(false); }
  z3::expr yes_if(bool b) const { return f_.boolean(b); }
  Formulas certainly(const z3::expr& yes) const { return {yes, no(), no()}; }
  Formulas either(const Formulas& a, const Formulas& b) const;
  Formulas both(const Formulas& a, const Formulas& b) const;
  Formulas included_and_not_excluded(const Formulas& in, const Formulas& out) const;

  z3::expr principals(const PrincipalLists& lists) const;
  z3::expr users(const UserCondition& condition) const;
  bool workload_is_meant(const ClientApplicationCondition& c, const ServicePrincipal& p) const;
  z3::expr workloads(const ClientApplicationCondition& condition) const;
  z3::expr entries(const ApplicationLists& lists) const;
  z3::expr application_filter(const FilterRule& rule) const;
  z3::expr made_up_matches(const FilterNode& node) const;
  z3::expr applications(const ApplicationCondition& condition) const;
  Formulas location(const NamedLocation& location) const;
  Formulas trusted_places() const;
  Formulas places(const LocationLists& lists) const;
  Formulas locations(const LocationCondition& condition) const;
  z3::expr compared(const FilterComparison& c) const;
  z3::expr compared_text(const FilterComparison& c, const z3::expr& has,
                         const z3::expr& text) const;
  z3::expr compared_list(const FilterComparison& c, const std::map<std::string, z3::expr>& elements,
                         const z3::expr& others) const;
  z3::expr devices_matching(const FilterNode& node) const;
  z3::expr devices(const DeviceCondition& condition) const;
  z3::expr level(const WordSet<RiskLevel>& levels, const z3::expr& risk) const;
  z3::expr listed(const z3::expr& word, std::uint32_t bits, int last) const;

  struct How {
    Formulas applies;
    Formulas where;
    Formulas what;
    z3::expr outage;  // denied by one
  };
  How how(const Policy& policy) const;
  z3::expr multifactor() const;
  z3::expr strong(const AuthenticationStrength& strength) const;
  z3::expr control(GrantControl control, const Policy& policy) const;
  z3::expr strength_control(const GrantControls& grant) const;
  z3::expr grants(const Policy& policy) const;
  z3::expr session(const SessionControls& session) const;
  z3::expr stops(const Policy& policy) const;

  const SecondFacts& f_;
  const PolicySet& set_;
  z3::expr waived_;  // another policy demands its strength of whoever registers
};

}  // namespace sallyport::proof::testing
