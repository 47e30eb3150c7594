// The verdict on a device a second time, in the plainest words: policy by policy, setting by
// setting, remembering everything. It shares with the judge only the documents as they were read,
// and the device's facts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compliance/judge.h"

namespace sallyport::reference {

using compliance::AppliedPolicy;
using compliance::ComplianceState;
using compliance::ComplianceStatus;
using compliance::Subject;
using compliance::TenantRules;

struct SettingAnswer {
  std::string key;  // with `@system` behind it, for the system account
  ComplianceStatus status = ComplianceStatus::unknown;
  int error_code = 0;
  long long since = 0;  // seconds since 1970, as all times here
  friend bool operator==(const SettingAnswer&, const SettingAnswer&) = default;
};

struct PolicyAnswer {
  std::string id;
  ComplianceStatus status = ComplianceStatus::unknown;
  bool in_grace = false;
  long long since = 0;
  long long noncompliant_since = 0;  // 0: no spell
  long long grace_until = 0;
  std::vector<SettingAnswer> settings;
  friend bool operator==(const PolicyAnswer&, const PolicyAnswer&) = default;
};

struct DeviceAnswer {
  ComplianceState state = ComplianceState::unknown;
  bool is_compliant = false;
  long long since = 0;
  long long grace_until = 0;
  long long valid_until = 0;
  std::vector<PolicyAnswer> policies;  // the built-in one first
  friend bool operator==(const DeviceAnswer&, const DeviceAnswer&) = default;
};

// Everything that was ever said about the device's policies.
struct DeviceMemory {
  struct Policy {
    std::string standing = "unknown";  // compliant, noncompliant, unknown, notApplicable
    long long since = 0;
    long long noncompliant_since = 0;
    std::uint32_t edition = 0;
    long long first_judged = 0;  // as it is now
    bool applied_last = false;   // its settings are remembered
    std::map<std::string, SettingAnswer> settings;
  };
  std::map<std::string, Policy> policies;
  ComplianceState state = ComplianceState::unknown;
  long long since = 0;
  long long judged = 0;  // and never as of an earlier time
};

// Answers, and remembers.
DeviceAnswer judge_device(const Subject& subject, const std::vector<AppliedPolicy>& policies,
                          const TenantRules& rules, DeviceMemory& memory, Instant now);

// One setting; `known` is what is known of every fact.
struct Ruling {
  ComplianceStatus status = ComplianceStatus::unknown;
  int error_code = 0;
};
Ruling rule_on(const compliance::Setting& setting, const compliance::FactTable& known,
               const Subject& subject, const TenantRules& rules, Instant oldest, long long now);

// -1, 0 or 1; nothing when one of them is no version.
std::optional<int> compare_versions(const std::string& a, const std::string& b);

}  // namespace sallyport::reference
