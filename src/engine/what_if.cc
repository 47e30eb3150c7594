#include "engine/what_if.h"

#include <algorithm>
#include <set>

namespace sallyport {
namespace {

using Facts = std::set<FactName>;

// The facts behind an unknown condition of one policy.
class ConditionFacts {
 public:
  ConditionFacts(const Program& program, const Policy& policy, const SignIn& sign_in, Facts& out)
      : program_(program), policy_(policy), s_(sign_in), out_(out) {}

  void add(ConditionName condition) {
    switch (condition) {
      case ConditionName::users: return add_users();
      case ConditionName::client_applications: out_.insert(FactName::service_principal); return;
      case ConditionName::applications: out_.insert(FactName::application); return;
      case ConditionName::platforms: out_.insert(FactName::platform); return;
      case ConditionName::locations: return add_locations();
      case ConditionName::client_app_types: out_.insert(FactName::client_app); return;
      case ConditionName::devices: out_.insert(FactName::device); return;
      case ConditionName::sign_in_risk: out_.insert(FactName::sign_in_risk); return;
      case ConditionName::user_risk: out_.insert(FactName::user_risk); return;
      case ConditionName::insider_risk: out_.insert(FactName::insider_risk); return;
      case ConditionName::authentication_flows: out_.insert(FactName::authentication_flow); return;
      case ConditionName::service_principal_risk:
        out_.insert(FactName::service_principal_risk);
        return;
      case ConditionName::agent_id_risk: out_.insert(FactName::agent_id_risk); return;
    }
  }

 private:
  void add_users() {
    if (!s_.user.is_known()) {
      out_.insert(FactName::user);
      return;
    }
    for (const auto* lists :
         {&policy_.conditions.users->include, &policy_.conditions.users->exclude}) {
      const bool roles = !lists->roles.empty() || lists->all_roles;
      if (roles && !s_.user->roles_known) out_.insert(FactName::roles);
      if ((!lists->groups.empty() || lists->all_groups) && !s_.user->groups_known) {
        out_.insert(FactName::groups);
      }
      if (!lists->guests.empty() && !s_.user->type_known) out_.insert(FactName::user_type);
      const bool tenants =
          std::ranges::any_of(lists->guests, [](const auto& g) { return !g.all_tenants; });
      if (tenants && !s_.user->home_tenant_known) out_.insert(FactName::home_tenant);
    }
  }

  void add_locations() {
    for (const auto* lists :
         {&policy_.conditions.locations->include, &policy_.conditions.locations->exclude}) {
      if (lists->all_trusted || lists->mfa_trusted_ips) add_trusted(lists->all_trusted);
      for (const LocationId id : lists->locations) add_location(id);
    }
  }

  void add_trusted(bool locations) {
    if (!s_.ip_address.is_known()) out_.insert(FactName::ip_address);
    const auto& all = program_.policies().named_locations;
    const bool network =
        locations && std::ranges::any_of(all, [](const auto& location) {
          return location.is_trusted && location.kind == LocationKind::compliant_network;
        });
    if (network && !s_.compliant_network.is_known()) out_.insert(FactName::compliant_network);
    const bool unread = locations && std::ranges::any_of(all, [](const auto& location) {
                          return location.is_trusted && location.kind == LocationKind::other;
                        });
    if (unread) out_.insert(FactName::location_definition);
  }

  void add_location(LocationId id) {
    const auto& all = program_.policies().named_locations;
    const auto found = std::ranges::find(all, id, &NamedLocation::id);
    if (found == all.end() || found->kind == LocationKind::other) {
      out_.insert(FactName::location_definition);
    } else if (found->kind == LocationKind::ip) {
      if (s_.ip_address.is_unknown()) out_.insert(FactName::ip_address);
    } else if (found->kind == LocationKind::compliant_network) {
      if (s_.compliant_network.is_unknown()) out_.insert(FactName::compliant_network);
    } else if (found->lookup_by_gps) {
      if (!s_.gps_country.is_known()) out_.insert(FactName::gps_country);
    } else if (s_.country.is_unknown()) {
      out_.insert(FactName::country);
    }
  }

