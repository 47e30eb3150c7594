// No change may lock out the break-glass accounts that the settings document declares
// (docs/formats/settings.md): what they could reach before it, they reach after it.
//
// Before and after are the tenant as it is and as the writes would leave it, seen by those accounts
// alone: the policies that may concern them, and the groups and roles they are in, followed through
// the documents that change. A sign-in that was stopped before may stay so, whatever stops it now:
// a broken set can be repaired step by step. A change that declares other accounts or conditions is
// held to those, and to the accounts declared before.
//
// Threads: any; but proofs are made one at a time in a process (analysis/proof/solver.h), so this
// waits for one that is running. Cost: nothing without a declaration, or when a change is of
// nothing that could matter; else reading the documents that change and a proof over few policies.
// The size of the directory does not matter.
#pragma once

#include <span>

#include "service/tenant_state.h"
#include "store/store.h"

namespace sallyport {

// `accepted` were written since `tenant`, or will be before `proposed`; the store has none of both.
// Errors: invalid_argument, with the account, the policy, the shortest sign-in and what mends it,
// or why nothing could be proved; unavailable, when the store cannot be read.
[[nodiscard]] Result<void> check_lockout(Store& store, const TenantState& tenant,
                                         std::span<const Write> accepted,
                                         std::span<const Write> proposed);

}  // namespace sallyport
