// Everything a decision depends on besides the sign-in: the policies and what they refer to.
// A value; the engine compiles it, the reference evaluator reads it as it is.
#pragma once

#include <cstdint>
#include <vector>

#include "base/id.h"
#include "base/ip_address.h"
#include "directory/authentication_strength.h"
#include "directory/named_location.h"
#include "policy/break_glass.h"
#include "policy/policy.h"

namespace sallyport {

struct PolicySet {
  std::vector<Policy> policies;
  std::vector<NamedLocation> named_locations;
  std::vector<AuthenticationStrength> authentication_strengths;  // custom; built-in ones are known
  std::vector<CidrRange> mfa_trusted_ips;                        // IPv4 only
  // Contexts that exist, 37 for `c37`; none: nobody said, and c1 to c99 may all exist.
  std::vector<std::uint8_t> authentication_contexts;
  // Members of the suites; the defaults are well_known.h's, an administrator may edit them.
  std::vector<ApplicationId> office365;
  std::vector<ApplicationId> admin_portals;
  BreakGlass break_glass;  // decides nothing; no change may lock these out (service/lockout_gate.h)
  // A strength by id: the custom ones first, then the built-in. One that a policy holds inlined
  // counts for that policy alone: if another could use it, adding a policy would grant.
  const AuthenticationStrength* find_strength(StrengthId id) const;
  // For messages: the same, and if there is none, the first that any policy holds inlined.
  const AuthenticationStrength* describe_strength(StrengthId id) const;
};

// With the suites' default members.
PolicySet empty_policy_set();

}  // namespace sallyport
