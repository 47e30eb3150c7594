#include "tests/differential/show.h"

#include <sstream>

namespace sallyport::testing_support {
namespace {

std::string_view name_of_satisfaction(Satisfaction s) {
  if (s == Satisfaction::needs_user) return "needs user";
  return s == Satisfaction::satisfied ? "satisfied" : "failed";
}

std::string text(const Requirement& r) {
  std::string s(name_of(r.kind));
  if (!r.id.empty()) s += "(" + r.id + ")";
  return s;
}

std::string text(const RequirementAnswer& r) {
  return text(r.requirement) + " " + std::string(name_of_satisfaction(r.satisfaction)) +
         (r.unknown ? " (unknown)" : "");
}

std::string text(const ConditionAnswer& c) {
  return std::string(name_of(c.condition)) + "=" + std::string(name_of(c.match));
}

template <class List>
std::string text_of_all(const List& list) {
  std::string s = "[";
  for (const auto& item : list) s += (s.size() > 1 ? ", " : "") + text(item);
  return s + "]";
}

std::string text(const std::optional<SignInFrequency>& f) {
  if (!f) return "-";
  const bool secondary = f->authentication == FrequencyAuthentication::secondary;
  return (f->every_time ? "every time" : std::to_string(f->every.count()) + "h") +
         (secondary ? " secondary" : "");
}

template <class Enum>
std::string number(const std::optional<Enum>& e) {
  return e ? std::to_string(static_cast<int>(*e)) : "-";
}

std::string text(const MergedSession& s) {
  std::ostringstream out;
  out << "{restrictions " << s.application_enforced_restrictions << ", cloud app security "
      << number(s.cloud_app_security) << ", no resilience " << s.disable_resilience_defaults
      << ", browser " << number(s.persistent_browser) << ", bound " << s.secure_sign_in_session
      << ", frequency " << text(s.frequency_primary_and_secondary) << " / "
      << text(s.frequency_secondary) << ", continuous " << number(s.continuous_access_evaluation)
      << ", profiles " << s.global_secure_access_profiles.size() << "}";
  return out.str();
}

template <class IdType>
void put(std::ostream& out, const char* name, const std::vector<IdType>& ids) {
  if (ids.empty()) return;
  out << " " << name << " [";
  for (const auto& id : ids) out << (&id == ids.data() ? "" : ", ") << to_string(id);
  out << "]";
}

void put(std::ostream& out, const char* name, bool set) {
  if (set) out << " " << name;
}

template <class Word>
void put(std::ostream& out, const char* name, const WordSet<Word>& set) {
  if (set.empty()) return;
  out << " " << name << " [";
  for (unsigned i = 0; i < 32; ++i) {
    if ((set.bits >> i & 1U) != 0) out << name_of(static_cast<Word>(i)) << " ";
  }
  out << (set.all ? "all " : "") << (set.unknown ? "??? " : "") << "]";
}

void put(std::ostream& out, const std::optional<Filter>& filter) {
  if (!filter) return;
  out << " filter " << (filter->mode == FilterMode::include ? "include" : "exclude") << " {"
      << filter->text << "}";
}

void put(std::ostream& out, const char* name, const PrincipalLists& l) {
  out << "\n    " << name;
  put(out, "users", l.users);
  put(out, "groups", l.groups);
  put(out, "roles", l.roles);
  put(out, "all groups", l.all_groups);
  put(out, "all roles", l.all_roles);
  put(out, "all agent users", l.all_agent_users);
  put(out, "???", l.unknown);
  for (const auto& g : l.guests) {
    out << " guests types " << int{g.types} << (g.unknown_type ? " ???" : "");
    put(out, "of", g.tenants);
  }
}

void put(std::ostream& out, const char* name, const ServicePrincipalLists& l) {
  out << "\n    " << name;
  put(out, "all in my tenant", l.all_in_my_tenant);
  put(out, "all agents", l.all_agents);
  put(out, "principals", l.service_principals);
  put(out, "agents", l.agents);
}

void put(std::ostream& out, const char* name, const ApplicationLists& l) {
  out << "\n    " << name;
  put(out, "applications", l.applications);
  put(out, "office365", l.office365);
  put(out, "admin portals", l.admin_portals);
  put(out, "agent resources", l.all_agent_resources);
}

void put(std::ostream& out, const char* name, const LocationLists& l) {
  out << "\n    " << name;
  put(out, "all", l.all);
  put(out, "all trusted", l.all_trusted);
  put(out, "mfa trusted addresses", l.mfa_trusted_ips);
  put(out, "locations", l.locations);
}

void put(std::ostream& out, const Conditions& c) {
  if (c.users) {
    out << "\n  users" << (c.users->include_all ? " all" : "");
    put(out, "include", c.users->include);
    put(out, "exclude", c.users->exclude);
  }
  if (c.client_applications) {
    out << "\n  client applications";
    put(out, c.client_applications->service_principal_filter);
    put(out, c.client_applications->agent_filter);
    put(out, "include", c.client_applications->include);
    put(out, "exclude", c.client_applications->exclude);
  }
  if (c.applications) {
    out << "\n  applications" << (c.applications->include_all ? " all" : "");
    put(out, c.applications->application_filter);
    put(out, "actions", c.applications->user_actions);
    for (const auto context : c.applications->authentication_contexts) out << " c" << int{context};
    put(out, "context ???", c.applications->unknown_authentication_context);
    put(out, "include", c.applications->include);
    put(out, "exclude", c.applications->exclude);
  }
  if (c.platforms) {
    out << "\n  platforms";
    put(out, "include", c.platforms->include);
    put(out, "exclude", c.platforms->exclude);
  }
  if (c.locations) {
    out << "\n  locations";
    put(out, "include", c.locations->include);
    put(out, "exclude", c.locations->exclude);
  }
  out << "\n  words";
  put(out, "client apps", c.client_app_types);
  put(out, "sign-in risk", c.sign_in_risk_levels);
  put(out, "user risk", c.user_risk_levels);
  put(out, "principal risk", c.service_principal_risk_levels);
  put(out, "agent risk", c.agent_id_risk_levels);
  put(out, "insider risk", c.insider_risk_levels);
  put(out, "flows", c.authentication_flows);
  if (c.devices) {
    out << "\n  devices";
    put(out, c.devices->filter);
    put(out, "not compliant ones", c.devices->exclude_compliant);
    put(out, "not hybrid joined ones", c.devices->exclude_domain_joined);
  }
}

template <class T, class Text>
void put_fact(std::ostream& out, const char* name, const Fact<T>& fact, Text text) {
  if (fact.is_absent()) return;
  out << "\n  " << name << ": ";
  if (fact.is_unknown()) out << "unknown";
  if (fact.is_known()) out << text(*fact);
}

std::string yes_or_no(bool b) { return b ? "yes" : "no"; }

template <class Word>
std::string word(Word w) {
  return std::string(name_of(w));
}

}  // namespace

std::string differences(const Answer& a, const Answer& b) {
  std::ostringstream out;
  const auto differ = [&](const std::string& what, const std::string& x, const std::string& y) {
    if (x != y) out << what << ": " << x << " | " << y << "\n";
  };
  differ("outcome", std::string(name_of(a.outcome)), std::string(name_of(b.outcome)));
  differ("error code", std::to_string(a.error_code), std::to_string(b.error_code));
  differ("missing", text_of_all(a.missing), text_of_all(b.missing));
  differ("session", text(a.session), text(b.session));
  differ("policies", std::to_string(a.policies.size()), std::to_string(b.policies.size()));
  for (std::size_t i = 0; i < std::min(a.policies.size(), b.policies.size()); ++i) {
    const PolicyAnswer& p = a.policies[i];
    const PolicyAnswer& q = b.policies[i];
    const std::string where = "policies[" + std::to_string(i) + "] ";
    differ(where + "result", std::string(name_of(p.result)), std::string(name_of(q.result)));
    differ(where + "applies", std::string(name_of(p.applies)), std::string(name_of(q.applies)));
    differ(where + "conditions", text_of_all(p.conditions), text_of_all(q.conditions));
    differ(where + "requirements", text_of_all(p.requirements), text_of_all(q.requirements));
    if (p.requirements.empty()) continue;
    if (p.operation != q.operation) out << where << "operation\n";
  }
  return out.str();
}

std::string show(const Answer& answer) {
  std::ostringstream out;
  out << name_of(answer.outcome) << " " << answer.error_code << " " << text_of_all(answer.missing)
      << " " << text(answer.session) << "\n";
  for (const PolicyAnswer& p : answer.policies) {
    out << "  " << name_of(p.result) << ", applies " << name_of(p.applies) << " "
        << text_of_all(p.conditions) << (p.operation == GrantOperator::any_of ? " any of " : " ")
        << text_of_all(p.requirements) << "\n";
  }
  return out.str();
}

std::string show(const Policy& policy) {
  std::ostringstream out;
  out << policy.display_name << ", " << name_of(policy.state);
  put(out, policy.conditions);
  if (const auto& g = policy.grant_controls) {
    out << "\n  grant " << (g->operation == GrantOperator::all_of ? "all of" : "any of");
    put(out, "controls", g->built_in_controls);
    put(out, "terms", g->terms_of_use);
    put(out, "custom", g->custom_authentication_factors);
    for (const auto& word : g->unknown_controls) out << " ??? " << word;
    if (g->authentication_strength) {
      out << " strength " << to_string(*g->authentication_strength)
          << (g->inline_strength ? " (inlined)" : "");
    }
  }
  if (const auto& s = policy.session_controls) {
    MergedSession session;
    session.secure_sign_in_session = s->secure_sign_in_session;
    session.disable_resilience_defaults = s->disable_resilience_defaults;
    session.frequency_primary_and_secondary = s->sign_in_frequency;
    session.persistent_browser = s->persistent_browser;
    session.cloud_app_security = s->cloud_app_security;
    session.application_enforced_restrictions = s->application_enforced_restrictions;
    session.continuous_access_evaluation = s->continuous_access_evaluation;
    session.global_secure_access_profiles = s->global_secure_access_profiles;
    out << "\n  session " << text(session) << (s->unknown ? " ???" : "");
  }
  return out.str() + "\n";
}

std::string show(const SignIn& s) {
  std::ostringstream out;
  out << (s.identity == IdentityKind::user ? "user" : "service principal")
      << (s.outage ? ", in an outage" : "") << ", trusts mfa " << s.trust.mfa << " compliant "
      << s.trust.compliant_device << " hybrid " << s.trust.hybrid_joined_device;
  put_fact(out, "user", s.user, [](const UserView& u) {
    std::ostringstream t;
    t << to_string(u.id) << " " << (u.type_known ? name_of(u.type) : "type ?") << " of "
      << (u.home_tenant_known ? to_string(u.home_tenant) : "?") << ", groups";
    for (const auto g : u.groups) t << " " << g;
    t << (u.groups_known ? ", roles" : " ?, roles");
    for (const auto r : u.roles) t << " " << r;
    t << (u.roles_known ? "" : " ?") << (u.agent_user ? ", agent" : "");
    return t.str();
  });
  put_fact(out, "service principal", s.service_principal,
           [](const ServicePrincipal* p) { return to_string(p->id); });
  out << "\n  target " << static_cast<int>(s.target.kind) << " action "
      << name_of(s.target.user_action) << " c" << int{s.target.authentication_context};
  for (const auto& id : s.target.applications) out << " " << to_string(id);
  put_fact(out, "platform", s.device_platform, word<Platform>);
  put_fact(out, "client", s.client_app_type, word<ClientApp>);
  put_fact(out, "address", s.ip_address, [](const IpAddress& ip) { return to_string(ip); });
  put_fact(out, "country", s.country, [](Country c) { return to_string(c); });
  put_fact(out, "GPS country", s.gps_country, [](Country c) { return to_string(c); });
  put_fact(out, "compliant network", s.compliant_network, yes_or_no);
  put_fact(out, "sign-in risk", s.sign_in_risk_level, word<RiskLevel>);
  put_fact(out, "user risk", s.user_risk_level, word<RiskLevel>);
  put_fact(out, "principal risk", s.service_principal_risk_level, word<RiskLevel>);
  put_fact(out, "agent risk", s.agent_id_risk_level, word<RiskLevel>);
  put_fact(out, "insider risk", s.insider_risk_level, word<InsiderRiskLevel>);
  put_fact(out, "flow", s.authentication_flow, word<TransferMethod>);
  put_fact(out, "device", s.device, [](const DeviceView& d) {
    std::string t = to_string(d.id);
    for (const auto& attribute : d.shape->texts) {
      if (attribute.state == DeviceAttribute::State::unknown) t += " ?";
      if (attribute.state == DeviceAttribute::State::known) t += " " + attribute.text;
    }
    return t + ", compliant " + std::to_string(static_cast<int>(d.shape->is_compliant)) +
           ", managed " + std::to_string(static_cast<int>(d.shape->is_managed));
  });
  const Proofs& p = s.proofs;
  put_fact(out, "methods", p.methods, combination_text);
  put_fact(out, "MFA claim", p.mfa_claim, yes_or_no);
  out << "\n  details " << p.fido2_aaguid << " " << p.x509_issuer_ski;
  for (const auto& oid : p.x509_policy_oids) out << " " << oid;
  const auto age = [&](Instant at) {
    return std::to_string(std::chrono::duration_cast<std::chrono::minutes>(s.now - at).count()) +
           " minutes ago";
  };
  put_fact(out, "primary", p.primary_authenticated_at, age);
  put_fact(out, "secondary", p.secondary_authenticated_at, age);
  out << "\n  terms " << (p.accepted_terms_known ? "" : "?");
  for (const auto& id : p.accepted_terms) out << " " << to_string(id);
  out << "\n  custom " << (p.custom_controls_known ? "" : "?");
  for (const auto& id : p.custom_controls) out << " " << to_string(id);
  put_fact(out, "password changed", p.password_changed, yes_or_no);
  put_fact(out, "risk remediated", p.risk_remediated, yes_or_no);
  put_fact(out, "token bound", p.token_bound, yes_or_no);
  put_fact(out, "registered method", p.has_registered_method, yes_or_no);
  put_fact(out, "approved app", s.approved_client_app, yes_or_no);
  put_fact(out, "app protection", s.app_protection_policy, yes_or_no);
  return out.str() + "\n";
}

}  // namespace sallyport::testing_support
