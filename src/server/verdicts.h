// The decision service as doors see it: engine decisions with the words for the person and the
// administrator.
#pragma once

#include <functional>
#include <vector>

#include "gates/decider.h"
#include "gates/remembered.h"
#include "server/metrics.h"
#include "service/decide.h"

namespace sallyport {

// Threads: any number may call.
class Verdicts final : public Decider {
 public:
  // What keeps a device from being compliant, as it is now.
  using DeviceFaults = std::function<std::vector<DeviceFault>(DeviceId device)>;

  // REQUIRES: all outlive this.
  Verdicts(const DecisionService& decisions, Metrics& metrics, DeviceFaults device_faults)
      : decisions_(decisions), metrics_(metrics), device_faults_(std::move(device_faults)) {}

  void expect(const SignInRequest& request) const override { decisions_.expect(request); }
  [[nodiscard]] Result<void> decide(const SignInRequest& request, Verdict& verdict,
                                    bool in_batch) const override;

 private:
  const DecisionService& decisions_;
  Metrics& metrics_;
  DeviceFaults device_faults_;
  mutable Remembered<Reasons> told_before_;
};

// What a person is told who must do something about this requirement, or cannot.
std::string_view advice_for(RequirementKind kind);

}  // namespace sallyport
