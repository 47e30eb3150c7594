// The judge: facts in, verdict out. Pure: no clock, no input or output, and nothing that is not
// among the arguments. What every state means is told in docs/compliance-semantics.md.
//
//   const auto judgement = judge(subject, applied, rules, history, now);
//   store(judgement.history);                            // before the next one
//   const Verdict verdict = explain(judgement, subject); // when somebody wants words
//
// Time does not run backwards: of a moment before the last judgement's it judges as of that one, so
// a clock that is set back lets nobody in again (History::set_back).
//
// Which policies apply is assignment.h's to say; this takes them as given, and only the device's
// platform can still make one not apply.
// Threads: free. Cost: some 15 ns a setting; explain() some 40 times as much.
// REQUIRES: no two of the policies have one id.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/instant.h"
#include "compliance/compliance_policy.h"
#include "compliance/facts.h"
#include "compliance/history.h"
#include "compliance/platform.h"
#include "compliance/tenant_settings.h"
#include "compliance/verdict.h"

namespace sallyport::compliance {

enum class EnrolledUser : std::uint8_t {
  valid,    // exists, and may use devices
  missing,  // deleted, or without a licence: the device is not compliant
  none,     // the device has no user, as a kiosk has none
  unknown,
};

// Whose word counts for the device.
enum class Authority : std::uint8_t { own, partner, configuration_manager };

struct Subject {
  const Facts* facts = nullptr;  // null: nothing was ever reported
  Platform platform = Platform::unknown;
  EnrolledUser user = EnrolledUser::valid;
  Authority authority = Authority::own;
};

struct AppliedPolicy {
  const CompliancePolicy* policy = nullptr;
  bool for_user = true;
  bool for_system = false;  // assigned to a group of devices: the system account has to pass, too
};

struct SettingJudgement {
  const Setting* setting = nullptr;  // in its policy, or in the built-in one
  ComplianceStatus status = ComplianceStatus::unknown;
  bool system_account = false;
  FactState reported = FactState::unknown;
  std::optional<Source> source;
  std::uint16_t error_code = 0;
  Seconds since = 0;
};

struct PolicyJudgement {
  const CompliancePolicy* policy = nullptr;  // null: the built-in one
  ComplianceStatus status = ComplianceStatus::unknown;
  Standing standing = Standing::unknown;
  bool in_grace = false;
  bool has_unknown = false;  // of some setting nobody can say whether it is met
  Seconds since = 0;
  Seconds noncompliant_since = 0;   // 0: no spell
  Seconds grace_until = 0;          // 0: no spell
  std::uint32_t first_setting = 0;  // in Judgement::settings
  std::uint32_t setting_count = 0;
};

struct Judgement {
  ComplianceState state = ComplianceState::unknown;
  bool is_compliant = false;
  Instant evaluated_at{};
  Seconds since = 0;
  Seconds grace_until = 0;  // 0: none
  Seconds valid_until = 0;  // 0: never heard of
  Seconds facts_from = 0;   // what was received before counted no more
  // When time alone may next change something: judge again then. 0: never.
  Seconds next_change = 0;
  std::vector<PolicyJudgement> policies;  // the built-in one first, then as they were given
  std::vector<SettingJudgement> settings;
  History history;  // to be kept
};

Judgement judge(const Subject& subject, std::span<const AppliedPolicy> policies,
                const TenantRules& rules, const History& history, Instant now);
// Into memory that is there already: for judging many.
void judge(const Subject& subject, std::span<const AppliedPolicy> policies,
           const TenantRules& rules, const History& history, Instant now, Judgement& out);

// REQUIRES: the policies judged by are still there, and the subject is the one that was judged.
Verdict explain(const Judgement& judgement, const Subject& subject);

}  // namespace sallyport::compliance
