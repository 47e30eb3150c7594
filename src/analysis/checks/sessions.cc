// Session controls (spec, analysis checks, section 6). SES-04, 05 and 07 are rules (rules.cc).
#include <algorithm>

#include "analysis/checks/checks.h"
#include "analysis/checks/overlap.h"
#include "analysis/checks/probe_devices.h"
#include "analysis/checks/vocabulary.h"
#include "base/text.h"

namespace sallyport {
namespace {

void continuous_access(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  const auto& session = *p.policy.session_controls;
  if (session.disable_resilience_defaults) {
    const auto& users = p.policy.conditions.users;
    const bool admins_only =
        users && !users->include_all && !users->include.roles.empty() &&
        users->include.groups.empty() && users->include.users.empty() &&
        std::ranges::all_of(users->include.roles, [&](RoleId role) {
          return std::ranges::find(in.settings.admin_roles, role) != in.settings.admin_roles.end();
        });
    auto& finding = findings.add("SES-01", p, "/sessionControls/disableResilienceDefaults",
                                 "during an outage of the service these users are locked out");
    if (admins_only) finding.severity = Severity::info;
  }
  constexpr std::string_view pointer = "/sessionControls/continuousAccessEvaluation";
  if (session.continuous_access_evaluation == ContinuousAccess::disabled) {
    findings.add("SES-02", p, pointer, "continuous access evaluation is switched off");
  }
  const auto* mode = p.at(std::string(pointer) + "/mode");
  if (mode != nullptr && equal_ignoring_case(mode->text(), "strictLocation")) {
    auto& finding = findings.add("SES-02", p, pointer,
                                 "location is enforced strictly: an address missing from the "
                                 "named locations ends sessions");
    finding.severity = Severity::medium;
    finding.fix = "Review the ranges of the named locations, then keep it.";
  }
}

std::string words_of(const SignInFrequency& frequency) {
  if (frequency.every_time) return "every time";
  const auto hours = frequency.every.count();
  return "after " + std::to_string(hours) + (hours == 1 ? " hour" : " hours");
}

bool is_for_all(const CheckedPolicy& p) { return all_users(p) && all_apps(p); }

void browser_and_frequency(const CheckedPolicy& p, FindingList& findings) {
  const auto& session = *p.policy.session_controls;
  const bool unmanaged = applies_to(p, Probe::unregistered) != Truth::no ||
                         applies_to(p, Probe::registered) != Truth::no;
  if (session.persistent_browser == PersistentBrowser::always && unmanaged && !blocks(p)) {
    const bool managed_only = requires_control(p, GrantControl::compliant_device) ||
                              requires_control(p, GrantControl::domain_joined_device);
    if (!managed_only) {
      findings.add("SES-03", p, "/sessionControls/persistentBrowser",
                   "browsers stay signed in, on unmanaged devices, too");
    }
  }
  const auto& frequency = session.sign_in_frequency;
  if (frequency && is_for_all(p) && plain(p) &&
      (frequency->every_time || frequency->every < std::chrono::hours(8))) {
    findings.add("SES-06", p, "/sessionControls/signInFrequency",
                 "everybody is asked to sign in again " + words_of(*frequency));
  }
}

void token_protection(const CheckedPolicy& p, FindingList& findings) {
  if (!p.policy.session_controls->secure_sign_in_session) return;
  const auto& types = p.policy.conditions.client_app_types;
  const WordSet<ClientApp> desktop{ClientApp::mobile_apps_and_desktop_clients};
  constexpr std::string_view clients = "/conditions/clientAppTypes";
  if (types != desktop) {
    findings.add("SES-09", p, clients,
                 types.empty() || types.all || types.contains(ClientApp::browser)
                     ? "token protection is asked of browsers, which cannot give it"
                     : "token protection is for desktop and mobile clients alone");
  }
  const auto& platforms = p.policy.conditions.platforms;
  const bool supported = platforms && !platforms->include.all && !platforms->include.empty() &&
                         !platforms->include.contains(Platform::android) &&
                         !platforms->include.contains(Platform::linux) &&
                         !platforms->include.contains(Platform::windows_phone);
  if (!supported) {
    findings.add("SES-09", p, "/conditions/platforms",
                 "token protection is asked of platforms that cannot give it");
  }
}

// SES-10: objects that are there, but switched off, in a policy without a grant.
void switched_off(const CheckedPolicy& p, FindingList& findings) {
  const auto* session = p.at("/sessionControls");
  if (session == nullptr || alternative_count(p) > 0) return;
  for (const auto& member : session->members()) {
    const auto* enabled = member.value.find_ignoring_case("isEnabled");
    if (enabled == nullptr || !enabled->is_boolean() || enabled->truth()) continue;
    findings.add("SES-10", p, "/sessionControls/" + std::string(member.name),
                 quoted(member.name) + " is there, but switched off");
  }
}

// SES-11: asks again, but only for the password.
void frequency_without_grant(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  const auto& session = *p.policy.session_controls;
  if (!session.sign_in_frequency || alternative_count(p) > 0 || !p.on()) return;
  const bool paired = std::ranges::any_of(in.policies, [&](const CheckedPolicy& other) {
    if (!other.on() || blocks(other) || !guarantees(in, other, Claim::mfa)) return false;
    return covers_targets_of(other, p) && plain(other);
  });
  if (paired) return;
  findings.add("SES-11", p, "/sessionControls/signInFrequency",
               "users are asked to sign in again, and no enforced policy asks them for MFA then");
}

// What the policies below a finding say in place of its own: a line each, and each is involved.
void tell(CheckFinding& finding,
          const std::vector<std::pair<const CheckedPolicy*, std::string>>& others) {
  constexpr std::size_t lines_max = 5;
  for (const auto& [policy, words] : others) {
    finding.policies.push_back(policy->named());
    if (finding.evidence.size() < lines_max) {
      finding.evidence.push_back(quoted(policy->policy.display_name) + ": " + words);
    }
  }
  if (others.size() > lines_max) {
    finding.evidence.push_back("and " + std::to_string(others.size() - lines_max) + " more");
  }
}

// SES-08: one finding a policy and control, with all that disagree and come after it.
void conflicts(const CheckInput& in, FindingList& findings) {
  for (std::size_t i = 0; i < in.policies.size(); ++i) {
    const auto& p = in.policies[i];
    if (!p.on() || !p.policy.session_controls) continue;
    const auto& a = *p.policy.session_controls;
    std::vector<std::pair<const CheckedPolicy*, std::string>> browsers;
    std::vector<std::pair<const CheckedPolicy*, std::string>> frequencies;
    for (std::size_t k = i + 1; k < in.policies.size(); ++k) {
      const auto& q = in.policies[k];
      if (!q.on() || !q.policy.session_controls || !clearly_overlap(p, q)) continue;
      const auto& b = *q.policy.session_controls;
      if (a.persistent_browser && b.persistent_browser &&
          a.persistent_browser != b.persistent_browser) {
        browsers.emplace_back(
            &q, b.persistent_browser == PersistentBrowser::never ? "never" : "always");
      }
      if (a.sign_in_frequency && b.sign_in_frequency &&
          *a.sign_in_frequency != *b.sign_in_frequency) {
        frequencies.emplace_back(&q, words_of(*b.sign_in_frequency));
      }
    }
    if (!browsers.empty()) {
      tell(findings.add("SES-08", p, "/sessionControls/persistentBrowser",
                        "policies that apply together disagree on the persistent browser session; "
                        "`never` wins"),
           browsers);
    }
    if (!frequencies.empty()) {
      tell(findings.add("SES-08", p, "/sessionControls/signInFrequency",
                        "this asks again " + words_of(*a.sign_in_frequency) +
                            ", policies that apply together with it otherwise; the shorter wins"),
           frequencies);
    }
  }
}

}  // namespace

void check_sessions(const CheckInput& in, FindingList& findings) {
  for (const auto& p : in.policies) {
    if (p.off()) continue;
    switched_off(p, findings);
    if (!p.policy.session_controls) continue;
    continuous_access(in, p, findings);
    browser_and_frequency(p, findings);
    token_protection(p, findings);
    frequency_without_grant(in, p, findings);
  }
  conflicts(in, findings);
}

}  // namespace sallyport
