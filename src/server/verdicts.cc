#include "server/verdicts.h"

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

void tell_requirements(const Decided& decided, Verdict& verdict) {
  const auto missing = decided.state->program->missing(decided.decision);
  for (const auto& requirement : missing) {
    verdict.missing.emplace_back(name_of(requirement.kind));
    // How old it may be differs by policy; now is young enough for all.
    if (requirement.kind == RequirementKind::reauthentication) verdict.max_age = 0;
  }
  verdict.reason_user =
      missing.empty() ? advice_for(RequirementKind::block) : advice_for(missing.front().kind);
  verdict.reason_admin = "missing: ";
  for (std::size_t i = 0; i < verdict.missing.size(); ++i)
    verdict.reason_admin += (i == 0 ? "" : ", ") + verdict.missing[i];
}

// Which policies decided: costs an explanation.
std::shared_ptr<const ToldBefore::Told> explain(const Decided& decided) {
  auto told = std::make_shared<ToldBefore::Told>();
  const auto answer = decided.explain();
  const auto& policies = decided.state->program->policies().policies;
  told->reason_admin = "; decided by:";
  for (std::size_t i = 0; i < answer.policies.size() && i < policies.size(); ++i) {
    const auto result = answer.policies[i].result;
    if (would_decide_against(result)) told->report_only.push_back(policies[i].id_text);
    if (!decided_against(result)) continue;
    told->reason_admin += told->policies.empty() ? " `" : ", `";
    told->reason_admin += policies[i].display_name + "`";
    told->policies.push_back(policies[i].id_text);
  }
  return told;
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

std::shared_ptr<const ToldBefore::Told> ToldBefore::find(const std::string& decision_id) {
  const std::lock_guard lock(mutex_);
  if (const auto found = young_.find(decision_id); found != young_.end()) return found->second;
  const auto found = old_.find(decision_id);
  return found == old_.end() ? nullptr : found->second;
}

void ToldBefore::keep(const std::string& decision_id, std::shared_ptr<const Told> told) {
  const std::lock_guard lock(mutex_);
  if (young_.size() >= generation_max) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_.insert_or_assign(decision_id, std::move(told));
}

Result<void> Verdicts::decide(const SignInRequest& request, Verdict& verdict, bool in_batch) const {
  static thread_local Decided decided;
  verdict.clear();
  const auto done = decisions_.decide(request, clock_now(), decided,
                                      in_batch ? Durability::later : Durability::before_answer);
  if (!done) {
    metrics_.count_undecided(gate_of(request));
    return done;
  }
  metrics_.count_decision(gate_of(request), decided.decision.outcome);
  verdict.outcome = decided.decision.outcome;
  verdict.error_code = decided.decision.error_code;
  verdict.decision_id = decided.decision_id;
  verdict.ticket = decided.ticket;
  const auto& user = decided.sign_in().user;
  if (user.is_known()) {
    verdict.user_name = user->name;
    if (request.gate == "forward-auth")
      for (const auto group : user->groups)
        verdict.groups.push_back(decided.state->directory->groups()[group].display_name);
  }
  if (verdict.outcome != Outcome::granted) {
    tell_requirements(decided, verdict);
    // A batch leaves the policies to the record, to which the decision's id leads.
    if (!in_batch) {
      auto told = told_before_.find(decided.decision_id);
      if (!told) {
        told = explain(decided);
        told_before_.keep(decided.decision_id, told);
      }
      verdict.reason_admin += told->reason_admin;
      verdict.policies = told->policies;
      verdict.report_only = told->report_only;
    }
  }
  decided.state.reset();  // an old state must not live on in an idle thread
  return {};
}

Result<void> Verdicts::settle(std::uint64_t ticket) const {
  if (ticket == 0) return {};
  return log_.wait_until_durable(ticket, durable_wait_max);
}

}  // namespace sallyport
