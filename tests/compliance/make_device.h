// Random tenants of compliance policies, and the lives of random devices under them: what is
// assigned, what is reported, what is edited, and how time passes. Everything from one seed.
// Documents and reports are made as JSON, so that their readers are part of what is tried.
#pragma once

#include <string>
#include <vector>

#include "compliance/judge.h"
#include "tests/differential/random.h"

namespace sallyport::testing_support {

class ComplianceWorld {
 public:
  explicit ComplianceWorld(std::uint64_t seed);

  // Lets time pass, and something happen. What is judged afterwards:
  void step();
  compliance::Subject subject() const;
  const std::vector<compliance::AppliedPolicy>& applied() const { return applied_; }
  const compliance::TenantRules& rules() const { return rules_; }
  Instant now() const { return now_; }
  // The device's facts as if nobody had told this one.
  compliance::Facts facts_hiding(compliance::Fact fact) const;
  std::string show() const;  // documents and last report, for a failure

 private:
  void make_policy(std::size_t index);
  void assign();
  void report();
  void make_rules();

  Random random_;
  compliance::Platform platform_;
  std::vector<std::string> documents_;
  std::vector<compliance::CompliancePolicy> policies_;
  std::vector<compliance::AppliedPolicy> applied_;
  compliance::TenantRules rules_;
  compliance::Facts facts_;
  std::vector<std::pair<compliance::Report, Instant>> reports_;
  bool has_facts_ = false;
  compliance::EnrolledUser user_ = compliance::EnrolledUser::valid;
  compliance::Authority authority_ = compliance::Authority::own;
  unsigned good_percent_;  // how often a fact is as policies want it
  std::uint64_t sequence_ = 0;
  std::string last_report_;
  Instant now_;
};

}  // namespace sallyport::testing_support
