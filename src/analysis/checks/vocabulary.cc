#include "analysis/checks/vocabulary.h"

#include <algorithm>

#include "base/text.h"
#include "directory/well_known.h"

namespace sallyport {
namespace {

template <class Id>
bool holds(const std::vector<Id>& list, const Id& id) {
  return std::ranges::find(list, id) != list.end();
}

bool holds_app(const ApplicationLists& lists, std::string_view app_id) {
  const auto id = ApplicationId::of(app_id);
  const auto in_suite = [&](std::span<const ApplicationId> suite) {
    return std::ranges::find(suite, id) != suite.end();
  };
  return holds(lists.applications, id) || (lists.office365 && in_suite(office365_applications())) ||
         (lists.admin_portals && in_suite(admin_portal_applications()));
}

// Whether each alternative of the grant satisfies the claim, one bit an alternative.
struct Alternatives {
  std::size_t count = 0;
  std::size_t good = 0;
  void add(bool satisfies) {
    ++count;
    if (satisfies) ++good;
  }
};

bool implies(GrantControl control, Claim claim) {
  switch (claim) {
    case Claim::mfa: return control == GrantControl::mfa;
    case Claim::phishing_resistant: return false;
    case Claim::managed_device:
      return control == GrantControl::compliant_device ||
             control == GrantControl::domain_joined_device;
    case Claim::mfa_or_device:
      return implies(control, Claim::mfa) || implies(control, Claim::managed_device);
    case Claim::app_protection:
      return control == GrantControl::compliant_application ||
             control == GrantControl::approved_application;
  }
  return false;
}

bool strength_implies(const AuthenticationStrength* strength, Claim claim) {
  if (strength == nullptr) return false;  // nobody knows what it admits
  if (claim == Claim::phishing_resistant) return strength_is_phishing_resistant(*strength);
  return (claim == Claim::mfa || claim == Claim::mfa_or_device) &&
         strength_is_multifactor(*strength);
}

void append(std::vector<Excluded>& into, const CheckedPolicy& p, Excluded::Kind kind,
            std::string_view list) {
  const std::string pointer = "/conditions/users/" + std::string(list);
  const auto* value = p.at(pointer);
  if (value == nullptr) return;
  for (std::size_t i = 0; i < value->items().size(); ++i) {
    const auto text = value->items()[i].text();
    const bool word = text.empty() || equal_ignoring_case(text, "All") ||
                      equal_ignoring_case(text, "GuestsOrExternalUsers") ||
                      equal_ignoring_case(text, "AllAgentIdUsers") ||
                      text.starts_with("Current administrator");
    if (word) continue;
    into.push_back(
        {kind, guid_of_text(text), std::string(text), pointer + '/' + std::to_string(i)});
  }
}

}  // namespace

bool all_users(const CheckedPolicy& p) {
  return p.policy.conditions.users && p.policy.conditions.users->include_all;
}

bool no_users(const CheckedPolicy& p) {
  const auto& users = p.policy.conditions.users;
  if (!users) return true;
  const auto& in = users->include;
  return !users->include_all && in.users.empty() && in.groups.empty() && in.roles.empty() &&
         in.guests.empty() && !in.all_groups && !in.all_roles && !in.all_agent_users && !in.unknown;
}

bool all_apps(const CheckedPolicy& p) {
  const auto& apps = p.policy.conditions.applications;
  return apps && apps->include_all && !apps->application_filter;
}

bool any_client(const CheckedPolicy& p) {
  const auto& types = p.policy.conditions.client_app_types;
  return types.empty() || types.all ||
         (types.contains(ClientApp::browser) &&
          types.contains(ClientApp::mobile_apps_and_desktop_clients) &&
          types.contains(ClientApp::exchange_active_sync) && types.contains(ClientApp::other));
}

bool modern_client(const CheckedPolicy& p) {
  const auto& types = p.policy.conditions.client_app_types;
  return any_client(p) || (types.contains(ClientApp::browser) &&
                           types.contains(ClientApp::mobile_apps_and_desktop_clients));
}

bool any_platform(const CheckedPolicy& p) {
  const auto& platforms = p.policy.conditions.platforms;
  if (!platforms) return true;
  const bool all = platforms->include.all || platforms->include.empty();
  return all && platforms->exclude.empty();
}

bool any_place(const CheckedPolicy& p) {
  const auto& places = p.policy.conditions.locations;
  if (!places) return true;
  const auto& out = places->exclude;
  return places->include.all && !out.all_trusted && !out.mfa_trusted_ips && out.locations.empty();
}

bool no_risk(const CheckedPolicy& p) {
  const auto& c = p.policy.conditions;
  return c.user_risk_levels.empty() && c.sign_in_risk_levels.empty() &&
         c.insider_risk_levels.empty() && c.service_principal_risk_levels.empty() &&
         c.agent_id_risk_levels.empty();
}

bool no_device_condition(const CheckedPolicy& p) {
  return !p.policy.conditions.devices && p.at("/conditions/deviceStates") == nullptr;
}

bool plain(const CheckedPolicy& p) {
  return modern_client(p) && any_platform(p) && any_place(p) && no_risk(p) &&
         no_device_condition(p) && p.policy.conditions.authentication_flows.empty();
}

bool grants(const CheckedPolicy& p, GrantControl control) {
  return p.policy.grant_controls && p.policy.grant_controls->built_in_controls.contains(control);
}

bool blocks(const CheckedPolicy& p) { return grants(p, GrantControl::block); }

bool for_workloads(const CheckedPolicy& p) {
  const auto& clients = p.policy.conditions.client_applications;
  return clients &&
         (clients->include.all_in_my_tenant || clients->include.all_agents ||
          !clients->include.service_principals.empty() || !clients->include.agents.empty() ||
          clients->service_principal_filter || clients->agent_filter);
}

bool has_action(const CheckedPolicy& p, UserAction action) {
  const auto& apps = p.policy.conditions.applications;
  return apps && apps->user_actions.contains(action);
}

bool includes_app(const CheckedPolicy& p, std::string_view app_id) {
  const auto& apps = p.policy.conditions.applications;
  return apps && (apps->include_all || holds_app(apps->include, app_id));
}

bool excludes_app(const CheckedPolicy& p, std::string_view app_id) {
  const auto& apps = p.policy.conditions.applications;
  return apps && holds_app(apps->exclude, app_id);
}

bool includes_role(const CheckedPolicy& p, RoleId role) {
  const auto& users = p.policy.conditions.users;
  return users &&
         (users->include_all || users->include.all_roles || holds(users->include.roles, role));
}

bool excludes_role(const CheckedPolicy& p, RoleId role) {
  const auto& users = p.policy.conditions.users;
  return users && (users->exclude.all_roles || holds(users->exclude.roles, role));
}

bool has_guests(const CheckedPolicy& p) {
  return p.policy.conditions.users && !p.policy.conditions.users->include.guests.empty();
}

bool excludes_known_platforms(const CheckedPolicy& p) {
  const auto& platforms = p.policy.conditions.platforms;
  if (!platforms || !(platforms->include.all || platforms->include.empty())) return false;
  return std::ranges::all_of(
      std::initializer_list<Platform>{Platform::android, Platform::ios, Platform::windows,
                                      Platform::mac_os, Platform::linux},
      [&](Platform platform) { return platforms->exclude.contains(platform); });
}

bool strength_is_multifactor(const AuthenticationStrength& strength) {
  if (strength.allowed_combinations.empty()) return false;
  return strength.built_in || std::ranges::all_of(strength.allowed_combinations, satisfies_mfa);
}

bool strength_is_phishing_resistant(const AuthenticationStrength& strength) {
  const auto resistant = [](MethodModes combination) {
    return combination == method::fido2 || combination == method::windows_hello_for_business ||
           combination == method::x509_certificate_multi_factor;
  };
  return !strength.allowed_combinations.empty() &&
         std::ranges::all_of(strength.allowed_combinations, resistant);
}

bool guarantees(const CheckInput& in, const CheckedPolicy& p, Claim claim) {
  if (!p.policy.grant_controls) return false;
  const auto& grant = *p.policy.grant_controls;
  if (grant.built_in_controls.contains(GrantControl::block)) return true;
  Alternatives alternatives;
  for (auto control = GrantControl::block; control <= GrantControl::risk_remediation;
       control = static_cast<GrantControl>(static_cast<int>(control) + 1)) {
    if (grant.built_in_controls.contains(control)) alternatives.add(implies(control, claim));
  }
  if (grant.authentication_strength) alternatives.add(strength_implies(p.strength, claim));
  alternatives.count += grant.unknown_controls.size() + grant.custom_authentication_factors.size() +
                        grant.terms_of_use.size();
  if (grant.operation == GrantOperator::all_of) return alternatives.good > 0;
  const bool one = alternatives.count == 1 || in.settings.any_alternative_counts;
  return alternatives.good > 0 && alternatives.good == alternatives.count && one;
}

std::size_t alternative_count(const CheckedPolicy& p) {
  if (!p.policy.grant_controls) return 0;
  const auto& grant = *p.policy.grant_controls;
  std::size_t count = grant.unknown_controls.size() + grant.custom_authentication_factors.size() +
                      grant.terms_of_use.size() + (grant.authentication_strength ? 1 : 0);
  for (auto bits = grant.built_in_controls.bits; bits != 0; bits &= bits - 1) ++count;
  return count;
}

bool requires_control(const CheckedPolicy& p, GrantControl control) {
  return grants(p, control) &&
         (alternative_count(p) == 1 || p.policy.grant_controls->operation == GrantOperator::all_of);
}

std::vector<Excluded> excluded(const CheckedPolicy& p) {
  std::vector<Excluded> list;
  append(list, p, Excluded::Kind::user, "excludeUsers");
  append(list, p, Excluded::Kind::group, "excludeGroups");
  append(list, p, Excluded::Kind::role, "excludeRoles");
  return list;
}

GuestTypes excluded_guests(const CheckedPolicy& p) {
  GuestTypes types = 0;
  if (p.policy.conditions.users) {
    for (const auto& guests : p.policy.conditions.users->exclude.guests) {
      types = static_cast<GuestTypes>(types | guests.types);
    }
  }
  return types;
}

Lacks& Lacks::unless_plain(const CheckedPolicy& p) {
  unless(modern_client(p), "it is only for some client types");
  unless(any_platform(p), "it is only for some platforms");
  unless(any_place(p), "it is only for some places");
  unless(no_risk(p), "it only applies at a risk");
  unless(no_device_condition(p), "it is only for some devices");
  return unless(p.policy.conditions.authentication_flows.empty(),
                "it is only for an authentication flow");
}

Lacks& Lacks::unless_everywhere(const CheckedPolicy& p) {
  unless(all_users(p), "it is not for all users");
  return unless(all_apps(p), "it is not for all resources");
}

std::vector<const CheckedPolicy*> that_do(const CheckInput& in, PolicyState state,
                                          const LacksOf& lacks_of) {
  std::vector<const CheckedPolicy*> list;
  for (const auto& policy : in.policies) {
    if (policy.policy.state == state && lacks_of(policy).reasons().empty()) list.push_back(&policy);
  }
  return list;
}

void would_pass(const CheckInput& in, CheckFinding& finding,
                const std::vector<const CheckedPolicy*>& policies) {
  if (policies.empty() || in.settings.report_only == ReportOnly::nothing) return;
  finding.severity = milder(finding.severity);
  std::vector<std::string> names;
  for (const auto* policy : policies) {
    finding.would_pass_if_enforced.push_back(policy->policy.id_text);
    names.push_back(quoted(policy->policy.display_name));
  }
  finding.evidence.push_back("would pass if enforced: " + list_of(names, 2));
}

CheckFinding* expect_some(const CheckInput& in, FindingList& findings, std::string_view check,
                          std::string message, const LacksOf& lacks_of) {
  std::vector<std::pair<std::size_t, std::string>> nearest;
  for (const auto& policy : in.policies) {
    if (!policy.on()) continue;
    const auto lacks = lacks_of(policy);
    if (lacks.reasons().empty()) return nullptr;
    if (!lacks.near() || lacks.reasons().size() > 2) continue;
    std::string text = "nearest: " + policy.policy.display_name + ", but ";
    for (std::size_t i = 0; i < lacks.reasons().size(); ++i) {
      text += (i == 0 ? "" : ", and ") + lacks.reasons()[i];
    }
    nearest.emplace_back(lacks.reasons().size(), std::move(text));
  }
  auto& finding = findings.add(check, std::move(message));
  std::ranges::stable_sort(nearest, {}, [](const auto& entry) { return entry.first; });
  if (!nearest.empty() && nearest.front().first == 1) {
    std::erase_if(nearest, [](const auto& entry) { return entry.first != 1; });
  }
  nearest.resize(std::min<std::size_t>(nearest.size(), 2));
  for (auto& entry : nearest) finding.evidence.push_back(std::move(entry.second));
  would_pass(in, finding, that_do(in, PolicyState::report_only, lacks_of));
  return &finding;
}

}  // namespace sallyport
