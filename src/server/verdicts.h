// The decision service as doors see it: engine decisions with the words for the person and the
// administrator.
#pragma once

#include "gates/decider.h"
#include "server/metrics.h"
#include "service/decide.h"

namespace sallyport {

// Threads: any number may call.
class Verdicts final : public Decider {
 public:
  // REQUIRES: all outlive this.
  Verdicts(const DecisionService& decisions, SignInLog& log, Metrics& metrics)
      : decisions_(decisions), log_(log), metrics_(metrics) {}

  [[nodiscard]] Result<void> decide(const SignInRequest& request, Verdict& verdict,
                                    bool in_batch) const override;
  [[nodiscard]] Result<void> settle(std::uint64_t ticket) const override;

 private:
  const DecisionService& decisions_;
  SignInLog& log_;
  Metrics& metrics_;
};

// What a person is told who must do something about this requirement, or cannot.
std::string_view advice_for(RequirementKind kind);

}  // namespace sallyport
