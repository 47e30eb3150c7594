#include "server/verdicts.h"

#include <algorithm>

namespace sallyport {
namespace {

Instant clock_now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

Gate gate_of(const SignInRequest& request) {
  return request.gate == "authzen" ? Gate::authzen : Gate::forward_auth;
}

bool decided_against(PolicyResult result) {
  return result == PolicyResult::failure || result == PolicyResult::interrupted;
}

bool would_decide_against(PolicyResult result) {
  return result == PolicyResult::report_only_failure ||
         result == PolicyResult::report_only_interrupted;
}

Reasons requirements_of(const Decided& decided) {
  Reasons reasons;
  if (const auto refused = decided.resolved.account_refused; !refused.empty()) {
    reasons.user = "This account is disabled. Your administrator can enable it.";
    reasons.admin = refused;
    return reasons;
  }
  const auto missing = decided.state->program->missing(decided.decision);
  for (const auto& requirement : missing) {
    reasons.missing.emplace_back(name_of(requirement.kind));
    // How old it may be differs by policy; now is young enough for all.
    if (requirement.kind == RequirementKind::reauthentication) reasons.max_age = 0;
  }
  reasons.user =
      missing.empty() ? advice_for(RequirementKind::block) : advice_for(missing.front().kind);
  reasons.admin = "missing: ";
  for (std::size_t i = 0; i < reasons.missing.size(); ++i)
    reasons.admin += (i == 0 ? "" : ", ") + reasons.missing[i];
  return reasons;
}

// Which policies decided, too: costs an explanation.
Reasons explain(const Decided& decided) {
  auto reasons = requirements_of(decided);
  if (!decided.resolved.account_refused.empty()) return reasons;
  const auto answer = decided.explain();
  const auto& policies = decided.state->program->policies().policies;
  reasons.admin += "; decided by:";
  for (std::size_t i = 0; i < answer.policies.size() && i < policies.size(); ++i) {
    const auto result = answer.policies[i].result;
    if (would_decide_against(result)) reasons.report_only.push_back(policies[i].id_text);
    if (!decided_against(result)) continue;
    reasons.admin += reasons.policies.empty() ? " `" : ", `";
    reasons.admin += policies[i].display_name + "`";
    reasons.policies.push_back(policies[i].id_text);
  }
  return reasons;
}

}  // namespace

std::string_view advice_for(RequirementKind kind) {
  switch (kind) {
    case RequirementKind::block:
      return "Your organisation does not allow this sign-in from here, on this device or with this "
             "account.";
    case RequirementKind::gps_location:
      return "Share your location from your authenticator app, then try again.";
    case RequirementKind::mfa: return "Confirm with a second factor that it is you.";
    case RequirementKind::authentication_strength:
      return "Sign in with a stronger method, such as a security key.";
    case RequirementKind::compliant_device:
      return "Use a device that your organisation manages and that meets its rules.";
    case RequirementKind::domain_joined_device:
      return "Use a computer that is joined to your organisation's domain.";
    case RequirementKind::approved_application:
    case RequirementKind::compliant_application:
      return "Use an app that your organisation has approved.";
    case RequirementKind::password_change: return "Change your password, then try again.";
    case RequirementKind::risk_remediation:
      return "Prove that your account is safe: confirm a second factor and change your password.";
    case RequirementKind::terms_of_use:
      return "Accept your organisation's terms of use, then try again.";
    case RequirementKind::custom_control:
    case RequirementKind::unknown_control:
      return "Your organisation asks for a proof that cannot be given here.";
    case RequirementKind::reauthentication:
      return "Sign in again: your last sign-in is too long ago.";
    case RequirementKind::token_protection:
      return "Use an app whose sign-in is bound to this device.";
  }
  return "Your organisation's rules do not let this through.";
}

Result<void> Verdicts::decide(const SignInRequest& request, Verdict& verdict, bool in_batch) const {
  static thread_local Decided decided;
  verdict.clear();
  const auto done = decisions_.decide(request, clock_now(), decided);
  if (!done) {
    metrics_.count_undecided(gate_of(request));
    return done;
  }
  metrics_.count_decision(gate_of(request), decided.decision.outcome);
  verdict.outcome = decided.decision.outcome;
  verdict.error_code = decided.decision.error_code;
  verdict.decision_id = decided.decision_id;
  verdict.ticket = decided.ticket;
  verdict.device_refused = decided.resolved.device_refused;
  const auto& user = decided.sign_in().user;
  if (user.is_known()) {
    verdict.user_name = user->name;
    if (request.gate == "forward-auth")
      for (const auto group : user->groups)
        verdict.groups.push_back(decided.state->directory->groups()[group].display_name);
  }
  if (verdict.outcome != Outcome::granted && in_batch) {
    // A batch leaves the policies to the record, to which the decision's id leads.
    verdict.reasons = std::make_shared<const Reasons>(requirements_of(decided));
  } else if (verdict.outcome != Outcome::granted) {
    verdict.reasons = told_before_.find(decided.decision_id);
    if (!verdict.reasons)
      verdict.reasons = told_before_.keep(decided.decision_id, explain(decided));
  }
  const auto& device = decided.sign_in().device;
  if (verdict.outcome != Outcome::granted && device.is_known() && !in_batch &&
      std::ranges::find(verdict.why().missing, name_of(RequirementKind::compliant_device)) !=
          verdict.why().missing.end()) {
    const auto judged = judging_.verdict_of(device->id.guid, clock_now());
    if (judged) verdict.device_faults = device_faults(*judged);
  }
  decided.state.reset();  // an old state must not live on in an idle thread
  return {};
}

}  // namespace sallyport
