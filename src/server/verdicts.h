// The decision service as doors see it: engine decisions with the words for the person and the
// administrator.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "gates/decider.h"
#include "server/metrics.h"
#include "service/decide.h"

namespace sallyport {

// What is told about a decision, remembered: a repeat is told what its record says, and explaining
// is dear. Two generations as in the sign-in log. Threads: any number may call.
class ToldBefore {
 public:
  struct Told {
    std::string reason_admin;
    std::vector<std::string> policies;
    std::vector<std::string> report_only;
  };
  std::shared_ptr<const Told> find(const std::string& decision_id);
  void keep(const std::string& decision_id, std::shared_ptr<const Told> told);

 private:
  static constexpr std::size_t generation_max = 10'000;
  using Generation = std::unordered_map<std::string, std::shared_ptr<const Told>>;
  std::mutex mutex_;
  Generation young_;
  Generation old_;
};

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
  mutable ToldBefore told_before_;
};

// What a person is told who must do something about this requirement, or cannot.
std::string_view advice_for(RequirementKind kind);

}  // namespace sallyport
