// Whether those who must always get in do: break-glass accounts with what they hold, and
// administrators who may undo a policy with whatever they have, both under the outside conditions
// that the owner names (policy/break_glass.h), at what policies are administered with.
//
// An account keeps its promise when every such sign-in is granted: not merely not blocked, because
// what is asked for and not held is as good as a block. Administrators keep theirs when under every
// condition at least one of them is not blocked whatever they prove.
// The space is made of the accounts' own view: policies that never reach any of them are left out
// before it is made, and the directory holds what they are in and nobody else. So its cost hangs on
// neither the size of the directory nor, for accounts excluded as they should be, on the policies.
// Threads: as Solver's.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/proof/account.h"
#include "analysis/proof/expectation.h"
#include "engine/program.h"

namespace sallyport::proof {

// What stops an account: one enforced policy.
struct Barrier {
  PolicyId policy;
  std::string policy_name;
  std::string what;                  // "Microsoft Graph from France on iOS": all that it stops
  std::vector<std::string> details;  // the shortest sign-in that it stops
  bool blocks = false;               // else it asks for what is not held
  std::vector<Requirement> missing;  // in that sign-in
  std::string mend;                  // the edit that takes the account out of it; proved
};

struct LockoutVerdict {
  std::vector<Barrier> barriers;  // the shortest sign-in first; none: proved
  bool holds() const { return barriers.empty(); }
};

struct Lockout {
  std::vector<LockoutVerdict> accounts;  // as they were given
  LockoutVerdict administrators;
  std::vector<std::string> notes;
  bool gave_up = false;  // over budget: nothing is known
  bool holds() const;
};

// Errors: a word of the conditions that is none; the engine disagrees about a sign-in (internal).
// `administrators` may be empty: then nothing is asked of them.
[[nodiscard]] Result<Lockout> find_lockouts(const PolicySet& set, const Tenant& tenant,
                                            const BreakGlass& asked,
                                            std::span<const Account> accounts,
                                            std::span<const Account> administrators);

// The same accounts before and after a change, one by one: what they can no longer do.
struct TenantView {
  const PolicySet& set;
  std::vector<Account> accounts;
};
// Barriers of sign-ins that got in before and do not any more; a sign-in that was stopped already
// is not told. Errors: as above, and unavailable when the budget is spent.
[[nodiscard]] Result<std::vector<LockoutVerdict>> find_new_lockouts(const TenantView& before,
                                                                    const TenantView& after,
                                                                    const Tenant& tenant,
                                                                    const BreakGlass& asked);

}  // namespace sallyport::proof
