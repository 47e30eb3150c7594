#include "analysis/proof/expectation.h"

#include <algorithm>
#include <array>
#include <functional>

#include "analysis/proof/conditions.h"
#include "base/text.h"
#include "directory/well_known.h"

namespace sallyport::proof {
namespace {

struct NeedWords {
  Need need;
  std::string_view words;
};
constexpr NeedWords needs[] = {
    {Need::blocked, "blocked"},
    {Need::granted, "granted"},
    {Need::reachable, "reachable"},
    {Need::mfa, "needs mfa"},
    {Need::phishing_resistant, "needs phishing-resistant mfa"},
    {Need::managed_device, "needs managed device"},
    {Need::mfa_or_managed_device, "needs mfa or managed device"},
    {Need::managed_app, "needs managed app"},
    {Need::password_change, "needs password change"},
};

// The privileged roles of the fact sheet.
constexpr std::string_view admin_roles[] = {
    "62e90394-69f5-4237-9190-012177145e10", "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "194ae4cb-b126-40b2-bd5b-6091b380977d", "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
    "29232cdf-9323-42fd-ade2-1d097af3e4de", "f28a1f50-f6e7-4571-818b-6a12f2af6b6c",
    "fe930be7-5e62-47db-91af-98c3a49a38b1", "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    "b0f54661-2d74-4c50-afa3-1ec803f12efe", "c4e39bd9-1100-46d3-8c65-fb160da0071f",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13", "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "158c047a-c907-4556-b7ef-446551a6b5f7", "966707d0-3269-4727-9be2-8c3a10f19b9d"};

// `group:Sales` is kind and name; a word alone has no kind.
struct Entry {
  std::string_view kind;
  std::string_view name;
};
Entry split(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {{}, text};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

tl::unexpected<Error> unknown(std::string_view text, std::string_view what,
                              std::string_view instead) {
  return fail(ErrorKind::invalid_argument, "`" + printable(text) + "` is no " + std::string(what) +
                                               ": " + std::string(instead));
}

Result<RoleId> find_role(std::string_view name) {
  if (parse_guid(name)) return RoleId::of(name);
  if (const auto id = well_known_role_id(name)) return RoleId::of(*id);
  return unknown(name, "role", "use the template's id or its English name");
}

Result<GroupId> find_group(std::string_view name, const Tenant& tenant) {
  if (parse_guid(name)) return GroupId::of(name);
  for (const Group& group : tenant.directory->groups()) {
    if (equal_ignoring_case(group.display_name, name)) return group.id;
  }
  if (tenant.directory->find_group(GroupId::of(name))) return GroupId::of(name);
  return unknown(name, "group here", "use its id, or give the directory, too");
}

Result<UserId> find_user(std::string_view name, const Tenant& tenant) {
  if (parse_guid(name)) return UserId::of(name);
  if (const auto user = tenant.directory->find_user_by_name(name)) return user->id;
  if (tenant.directory->find_user(UserId::of(name))) return UserId::of(name);
  return unknown(name, "user here", "use an id or a user principal name");
}

Result<ApplicationId> find_application(std::string_view name, const Tenant& tenant) {
  if (parse_guid(name)) return ApplicationId::of(name);
  if (const auto id = well_known_application_id(name)) return ApplicationId::of(*id);
  for (const auto& principal : tenant.directory->service_principals()) {
    if (equal_ignoring_case(principal.display_name, name)) return principal.app_id;
  }
  if (tenant.directory->find_service_principal_by_app(ApplicationId::of(name)) != nullptr) {
    return ApplicationId::of(name);
  }
  return unknown(name, "application here", "use its application id");
}

Result<const NamedLocation*> find_location(std::string_view name, const PolicySet& set) {
  for (const NamedLocation& location : set.named_locations) {
    if (equal_ignoring_case(location.display_name, name) || location.id == LocationId::of(name)) {
      return &location;
    }
  }
  return unknown(name, "named location", "use its display name or id");
}

// A part of a region and what must be told apart for it. `encoding` is null while only interests
// are asked for.
struct Reader {
  const Tenant& tenant;
  Interests* interests = nullptr;
  const Encoding* encoding = nullptr;

  const Universe& u() const { return encoding->universe(); }
  template <class Test>
  Bdd where(std::initializer_list<Question> questions, Test test) const {
    return encoding == nullptr ? Bdd() : u().where(questions, test);
  }
  Bdd held(std::optional<DimensionIndex> dimension) const {
    return dimension ? u().is(*dimension, 1) : Bdd();
  }

  Bdd role(RoleId id) const {
    if (encoding != nullptr) return held(u().role(id));
    interests->roles.push_back(id);
    return {};
  }

  Result<Bdd> who(std::string_view text) const {
    const auto [kind, name] = split(text);
    const Bdd people = encoding == nullptr ? Bdd() : !u().is(*u().find(Question::identity), 1);
    const auto types = [&](auto test) -> Bdd {
      return where({Question::user_type}, [&](const SignIn& s) { return test(s.user->type); }) &
             people;
    };
    if (kind == "role") {
      const auto id = find_role(name);
      return id ? Result<Bdd>(role(*id)) : tl::unexpected(id.error());
    }
    if (kind == "group") {
      const auto id = find_group(name, tenant);
      if (!id) return tl::unexpected(id.error());
      if (encoding != nullptr) return held(u().group(*id));
      interests->groups.push_back(*id);
      return Bdd();
    }
    if (kind == "user") {
      const auto id = find_user(name, tenant);
      if (!id) return tl::unexpected(id.error());
      if (encoding == nullptr) interests->users.push_back(*id);
      return where({Question::user}, [&](const SignIn& s) { return s.user->id == *id; });
    }
    if (text == "everyone") return people;
    if (text == "members") return types([](UserType t) { return t == UserType::member; });
    if (text == "guests") return types([](UserType t) { return t != UserType::member; });
    if (text == "administrators") {
      Bdd set;
      for (const auto id : admin_roles) set |= role(RoleId::of(id));
      return set;
    }
    if (text == "agent users") {
      if (encoding != nullptr) return held(u().find(Question::agent_user));
      interests->agents = true;
      return Bdd();
    }
    if (text == "workloads" || text == "agents") {
      const bool agents = text == "agents";
      return where({Question::identity, Question::service_principal}, [&](const SignIn& s) {
        if (s.identity != IdentityKind::service_principal) return false;
        const ServicePrincipal& p = **s.service_principal;
        return agents ? p.kind == ServicePrincipalKind::agent_identity
                      : p.kind == ServicePrincipalKind::application &&
                            p.in_scope_of_workload_policies;
      });
    }
    for (unsigned i = 0; i <= static_cast<unsigned>(UserType::service_provider); ++i) {
      const auto type = static_cast<UserType>(i);
      if (equal_ignoring_case(text, name_of(type))) {
        return types([type](UserType t) { return t == type; });
      }
    }
    return unknown(text, "kind of identity",
                   "use everyone, members, guests, administrators, workloads, agents, agent users, "
                   "a guest type, role:NAME, group:NAME or user:NAME");
  }

  Result<Bdd> what(std::string_view text) const {
    const auto [kind, name] = split(text);
    const auto action = [&](UserAction wanted) {
      return where({Question::target}, [&](const SignIn& s) {
        return s.target.kind == TargetKind::user_action && s.target.user_action == wanted;
      });
    };
    const auto suite = [&](const std::vector<ApplicationId> PolicySet::*member) {
      return where({Question::target}, [&](const SignIn& s) {
        if (s.target.kind != TargetKind::applications) return false;
        const auto& list = encoding->set().*member;
        return std::ranges::find(list, s.target.applications.front()) != list.end();
      });
    };
    if (text == "any application") {
      return where({Question::target},
                   [](const SignIn& s) { return s.target.kind == TargetKind::applications; });
    }
    if (text == "Office365") {
      if (encoding == nullptr) interests->office365 = true;
      return suite(&PolicySet::office365);
    }
    if (text == "MicrosoftAdminPortals") {
      if (encoding == nullptr) interests->admin_portals = true;
      return suite(&PolicySet::admin_portals);
    }
    if (text == "register security information") {
      return action(UserAction::register_security_info);
    }
    if (text == "register device") return action(UserAction::register_device);
    if (kind == "context") {
      const int number = name.size() >= 2 && (name[0] == 'c' || name[0] == 'C')
                             ? std::atoi(std::string(name.substr(1)).c_str())
                             : 0;
      if (number < 1 || number > 99) return unknown(name, "context", "use context:c1 to context:c99");
      const auto context = static_cast<std::uint8_t>(number);
      if (encoding == nullptr) interests->authentication_contexts.push_back(context);
      return where({Question::target}, [&](const SignIn& s) {
        return s.target.kind == TargetKind::authentication_context &&
               s.target.authentication_context == context;
      });
    }
    const auto id = find_application(text, tenant);
    if (!id) return tl::unexpected(id.error());
    if (encoding == nullptr) interests->applications.push_back(*id);
    return where({Question::target}, [&](const SignIn& s) {
      return s.target.kind == TargetKind::applications && s.target.applications.front() == *id;
    });
  }

  Result<Bdd> place(std::string_view text) const {
    const auto [kind, name] = split(text);
    if (text == "anywhere") return Bdd::all();
    if (text == "trusted" || text == "untrusted") {
      if (encoding == nullptr) {
        interests->trusted_locations = true;
        return Bdd();
      }
      LocationCondition trusted;
      trusted.include.all_trusted = true;
      const Bdd set = match_locations(u(), encoding->set(), trusted).possible();
      return text == "trusted" ? set : !set;
    }
    if (text == "unknown country") {
      return where({Question::country}, [](const SignIn& s) { return s.country.is_absent(); });
    }
    if (kind == "country") {
      const auto country = parse_country(name);
      if (!country) return unknown(name, "country", "use its two letters");
      if (encoding == nullptr) interests->countries.push_back(*country);
      return where({Question::country}, [&](const SignIn& s) { return s.country.is(*country); });
    }
    if (kind == "ip") {
      const auto range = parse_cidr(text.substr(3));
      if (!range) return unknown(name, "range of addresses", "write it as 192.0.2.0/24");
      if (encoding == nullptr) interests->addresses.push_back(*range);
      return where({Question::address},
                   [&](const SignIn& s) { return range->contains(*s.ip_address); });
    }
    if (kind == "location") {
      const auto location = find_location(name, tenant.policy_set);
      if (!location) return tl::unexpected(location.error());
      if (encoding == nullptr) {
        interests->locations.push_back((*location)->id);
        return Bdd();
      }
      LocationCondition condition;
      condition.include.locations = {(*location)->id};
      return match_locations(u(), encoding->set(), condition).possible();
    }
    return unknown(text, "place",
                   "use anywhere, trusted, untrusted, unknown country, country:XX, ip:RANGE or "
                   "location:NAME");
  }

  Result<Bdd> client(std::string_view text) const {
    const auto any_of = [&](std::initializer_list<ClientApp> apps) {
      return where({Question::client_app}, [&](const SignIn& s) {
        return s.client_app_type.is_known() &&
               std::find(apps.begin(), apps.end(), *s.client_app_type) != apps.end();
      });
    };
    using enum ClientApp;
    if (text == "modern") return any_of({browser, mobile_apps_and_desktop_clients});
    if (text == "legacy") return any_of({exchange_active_sync, eas_supported, other});
    if (text == "exchangeActiveSync") return any_of({exchange_active_sync, eas_supported});
    if (const auto one = parse_client_app(text)) return any_of({*one});
    return unknown(text, "client", "use modern, legacy, browser, mobileAppsAndDesktopClients, "
                                   "exchangeActiveSync or other");
  }

  Result<Bdd> platform(std::string_view text) const {
    const auto is = [&](Fact<Platform> wanted) {
      return where({Question::platform}, [&](const SignIn& s) {
        return wanted.is_absent() ? s.device_platform.is_absent() : s.device_platform.is(*wanted);
      });
    };
    if (text == "unknown") return is(Fact<Platform>::absent());
    if (const auto one = parse_platform(text)) return is(*one);
    return unknown(text, "platform", "use android, iOS, windows, macOS, linux or unknown");
  }

  Result<Bdd> flow(std::string_view text) const {
    const auto is = [&](TransferMethod wanted) {
      return where({Question::flow},
                   [&](const SignIn& s) { return s.authentication_flow.is(wanted); });
    };
    if (text == "ordinary") {
      return where({Question::flow},
                   [](const SignIn& s) { return !s.authentication_flow.is_known(); });
    }
    if (const auto one = parse_transfer_method(text); one && *one != TransferMethod::none) {
      return is(*one);
    }
    return unknown(text, "flow", "use ordinary, deviceCodeFlow or authenticationTransfer");
  }

  Result<Bdd> device(std::string_view text) const {
    if (encoding == nullptr) return Bdd();
    const Bdd registered = u().is(*u().find(Question::device), 1);
    const Bdd compliant = encoding->trait(Trait::compliant_device);
    const Bdd hybrid = encoding->trait(Trait::hybrid_joined_device);
    if (text == "registered") return registered;
    if (text == "unregistered") return !registered;
    if (text == "compliant") return compliant;
    if (text == "hybrid joined") return hybrid;
    if (text == "managed") return compliant | hybrid;
    if (text == "unmanaged") return !(compliant | hybrid);
    return unknown(text, "state of a device",
                   "use managed, unmanaged, compliant, hybrid joined, registered or unregistered");
  }

  Result<Bdd> proof(std::string_view text) const {
    if (encoding == nullptr) {
      if (text == "password" || text == "mfa" || text == "phishing-resistant mfa") return Bdd();
    } else {
      const Bdd nothing = encoding->nothing_proven();
      if (text == "password") return nothing;
      // Any one way of doing it, and nothing else.
      if (text == "mfa") return encoding->nothing_but_methods() & encoding->multifactor();
      if (text == "phishing-resistant mfa") {
        return encoding->nothing_but_methods() & encoding->phishing_resistant();
      }
    }
    return unknown(text, "proof", "use password, mfa or phishing-resistant mfa");
  }

  Result<Bdd> risk(Question question, std::string_view text) const {
    if (question == Question::insider_risk) {
      const auto level = parse_insider_risk_level(text);
      if (!level) return unknown(text, "risk", "use minor, moderate or elevated");
      return where({question},
                   [&](const SignIn& s) { return s.insider_risk_level.is(*level); });
    }
    const auto level = parse_risk_level(text);
    if (!level) return unknown(text, "risk", "use none, low, medium or high");
    return where({question}, [&](const SignIn& s) {
      switch (question) {
        case Question::user_risk: return s.user_risk_level.is(*level);
        case Question::service_principal_risk: return s.service_principal_risk_level.is(*level);
        case Question::agent_id_risk: return s.agent_id_risk_level.is(*level);
        default: return s.sign_in_risk_level.is(*level);
      }
    });
  }

  // Each list is the union of its entries; the region is what all lists have in common.
  Result<Bdd> region(const Expectation& e) const {
    Bdd region = Bdd::all();
    std::optional<Error> error;
    const auto narrow = [&](const std::vector<std::string>& list, auto read, bool away = false) {
      if (list.empty() || error) return;
      Bdd any;
      for (const std::string& text : list) {
        const Result<Bdd> one = read(text);
        if (!one) {
          error = one.error();
          return;
        }
        any |= *one;
      }
      if (away) {
        region -= any;
      } else {
        region &= any;
      }
    };
    narrow(e.who, [&](const std::string& t) { return who(t); });
    narrow(e.except, [&](const std::string& t) { return who(t); }, true);
    narrow(e.what, [&](const std::string& t) { return what(t); });
    narrow(e.where, [&](const std::string& t) { return place(t); });
    narrow(e.client, [&](const std::string& t) { return client(t); });
    narrow(e.platform, [&](const std::string& t) { return platform(t); });
    narrow(e.flow, [&](const std::string& t) { return flow(t); });
    narrow(e.device, [&](const std::string& t) { return device(t); });
    narrow(e.sign_in_risk, [&](const std::string& t) { return risk(Question::sign_in_risk, t); });
    narrow(e.user_risk, [&](const std::string& t) { return risk(Question::user_risk, t); });
    narrow(e.insider_risk, [&](const std::string& t) { return risk(Question::insider_risk, t); });
    narrow(e.workload_risk,
           [&](const std::string& t) { return risk(Question::service_principal_risk, t); });
    narrow(e.agent_risk, [&](const std::string& t) { return risk(Question::agent_id_risk, t); });
    narrow(e.with, [&](const std::string& t) { return proof(t); });
    if (error) return tl::unexpected(*error);
    return region;
  }
};

}  // namespace

std::string_view name_of(Need need) {
  for (const auto& [one, words] : needs) {
    if (one == need) return words;
  }
  return {};
}

std::optional<Need> parse_need(std::string_view text) {
  for (const auto& [need, words] : needs) {
    if (equal_ignoring_case(text, words)) return need;
  }
  return std::nullopt;
}

Result<void> add_interests(const Expectation& expectation, const Tenant& tenant, Interests& into) {
  const auto region = Reader{tenant, &into, nullptr}.region(expectation);
  if (!region) return tl::unexpected(region.error());
  return {};
}

Bdd unreal_region_of(const Expectation& expectation, const Encoding& encoding) {
  const auto region =
      Reader{encoding.universe().tenant(), nullptr, &encoding}.region(expectation);
  return region ? *region : Bdd();
}

Bdd region_of(const Expectation& expectation, const Encoding& encoding) {
  return unreal_region_of(expectation, encoding) & encoding.universe().reality();
}

Bdd proof_of(Need need, const Encoding& e) {
  const auto managed_device = [&] {
    return e.trait(Trait::compliant_device) | e.trait(Trait::hybrid_joined_device);
  };
  switch (need) {
    case Need::blocked:
    case Need::granted:
    case Need::reachable: break;
    case Need::mfa: return e.multifactor();
    case Need::phishing_resistant: return e.phishing_resistant();
    case Need::managed_device: return managed_device();
    case Need::mfa_or_managed_device: return e.multifactor() | managed_device();
    case Need::managed_app:
      return e.trait(Trait::approved_application) | e.trait(Trait::protected_application);
    case Need::password_change:
      return e.trait(Trait::password_changed) | e.trait(Trait::risk_remediated);
  }
  return {};
}

Bdd violations(Need need, const Encoding& e, const Bdd& region) {
  if (need == Need::granted) return region - e.granted(region);
  if (need == Need::reachable) return e.blocked(region);
  return e.granted(region - proof_of(need, e));
}

}  // namespace sallyport::proof
