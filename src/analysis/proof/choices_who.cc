// Who: people by user id, type, home tenant, groups and roles; service principals; and which of
// their combinations there are.
#include <algorithm>

#include "analysis/proof/universe_builder.h"
#include "directory/well_known.h"
#include "engine/conditions/conditions.h"

namespace sallyport::proof {
namespace {

constexpr UserType user_types[] = {UserType::member,
                                   UserType::internal_guest,
                                   UserType::b2b_collaboration_guest,
                                   UserType::b2b_collaboration_member,
                                   UserType::b2b_direct_connect_user,
                                   UserType::other_external_user,
                                   UserType::service_provider};

bool has_home_elsewhere(UserType type) {
  return type != UserType::member && type != UserType::internal_guest;
}

// Comes without an object in the directory.
bool is_stranger(UserType type) {
  return type == UserType::b2b_direct_connect_user || type == UserType::other_external_user ||
         type == UserType::service_provider;
}

std::string words_for(UserType type) {
  switch (type) {
    case UserType::member: return "a member";
    case UserType::internal_guest: return "an internal guest";
    case UserType::b2b_collaboration_guest: return "a B2B collaboration guest";
    case UserType::b2b_collaboration_member: return "a B2B collaboration member";
    case UserType::b2b_direct_connect_user: return "a B2B direct connect user";
    case UserType::other_external_user: return "another external user";
    case UserType::service_provider: return "a service provider's user";
  }
  return "";
}

}  // namespace

// What policies name gets an entry in the directory, so that a sign-in can hold it.
void UniverseBuilder::prepare_directory() {
  each_principal_list([&](const PrincipalLists& lists) {
    users_.insert(lists.users.begin(), lists.users.end());
    groups_.insert(lists.groups.begin(), lists.groups.end());
    roles_.insert(lists.roles.begin(), lists.roles.end());
    for (const auto& guests : lists.guests) {
      tenants_.insert(guests.tenants.begin(), guests.tenants.end());
    }
    any_group_ |= lists.all_groups;
    any_role_ |= lists.all_roles;
    agent_users_ |= lists.all_agent_users;
  });
  users_.insert(interests_.users.begin(), interests_.users.end());
  groups_.insert(interests_.groups.begin(), interests_.groups.end());
  roles_.insert(interests_.roles.begin(), interests_.roles.end());
  agent_users_ |= interests_.agents;
  any_group_ |= interests_.any_group;
  any_role_ |= interests_.any_role;
  tenants_.insert(interests_.tenants.begin(), interests_.tenants.end());
  u_.has_people_ = u_.tenant_.directory->user_count() > 0;

  Directory::Editor editor(u_.tenant_.directory);
  for (const GroupId id : groups_) {
    if (!editor.has_group(id)) editor.put_group(id, {});
  }
  for (const RoleId id : roles_) {
    if (!u_.tenant_.directory->find_role(id)) {
      editor.put_role(id, std::string(well_known_name(to_string(id))));
    }
  }
  if (any_group_) editor.put_group(GroupId::of("a group that no policy names"), "another group");
  if (any_role_) editor.put_role(RoleId::of("a role that no policy names"), "another role");
  u_.directory_ = std::move(editor).build();
}

void UniverseBuilder::add_identity() {
  add_yes_no(Question::identity, key_of(Question::identity), {}, "a person", "a workload identity",
             [](Draft& d) { d.sign_in.identity = IdentityKind::service_principal; });
}

std::vector<int> UniverseBuilder::signature_of_principal(const ServicePrincipal& principal) const {
  std::vector<int> signature{static_cast<int>(principal.kind),
                             principal.in_scope_of_workload_policies ? 1 : 0};
  SignIn sign_in = sign_in_with_nothing_else();
  sign_in.identity = IdentityKind::service_principal;
  sign_in.service_principal = &principal;
  const Memberships nobody;
  each_policy([&](const PolicySet&, const Policy& policy) {
    if (!policy.conditions.client_applications) return;
    signature.push_back(static_cast<int>(
        test_client_applications(*policy.conditions.client_applications, {sign_in, nobody, {}, {}})
            .match()));
  });
  for (const auto& [id, agent] : interests_.service_principals) {
    signature.push_back(principal.id == id ? 1 : 0);
  }
  return signature;
}

void UniverseBuilder::add_service_principals() {
  std::vector<Candidate> candidates;
  const auto consider = [&](ServicePrincipal principal, std::string words) {
    auto owned = std::make_shared<const ServicePrincipal>(std::move(principal));
    u_.made_up_.push_back(owned);
    candidates.push_back(
        {{std::move(words), [p = owned.get()](Draft& d) { d.service_principal = p; }},
         signature_of_principal(*owned)});
  };
  const auto made_up = [](ServicePrincipalId id, ServicePrincipalKind kind, bool ours) {
    ServicePrincipal principal;
    principal.id = id;
    principal.kind = kind;
    principal.in_scope_of_workload_policies = ours;
    return principal;
  };
  const auto nobody = [](const char* text) { return ServicePrincipalId::of(text); };
  using Kind = ServicePrincipalKind;
  consider(made_up(nobody("an application of ours"), Kind::application, true),
           "an application of this tenant");
  consider(made_up(nobody("an application of others"), Kind::application, false),
           "a multi-tenant application");
  consider(made_up(nobody("a managed identity"), Kind::managed_identity, false),
           "a managed identity");
  consider(made_up(nobody("an agent"), Kind::agent_identity, false), "an agent identity");
  std::map<ServicePrincipalId, Kind> named;
  for (const auto& [id, agent] : interests_.service_principals) {
    const ServicePrincipalId wanted = id;
    const bool known = std::ranges::any_of(candidates, [&](const Candidate& c) {
      Draft draft;
      c.first.put(draft);
      return draft.service_principal->id == wanted;
    });
    if (!known) named.emplace(id, agent ? Kind::agent_identity : Kind::application);
  }
  each_policy([&](const PolicySet&, const Policy& policy) {
    if (!policy.conditions.client_applications) return;
    for (const auto* side : {&policy.conditions.client_applications->include,
                             &policy.conditions.client_applications->exclude}) {
      for (const auto id : side->service_principals) named.emplace(id, Kind::application);
      for (const auto id : side->agents) named.emplace(id, Kind::agent_identity);
    }
  });
  for (const auto& [id, kind] : named) {
    const auto* known = u_.tenant_.directory->find_service_principal(id);
    if (known != nullptr) continue;
    consider(made_up(id, kind, kind == Kind::application),
             name_of_id(id.guid, "service principal"));
  }
  std::vector<const ServicePrincipal*> known;
  for (const auto& principal : u_.tenant_.directory->service_principals()) {
    known.push_back(&principal);
  }
  std::ranges::sort(known, {}, [](const ServicePrincipal* p) { return p->id; });
  for (const auto* principal : known) consider(*principal, principal->display_name);
  add(Question::service_principal, key_of(Question::service_principal), {},
      merge(std::move(candidates)));
}

void UniverseBuilder::add_people_dimensions() {
  std::vector<Choice> types;
  for (const UserType type : user_types) {
    types.push_back({words_for(type), [type](Draft& d) { d.user.type = type; }});
  }
  add(Question::user_type, key_of(Question::user_type), {}, std::move(types));
  if (!tenants_.empty()) {
    std::vector<Choice> homes{{"from a tenant no policy names", [](Draft& d) {
                                 if (has_home_elsewhere(d.user.type)) {
                                   d.user.home_tenant = nowhere_in_particular();
                                 }
                               }}};
    for (const TenantId id : tenants_) {
      homes.push_back(
          {"from tenant " + name_of_id(id.guid), [id](Draft& d) { d.user.home_tenant = id; }});
    }
    add(Question::home_tenant, key_of(Question::home_tenant), {}, std::move(homes));
  }
  if (agent_users_) {
    add_yes_no(
        Question::agent_user, key_of(Question::agent_user), {}, "a human being",
        "an agent's user account", [](Draft& d) { d.user.agent_user = true; }, 4);
  }
  const auto& directory = *u_.directory_;
  const auto role = [&](Question question, const std::string& key, RoleId id, unsigned weight) {
    const auto index = *directory.find_role(id);
    const std::string name = name_of_id(id.guid, "role");
    add_yes_no(
        question, key, name, "without role " + name, name,
        [index](Draft& d) { d.roles.push_back(index); }, weight);
  };
  const auto group = [&](Question question, const std::string& key, GroupId id, unsigned weight) {
    const auto index = *directory.find_group(id);
    const std::string name = name_of_id(id.guid, "group");
    add_yes_no(
        question, key, name, "not in " + name, name,
        [index](Draft& d) { d.groups.push_back(index); }, weight);
  };
  for (const RoleId id : roles_) role(Question::role, key_of(Question::role, to_string(id)), id, 3);
  if (any_role_) {
    role(Question::any_role, key_of(Question::any_role), RoleId::of("a role that no policy names"),
         3);
  }
  for (const GroupId id : groups_) {
    group(Question::group, key_of(Question::group, to_string(id)), id, 3);
  }
  if (any_group_) {
    group(Question::any_group, key_of(Question::any_group),
          GroupId::of("a group that no policy names"), 2);
  }
  std::vector<Choice> users{{"somebody no policy names", [](Draft&) {}}};
  for (const UserId id : users_) {
    users.push_back({name_of_id(id.guid, "user"),
                     [id, name = u_.tenant_.names.label(to_string(id))](Draft& d) {
                       d.user.id = id;
                       d.user_name = name;
                     }});
  }
  add(Question::user, key_of(Question::user), {}, std::move(users), 4);
}

// Without a directory: what is impossible for anybody.
void UniverseBuilder::constrain_people() {
  const auto types = *u_.find(Question::user_type);
  Bdd from_elsewhere;
  for (ChoiceIndex i = 0; i < std::size(user_types); ++i) {
    if (has_home_elsewhere(user_types[i])) from_elsewhere |= u_.is(types, i);
  }
  require(from_elsewhere |
          (u_.is_plain(Question::home_tenant) & u_.is_plain(Question::trust_mfa) &
           u_.is_plain(Question::trust_compliant) & u_.is_plain(Question::trust_hybrid_joined)));
  if (u_.has_people_) return classify_people();
  // Nested groups, and roles that groups hold.
  const auto& directory = *u_.directory_;
  for (const GroupId id : groups_) {
    const GroupIndex inner[] = {*directory.find_group(id)};
    UserView member;
    member.groups = inner;
    Memberships in;
    in.walk(directory, member);
    const Bdd has = u_.is(*u_.group(id), 1);
    for (const GroupId outer : groups_) {
      if (outer != id && in.groups.contains(*directory.find_group(outer))) {
        require(u_.is(*u_.group(outer), 1) | !has);
      }
    }
    for (const RoleId role : roles_) {
      if (in.roles.contains(*directory.find_role(role))) require(u_.is(*u_.role(role), 1) | !has);
    }
  }
}

// With one: the users there are, by class, and strangers who need no object in it.
void UniverseBuilder::classify_people() {
  const auto& directory = *u_.directory_;
  struct Asked {
    DimensionIndex dimension;
    std::uint32_t index;
  };
  std::vector<Asked> groups, roles;
  for (const GroupId id : groups_) groups.push_back({*u_.group(id), *directory.find_group(id)});
  for (const RoleId id : roles_) roles.push_back({*u_.role(id), *directory.find_role(id)});
  const auto types = *u_.find(Question::user_type);
  const auto homes = u_.find(Question::home_tenant);
  const auto agents = u_.find(Question::agent_user);
  const auto users = *u_.find(Question::user);
  const auto place = [](const auto& set, const auto& id) {
    const auto at = set.find(id);
    return at == set.end() ? ChoiceIndex{0}
                           : static_cast<ChoiceIndex>(std::distance(set.begin(), at) + 1);
  };

  std::map<ClassKey, PeopleClass> classes;
  Memberships in;
  ClassKey key;
  directory.each_user([&](const UserView& user) {
    in.walk(directory, user);
    key.clear();
    const auto take = [&](std::optional<DimensionIndex> dimension, ChoiceIndex choice) {
      if (dimension && choice != 0) key.emplace_back(*dimension, choice);
    };
    take(types, static_cast<ChoiceIndex>(std::ranges::find(user_types, user.type) -
                                         std::begin(user_types)));
    if (has_home_elsewhere(user.type)) take(homes, place(tenants_, user.home_tenant));
    take(agents, user.agent_user ? 1 : 0);
    for (const auto& [dimension, index] : roles) take(dimension, in.roles.contains(index) ? 1 : 0);
    for (const auto& [dimension, index] : groups) {
      take(dimension, in.groups.contains(index) ? 1 : 0);
    }
    take(u_.find(Question::any_role), in.any_role ? 1 : 0);
    take(u_.find(Question::any_group), in.any_group ? 1 : 0);
    take(users, place(users_, user.id));
    auto& people = classes[key];
    ++people.count;
    constexpr std::size_t examples_kept = 3;
    const auto at = std::ranges::lower_bound(people.examples, user.id);
    if (people.examples.size() < examples_kept || at != people.examples.end()) {
      people.examples.insert(at, user.id);
      if (people.examples.size() > examples_kept) people.examples.pop_back();
    }
  });
  constrain_to(classes);
}

// Somebody of one of the classes, a stranger or a workload.
void UniverseBuilder::constrain_to(std::map<ClassKey, PeopleClass>& classes) {
  std::vector<DimensionIndex> about_people;
  for (DimensionIndex i = 0; i < u_.dimensions().size(); ++i) {
    if (is_about_people(u_.dimensions()[i].question)) about_people.push_back(i);
  }
  const auto types = *u_.find(Question::user_type);
  const auto homes = u_.find(Question::home_tenant);
  std::ranges::sort(about_people, std::greater<>());  // last variables first: diagrams grow upwards

  // Balanced, so that a thousand classes do not make a thousand intermediate diagrams.
  std::vector<Bdd> sets;
  for (auto& [choices, people] : classes) {
    Bdd set = Bdd::all();
    for (const DimensionIndex dimension : about_people) {
      const auto at =
          std::ranges::find(choices, dimension, &std::pair<DimensionIndex, ChoiceIndex>::first);
      set &= u_.is(dimension, at == choices.end() ? ChoiceIndex{0} : at->second);
    }
    sets.push_back(set);
    people.choices = choices;
    u_.people_.push_back(std::move(people));
  }
  Bdd stranger = Bdd::all();
  for (const DimensionIndex dimension : about_people) {
    if (dimension == types) {
      Bdd some;
      for (ChoiceIndex i = 0; i < std::size(user_types); ++i) {
        if (is_stranger(user_types[i])) some |= u_.is(types, i);
      }
      stranger &= some;
    } else if (homes != dimension) {
      stranger &= u_.is(dimension, 0);
    }
  }
  sets.push_back(stranger);
  Bdd workload = u_.is(*u_.find(Question::identity), 1);
  for (std::size_t step = 1; step < sets.size(); step *= 2) {
    for (std::size_t i = 0; i + step < sets.size(); i += 2 * step) sets[i] |= sets[i + step];
  }
  require(sets.front() | workload);
}

}  // namespace sallyport::proof
