// Grant controls (spec, analysis checks, section 5). GRT-02 to 04, 09, 14 and a part of 15 are
// rules (rules.cc); what is about registering is in registration.cc.
#include <algorithm>
#include <array>

#include "analysis/checks/checks.h"
#include "analysis/checks/device_documents.h"
#include "analysis/checks/vocabulary.h"
#include "analysis/checks/well_known_apps.h"
#include "base/text.h"

namespace sallyport {
namespace {

constexpr std::string_view controls = "/grantControls/builtInControls";

bool name_has(const CheckedPolicy& p, std::string_view word) {
  return to_lower(p.policy.display_name).find(word) != std::string::npos;
}

// GRT-01.
void weakest_alternative(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  const auto& grant = *p.policy.grant_controls;
  if (grant.operation == GrantOperator::all_of || alternative_count(p) < 2) return;
  std::vector<std::string> weak;
  if (!grant.terms_of_use.empty()) weak.emplace_back("terms of use");
  if (!grant.custom_authentication_factors.empty()) weak.emplace_back("a custom control");
  if (grants(p, GrantControl::approved_application)) weak.emplace_back("`approvedApplication`");
  const auto weak_count = grant.terms_of_use.size() + grant.custom_authentication_factors.size() +
                          (grants(p, GrantControl::approved_application) ? 1 : 0);
  if (!weak.empty() && weak_count < alternative_count(p)) {
    findings.add("GRT-01", p, "/grantControls/operator",
                 list_of(weak) + " alone " + (weak.size() == 1 ? "is" : "are") +
                     " enough: with OR the weakest alternative wins");
    return;
  }
  const bool device =
      grants(p, GrantControl::compliant_device) || grants(p, GrantControl::domain_joined_device);
  const bool mfa = grants(p, GrantControl::mfa) || grant.authentication_strength;
  const bool joined = name_has(p, " and ") || name_has(p, "&") || name_has(p, "+");
  const bool claims_both =
      joined && (name_has(p, "mfa") || name_has(p, "multifactor")) &&
      (name_has(p, "device") || name_has(p, "compliant") || name_has(p, "managed"));
  if (!device || !mfa || !claims_both) return;
  auto& finding = findings.add("GRT-01", p, "/grantControls/operator",
                               "the name says both, but MFA or a managed device is enough");
  if (all_users(p) && all_apps(p) && plain(p) && guarantees(in, p, Claim::mfa_or_device)) {
    finding.severity = Severity::info;
  }
}

void strengths(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  const auto& c = p.policy.conditions;
  const auto& grant = *p.policy.grant_controls;
  const bool admins =
      c.users && std::ranges::any_of(c.users->include.roles, [&](RoleId role) {
        return std::ranges::find(in.settings.admin_roles, role) != in.settings.admin_roles.end();
      });
  const auto& apps = c.applications;
  const bool sensitive = apps && (apps->include.admin_portals ||
                                  std::ranges::find(apps->include.applications,
                                                    ApplicationId::of(app::azure_management)) !=
                                      apps->include.applications.end());
  if (grants(p, GrantControl::mfa) && !grant.authentication_strength && (admins || sensitive)) {
    findings.add("GRT-05", p, controls,
                 std::string("this policy for ") +
                     (admins ? "administrators" : "sensitive resources") +
                     " asks for any MFA, not for a strength");
  }
  const bool reaches_guests = has_guests(p) || (all_users(p) && excluded_guests(p) == 0);
  if (reaches_guests && p.strength != nullptr && strength_is_phishing_resistant(*p.strength)) {
    auto& finding =
        findings.add("GRT-08", p, "/grantControls/authenticationStrength",
                     "guests are asked for the strength " + quoted(p.strength->display_name) +
                         ", which their home tenant would have to vouch for");
    finding.assumption = "no cross-tenant trust data";
  }
}

std::string weakness_of(MethodModes combination) {
  if ((combination & method::temporary_access_pass_multi_use) != 0)
    return "a pass for several uses";
  if ((combination & (method::sms | method::voice)) != 0) return "text messages or calls";
  if (!satisfies_mfa(combination)) return "a single factor";
  return {};
}

template <class Document>
void weak_combinations(const Document& document, const json::Value* list, std::string_view pointer,
                       std::string_view name, FindingList& findings) {
  if (list == nullptr) return;
  for (std::size_t i = 0; i < list->items().size(); ++i) {
    const auto combination = parse_combination(list->items()[i].text());
    if (!combination) continue;
    const auto weakness = weakness_of(*combination);
    if (weakness.empty()) continue;
    findings.add("GRT-07", document, std::string(pointer) + '/' + std::to_string(i),
                 "the strength " + quoted(name) + " admits " + weakness + ": " +
                     quoted(list->items()[i].text()));
  }
}

void retired_controls(const CheckedPolicy& p, FindingList& findings) {
  const auto& grant = *p.policy.grant_controls;
  if (grants(p, GrantControl::approved_application)) {
    const bool only = alternative_count(p) == 1 || grant.operation == GrantOperator::all_of;
    auto& finding = findings.add("GRT-06", p, controls,
                                 only ? "`approvedApplication` is required; the service retires it"
                                      : "`approvedApplication` is one of the alternatives; the "
                                        "service retires it");
    if (only) finding.severity = Severity::high;
  }
  if (!grant.custom_authentication_factors.empty()) {
    findings.add("GRT-12", p, "/grantControls/customAuthenticationFactors",
                 "a custom control is used; it does not count as MFA");
  }
  const auto count = alternative_count(p);
  if (!grant.terms_of_use.empty() && grant.terms_of_use.size() == count && all_users(p) &&
      all_apps(p)) {
    findings.add("GRT-13", p, "/grantControls/termsOfUse",
                 "terms of use are all that this broad policy asks for");
  }
  if (count > 1 && p.at("/grantControls/operator") == nullptr) {
    findings.add("GRT-17", p, "/grantControls",
                 std::to_string(count) + " controls stand side by side without an operator");
  }
}

void devices(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  const auto& platforms = p.policy.conditions.platforms;
  const bool limited = platforms && !platforms->include.all && !platforms->include.empty() &&
                       !platforms->include.unknown;
  const bool windows = platforms && platforms->include.contains(Platform::windows);
  if (requires_control(p, GrantControl::domain_joined_device) && limited && !windows) {
    findings.add("GRT-10", p, controls,
                 "a hybrid joined device is required, but no platform of this policy joins a "
                 "domain");
  }
  if (!requires_control(p, GrantControl::compliant_device) || !has_compliance_policies(in)) return;
  for (const auto platform :
       {Platform::windows, Platform::mac_os, Platform::ios, Platform::android}) {
    const bool reached =
        !limited ? !(platforms && platforms->exclude.contains(platform))
                 : platforms->include.contains(platform) && !platforms->exclude.contains(platform);
    if (!reached || has_compliance_policy(in, platform)) continue;
    findings.add("GRT-11", p, controls,
                 "a compliant device is required on " + std::string(name_of(platform)) +
                     ", and no compliance policy is for it");
  }
}

// GRT-09 where the list of platforms does not name them, which the rule of the format looks at.
void app_controls(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  if (blocks(p) || !guarantees(in, p, Claim::app_protection)) return;
  const auto& platforms = p.policy.conditions.platforms;
  const bool all = !platforms || platforms->include.all || platforms->include.empty();
  std::vector<std::string> others;
  for (const auto platform : {Platform::windows, Platform::mac_os, Platform::linux}) {
    const bool listed = platforms && !all && platforms->include.contains(platform);
    const bool excluded_here = platforms && platforms->exclude.contains(platform);
    const bool windows = platform == Platform::windows;
    // Edge on Windows can be protected, too; nothing there is an approved application.
    const bool supported = windows && grants(p, GrantControl::compliant_application);
    if (excluded_here || supported || (!all && !(listed && windows))) continue;
    others.emplace_back(name_of(platform));
  }
  if (others.empty()) return;
  findings.add("GRT-09", p, platforms ? "/conditions/platforms" : "/conditions",
               "no client on " + list_of(others) +
                   " can satisfy an app control, and this policy reaches " +
                   (others.size() == 1 ? "it" : "them"));
}

}  // namespace

void check_grants(const CheckInput& in, FindingList& findings) {
  for (const auto& strength : in.strengths) {
    const auto* type = strength.find("/policyType");
    if (type != nullptr && equal_ignoring_case(type->text(), "builtIn")) continue;
    weak_combinations(strength, strength.find("/allowedCombinations"), "/allowedCombinations",
                      strength.source->display_name, findings);
  }
  for (const auto& p : in.policies) {
    if (p.off() || !p.policy.grant_controls) continue;
    const auto& grant = *p.policy.grant_controls;
    weakest_alternative(in, p, findings);
    strengths(in, p, findings);
    retired_controls(p, findings);
    devices(in, p, findings);
    app_controls(in, p, findings);
    const bool session = p.policy.session_controls && !p.policy.session_controls->empty();
    if (blocks(p) && session) {
      auto& finding = findings.add("GRT-02", p, "/sessionControls",
                                   "session controls have no effect beside a block");
      finding.severity = Severity::low;
      finding.fix = "Remove the session controls.";
    }
    const bool own = grant.inline_strength && grant.authentication_strength &&
                     !grant.inline_strength->built_in &&
                     std::ranges::none_of(in.tenant.policy_set.authentication_strengths,
                                          [&](const AuthenticationStrength& s) {
                                            return s.id == *grant.authentication_strength;
                                          });
    if (own) {
      weak_combinations(p, p.at("/grantControls/authenticationStrength/allowedCombinations"),
                        "/grantControls/authenticationStrength/allowedCombinations",
                        grant.inline_strength->display_name, findings);
    }
  }
}

}  // namespace sallyport
