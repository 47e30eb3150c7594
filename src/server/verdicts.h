// The decision service as doors see it: engine decisions with the words for the person and the
// administrator.
#pragma once

#include "gates/decider.h"
#include "gates/remembered.h"
#include "server/metrics.h"
#include "service/compliance/judging.h"
#include "service/decide.h"

namespace sallyport {

// Threads: any number may call.
class Verdicts final : public Decider {
 public:
  // REQUIRES: all outlive this. `judging`: what is wrong with a device is asked there.
  Verdicts(const DecisionService& decisions, Metrics& metrics, const Judging& judging)
      : decisions_(decisions), metrics_(metrics), judging_(judging) {}

  void expect(const SignInRequest& request) const override { decisions_.expect(request); }
  [[nodiscard]] Result<void> decide(const SignInRequest& request, Verdict& verdict,
                                    bool in_batch) const override;

 private:
  const DecisionService& decisions_;
  Metrics& metrics_;
  const Judging& judging_;
  mutable Remembered<Reasons> told_before_;
};

// What a person is told who must do something about this requirement, or cannot.
std::string_view advice_for(RequirementKind kind);

}  // namespace sallyport
