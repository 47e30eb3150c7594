// The reference evaluator: docs/semantics.md as a program, policy by policy and rule by rule, in
// the plainest style. It is slow on purpose. Tests hold engine/ to it; nothing that serves uses it.
//
// It shares with the engine only the parsed documents (policy/, directory/, device/) and the
// vocabulary of facts and answers (signin/). Errors: none. Threads: free.
#pragma once

#include "directory/directory.h"
#include "policy/policy_set.h"
#include "signin/answer.h"
#include "signin/sign_in.h"

namespace sallyport::reference {

Answer decide(const PolicySet& policies, const Directory& directory, const SignIn& sign_in,
              Assume assume = Assume::worst);

}  // namespace sallyport::reference
