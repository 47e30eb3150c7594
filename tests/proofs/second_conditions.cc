// The conditions: docs/semantics.md, sections 1 to 3.
#include <algorithm>

#include "base/text.h"
#include "tests/proofs/second_policy.h"

namespace sallyport::proof::testing {

namespace {

template <class List, class Item>
bool has(const List& list, const Item& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

const NamedLocation* find(const PolicySet& set, LocationId id) {
  for (const NamedLocation& location : set.named_locations) {
    if (location.id == id) return &location;
  }
  return nullptr;
}

bool meets(const std::string& text, FilterOperator op, const std::string& value) {
  const std::string a = to_lower(text), b = to_lower(value);
  switch (op) {
    case FilterOperator::starts_with: return a.starts_with(b);
    case FilterOperator::ends_with: return a.ends_with(b);
    default: return a == b;  // of a collection `contains` asks for a whole element
  }
}

}  // namespace

Formulas SecondPolicies::either(const Formulas& a, const Formulas& b) const {
  const z3::expr yes = a.yes || b.yes;
  const z3::expr unknown = !yes && (a.unknown || b.unknown);
  return {yes, unknown, !yes && !unknown && (a.needs_gps || b.needs_gps)};
}

Formulas SecondPolicies::both(const Formulas& a, const Formulas& b) const {
  const z3::expr possible = a.possible() && b.possible();
  const z3::expr unknown = possible && (a.unknown || b.unknown);
  return {a.yes && b.yes, unknown, possible && !unknown && (a.needs_gps || b.needs_gps)};
}

Formulas SecondPolicies::included_and_not_excluded(const Formulas& in, const Formulas& out) const {
  return both(in, {!out.possible(), out.unknown, out.needs_gps});
}

// A word of few, the last of which is absence.
z3::expr SecondPolicies::listed(const z3::expr& word, std::uint32_t bits, int last) const {
  z3::expr any = no();
  for (int i = 0; i <= last; ++i) {
    if ((bits >> static_cast<unsigned>(i) & 1U) != 0) any = any || word == i;
  }
  return any;
}

// ---- who ----

z3::expr SecondPolicies::principals(const PrincipalLists& lists) const {
  z3::expr any = no();
  for (const UserId id : lists.users) any = any || f_.user.is(id);
  for (const GroupId id : lists.groups) any = any || f_.in_group(id);
  for (const RoleId id : lists.roles) any = any || f_.in_role(id);
  if (lists.all_groups) {
    any = any || f_.other_group;
    for (const auto& [id, in] : f_.groups) any = any || in;
  }
  if (lists.all_roles) {
    any = any || f_.other_role;
    for (const auto& [id, holds] : f_.roles) any = any || holds;
  }
  for (const auto& guests : lists.guests) {
    z3::expr from = yes_if(guests.all_tenants) || f_.is_type(UserType::internal_guest);
    for (const TenantId id : guests.tenants) from = from || f_.home.is(id);
    z3::expr type = no();
    for (unsigned i = 0; i <= static_cast<unsigned>(UserType::service_provider); ++i) {
      const auto one = static_cast<UserType>(i);
      if ((guests.types & flag_of(one)) != 0) type = type || f_.is_type(one);
    }
    any = any || (type && from);
  }
  if (lists.all_agent_users) any = any || f_.agent_user;
  return any;
}

z3::expr SecondPolicies::users(const UserCondition& c) const {
  bool everybody = c.include_all || c.include.unknown;
  for (const auto& guests : c.include.guests) everybody = everybody || guests.unknown_type;
  return (yes_if(everybody) || principals(c.include)) && !principals(c.exclude);
}

bool SecondPolicies::workload_is_meant(const ClientApplicationCondition& c,
                                       const ServicePrincipal& p) const {
  const bool ours = p.kind == ServicePrincipalKind::application && p.in_scope_of_workload_policies;
  const bool agent = p.kind == ServicePrincipalKind::agent_identity;
  const auto in = [&](const ServicePrincipalLists& lists) {
    return (ours && (lists.all_in_my_tenant || has(lists.service_principals, p.id))) ||
           (agent && (lists.all_agents || has(lists.agents, p.id)));
  };
  bool included = in(c.include), excluded = in(c.exclude);
  const auto filter = [&](const std::optional<Filter>& f, bool right_sort) {
    if (!f) return;
    const bool include = f->mode == FilterMode::include;
    if (!f->rule) {
      included = included || include;  // one that could not be read
    } else if (right_sort && f->rule->matches(p.attributes) == Truth::yes) {
      (include ? included : excluded) = true;
    }
  };
  filter(c.service_principal_filter, ours);
  filter(c.agent_filter, agent);
  return included && !excluded;
}

z3::expr SecondPolicies::workloads(const ClientApplicationCondition& condition) const {
  z3::expr any = no();
  for (std::size_t i = 0; i < f_.principals.size(); ++i) {
    if (workload_is_meant(condition, f_.principals[i])) {
      any = any || f_.principal == static_cast<int>(i);
    }
  }
  return any;
}

// ---- for what ----

z3::expr SecondPolicies::entries(const ApplicationLists& lists) const {
  static const auto management = ApplicationId::of("797f4846-ba00-4fd7-ba43-dac1f8f63013");
  static const auto portal = ApplicationId::of("c44b4083-3bb0-49c1-b47d-974e53cbdf3c");
  z3::expr any = no();
  const auto add = [&](ApplicationId id) { any = any || f_.application.is(id); };
  for (const ApplicationId id : lists.applications) {
    add(id);
    if (id == management) add(portal);
  }
  if (lists.office365) std::for_each(set_.office365.begin(), set_.office365.end(), add);
  if (lists.admin_portals) std::for_each(set_.admin_portals.begin(), set_.admin_portals.end(), add);
  if (lists.all_agent_resources) {
    for (const auto& principal : f_.tenant.directory->service_principals()) {
      if (principal.agent_resource) add(principal.app_id);
    }
  }
  return any;
}

z3::expr SecondPolicies::made_up_matches(const FilterNode& node) const {
  switch (node.kind) {
    case FilterNode::Kind::negation: return !made_up_matches(node.children.front());
    case FilterNode::Kind::both: {
      z3::expr all = yes_if(true);
      for (const auto& child : node.children) all = all && made_up_matches(child);
      return all;
    }
    case FilterNode::Kind::either: {
      z3::expr any = no();
      for (const auto& child : node.children) any = any || made_up_matches(child);
      return any;
    }
    case FilterNode::Kind::comparison: break;
  }
  const FilterComparison& c = node.comparison;
  z3::expr nothing = yes_if(true), found = no();
  for (const auto& [attribute, is_set] : f_.attributes) {
    if (c.property != FilterProperty::custom_security_attribute ||
        !equal_ignoring_case(attribute.first, c.attribute)) {
      continue;
    }
    nothing = nothing && !is_set;
    for (const std::string& value : c.values) {
      if (meets(attribute.second, c.op, value)) found = found || is_set;
    }
  }
  const z3::expr matches = z3::ite(nothing, yes_if(c.is_null), found);
  return c.negative ? !matches : matches;
}

z3::expr SecondPolicies::application_filter(const FilterRule& rule) const {
  z3::expr any = made_up_matches(rule.root()) && f_.application.is_another();
  const auto described = f_.tenant.directory->service_principals();
  std::set<ApplicationId> seen;
  for (const auto& principal : described) {
    if (!seen.insert(principal.app_id).second) continue;
    const auto* first = f_.tenant.directory->find_service_principal_by_app(principal.app_id);
    if (rule.matches(first->attributes) == Truth::yes) {
      any = any || f_.application.is(principal.app_id);
    }
  }
  if (rule.matches(ServicePrincipal{}.attributes) == Truth::yes) {
    z3::expr nobody = !f_.application.is_another();
    for (const ApplicationId id : seen) nobody = nobody && !f_.application.is(id);
    any = any || nobody;
  }
  return any;
}

z3::expr SecondPolicies::applications(const ApplicationCondition& c) const {
  z3::expr included = yes_if(c.include_all) || entries(c.include);
  z3::expr excluded = entries(c.exclude);
  if (c.application_filter) {
    const bool include = c.application_filter->mode == FilterMode::include;
    if (c.application_filter->rule) {
      const z3::expr matches = application_filter(*c.application_filter->rule);
      (include ? included : excluded) = (include ? included : excluded) || matches;
    } else if (include) {
      included = yes_if(true);
    }
  }
  z3::expr action = yes_if(c.include_all || c.user_actions.unknown);
  for (unsigned i = 0; i <= static_cast<unsigned>(UserAction::account_recovery); ++i) {
    if (c.user_actions.contains(static_cast<UserAction>(i))) {
      action = action || f_.target == static_cast<int>(i) + 1;
    }
  }
  z3::expr context = yes_if(c.unknown_authentication_context);
  for (const int number : c.authentication_contexts) {
    context = context || f_.context_number == number;
  }
  return z3::ite(f_.target == 0, included && !excluded, z3::ite(f_.target == 4, context, action));
}

// ---- from where ----

Formulas SecondPolicies::location(const NamedLocation& l) const {
  switch (l.kind) {
    case LocationKind::ip: {
      z3::expr any = no();
      for (const CidrRange& range : l.ip_ranges) any = any || f_.at(range);
      return certainly(any);
    }
    case LocationKind::country: {
      const auto& where = l.lookup_by_gps ? f_.gps_country : f_.country;
      z3::expr any = no();
      for (const Country country : l.countries_and_regions) any = any || where.is(country);
      if (l.lookup_by_gps) return {f_.gps_known && any, no(), !f_.gps_known};
      return certainly(
          z3::ite(f_.country_known, any, yes_if(l.include_unknown_countries_and_regions)));
    }
    case LocationKind::compliant_network: return certainly(f_.compliant_network);
    case LocationKind::other: break;
  }
  return {no(), yes_if(true), no()};
}

Formulas SecondPolicies::trusted_places() const {
  Formulas any = certainly(no());
  for (const CidrRange& range : set_.mfa_trusted_ips) any = either(any, certainly(f_.at(range)));
  for (const NamedLocation& l : set_.named_locations) {
    const bool can = l.kind != LocationKind::country;
    if (can && l.is_trusted) any = either(any, location(l));
  }
  return any;
}

Formulas SecondPolicies::places(const LocationLists& lists) const {
  Formulas any = certainly(yes_if(lists.all));
  if (lists.all_trusted) any = either(any, trusted_places());
  if (lists.mfa_trusted_ips) {
    for (const CidrRange& range : set_.mfa_trusted_ips) any = either(any, certainly(f_.at(range)));
  }
  for (const LocationId id : lists.locations) {
    const NamedLocation* named = find(set_, id);
    any = either(any, named != nullptr ? location(*named) : Formulas{no(), yes_if(true), no()});
  }
  return any;
}

Formulas SecondPolicies::locations(const LocationCondition& c) const {
  const LocationLists& in = c.include;
  const bool anywhere = !in.all && !in.all_trusted && !in.mfa_trusted_ips && in.locations.empty();
  return included_and_not_excluded(anywhere ? certainly(yes_if(true)) : places(in),
                                   places(c.exclude));
}

// ---- on which device ----

z3::expr SecondPolicies::compared_text(const FilterComparison& c, const z3::expr& there,
                                       const z3::expr& text) const {
  z3::expr any = no();
  for (const std::string& raw : c.values) {
    const z3::expr value = f_.context.string_val(to_lower(raw));
    switch (c.op) {
      case FilterOperator::eq:
      case FilterOperator::in: any = any || text == value; break;
      case FilterOperator::starts_with: any = any || z3::prefixof(value, text); break;
      case FilterOperator::ends_with: any = any || z3::suffixof(value, text); break;
      case FilterOperator::contains: any = any || text.contains(value); break;
    }
  }
  return z3::ite(there, any, yes_if(c.is_null));
}

z3::expr SecondPolicies::compared_list(const FilterComparison& c,
                                       const std::map<std::string, z3::expr>& elements,
                                       const z3::expr& others) const {
  z3::expr some = others, found = no();
  for (const auto& [element, is_there] : elements) {
    some = some || is_there;
    for (const std::string& value : c.values) {
      if (to_lower(value) == element) found = found || is_there;
    }
  }
  return z3::ite(f_.registered && some, found, yes_if(c.is_null));
}

z3::expr SecondPolicies::compared(const FilterComparison& c) const {
  switch (c.property) {
    case FilterProperty::device_id: {
      z3::expr any = no();
      for (const DeviceId id : c.ids) any = any || f_.device.is(id);
      return z3::ite(f_.registered, any, yes_if(c.is_null));
    }
    case FilterProperty::display_name:
      return compared_text(c, f_.registered && f_.named_device, f_.device_name);
    case FilterProperty::is_compliant: {
      z3::expr any = no();
      for (const std::string& value : c.values) {
        any = any || f_.compliance == (to_lower(value) == "true" ? 2 : 1);
      }
      return z3::ite(f_.registered && f_.compliance != 0, any, yes_if(c.is_null));
    }
    case FilterProperty::physical_ids:
      return compared_list(c, f_.physical_ids, f_.other_physical_id);
    case FilterProperty::system_labels:
      return compared_list(c, f_.system_labels, f_.other_system_label);
    case FilterProperty::text: {
      z3::expr there = f_.has_text(c.text);
      if (c.text >= DeviceText::extension_attribute_1) {  // spec, section 3.5
        there = there && (f_.managed || f_.compliant() || f_.hybrid_joined());
      }
      return compared_text(c, there, f_.text(c.text));
    }
    case FilterProperty::custom_security_attribute: break;
  }
  return yes_if(c.is_null);
}

z3::expr SecondPolicies::devices_matching(const FilterNode& node) const {
  switch (node.kind) {
    case FilterNode::Kind::negation: return !devices_matching(node.children.front());
    case FilterNode::Kind::both: {
      z3::expr all = yes_if(true);
      for (const auto& child : node.children) all = all && devices_matching(child);
      return all;
    }
    case FilterNode::Kind::either: {
      z3::expr any = no();
      for (const auto& child : node.children) any = any || devices_matching(child);
      return any;
    }
    case FilterNode::Kind::comparison: break;
  }
  const z3::expr positive = compared(node.comparison);
  return node.comparison.negative ? !positive : positive;
}

z3::expr SecondPolicies::devices(const DeviceCondition& c) const {
  z3::expr met = yes_if(true);
  if (c.filter && c.filter->rule) {
    met = devices_matching(c.filter->rule->root());
    if (c.filter->mode == FilterMode::exclude) met = !met;
  }
  if (c.exclude_compliant) met = met && !f_.compliant();
  if (c.exclude_domain_joined) met = met && !f_.hybrid_joined();
  return met;
}

// ---- all of them ----

z3::expr SecondPolicies::level(const WordSet<RiskLevel>& levels, const z3::expr& risk) const {
  return yes_if(levels.unknown || levels.all) || listed(risk, levels.bits, 4);
}

SecondPolicies::How SecondPolicies::how(const Policy& policy) const {
  const Conditions& c = policy.conditions;
  const z3::expr person = c.users ? users(*c.users) : no();
  const z3::expr workload = c.client_applications ? workloads(*c.client_applications) : no();
  const Formulas what = certainly(c.applications ? applications(*c.applications) : no());
  Formulas applies = both(certainly(z3::ite(f_.workload, workload, person)), what);
  const auto require = [&](const z3::expr& met) { applies = both(applies, certainly(met)); };
  if (c.platforms) {
    const auto on = [&](const WordSet<Platform>& list) {
      return yes_if(list.all) || listed(f_.platform, list.bits, 5);
    };
    const auto& include = c.platforms->include;
    require((yes_if(include.empty() || include.unknown) || on(include)) &&
            !on(c.platforms->exclude));
  }
  const Formulas where = c.locations ? locations(*c.locations) : certainly(yes_if(true));
  applies = both(applies, where);
  const auto& clients = c.client_app_types;
  if (!clients.empty() && !clients.all) {
    const bool any_eas = clients.contains(ClientApp::exchange_active_sync);
    require(yes_if(clients.unknown) || listed(f_.client, clients.bits, 4) ||
            (yes_if(any_eas) && f_.through(ClientApp::eas_supported)));
  }
  if (c.devices) require(devices(*c.devices));
  if (!c.sign_in_risk_levels.empty()) require(level(c.sign_in_risk_levels, f_.sign_in_risk));
  if (!c.user_risk_levels.empty()) require(level(c.user_risk_levels, f_.user_risk));
  if (!c.service_principal_risk_levels.empty()) {
    require(level(c.service_principal_risk_levels, f_.principal_risk));
  }
  if (!c.agent_id_risk_levels.empty()) require(level(c.agent_id_risk_levels, f_.agent_risk));
  if (const auto& insider = c.insider_risk_levels; !insider.empty()) {
    require(yes_if(insider.unknown) ||
            (f_.insider_risk != 0 &&
             (yes_if(insider.all) || listed(f_.insider_risk, insider.bits, 3))));
  }
  const auto& flows = c.authentication_flows;
  if (flows.unknown || flows.contains(TransferMethod::device_code_flow) ||
      flows.contains(TransferMethod::authentication_transfer)) {
    require(yes_if(flows.unknown) || (f_.flow != 0 && listed(f_.flow, flows.bits, 2)));
  }
  return {applies, where, what, no()};
}

}  // namespace sallyport::proof::testing
