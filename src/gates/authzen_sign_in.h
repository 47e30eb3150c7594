// AuthZEN questions as sign-ins.
//
//   subject.type   user | workload
//   action.name    any; it is the application's own word and no condition reads it
//   resource.type  app (id: the application), user-action (id: its urn), auth-context (id: c1)
//   context        ip, user_agent, device_id, client_app, platform, amr (an array, or words
//                  separated by blanks), auth_time (seconds since 1970 or RFC 3339); others are
//                  ignored
//
// A member left out of the context is unknown, and the unknown never satisfies a requirement; an
// explicit "" for device_id says that there is none.
// A denial carries {decision_id, reason_user, reason_admin, policy_ids, acr_values, max_age,
// obligations}, and in report_only the report-only policies that would have denied, too. In a batch
// policy_ids and report_only are left to the sign-in log, which the decision id leads to.
// Source: authorization-apis, sections 1.9 and 1.10.
#pragma once

#include "gates/authzen.h"
#include "gates/decider.h"
#include "gates/remembered.h"

namespace sallyport {

// Threads: any number may call.
class AuthzenSignIn final : public AuthzenEvaluator {
 public:
  // REQUIRES: `decider` outlives this.
  explicit AuthzenSignIn(const Decider& decider) : decider_(decider) {}
  void expect(const AuthzenEvaluation& question) const override;
  [[nodiscard]] Result<void> evaluate(const AuthzenEvaluation& question, AuthzenDecision& out,
                                      bool in_batch) const override;

 private:
  const Decider& decider_;
  mutable Remembered<std::string> told_before_;
};

}  // namespace sallyport