  const Program& program_;
  const Policy& policy_;
  const SignIn& s_;
  Facts& out_;
};

// The unknown facts among those a requirement looks at.
void add_requirement_facts(RequirementKind kind, const SignIn& s, Facts& out) {
  const auto add = [&](bool unknown, FactName name) {
    if (unknown) out.insert(name);
  };
  using enum RequirementKind;
  const bool interactive = kind != reauthentication && kind != gps_location;
  add(interactive && s.client_app_type.is_unknown(), FactName::client_app);
  const bool type_unknown = s.user.is_unknown() || (s.user.is_known() && !s.user->type_known);
  add(type_unknown && interactive && kind != custom_control && kind != token_protection,
      s.user.is_unknown() ? FactName::user : FactName::user_type);
  switch (kind) {
    case mfa:
    case authentication_strength:
      add(s.proofs.methods.is_unknown() || s.proofs.mfa_claim.is_unknown(),
          FactName::authentication_methods);
      return;
    case compliant_device:
    case domain_joined_device:
      add(true, FactName::device);
      add(s.authentication_flow.is_unknown(), FactName::authentication_flow);
      return;
    case approved_application:
      add(s.approved_client_app.is_unknown(), FactName::approved_client_app);
      add(s.device_platform.is_unknown(), FactName::platform);
      return;
    case compliant_application:
      add(s.app_protection_policy.is_unknown(), FactName::app_protection_policy);
      add(s.device_platform.is_unknown(), FactName::platform);
      return;
    case password_change: out.insert(FactName::password_change); return;
    case risk_remediation: out.insert(FactName::risk_remediation); return;
    case terms_of_use: out.insert(FactName::terms_of_use); return;
    case custom_control: out.insert(FactName::custom_controls); return;
    case reauthentication: out.insert(FactName::authentication_time); return;
    case token_protection: out.insert(FactName::token_binding); return;
    case gps_location: out.insert(FactName::gps_country); return;
    case block:
    case unknown_control: return;
  }
}

Facts facts_behind(const Program& program, const Policy& policy, const PolicyAnswer& answer,
                   const SignIn& sign_in) {
  Facts facts;
  if (answer.applies == Match::unknown) {
    ConditionFacts conditions(program, policy, sign_in, facts);
    for (const auto& condition : answer.conditions) {
      if (condition.match == Match::unknown) conditions.add(condition.condition);
    }
  }
  for (const auto& requirement : answer.requirements) {
    if (requirement.unknown) add_requirement_facts(requirement.requirement.kind, sign_in, facts);
  }
  return facts;
}

}  // namespace

std::string_view name_of(FactName fact) {
  switch (fact) {
    case FactName::user: return "the user";
    case FactName::user_type: return "the user's type";
    case FactName::home_tenant: return "the user's home tenant";
    case FactName::groups: return "the user's groups";
    case FactName::roles: return "the user's roles";
    case FactName::service_principal: return "the service principal";
    case FactName::application: return "the application";
    case FactName::platform: return "the platform";
    case FactName::client_app: return "the client app";
    case FactName::ip_address: return "the IP address";
    case FactName::country: return "the country";
    case FactName::gps_country: return "the GPS country";
    case FactName::compliant_network: return "whether it is the compliant network";
    case FactName::location_definition: return "named locations that nothing defines";
    case FactName::device: return "the device";
    case FactName::sign_in_risk: return "the sign-in risk";
    case FactName::user_risk: return "the user risk";
    case FactName::insider_risk: return "the insider risk";
    case FactName::service_principal_risk: return "the service principal risk";
    case FactName::agent_id_risk: return "the agent risk";
    case FactName::authentication_flow: return "the authentication flow";
    case FactName::authentication_methods: return "the authentication methods used";
    case FactName::authentication_time: return "the time of the last authentication";
    case FactName::terms_of_use: return "the terms of use accepted";
    case FactName::custom_controls: return "the custom controls satisfied";
    case FactName::password_change: return "whether the password was changed";
    case FactName::risk_remediation: return "whether the risk was remediated";
    case FactName::approved_client_app: return "whether the app is approved";
    case FactName::app_protection_policy: return "whether the app has a protection policy";
    case FactName::token_binding: return "whether the token is bound to the device";
  }
  return "a fact";
}

WhatIf what_if(const Program& program, const SignIn& sign_in) {
  WhatIf out;
  out.worst = program.explain(sign_in, Assume::worst);
  out.best = program.explain(sign_in, Assume::best);
  out.definite = is_definite(out.worst, out.best);
  Facts all;
  for (std::size_t i = 0; i < out.worst.policies.size(); ++i) {
    const Policy& policy = program.policies().policies[i];
    Facts facts;
    if (out.worst.policies[i].result != out.best.policies[i].result ||
        out.worst.policies[i].applies == Match::unknown) {
      facts = facts_behind(program, policy, out.worst.policies[i], sign_in);
    }
    if (policy.state == PolicyState::enabled) all.insert(facts.begin(), facts.end());
    out.policy_depends_on.emplace_back(facts.begin(), facts.end());
  }
  if (!out.definite) out.depends_on.assign(all.begin(), all.end());
  return out;
}

}  // namespace sallyport
