// The answer to a sign-in, in full: the outcome, what each policy said, and why.
// A denial is a value. Both evaluators, engine/ and reference/, give exactly this.
// Source: spec, sections 4.3, 5.3, 6.2 to 6.5.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "policy/policy.h"

namespace sallyport {

enum class Outcome : std::uint8_t { granted, interrupted, blocked };

// appliedConditionalAccessPolicyResult, in Graph's order.
enum class PolicyResult : std::uint8_t {
  success,
  failure,
  not_applied,
  not_enabled,
  unknown,  // never given here
  unknown_future_value,
  report_only_success,
  report_only_failure,
  report_only_not_applied,
  report_only_interrupted,
  // Ours, for an enabled policy that needs the user to do something; Graph's logs say `failure`.
  interrupted,
};

// In the order in which missing requirements are reported and asked for (spec, 4.3 and 6.5).
enum class RequirementKind : std::uint8_t {
  block,
  gps_location,  // the authenticator must tell where it is
  mfa,
  authentication_strength,
  compliant_device,
  domain_joined_device,
  approved_application,
  compliant_application,
  password_change,
  risk_remediation,
  terms_of_use,
  custom_control,
  unknown_control,   // a control this version does not know: nothing satisfies it
  reauthentication,  // session control signInFrequency
  token_protection,  // session control secureSignInSession
};

struct Requirement {
  RequirementKind kind = RequirementKind::block;
  std::string id;  // of the strength, agreement, custom control or unknown control; else empty
  friend auto operator<=>(const Requirement&, const Requirement&) = default;
};

enum class Satisfaction : std::uint8_t {
  satisfied,
  needs_user,  // can be asked for in this sign-in
  failed,      // cannot be mended in this sign-in
};

struct RequirementAnswer {
  Requirement requirement;
  Satisfaction satisfaction = Satisfaction::failed;
  bool unknown = false;  // hangs on a fact that is not known: worst and best differ
};

// In the order that decides the reason (spec, 8.1).
enum class ConditionName : std::uint8_t {
  users,
  client_applications,
  applications,  // applications, user actions or authentication contexts
  platforms,
  locations,
  client_app_types,
  devices,
  sign_in_risk,
  user_risk,
  insider_risk,
  authentication_flows,
  service_principal_risk,
  agent_id_risk,
};

// Whether a condition is met, or a policy applies.
enum class Match : std::uint8_t {
  no,
  needs_gps,  // hangs on the GPS country, which is yet to be asked for
  unknown,    // some value of an unknown fact would make it so, another would not
  yes,
};

struct ConditionAnswer {
  ConditionName condition = ConditionName::users;
  Match match = Match::no;
  std::string decided_by;  // the value that decided it, in words: "excluded group `Break glass`"
};

struct PolicyAnswer {
  PolicyResult result = PolicyResult::not_applied;
  Match applies = Match::no;
  // Configured conditions only, in the order of ConditionName.
  std::vector<ConditionAnswer> conditions;
  // Of a policy that applies or may: its requirements, in the order of RequirementKind, and whether
  // all or one of them is needed.
  std::vector<RequirementAnswer> requirements;
  GrantOperator operation = GrantOperator::all_of;
};

// Session controls of all applicable enforced policies, merged (spec, 5.3).
struct MergedSession {
  bool application_enforced_restrictions = false;
  std::optional<CloudAppSecurity> cloud_app_security;  // the strictest
  bool disable_resilience_defaults = false;
  std::optional<PersistentBrowser> persistent_browser;  // never beats always
  bool secure_sign_in_session = false;
  // The shortest for each authentication type; every time beats any time.
  std::optional<SignInFrequency> frequency_primary_and_secondary;
  std::optional<SignInFrequency> frequency_secondary;
  std::optional<ContinuousAccess> continuous_access_evaluation;  // strict beats disabled
  std::vector<std::string> global_secure_access_profiles;        // sorted, each once
  friend bool operator==(const MergedSession&, const MergedSession&) = default;
};

struct Answer {
  Outcome outcome = Outcome::blocked;
  int error_code = 0;  // the AADSTS number a client would get; 0 when granted
  // Interrupted: what to ask for, in order. Blocked: what failed, in order, the first gave the
  // code.
  std::vector<Requirement> missing;
  MergedSession session;
  std::vector<PolicyAnswer> policies;  // in the order of the policy set
};

// What an unknown fact is taken for.
enum class Assume : std::uint8_t {
  worst,  // each policy that may apply does, nothing unknown satisfies: what a gate must do
  best,   // no policy that may not apply does, everything unknown satisfies
};

std::string_view name_of(Outcome outcome);
std::string_view name_of(PolicyResult result);      // Graph's word; `interrupted` for ours
std::string_view name_of(RequirementKind kind);     // Graph's word where there is one
std::string_view name_of(ConditionName condition);  // Graph's member name: `signInRiskLevels`
std::string_view name_of(Match match);
// Of an account that is disabled, at which no policy is asked.
inline constexpr int disabled_user_code = 50057;
inline constexpr int disabled_workload_code = 7000112;
int error_code_of(RequirementKind kind);  // the mapping of spec 6.5, without its special cases

// Whether the unknown facts leave nothing open, given one sign-in's answers under both assumptions.
bool is_definite(const Answer& worst, const Answer& best);

}  // namespace sallyport
