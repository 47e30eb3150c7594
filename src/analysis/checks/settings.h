// What an administrator may say to the checks: who the emergency accounts are, which roles are
// privileged, how long is too long, and how strictly to read the rules peers disagree about.
// docs/analysis/lint.md documents every key of the file. Threads: free.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"

namespace sallyport {

// Is an exclusion from a policy for everybody a hole?
enum class Exclusions : std::uint8_t { allowed, approved_only };
// What is a policy in report-only worth?
enum class ReportOnly : std::uint8_t { lowers_severity, nothing };
// Which of the privileged roles must be covered?
enum class RolesNeeded : std::uint8_t { every, any };

struct CheckSettings {
  // Empty: inferred from what is excluded everywhere (EXC-01).
  std::vector<Guid> emergency_accounts;
  std::vector<Guid> emergency_groups;
  std::vector<Guid> sync_accounts;
  std::vector<Guid> approved_exclusions;
  std::vector<RoleId> admin_roles;
  std::vector<RoleId> tier0_roles;
  std::vector<Guid> token_families;  // applications that share refresh tokens

  std::vector<std::string> licences;  // p1, p2, workload, insider, intune; empty: nobody said

  int sign_in_frequency_days = 7;
  int admin_sign_in_frequency_hours = 4;
  int report_only_days = 30;
  int disabled_days = 90;
  int shared_exclusions_percent = 50;  // of the enforced policies, and at least three of them
  int grace_hours = 72;
  int policies_max = 240;
  std::string name_pattern;  // a regular expression (ECMAScript) the whole name must match
  std::map<std::string, std::string> os_minimum_versions;  // windows10, macOS, iOS, android

  bool phishing_resistant_for_everyone = false;
  bool terms_of_use_for_guests = false;
  bool private_access = false;
  bool medium_risk_blocked = false;
  bool any_alternative_counts = true;  // false: a policy with OR guarantees nothing
  std::optional<bool> security_defaults;
  Exclusions exclusions = Exclusions::allowed;
  ReportOnly report_only = ReportOnly::lowers_severity;
  RolesNeeded admin_roles_needed = RolesNeeded::every;

  bool has_licence(std::string_view name) const;  // true when nobody said
  bool lacks_licence(std::string_view name) const { return !has_licence(name); }
};

// With the roles, families and pattern that the sheet gives as defaults.
CheckSettings default_check_settings();

}  // namespace sallyport
