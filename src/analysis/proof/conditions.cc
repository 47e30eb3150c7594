#include "analysis/proof/conditions.h"

#include <algorithm>

#include "device/filter_node.h"
#include "engine/conditions/conditions.h"

namespace sallyport::proof {
namespace {

MatchSets either(const MatchSets& a, const MatchSets& b) {
  MatchSets out;
  out.yes = a.yes | b.yes;
  out.unknown = (a.unknown | b.unknown) - out.yes;
  out.needs_gps = (a.needs_gps | b.needs_gps) - out.yes - out.unknown;
  return out;
}

void add(MatchSets& side, const Bdd& yes) { side = either(side, {yes, {}, {}}); }

MatchSets opposite(const MatchSets& a) { return {!a.possible(), a.unknown, a.needs_gps}; }

MatchSets certainly(const Bdd& yes) { return {yes, {}, {}}; }

// ---- who ----

Bdd held(const Universe& u, std::optional<DimensionIndex> dimension) {
  return dimension ? u.is(*dimension, 1) : Bdd();
}

Bdd guests_of(const Universe& u, const GuestsOrExternalUsers& guests) {
  return u.where({Question::user_type, Question::home_tenant}, [&](const SignIn& s) {
    const UserView& user = *s.user;
    if ((guests.types & flag_of(user.type)) == 0) return false;
    return guests.all_tenants || user.type == UserType::internal_guest ||
           std::ranges::find(guests.tenants, user.home_tenant) != guests.tenants.end();
  });
}

Bdd listed(const Universe& u, const PrincipalLists& lists) {
  Bdd set;
  if (!lists.users.empty()) {
    set |= u.where({Question::user}, [&](const SignIn& s) {
      return std::ranges::find(lists.users, s.user->id) != lists.users.end();
    });
  }
  for (const GroupId id : lists.groups) set |= held(u, u.group(id));
  for (const RoleId id : lists.roles) set |= held(u, u.role(id));
  if (lists.all_groups) {
    for (const auto dimension : u.all(Question::group)) set |= u.is(dimension, 1);
    set |= held(u, u.find(Question::any_group));
  }
  if (lists.all_roles) {
    for (const auto dimension : u.all(Question::role)) set |= u.is(dimension, 1);
    set |= held(u, u.find(Question::any_role));
  }
  for (const auto& guests : lists.guests) set |= guests_of(u, guests);
  if (lists.all_agent_users) set |= held(u, u.find(Question::agent_user));
  return set;
}

bool has_unknown_word(const PrincipalLists& lists) {
  return lists.unknown ||
         std::ranges::any_of(lists.guests, [](const auto& g) { return g.unknown_type; });
}

// ---- where ----

MatchSets in_location(const Universe& u, const NamedLocation& location) {
  switch (location.kind) {
    case LocationKind::ip:
      return certainly(u.where({Question::address}, [&](const SignIn& s) {
        return std::ranges::any_of(location.ip_ranges, [&](const CidrRange& range) {
          return range.contains(*s.ip_address);
        });
      }));
    case LocationKind::country: {
      const auto lists = [&](const Country& country) {
        const auto& all = location.countries_and_regions;
        return std::ranges::find(all, country) != all.end();
      };
      if (!location.lookup_by_gps) {
        return certainly(u.where({Question::country}, [&](const SignIn& s) {
          return s.country.is_known() ? lists(*s.country)
                                      : location.include_unknown_countries_and_regions;
        }));
      }
      MatchSets sets;
      sets.yes = u.where({Question::gps_country}, [&](const SignIn& s) {
        return s.gps_country.is_known() && lists(*s.gps_country);
      });
      sets.needs_gps = u.where({Question::gps_country},
                               [&](const SignIn& s) { return s.gps_country.is_absent(); });
      return sets;
    }
    case LocationKind::compliant_network:
      return certainly(held(u, u.find(Question::compliant_network)));
    case LocationKind::other: break;
  }
  return {{}, Bdd::all(), {}};
}

MatchSets in_ranges(const Universe& u, const std::vector<CidrRange>& ranges) {
  NamedLocation location;
  location.ip_ranges = ranges;
  return in_location(u, location);
}

const NamedLocation* find_location(const PolicySet& set, LocationId id) {
  const auto at = std::ranges::find(set.named_locations, id, &NamedLocation::id);
  return at == set.named_locations.end() ? nullptr : &*at;
}

MatchSets in_any(const Universe& u, const PolicySet& set, const LocationLists& lists) {
  MatchSets side;
  if (lists.all) add(side, Bdd::all());
  if (lists.all_trusted) {
    for (const NamedLocation& location : set.named_locations) {
      const bool can_be = location.kind != LocationKind::country;
      if (can_be && location.is_trusted) side = either(side, in_location(u, location));
    }
  }
  if (lists.all_trusted || lists.mfa_trusted_ips) {
    side = either(side, in_ranges(u, set.mfa_trusted_ips));
  }
  for (const LocationId id : lists.locations) {
    const auto* location = find_location(set, id);
    side = either(side,
                  location != nullptr ? in_location(u, *location) : MatchSets{{}, Bdd::all(), {}});
  }
  return side;
}

template <class Test>
bool any_location(const PolicySet& set, const Policy& policy, Test test) {
  if (!policy.conditions.locations) return false;
  for (const auto* side :
       {&policy.conditions.locations->include, &policy.conditions.locations->exclude}) {
    for (const LocationId id : side->locations) {
      if (test(find_location(set, id))) return true;
    }
  }
  return false;
}

// ---- which device ----

// Of a registered device.
Bdd devices_matching(const Universe& u, const FilterNode& node) {
  switch (node.kind) {
    case FilterNode::Kind::negation: return !devices_matching(u, node.children.front());
    case FilterNode::Kind::both: {
      Bdd set = Bdd::all();
      for (const auto& child : node.children) set &= devices_matching(u, child);
      return set;
    }
    case FilterNode::Kind::either: {
      Bdd set;
      for (const auto& child : node.children) set |= devices_matching(u, child);
      return set;
    }
    case FilterNode::Kind::comparison: break;
  }
  const auto attribute = u.attribute(node.comparison);
  if (!attribute) return {};
  const DimensionIndex dimensions[] = {*u.find(Question::device), *attribute};
  return u.where(std::span<const DimensionIndex>(dimensions), [&](const SignIn& s) {
    return s.device.is_known() && evaluate(node, &*s.device) == Truth::yes;
  });
}

Bdd devices_where(const Universe& u, FilterProperty property, DeviceText text,
                  const DeviceCondition& condition) {
  FilterComparison which;
  which.property = property;
  which.text = text;
  const DimensionIndex dimensions[] = {*u.find(Question::device), *u.attribute(which)};
  return u.where(std::span<const DimensionIndex>(dimensions), [&](const SignIn& s) {
    return test_devices(condition, s.device).match() == Match::yes;
  });
}

// ---- an outage ----

bool names_people_by_directory(const PrincipalLists& lists) {
  return !lists.groups.empty() || !lists.roles.empty() || lists.all_groups || lists.all_roles ||
         !lists.guests.empty();
}

bool needs_live_data(const PolicySet& set, const Policy& policy) {
  const Conditions& c = policy.conditions;
  if (c.users && (names_people_by_directory(c.users->include) ||
                  names_people_by_directory(c.users->exclude))) {
    return true;
  }
  if (!c.sign_in_risk_levels.empty() || !c.user_risk_levels.empty() ||
      !c.insider_risk_levels.empty() || !c.service_principal_risk_levels.empty() ||
      !c.agent_id_risk_levels.empty()) {
    return true;
  }
  if (policy.grant_controls && policy.grant_controls->authentication_strength) return true;
  return any_location(set, policy, [](const NamedLocation* location) {
    return location == nullptr || location->kind == LocationKind::country ||
           location->kind == LocationKind::other;
  });
}

}  // namespace

MatchSets both(const MatchSets& a, const MatchSets& b) {
  const Bdd possible = a.possible() & b.possible();
  MatchSets out;
  out.yes = a.yes & b.yes;
  out.unknown = possible & (a.unknown | b.unknown);
  out.needs_gps = (possible & (a.needs_gps | b.needs_gps)) - out.unknown;
  return out;
}

MatchSets included_and_not_excluded(const MatchSets& included, const MatchSets& excluded) {
  return both(included, opposite(excluded));
}

MatchSets match_users(const Universe& u, const UserCondition& condition) {
  Bdd included = listed(u, condition.include);
  if (condition.include_all || has_unknown_word(condition.include)) included = Bdd::all();
  return certainly(included - listed(u, condition.exclude));
}

MatchSets match_applications(const Universe& u, const PolicySet& set,
                             const ApplicationCondition& condition) {
  return certainly(u.where({Question::target}, [&](const SignIn& s) {
    const Memberships nobody;
    std::vector<const ServicePrincipal*> resources;
    for (const ApplicationId id : s.target.applications) {
      resources.push_back(u.directory()->find_service_principal_by_app(id));
    }
    return test_applications(condition, set, {s, nobody, resources, {}}).match() == Match::yes;
  }));
}

MatchSets match_locations(const Universe& u, const PolicySet& set,
                          const LocationCondition& condition) {
  const LocationLists& include = condition.include;
  MatchSets included = in_any(u, set, include);
  const bool anywhere =
      !include.all && !include.all_trusted && !include.mfa_trusted_ips && include.locations.empty();
  if (anywhere) included = certainly(Bdd::all());
  return included_and_not_excluded(included, in_any(u, set, condition.exclude));
}

MatchSets match_devices(const Universe& u, const DeviceCondition& condition) {
  Bdd set = Bdd::all();
  if (condition.filter && condition.filter->rule) {
    const FilterRule& rule = *condition.filter->rule;
    const Bdd registered = u.is(*u.find(Question::device), 1);
    set = (registered & devices_matching(u, rule.root())) |
          (Bdd::all_if(rule.matches(nullptr) == Truth::yes) - registered);
    if (condition.filter->mode == FilterMode::exclude) set = !set;
  }
  DeviceCondition states;  // the deprecated ones alone
  states.exclude_compliant = condition.exclude_compliant;
  if (states.exclude_compliant) {
    set &= devices_where(u, FilterProperty::is_compliant, DeviceText::model, states);
  }
  states = {};
  states.exclude_domain_joined = condition.exclude_domain_joined;
  if (states.exclude_domain_joined) {
    set &= devices_where(u, FilterProperty::text, DeviceText::trust_type, states);
  }
  return certainly(set);
}

Applicability applicability(const Universe& u, const PolicySet& set, const Policy& policy) {
  const Conditions& c = policy.conditions;
  const Bdd workload = u.is(*u.find(Question::identity), 1);
  MatchSets who;
  if (c.users) who = match_users(u, *c.users);
  Bdd principals;
  if (c.client_applications) {
    principals = u.where({Question::identity, Question::service_principal}, [&](const SignIn& s) {
      const Memberships nobody;
      return s.identity == IdentityKind::service_principal &&
             test_client_applications(*c.client_applications, {s, nobody, {}, {}}).match() ==
                 Match::yes;
    });
  }
  Applicability out;
  out.applies = certainly((who.yes - workload) | (principals & workload));
  const MatchSets applications =
      c.applications ? match_applications(u, set, *c.applications) : MatchSets{};
  out.applies = both(out.applies, applications);
  const auto require = [&](const Bdd& yes) { out.applies = both(out.applies, certainly(yes)); };
  const auto met = [](const Tested& tested) { return tested.match() == Match::yes; };
  if (c.platforms) {
    require(u.where({Question::platform}, [&](const SignIn& s) {
      return met(test_platforms(*c.platforms, s.device_platform));
    }));
  }
  MatchSets places = certainly(Bdd::all());
  if (c.locations) {
    places = match_locations(u, set, *c.locations);
    out.applies = both(out.applies, places);
  }
  if (is_configured(c.client_app_types)) {
    require(u.where({Question::client_app}, [&](const SignIn& s) {
      return met(test_client_app_types(c.client_app_types, s.client_app_type));
    }));
  }
  if (c.devices) out.applies = both(out.applies, match_devices(u, *c.devices));
  const auto risk = [&](Question question, const WordSet<RiskLevel>& levels,
                        Fact<RiskLevel> SignIn::*member) {
    if (levels.empty()) return;
    require(
        u.where({question}, [&](const SignIn& s) { return met(test_risk(levels, s.*member)); }));
  };
  risk(Question::sign_in_risk, c.sign_in_risk_levels, &SignIn::sign_in_risk_level);
  risk(Question::user_risk, c.user_risk_levels, &SignIn::user_risk_level);
  risk(Question::service_principal_risk, c.service_principal_risk_levels,
       &SignIn::service_principal_risk_level);
  risk(Question::agent_id_risk, c.agent_id_risk_levels, &SignIn::agent_id_risk_level);
  if (!c.insider_risk_levels.empty()) {
    require(u.where({Question::insider_risk}, [&](const SignIn& s) {
      return met(test_insider_risk(c.insider_risk_levels, s.insider_risk_level));
    }));
  }
  if (is_configured(c.authentication_flows)) {
    require(u.where({Question::flow}, [&](const SignIn& s) {
      return met(test_authentication_flows(c.authentication_flows, s.authentication_flow));
    }));
  }

  const bool uses_gps = any_location(set, policy, [](const NamedLocation* location) {
    return location != nullptr && location->kind == LocationKind::country &&
           location->lookup_by_gps;
  });
  if (uses_gps) {
    const Bdd not_told =
        u.where({Question::gps_country}, [](const SignIn& s) { return !s.gps_country.is_known(); });
    out.needs_gps_too = (out.applies.unknown & not_told) - places.yes;
  }
  const auto outage = u.find(Question::outage);
  if (outage && policy.state == PolicyState::enabled && policy.session_controls &&
      policy.session_controls->disable_resilience_defaults && needs_live_data(set, policy)) {
    out.denied_by_outage = u.is(*outage, 1) & applications.possible();
  }
  return out;
}

}  // namespace sallyport::proof
