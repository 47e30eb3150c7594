// What must be possible without what is not there yet: registering a device, a first factor, and
// step-up for protected actions (spec, analysis checks, GRT-15, 16 and 18, REF-15).
#include <algorithm>

#include "analysis/checks/checks.h"
#include "analysis/checks/vocabulary.h"
#include "analysis/checks/well_known_apps.h"

namespace sallyport {
namespace {

constexpr std::string_view controls = "/grantControls";

bool names_app(const CheckedPolicy& p, std::string_view id) {
  const auto& apps = p.policy.conditions.applications;
  return apps && std::ranges::find(apps->include.applications, ApplicationId::of(id)) !=
                     apps->include.applications.end();
}

void device_registration(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  const bool service = names_app(p, app::device_registration);
  const bool action = has_action(p, UserAction::register_device);
  if (service && !blocks(p) && guarantees(in, p, Claim::mfa_or_device) &&
      !guarantees(in, p, Claim::mfa)) {
    findings.add("GRT-15", p, controls,
                 "device registration is asked for a managed device; it honours MFA only");
  }
  if ((service || action) && !any_place(p)) {
    findings.add("GRT-15", p, "/conditions/locations",
                 "device registration is restricted by place; it honours MFA only");
  }
}

bool admits_a_pass(const CheckedPolicy& p) {
  return p.strength != nullptr &&
         std::ranges::any_of(p.strength->allowed_combinations, [](MethodModes combination) {
           return (combination & (method::temporary_access_pass_one_time |
                                  method::temporary_access_pass_multi_use)) != 0;
         });
}

void first_factor(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  if (!has_action(p, UserAction::register_security_info) || blocks(p)) return;
  const bool device = guarantees(in, p, Claim::managed_device);
  const bool mfa = guarantees(in, p, Claim::mfa);
  if (!device && !mfa) return;
  const auto& places = p.policy.conditions.locations;
  const bool trusted_place =
      places && (places->exclude.all_trusted || !places->exclude.locations.empty());
  if (trusted_place || admits_a_pass(p) || excluded_guests(p) != 0) return;
  auto& finding = findings.add(
      "GRT-16", p, controls,
      device ? "registering security information needs a managed device, and there is no other way "
               "for a new one"
             : "registering security information needs MFA, and there is no other way for those "
               "who have no factor yet");
  if (grants(p, GrantControl::mfa)) {
    finding.assumption = "nobody is handed a temporary access pass, which would count as MFA";
  }
}

void protected_actions(const CheckedPolicy& p, FindingList& findings) {
  const auto& apps = p.policy.conditions.applications;
  if (!apps || apps->authentication_contexts.empty()) return;
  if (!grants(p, GrantControl::mfa) || p.policy.grant_controls->authentication_strength) return;
  findings.add("GRT-18", p, "/grantControls/builtInControls",
               "an authentication context is satisfied by any MFA, which everybody has done "
               "already");
}

void enrolment(const CheckedPolicy& p, FindingList& findings) {
  const auto& apps = p.policy.conditions.applications;
  if (!apps || !requires_control(p, GrantControl::compliant_device)) return;
  const bool reached =
      (all_apps(p) || names_app(p, app::intune_enrollment) || names_app(p, app::intune)) &&
      !excludes_app(p, app::intune_enrollment) && !blocks(p);
  if (!reached) return;
  findings.add("REF-15", p, "/conditions/applications",
               "a compliant device is required to enrol one, so a new device never becomes "
               "compliant");
}

}  // namespace

void check_registration(const CheckInput& in, FindingList& findings) {
  for (const auto& p : in.policies) {
    if (p.off()) continue;
    device_registration(in, p, findings);
    first_factor(in, p, findings);
    protected_actions(p, findings);
    enrolment(p, findings);
  }
}

}  // namespace sallyport
