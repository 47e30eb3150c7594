// Rules about what a policy requires, and of which sign-ins it may (spec, section 1.5).
#include "base/text.h"
#include "policy/rules/rule.h"

namespace sallyport {
namespace {

constexpr std::string_view controls_pointer = "/grantControls/builtInControls";

std::size_t built_in_count(const GrantControls& grant) {
  std::size_t count = 0;
  for (auto bits = grant.built_in_controls.bits; bits != 0; bits &= bits - 1) ++count;
  return count;
}

// All requirements of the grant controls.
std::size_t requirement_count(const GrantControls& grant) {
  return built_in_count(grant) + grant.unknown_controls.size() +
         grant.custom_authentication_factors.size() + grant.terms_of_use.size() +
         (grant.authentication_strength ? 1 : 0);
}

bool all_applications_without_exclusion(const RuleSubject& s) {
  const auto& applications = s.conditions().applications;
  return applications && applications->include_all && !applications->has_exclusion();
}

bool limits_client_apps(const Conditions& c) {
  return !c.client_app_types.empty() && !c.client_app_types.all;
}

// Any condition besides users, applications and user risk.
bool has_further_condition(const Conditions& c) {
  return c.client_applications || c.platforms || c.locations || c.devices ||
         limits_client_apps(c) || !c.sign_in_risk_levels.empty() ||
         !c.service_principal_risk_levels.empty() || !c.agent_id_risk_levels.empty() ||
         !c.insider_risk_levels.empty() || !c.authentication_flows.empty();
}

void some_control(const RuleSubject& s, RuleReport& report) {
  const bool grants = s.policy.grant_controls && !s.policy.grant_controls->empty();
  const bool restricts = s.policy.session_controls && !s.policy.session_controls->empty();
  if (!grants && !restricts) {
    report.add("/grantControls",
               "this policy requires nothing: no grant control, and no session control in force; "
               "add one");
  }
}

void block_alone(const RuleSubject& s, RuleReport& report) {
  if (s.grants(GrantControl::block) && requirement_count(*s.policy.grant_controls) > 1) {
    report.add(controls_pointer, "`block` stands alone; remove the other requirements, or `block`");
  }
}

void mfa_or_strength(const RuleSubject& s, RuleReport& report) {
  if (s.grants(GrantControl::mfa) && s.policy.grant_controls->authentication_strength) {
    report.add("/grantControls",
               "`mfa` and an authentication strength exclude each other; keep the strength");
  }
}

// What password change and risk remediation share.
void check_risk_conditions(const RuleSubject& s, RuleReport& report, const std::string& control) {
  if (s.policy.grant_controls->operation != GrantOperator::all_of) {
    report.add("/grantControls/operator", control + " needs the operator `AND`");
  }
  if (s.conditions().user_risk_levels.empty()) {
    report.add("/conditions/userRiskLevels",
               control + " needs user risk levels; say for example `[\"high\"]`");
  }
  if (!all_applications_without_exclusion(s)) {
    report.add("/conditions/applications", control + " needs all applications, without exclusion");
  }
  if (has_further_condition(s.conditions())) {
    report.add("/conditions", control +
                                  " allows no condition besides users, applications and "
                                  "user risk; remove the others");
  }
}

void password_change(const RuleSubject& s, RuleReport& report) {
  if (!s.grants(GrantControl::password_change)) return;
  if (!s.grants(GrantControl::mfa) && !s.policy.grant_controls->authentication_strength) {
    report.add(controls_pointer, "`passwordChange` needs `mfa` or an authentication strength too");
  }
  check_risk_conditions(s, report, "`passwordChange`");
}

void risk_remediation(const RuleSubject& s, RuleReport& report) {
  if (!s.grants(GrantControl::risk_remediation)) return;
  if (s.grants(GrantControl::password_change)) {
    report.add(controls_pointer, "`riskRemediation` and `passwordChange` exclude each other");
  }
  if (!s.policy.grant_controls->authentication_strength) {
    report.add("/grantControls/authenticationStrength",
               "`riskRemediation` needs an authentication strength");
  }
  check_risk_conditions(s, report, "`riskRemediation`");
}

void device_registration(const RuleSubject& s, RuleReport& report) {
  const auto& applications = s.conditions().applications;
  if (!applications || !applications->user_actions.contains(UserAction::register_device)) return;
  if (const auto& grant = s.policy.grant_controls) {
    const auto others = requirement_count(*grant) - (s.grants(GrantControl::mfa) ? 1 : 0) -
                        (grant->authentication_strength ? 1 : 0);
    if (others > 0) {
      report.add("/grantControls",
                 "registering a device may only require `mfa` or an authentication strength");
    }
  }
  if (limits_client_apps(s.conditions()) || s.conditions().devices) {
    report.add("/conditions",
               "registering a device cannot depend on client apps, device filter or device state; "
               "remove these conditions");
  }
}

void only_block(const RuleSubject& s, RuleReport& report, std::string_view whom) {
  const auto& grant = s.policy.grant_controls;
  if (!grant || !s.grants(GrantControl::block) || requirement_count(*grant) > 1) {
    report.add("/grantControls", "a policy for " + std::string(whom) + " can only `block`");
  }
  if (s.policy.session_controls && !s.policy.session_controls->empty()) {
    report.add("/sessionControls",
               "a policy for " + std::string(whom) + " has no session controls; remove them");
  }
}

bool has_agents(const ClientApplicationCondition& clients) {
  return clients.include.all_agents || !clients.include.agents.empty() || clients.agent_filter;
}

bool has_service_principals(const ClientApplicationCondition& clients) {
  return clients.include.all_in_my_tenant || !clients.include.service_principals.empty() ||
         clients.service_principal_filter;
}

// Conditions that describe a person's sign-in and have no meaning for a program's.
bool has_condition_of_people(const Conditions& c) {
  return c.platforms || c.devices || limits_client_apps(c) || !c.sign_in_risk_levels.empty() ||
         !c.user_risk_levels.empty() || !c.insider_risk_levels.empty() ||
         !c.authentication_flows.empty();
}

void workload_policy(const RuleSubject& s, RuleReport& report) {
  const auto& clients = s.conditions().client_applications;
  if (!clients || !has_service_principals(*clients)) return;
  only_block(s, report, "workload identities");
  if (has_condition_of_people(s.conditions())) {
    report.add("/conditions",
               "a policy for workload identities may only depend on locations, service principal "
               "risk and authentication contexts; remove the other conditions");
  }
}

void agent_policy(const RuleSubject& s, RuleReport& report) {
  const auto& clients = s.conditions().client_applications;
  if (!clients || !has_agents(*clients)) return;
  only_block(s, report, "agent identities");
  if (has_condition_of_people(s.conditions()) || s.conditions().locations ||
      !s.conditions().service_principal_risk_levels.empty()) {
    report.add("/conditions",
               "a policy for agent identities may only depend on agent risk; remove the other "
               "conditions");
  }
}

void app_controls_on_desktops(const RuleSubject& s, RuleReport& report) {
  const auto& grant = s.policy.grant_controls;
  const auto& platforms = s.conditions().platforms;
  if (!grant || !platforms) return;
  const auto app_controls = static_cast<std::size_t>(s.grants(GrantControl::approved_application)) +
                            static_cast<std::size_t>(s.grants(GrantControl::compliant_application));
  const bool needed = app_controls > 0 && (grant->operation == GrantOperator::all_of ||
                                           requirement_count(*grant) == app_controls);
  const bool desktop =
      platforms->include.contains(Platform::mac_os) || platforms->include.contains(Platform::linux);
  if (needed && desktop) {
    report.add("/conditions/platforms/includePlatforms",
               "no client on macOS or Linux can satisfy an app control, so these sign-ins are "
               "blocked; remove the platform, or add an alternative requirement");
  }
}

void exchange_active_sync(const RuleSubject& s, RuleReport& report) {
  const auto& c = s.conditions();
  const bool sync = c.client_app_types.contains(ClientApp::exchange_active_sync) ||
                    c.client_app_types.contains(ClientApp::eas_supported);
  if (!sync || !c.users || s.grants(GrantControl::block)) return;
  if (c.users->include_all || !c.users->include.guests.empty() || !c.users->include.roles.empty()) {
    report.add("/conditions/clientAppTypes",
               "Exchange ActiveSync cannot tell roles and guests, so everybody is subject to this "
               "policy; choose users or groups");
  }
}

void sign_in_frequency(const RuleSubject& s, RuleReport& report) {
  const auto* frequency = s.find({"sessionControls", "signInFrequency"});
  if (frequency == nullptr || !s.policy.session_controls ||
      !s.policy.session_controls->sign_in_frequency) {
    return;
  }
  constexpr std::string_view where = "/sessionControls/signInFrequency";
  const auto* value = s.find({"sessionControls", "signInFrequency", "value"});
  const auto* type = s.find({"sessionControls", "signInFrequency", "type"});
  const auto* interval = s.find({"sessionControls", "signInFrequency", "frequencyInterval"});
  if (interval != nullptr && equal_ignoring_case(interval->text(), "everyTime")) {
    if (value != nullptr || type != nullptr) {
      report.add(where,
                 "`everyTime` has no `value` and no `type`; remove them, or write "
                 "`timeBased`");
    }
    return;
  }
  const auto number = value == nullptr ? std::nullopt : value->integer();
  if (!number || type == nullptr) {
    report.add(where,
               "a time-based sign-in frequency needs `value` and `type`, for example 4 and "
               "`hours`");
    return;
  }
  const bool days = equal_ignoring_case(type->text(), "days");
  if (*number < 1 || (days && *number > 365) || *number > 100000) {
    report.add(std::string(where) + "/value",
               "a sign-in frequency is at least 1, and at most 365 days");
  }
}

void sign_in_frequency_in_days(const RuleSubject& s, RuleReport& report) {
  const auto* value = s.find({"sessionControls", "signInFrequency", "value"});
  const auto* type = s.find({"sessionControls", "signInFrequency", "type"});
  if (value == nullptr || type == nullptr || !equal_ignoring_case(type->text(), "hours")) return;
  if (value->integer().value_or(0) > 23) {
    report.add("/sessionControls/signInFrequency/value",
               "more than 23 hours are better said in `days`");
  }
}

void continuous_access(const RuleSubject& s, RuleReport& report) {
  const auto& session = s.policy.session_controls;
  if (!session || session->continuous_access_evaluation != ContinuousAccess::disabled) return;
  if (!all_applications_without_exclusion(s) || has_further_condition(s.conditions()) ||
      !s.conditions().user_risk_levels.empty()) {
    report.add("/sessionControls/continuousAccessEvaluation",
               "switching continuous access evaluation off only works for all applications and "
               "without other conditions");
  }
}

void persistent_browser(const RuleSubject& s, RuleReport& report) {
  const auto& session = s.policy.session_controls;
  if (!session || !session->persistent_browser) return;
  const auto& applications = s.conditions().applications;
  if (!applications || !applications->include_all) {
    report.add("/sessionControls/persistentBrowser",
               "a persistent browser session is for all applications at once; include `All`");
  }
}

void app_enforced_restrictions(const RuleSubject& s, RuleReport& report) {
  const auto& session = s.policy.session_controls;
  const auto& applications = s.conditions().applications;
  if (!session || !session->application_enforced_restrictions || !applications) return;
  static const ApplicationId exchange = ApplicationId::of("00000002-0000-0ff1-ce00-000000000000");
  static const ApplicationId sharepoint = ApplicationId::of("00000003-0000-0ff1-ce00-000000000000");
  bool others = applications->include_all || applications->include.admin_portals ||
                applications->include.all_agent_resources;
  for (const auto& application : applications->include.applications) {
    others = others || (application != exchange && application != sharepoint);
  }
  if (others) {
    report.add("/sessionControls/applicationEnforcedRestrictions",
               "only Exchange Online and SharePoint Online enforce these restrictions; include "
               "just those, or `Office365`");
  }
}

}  // namespace

const std::vector<Rule>& control_rules() {
  static const std::vector<Rule> rules{
      {"V6", "InvalidControls", Weight::error, some_control},
      {"V7", "InvalidControls", Weight::error, block_alone},
      {"V8", "InvalidControls", Weight::error, mfa_or_strength},
      {"V9", "InvalidPasswordResetControl", Weight::error, password_change},
      {"V10", "InvalidControls", Weight::error, risk_remediation},
      {"V11", "InvalidControls", Weight::error, device_registration},
      {"V12", "InvalidControls", Weight::error, workload_policy},
      {"V13", "InvalidControls", Weight::error, agent_policy},
      {"V14", "InvalidControls", Weight::advice, app_controls_on_desktops},
      {"V15", "InvalidConditions", Weight::advice, exchange_active_sync},
      {"V16", "InvalidSessionControls", Weight::error, sign_in_frequency},
      {"V16", "InvalidSessionControls", Weight::advice, sign_in_frequency_in_days},
      {"V17", "InvalidSessionControls", Weight::advice, continuous_access},
      {"V18", "InvalidSessionControls", Weight::error, persistent_browser},
      {"V19", "InvalidSessionControls", Weight::advice, app_enforced_restrictions},
  };
  return rules;
}

}  // namespace sallyport
