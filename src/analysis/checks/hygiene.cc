// Hygiene (spec, analysis checks, section 11). HYG-09 is what reading says (lint.cc).
#include <algorithm>
#include <map>
#include <regex>

#include "analysis/checks/checks.h"
#include "analysis/checks/vocabulary.h"
#include "base/text.h"

namespace sallyport {
namespace {

// Days since the policy was last changed; nothing when no date tells.
std::optional<int> age_in_days(const CheckInput& in, const CheckedPolicy& p) {
  for (const std::string_view name : {"/modifiedDateTime", "/createdDateTime"}) {
    const auto* value = p.at(name);
    const auto date = value == nullptr ? std::nullopt : parse_instant(value->text());
    if (!date) continue;
    return static_cast<int>(std::chrono::floor<std::chrono::days>(in.now - *date).count());
  }
  return std::nullopt;
}

void age(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  const auto days = age_in_days(in, p);
  if (!days) return;
  if (p.report_only() && *days > in.settings.report_only_days) {
    const int limit = std::max(in.settings.report_only_days, *days > 90 ? 90 : 0);
    auto& finding = findings.add("HYG-01", p, "/state",
                                 "this policy only reports, and was not changed for more than " +
                                     std::to_string(limit) + " days");
    if (*days > 90) finding.severity = Severity::medium;
  }
  if (p.off() && *days > in.settings.disabled_days) {
    findings.add("HYG-02", p, "/state",
                 "this policy is disabled, and was not changed for more than " +
                     std::to_string(in.settings.disabled_days) + " days");
  }
}

bool is_vendors(const CheckedPolicy& p) {
  const auto* origin = p.at("/templateId");
  return to_lower(p.policy.display_name).starts_with("microsoft-managed") ||
         (origin != nullptr && !origin->text().empty() && p.prefix.empty());
}

// A name may be anybody's text: what is matched is bounded.
constexpr std::size_t name_length_max = 256;

void names(const CheckInput& in, FindingList& findings) {
  std::map<std::string, const CheckedPolicy*> seen;
  std::optional<std::regex> pattern;
  if (!in.settings.name_pattern.empty()) pattern.emplace(in.settings.name_pattern);
  for (const auto& p : in.policies) {
    const auto& name = p.policy.display_name;
    const auto* where = p.prefix.empty() ? "/displayName" : "";
    const auto [first, is_new] = seen.emplace(to_lower(trim(name)), &p);
    if (!is_new && !name.empty()) {
      auto& finding = findings.add("HYG-04", p, where, "another policy has the same name");
      finding.policies.push_back(first->second->named());
    }
    if (pattern && p.prefix.empty() && !is_vendors(p) &&
        !std::regex_match(name.substr(0, name_length_max), *pattern)) {
      findings.add("HYG-03", p, where, "the name does not fit the pattern");
    }
  }
}

bool has_word(std::string_view lower_name, std::string_view word) {
  for (auto at = lower_name.find(word); at != std::string_view::npos;
       at = lower_name.find(word, at + 1)) {
    const auto is_letter = [&](std::size_t i) {
      return i < lower_name.size() && lower_name[i] >= 'a' && lower_name[i] <= 'z';
    };
    const auto end = at + word.size();
    const bool plural = end < lower_name.size() && lower_name[end] == 's' && !is_letter(end + 1);
    if ((at == 0 || !is_letter(at - 1)) && (!is_letter(end) || plural)) return true;
  }
  return false;
}

// HYG-05.
void name_and_body(const CheckedPolicy& p, FindingList& findings) {
  const auto name = to_lower(p.policy.display_name);
  const auto says = [&](std::string_view word) { return has_word(name, word); };
  std::vector<std::string> wrong;
  if (says("block") && !says("unless") && !says("except") && !blocks(p)) {
    wrong.emplace_back("it says block, and does not block");
  }
  const bool strength = p.policy.grant_controls && p.policy.grant_controls->authentication_strength;
  if (says("mfa") && !blocks(p) && !grants(p, GrantControl::mfa) && !strength) {
    wrong.emplace_back("it says MFA, and does not ask for it");
  }
  if (says("disabled") && p.on()) wrong.emplace_back("it says disabled, and is enforced");
  if (name.find("report-only") != std::string::npos && p.on()) {
    wrong.emplace_back("it says report-only, and is enforced");
  }
  const auto& users = p.policy.conditions.users;
  if (says("guest") && users && !has_guests(p) && excluded_guests(p) == 0 &&
      users->include.groups.empty() && users->include.users.empty() &&
      users->include.roles.empty() && users->include_all) {
    wrong.emplace_back("it says guests, and names none");
  }
  if (says("admin") && users && users->include_all && users->include.roles.empty() &&
      users->exclude.roles.empty() && p.policy.conditions.applications &&
      !p.policy.conditions.applications->include.admin_portals) {
    wrong.emplace_back("it says administrators, and names no role");
  }
  const auto& types = p.policy.conditions.client_app_types;
  if (says("legacy") && !types.contains(ClientApp::other) &&
      !types.contains(ClientApp::exchange_active_sync)) {
    wrong.emplace_back("it says legacy, and names no legacy client");
  }
  if (wrong.empty()) return;
  findings.add("HYG-05", p, p.prefix.empty() ? "/displayName" : "",
               "the name and the policy disagree: " + list_of(wrong));
}

void preview_members(const CheckedPolicy& p, FindingList& findings) {
  std::vector<std::string> used;
  for (const std::string_view pointer :
       {"/conditions/agents", "/conditions/agentIdRiskLevels", "/conditions/deviceStates",
        "/conditions/clientApplications/includeAgentIdServicePrincipals",
        "/conditions/clientApplications/excludeAgentIdServicePrincipals",
        "/conditions/clientApplications/agentIdServicePrincipalFilter",
        "/conditions/devices/includeDevices", "/conditions/devices/excludeDevices",
        "/sessionControls/continuousAccessEvaluation",
        "/sessionControls/globalSecureAccessFilteringProfile",
        "/sessionControls/networkAccessSecurity"}) {
    const auto* value = p.at(pointer);
    if (value == nullptr || (value->is_array() && value->items().empty())) continue;
    used.push_back(quoted(pointer.substr(pointer.rfind('/') + 1)));
  }
  if (has_action(p, UserAction::account_recovery)) used.emplace_back("`urn:user:accountrecovery`");
  const auto& apps = p.policy.conditions.applications;
  if (apps && apps->include.all_agent_resources) used.emplace_back("`AllAgentIdResources`");
  const auto& users = p.policy.conditions.users;
  if (users && users->include.all_agent_users) used.emplace_back("`AllAgentIdUsers`");
  if (used.empty()) return;
  findings.add("HYG-08", p, "",
               list_of(used) + (used.size() == 1 ? " is" : " are") +
                   " outside version 1.0 of the interface");
}

void licences(const CheckInput& in, const CheckedPolicy& p, FindingList& findings) {
  const auto& c = p.policy.conditions;
  std::vector<std::string> missing;
  const auto needs = [&](bool needed, std::string_view licence) {
    if (needed && in.settings.lacks_licence(licence)) missing.push_back(quoted(licence));
  };
  needs(in.settings.lacks_licence("p2"), "p1");
  needs(!c.sign_in_risk_levels.empty() || !c.user_risk_levels.empty(), "p2");
  needs(c.client_applications && (c.client_applications->include.all_in_my_tenant ||
                                  !c.client_applications->include.service_principals.empty()),
        "workload");
  needs(!c.insider_risk_levels.empty(), "insider");
  needs(!c.agent_id_risk_levels.empty(), "agents");
  needs(grants(p, GrantControl::compliant_device) || grants(p, GrantControl::compliant_application),
        "intune");
  if (missing.empty()) return;
  findings.add(
      "HYG-11", p, "",
      "this policy needs the licence " + list_of(missing) + ", which the settings do not name");
}

void vendor(const CheckedPolicy& p, FindingList& findings) {
  if (!is_vendors(p) || !p.off()) return;
  findings.add("HYG-06", p, "/state",
               "this policy is the vendor's, rolls out in report-only and then enforced, and is "
               "disabled here");
}

}  // namespace

void check_hygiene(const CheckInput& in, FindingList& findings) {
  names(in, findings);
  for (const auto& p : in.policies) {
    age(in, p, findings);
    vendor(p, findings);
    if (!p.off()) {
      name_and_body(p, findings);
      licences(in, p, findings);
    }
    preview_members(p, findings);
  }
  const bool enforced = std::ranges::any_of(in.policies, [](const auto& p) { return p.on(); });
  if (in.settings.security_defaults == true && enforced) {
    findings.add("HYG-10", "security defaults are on, and policies are enforced beside them");
  }
}

}  // namespace sallyport
