// A policy's whole meaning as text, so that tests can compare two policies and show the difference.
// For tests and fuzz targets only.
#pragma once

#include <sstream>
#include <string>

#include "policy/policy.h"

namespace sallyport {

class PolicyDescription {
 public:
  static std::string of(const Policy& policy) {
    PolicyDescription d;
    d.out_ << policy.id_text << '|' << to_string(policy.id) << '|' << policy.display_name << '|'
           << name_of(policy.state) << '\n';
    d.conditions(policy.conditions);
    if (policy.grant_controls) d.grant(*policy.grant_controls);
    if (policy.session_controls) d.session(*policy.session_controls);
    return d.out_.str();
  }

 private:
  template <class T>
  void ids(const char* name, const std::vector<T>& list) {
    out_ << name << '[';
    for (const auto& id : list) out_ << to_string(id) << ' ';
    out_ << "] ";
  }
  void texts(const char* name, const std::vector<std::string>& list) {
    out_ << name << '[';
    for (const auto& text : list) out_ << text << ' ';
    out_ << "] ";
  }
  template <class Word>
  void words(const char* name, const WordSet<Word>& set) {
    out_ << name << '(' << set.bits << (set.all ? " all" : "") << (set.unknown ? " ?" : "") << ") ";
  }
  void principals(const char* name, const PrincipalLists& lists) {
    out_ << name << ": ";
    ids("users", lists.users);
    ids("groups", lists.groups);
    ids("roles", lists.roles);
    for (const auto& guests : lists.guests) {
      out_ << "guests " << int{guests.types} << guests.unknown_type << guests.all_tenants;
      ids("", guests.tenants);
    }
    out_ << lists.all_groups << lists.all_roles << lists.all_agent_users << lists.unknown << '\n';
  }
  void filter(const char* name, const std::optional<Filter>& f) {
    if (!f) return;
    out_ << name << " filter " << static_cast<int>(f->mode) << ' ' << f->rule.has_value() << ' '
         << f->text << '\n';
  }
  void clients(const ServicePrincipalLists& lists) {
    out_ << lists.all_in_my_tenant << lists.all_agents;
    ids("principals", lists.service_principals);
    ids("agents", lists.agents);
  }
  void applications(const ApplicationLists& lists) {
    ids("applications", lists.applications);
    out_ << lists.office365 << lists.admin_portals << lists.all_agent_resources << '\n';
  }
  void locations(const LocationLists& lists) {
    ids("locations", lists.locations);
    out_ << lists.all << lists.all_trusted << lists.mfa_trusted_ips << '\n';
  }
  void conditions(const Conditions& c) {
    if (c.users) {
      out_ << "users " << c.users->include_all << c.users->include_none << '\n';
      principals("include", c.users->include);
      principals("exclude", c.users->exclude);
    }
    if (c.client_applications) {
      clients(c.client_applications->include);
      clients(c.client_applications->exclude);
      filter("principal", c.client_applications->service_principal_filter);
      filter("agent", c.client_applications->agent_filter);
    }
    if (c.applications) {
      const auto& a = *c.applications;
      out_ << "applications " << a.include_all << a.include_none;
      applications(a.include);
      applications(a.exclude);
      filter("application", a.application_filter);
      words("actions", a.user_actions);
      for (const auto context : a.authentication_contexts) out_ << 'c' << int{context} << ' ';
      out_ << a.unknown_authentication_context << '\n';
    }
    if (c.platforms) {
      words("platforms", c.platforms->include);
      words("except", c.platforms->exclude);
    }
    if (c.locations) {
      locations(c.locations->include);
      locations(c.locations->exclude);
    }
    words("clients", c.client_app_types);
    if (c.devices) {
      filter("device", c.devices->filter);
      out_ << "devices " << c.devices->exclude_compliant << c.devices->exclude_domain_joined;
    }
    words("signIn", c.sign_in_risk_levels);
    words("user", c.user_risk_levels);
    words("servicePrincipal", c.service_principal_risk_levels);
    words("agent", c.agent_id_risk_levels);
    words("insider", c.insider_risk_levels);
    words("flows", c.authentication_flows);
    out_ << '\n';
  }
  void grant(const GrantControls& g) {
    out_ << "grant " << static_cast<int>(g.operation);
    words("", g.built_in_controls);
    texts("unknown", g.unknown_controls);
    ids("custom", g.custom_authentication_factors);
    texts("custom", g.custom_authentication_factor_texts);
    ids("terms", g.terms_of_use);
    texts("terms", g.terms_of_use_texts);
    out_ << "strength " << g.authentication_strength.has_value() << g.authentication_strength_text;
    if (g.inline_strength) {
      out_ << g.inline_strength->id_text << g.inline_strength->display_name
           << g.inline_strength->requires_mfa;
      for (const auto modes : g.inline_strength->allowed_combinations) out_ << ' ' << modes;
    }
    out_ << '\n';
  }
  void session(const SessionControls& s) {
    out_ << "session " << s.application_enforced_restrictions << s.disable_resilience_defaults
         << s.secure_sign_in_session << s.unknown;
    if (s.cloud_app_security) out_ << " mcas " << static_cast<int>(*s.cloud_app_security);
    if (s.persistent_browser) out_ << " browser " << static_cast<int>(*s.persistent_browser);
    if (s.sign_in_frequency) {
      out_ << " frequency " << s.sign_in_frequency->every_time << s.sign_in_frequency->every.count()
           << static_cast<int>(s.sign_in_frequency->authentication);
    }
    if (s.continuous_access_evaluation) {
      out_ << " cae " << static_cast<int>(*s.continuous_access_evaluation);
    }
    texts("profiles", s.global_secure_access_profiles);
    out_ << '\n';
  }

  std::ostringstream out_;
};

inline std::string describe(const Policy& policy) { return PolicyDescription::of(policy); }

}  // namespace sallyport
