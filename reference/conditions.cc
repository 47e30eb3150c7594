// The conditions about what is asked for, from where and how. docs/semantics.md, sections 2 and 3.
#include "reference/conditions.h"

#include "base/text.h"

namespace sallyport::reference {
namespace {

// A fact with few values that is not known: the condition is tried with absence and every value.
template <class Word, class Test>
Tested try_every(Word last, Test test) {
  const Tested first = test(Fact<Word>::absent());
  for (unsigned i = 0; i <= static_cast<unsigned>(last); ++i) {
    const Tested other = test(Fact<Word>(static_cast<Word>(i)));
    if (other.match != first.match) return {Match::unknown, "it is not known"};
  }
  return first;
}

// ---- applications ----

bool entry_matches(ApplicationId entry, ApplicationId requested) {
  static const auto management = ApplicationId::of("797f4846-ba00-4fd7-ba43-dac1f8f63013");
  static const auto portal = ApplicationId::of("c44b4083-3bb0-49c1-b47d-974e53cbdf3c");
  return entry == requested || (entry == management && requested == portal);
}

Side application_entries(const ApplicationLists& l, ApplicationId requested, const Scene& scene) {
  Side side;
  for (const ApplicationId& entry : l.applications) {
    side.add(yes_if(entry_matches(entry, requested)), "application", to_string(entry));
  }
  if (l.office365) side.add(yes_if(lists(scene.policies.office365, requested)), "Office365");
  if (l.admin_portals) {
    side.add(yes_if(lists(scene.policies.admin_portals, requested)), "MicrosoftAdminPortals");
  }
  if (l.all_agent_resources) {
    const auto* principal = scene.directory.find_service_principal_by_app(requested);
    side.add(yes_if(principal != nullptr && principal->agent_resource), "AllAgentIdResources");
  }
  return side;
}

Tested test_resource(const ApplicationCondition& condition, ApplicationId requested,
                     const Scene& scene) {
  Side included = application_entries(condition.include, requested, scene);
  Side excluded = application_entries(condition.exclude, requested, scene);
  if (condition.include_all) included.add(Match::yes, "all resources");
  if (const auto& filter = condition.application_filter) {
    const bool includes = filter->mode == FilterMode::include;
    Side& side = includes ? included : excluded;
    if (filter->rule) {
      const ServicePrincipal nothing;
      const auto* principal = scene.directory.find_service_principal_by_app(requested);
      const auto& attributes = (principal != nullptr ? principal : &nothing)->attributes;
      side.add(match_of(filter->rule->matches(attributes)), "filter", filter->text);
    } else if (includes) {
      side.add(Match::yes, "a filter that could not be read");
    }
  }
  return included_and_not_excluded(included, excluded);
}

bool includes_anything(const ApplicationCondition& c) {
  return c.include_all || !c.include.applications.empty() || c.include.office365 ||
         c.include.admin_portals || c.include.all_agent_resources || !c.user_actions.empty() ||
         !c.authentication_contexts.empty() || c.unknown_authentication_context ||
         (c.application_filter && c.application_filter->mode == FilterMode::include);
}

// ---- locations ----

Match in_ranges(const std::vector<CidrRange>& ranges, const Scene& scene) {
  const auto& address = scene.sign_in.ip_address;
  if (address.is_absent()) return Match::no;
  if (address.is_unknown()) return ranges.empty() ? Match::no : Match::unknown;
  for (const CidrRange& range : ranges) {
    if (range.contains(*address)) return Match::yes;
  }
  return Match::no;
}

Match in_country(const NamedLocation& location, const Scene& scene) {
  const auto& countries = location.countries_and_regions;
  if (location.lookup_by_gps) {
    const auto& country = scene.sign_in.gps_country;
    if (country.is_absent()) return Match::needs_gps;
    return country.is_unknown() ? Match::unknown : yes_if(lists(countries, *country));
  }
  const auto& country = scene.sign_in.country;
  const bool unknown_ones = location.include_unknown_countries_and_regions;
  if (country.is_absent()) return yes_if(unknown_ones);
  if (country.is_known()) return yes_if(lists(countries, *country));
  return countries.empty() && !unknown_ones ? Match::no : Match::unknown;
}

Match in_location(const NamedLocation& location, const Scene& scene) {
  switch (location.kind) {
    case LocationKind::ip: return in_ranges(location.ip_ranges, scene);
    case LocationKind::country: return in_country(location, scene);
    case LocationKind::compliant_network: {
      const auto& fact = scene.sign_in.compliant_network;
      return fact.is_unknown() ? Match::unknown : yes_if(fact.is(true));
    }
    case LocationKind::other: return Match::unknown;
  }
  return Match::unknown;
}

Match in_trusted_location(const Scene& scene) {
  Match match = in_ranges(scene.policies.mfa_trusted_ips, scene);
  for (const NamedLocation& location : scene.policies.named_locations) {
    if (location.kind != LocationKind::country && location.is_trusted) {
      match = match_or(match, in_location(location, scene));
    }
  }
  return match;
}

Side location_entries(const LocationLists& l, const Scene& scene) {
  Side side;
  if (l.all) side.add(Match::yes, "all locations");
  if (l.all_trusted) side.add(in_trusted_location(scene), "all trusted locations");
  if (l.mfa_trusted_ips) {
    side.add(in_ranges(scene.policies.mfa_trusted_ips, scene), "MFA trusted addresses");
  }
  for (const LocationId& id : l.locations) {
    if (const auto* location = find_location(id, scene)) {
      side.add(in_location(*location, scene), "location", location->display_name);
    } else {
      side.add(Match::unknown, "a location that nothing defines");
    }
  }
  return side;
}

// ---- devices ----

// May be any device, or none.
const DeviceView& unknown_device() {
  static const DeviceShape shape = [] {
    DeviceShape s;
    s.texts.fill(DeviceAttribute::unknown());
    s.is_compliant = DeviceFlag::unknown;
    s.is_managed = DeviceFlag::unknown;
    s.system_labels_known = false;
    return s;
  }();
  static const DeviceView view = [] {
    DeviceView v;
    v.id_known = false;
    v.display_name_known = false;
    v.physical_ids_known = false;
    v.shape = &shape;
    return v;
  }();
  return view;
}

}  // namespace

Tested included_and_not_excluded(const Side& included, const Side& excluded) {
  const Match match = match_and(included.match(), match_not(excluded.match()));
  if (included.match() == Match::no) return {match, "nothing that is included matches"};
  if (excluded.match() == Match::no) return {match, "included " + included.decided_by()};
  return {match, "excluded " + excluded.decided_by()};
}

const NamedLocation* find_location(LocationId id, const Scene& scene) {
  for (const NamedLocation& location : scene.policies.named_locations) {
    if (location.id == id) return &location;
  }
  return nullptr;
}

Truth is_compliant(const Fact<DeviceView>& device) {
  if (device.is_unknown()) return Truth::unknown;
  if (device.is_absent()) return Truth::no;
  const DeviceFlag flag = device->shape->is_compliant;
  if (flag == DeviceFlag::unknown) return Truth::unknown;
  return flag == DeviceFlag::yes ? Truth::yes : Truth::no;
}

Truth is_hybrid_joined(const Fact<DeviceView>& device) {
  if (device.is_unknown()) return Truth::unknown;
  if (device.is_absent()) return Truth::no;
  const DeviceAttribute& trust_type = device->shape->text(DeviceText::trust_type);
  if (trust_type.state == DeviceAttribute::State::unknown) return Truth::unknown;
  const bool known = trust_type.state == DeviceAttribute::State::known;
  return known && equal_ignoring_case(trust_type.text, "ServerAD") ? Truth::yes : Truth::no;
}

Tested test_applications(const ApplicationCondition& condition, const Scene& scene) {
  const Target& target = scene.sign_in.target;
  switch (target.kind) {
    case TargetKind::user_action: {
      Side side;
      if (condition.include_all) side.add(Match::yes, "all resources");
      side.add(yes_if(condition.user_actions.contains(target.user_action)), "user action",
               name_of(target.user_action));
      if (condition.user_actions.unknown) side.add(Match::yes, "an action that is not understood");
      return included_and_not_excluded(side, Side{});
    }
    case TargetKind::authentication_context: {
      Side side;
      side.add(yes_if(lists(condition.authentication_contexts, target.authentication_context)),
               "authentication context");
      if (condition.unknown_authentication_context) {
        side.add(Match::yes, "a context that is not understood");
      }
      return included_and_not_excluded(side, Side{});
    }
    case TargetKind::applications:
    case TargetKind::unknown: break;
  }
  if (target.kind == TargetKind::unknown || target.applications.empty()) {
    if (!includes_anything(condition)) return {Match::no, "nothing is included"};
    return {Match::unknown, "the target is not known"};
  }
  Tested any{Match::no, "none of the resources"};
  for (const ApplicationId& requested : target.applications) {
    const Tested one = test_resource(condition, requested, scene);
    const Match match = match_or(any.match, one.match);
    if (match != any.match) any = {match, one.decided_by};
  }
  return any;
}

Tested test_platforms(const PlatformCondition& condition, const Scene& scene) {
  const auto with = [&](const Fact<Platform>& platform) {
    const auto on = [&](const WordSet<Platform>& list) {
      return list.all || (platform.is_known() && list.contains(*platform));
    };
    const WordSet<Platform>& include = condition.include;
    const bool included = include.empty() || include.unknown || on(include);
    return Tested{yes_if(included && !on(condition.exclude)),
                  platform.is_known() ? std::string(name_of(*platform)) : "no platform"};
  };
  const auto& platform = scene.sign_in.device_platform;
  return platform.is_unknown() ? try_every(Platform::linux, with) : with(platform);
}

Tested test_locations(const LocationCondition& condition, const Scene& scene) {
  const LocationLists& include = condition.include;
  const bool anywhere =
      !include.all && !include.all_trusted && !include.mfa_trusted_ips && include.locations.empty();
  Side included = location_entries(include, scene);
  if (anywhere) included.add(Match::yes, "all locations");
  return included_and_not_excluded(included, location_entries(condition.exclude, scene));
}

Tested test_client_app_types(const WordSet<ClientApp>& types, const Scene& scene) {
  const auto with = [&](const Fact<ClientApp>& client) {
    if (types.unknown) return Tested{Match::yes, "a word that is not understood"};
    if (client.is_absent()) return Tested{Match::no, "no client app type"};
    const bool any_eas =
        types.contains(ClientApp::exchange_active_sync) && *client == ClientApp::eas_supported;
    return Tested{yes_if(any_eas || types.contains(*client)), std::string(name_of(*client))};
  };
  const auto& client = scene.sign_in.client_app_type;
  return client.is_unknown() ? try_every(ClientApp::other, with) : with(client);
}

Tested test_devices(const DeviceCondition& condition, const Scene& scene) {
  const auto& fact = scene.sign_in.device;
  Tested tested{Match::yes, "the device"};
  if (condition.filter && condition.filter->rule) {
    const DeviceView* device = nullptr;
    if (fact.is_known()) device = &*fact;
    if (fact.is_unknown()) device = &unknown_device();
    tested.match = match_of(condition.filter->rule->matches(device));
    if (condition.filter->mode == FilterMode::exclude) tested.match = match_not(tested.match);
    tested.decided_by = "filter `" + condition.filter->text + "`";
  }
  if (condition.exclude_compliant) {
    tested.match = match_and(tested.match, match_not(match_of(is_compliant(fact))));
  }
  if (condition.exclude_domain_joined) {
    tested.match = match_and(tested.match, match_not(match_of(is_hybrid_joined(fact))));
  }
  return tested;
}

Tested test_risk(const WordSet<RiskLevel>& levels, const Fact<RiskLevel>& level) {
  const auto with = [&](const Fact<RiskLevel>& fact) {
    const RiskLevel value = fact.is_known() ? *fact : RiskLevel::none;
    return Tested{yes_if(levels.unknown || levels.all || levels.contains(value)),
                  std::string(name_of(value))};
  };
  return level.is_unknown() ? try_every(RiskLevel::none, with) : with(level);
}

Tested test_insider_risk(const WordSet<InsiderRiskLevel>& levels, const Scene& scene) {
  const auto with = [&](const Fact<InsiderRiskLevel>& fact) {
    const InsiderRiskLevel value = fact.is_known() ? *fact : InsiderRiskLevel::none;
    const bool listed = value != InsiderRiskLevel::none && (levels.all || levels.contains(value));
    return Tested{yes_if(levels.unknown || listed), std::string(name_of(value))};
  };
  const auto& level = scene.sign_in.insider_risk_level;
  return level.is_unknown() ? try_every(InsiderRiskLevel::elevated, with) : with(level);
}

Tested test_authentication_flows(const WordSet<TransferMethod>& methods, const Scene& scene) {
  const auto with = [&](const Fact<TransferMethod>& fact) {
    const TransferMethod value = fact.is_known() ? *fact : TransferMethod::none;
    const bool listed = value != TransferMethod::none && methods.contains(value);
    return Tested{yes_if(methods.unknown || listed), std::string(name_of(value))};
  };
  const auto& flow = scene.sign_in.authentication_flow;
  return flow.is_unknown() ? try_every(TransferMethod::authentication_transfer, with) : with(flow);
}

std::vector<ConditionAnswer> test_conditions(const Conditions& c, const Scene& scene) {
  std::vector<ConditionAnswer> answers;
  const auto answer = [&](ConditionName name, Tested tested) {
    answers.push_back({name, tested.match, std::move(tested.decided_by)});
  };
  const Tested missing{Match::no, "the policy does not name any"};

  if (scene.sign_in.identity == IdentityKind::user) {
    answer(ConditionName::users, c.users ? test_users(*c.users, scene) : missing);
  } else {
    answer(
        ConditionName::client_applications,
        c.client_applications ? test_client_applications(*c.client_applications, scene) : missing);
  }
  answer(ConditionName::applications,
         c.applications ? test_applications(*c.applications, scene) : missing);
  if (c.platforms) answer(ConditionName::platforms, test_platforms(*c.platforms, scene));
  if (c.locations) answer(ConditionName::locations, test_locations(*c.locations, scene));
  if (!c.client_app_types.empty() && !c.client_app_types.all) {
    answer(ConditionName::client_app_types, test_client_app_types(c.client_app_types, scene));
  }
  if (c.devices) answer(ConditionName::devices, test_devices(*c.devices, scene));

  const auto risk = [&](ConditionName name, const WordSet<RiskLevel>& levels,
                        const Fact<RiskLevel>& level) {
    if (!levels.empty()) answer(name, test_risk(levels, level));
  };
  const SignIn& s = scene.sign_in;
  risk(ConditionName::sign_in_risk, c.sign_in_risk_levels, s.sign_in_risk_level);
  risk(ConditionName::user_risk, c.user_risk_levels, s.user_risk_level);
  if (!c.insider_risk_levels.empty()) {
    answer(ConditionName::insider_risk, test_insider_risk(c.insider_risk_levels, scene));
  }
  const auto& flows = c.authentication_flows;
  if (flows.unknown || flows.contains(TransferMethod::device_code_flow) ||
      flows.contains(TransferMethod::authentication_transfer)) {
    answer(ConditionName::authentication_flows, test_authentication_flows(flows, scene));
  }
  risk(ConditionName::service_principal_risk, c.service_principal_risk_levels,
       s.service_principal_risk_level);
  risk(ConditionName::agent_id_risk, c.agent_id_risk_levels, s.agent_id_risk_level);
  return answers;
}

}  // namespace sallyport::reference
