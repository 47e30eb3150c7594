#include "analysis/proof/vocabulary.h"

#include <algorithm>

#include "base/text.h"
#include "directory/well_known.h"

namespace sallyport::proof {
namespace {

// The privileged roles of the fact sheet.
constexpr std::string_view admin_roles[] = {
    "62e90394-69f5-4237-9190-012177145e10", "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "194ae4cb-b126-40b2-bd5b-6091b380977d", "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
    "29232cdf-9323-42fd-ade2-1d097af3e4de", "f28a1f50-f6e7-4571-818b-6a12f2af6b6c",
    "fe930be7-5e62-47db-91af-98c3a49a38b1", "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    "b0f54661-2d74-4c50-afa3-1ec803f12efe", "c4e39bd9-1100-46d3-8c65-fb160da0071f",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13", "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "158c047a-c907-4556-b7ef-446551a6b5f7", "966707d0-3269-4727-9be2-8c3a10f19b9d"};

constexpr MadeUpWorkload nobodys_workloads[] = {
    {"other workload", "an application of ours"},
    {"multi-tenant workload", "an application of others"},
    {"managed identity", "a managed identity"},
    {"other agent", "an agent"},
};

}  // namespace

std::span<const MadeUpWorkload> made_up_workloads() { return nobodys_workloads; }

Word split_word(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {{}, text};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

tl::unexpected<Error> unknown_word(std::string_view text, std::string_view what,
                                   std::string_view instead) {
  return fail(ErrorKind::invalid_argument, "`" + printable(text) + "` is no " + std::string(what) +
                                               ": " + std::string(instead));
}

Result<RoleId> find_role(std::string_view name) {
  if (parse_guid(name)) return RoleId::of(name);
  if (const auto id = well_known_role_id(name)) return RoleId::of(*id);
  return unknown_word(name, "role", "use the template's id or its English name");
}

Result<GroupId> find_group(std::string_view name, const Tenant& tenant) {
  if (parse_guid(name)) return GroupId::of(name);
  for (const Group& group : tenant.directory->groups()) {
    if (equal_ignoring_case(group.display_name, name)) return group.id;
  }
  if (tenant.directory->find_group(GroupId::of(name))) return GroupId::of(name);
  return unknown_word(name, "group here", "use its id, or give the directory, too");
}

Result<UserId> find_user(std::string_view name, const Tenant& tenant) {
  if (parse_guid(name)) return UserId::of(name);
  if (const auto user = tenant.directory->find_user_by_name(name)) return user->id;
  if (tenant.directory->find_user(UserId::of(name))) return UserId::of(name);
  return unknown_word(name, "user here", "use an id or a user principal name");
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
  return unknown_word(name, "application here", "use its application id");
}

Bdd Vocabulary::role(RoleId id) const {
  if (!asks()) return held(u().role(id));
  interests_->roles.push_back(id);
  return {};
}

Result<Vocabulary::Set> Vocabulary::person(std::string_view kind, std::string_view name) const {
  if (kind == "role") {
    const auto id = find_role(name);
    return id ? Result<Set>(role(*id)) : tl::unexpected(id.error());
  }
  if (kind == "group") {
    const auto id = find_group(name, tenant_);
    if (!id) return tl::unexpected(id.error());
    if (asks()) interests_->groups.push_back(*id);
    return asks() ? Bdd() : held(u().group(*id));
  }
  if (kind == "home") {
    if (!parse_guid(name)) return unknown_word(name, "tenant", "use its id");
    const auto id = TenantId::of(name);
    if (asks()) interests_->tenants.push_back(id);
    return sign_ins({Question::home_tenant},
                    [&](const SignIn& s) { return s.user->home_tenant == id; });
  }
  const auto id = find_user(name, tenant_);
  if (!id) return tl::unexpected(id.error());
  if (asks()) interests_->users.push_back(*id);
  return sign_ins({Question::user}, [&](const SignIn& s) { return s.user->id == *id; });
}

Result<Vocabulary::Set> Vocabulary::workload(std::string_view kind, std::string_view name) const {
  const bool agent = kind == "agent";
  auto id = ServicePrincipalId::of(name);
  for (const MadeUpWorkload& one : nobodys_workloads) {
    if (kind == one.word) id = ServicePrincipalId::of(one.text);
  }
  if (asks()) interests_->service_principals.emplace_back(id, agent);
  return sign_ins({Question::identity, Question::service_principal}, [&](const SignIn& s) {
    return s.identity == IdentityKind::service_principal && (*s.service_principal)->id == id;
  });
}

Result<Vocabulary::Set> Vocabulary::who(std::string_view text) const {
  const auto [kind, name] = split_word(text);
  if (kind == "role" || kind == "group" || kind == "user" || kind == "home") {
    return person(kind, name);
  }
  if (kind == "workload" || kind == "agent") return workload(kind, name);
  const Bdd workloads = asks() ? Bdd() : u().is(*u().find(Question::identity), 1);
  const Bdd people = asks() ? Bdd() : !workloads;
  const auto types = [&](auto test) -> Bdd {
    return sign_ins({Question::user_type}, [&](const SignIn& s) { return test(s.user->type); }) &
           people;
  };
  if (text == "everyone") return people;
  if (text == "workload identities") return workloads;
  if (text == "members") return types([](UserType t) { return t == UserType::member; });
  if (text == "guests") return types([](UserType t) { return t != UserType::member; });
  if (text == "administrators") {
    Bdd set;
    for (const auto id : admin_roles) set |= role(RoleId::of(id));
    return set;
  }
  if (text == "agent users") {
    if (asks()) interests_->agents = true;
    return asks() ? Bdd() : held(u().find(Question::agent_user));
  }
  if (text == "in another group" || text == "in another role") {
    const bool group = text == "in another group";
    if (asks()) (group ? interests_->any_group : interests_->any_role) = true;
    return asks() ? Bdd() : held(u().find(group ? Question::any_group : Question::any_role));
  }
  if (text == "workloads" || text == "agents") {
    const bool agents = text == "agents";
    return sign_ins({Question::identity, Question::service_principal}, [&](const SignIn& s) {
      if (s.identity != IdentityKind::service_principal) return false;
      const ServicePrincipal& p = **s.service_principal;
      return agents ? p.kind == ServicePrincipalKind::agent_identity
                    : p.kind == ServicePrincipalKind::application &&
                          p.in_scope_of_workload_policies;
    });
  }
  for (const MadeUpWorkload& one : nobodys_workloads) {
    if (text == one.word) return workload(one.word, {});
  }
  for (unsigned i = 0; i <= static_cast<unsigned>(UserType::service_provider); ++i) {
    const auto type = static_cast<UserType>(i);
    if (equal_ignoring_case(text, name_of(type))) {
      return types([type](UserType t) { return t == type; });
    }
  }
  return unknown_word(text, "kind of identity",
                      "use everyone, members, guests, administrators, workloads, agents, agent "
                      "users, a guest type, role:NAME, group:NAME or user:NAME");
}

Result<Vocabulary::Set> Vocabulary::what(std::string_view text) const {
  const auto [kind, name] = split_word(text);
  const auto action = [&](UserAction wanted) {
    return sign_ins({Question::target}, [&](const SignIn& s) {
      return s.target.kind == TargetKind::user_action && s.target.user_action == wanted;
    });
  };
  const auto suite = [&](const std::vector<ApplicationId> PolicySet::*member) {
    return sign_ins({Question::target}, [&](const SignIn& s) {
      if (s.target.kind != TargetKind::applications) return false;
      const auto& list = encoding_->set().*member;
      return std::ranges::find(list, s.target.applications.front()) != list.end();
    });
  };
  const auto application = [&](ApplicationId id) {
    return sign_ins({Question::target}, [&](const SignIn& s) {
      return s.target.kind == TargetKind::applications && s.target.applications.front() == id;
    });
  };
  if (text == "any application") {
    return sign_ins({Question::target},
                    [](const SignIn& s) { return s.target.kind == TargetKind::applications; });
  }
  if (text == "other application") return application(nothing_in_particular());
  // Made up of the attributes that filters ask for (choices_what.cc); its name is its id.
  if (text.starts_with("an application with ")) {
    if (asks()) interests_->applications.push_back(ApplicationId::of(text));
    return application(ApplicationId::of(text));
  }
  if (text == "Office365") {
    if (asks()) interests_->office365 = true;
    return suite(&PolicySet::office365);
  }
  if (text == "MicrosoftAdminPortals") {
    if (asks()) interests_->admin_portals = true;
    return suite(&PolicySet::admin_portals);
  }
  if (text == "register security information") return action(UserAction::register_security_info);
  if (text == "register device") return action(UserAction::register_device);
  if (text == "recover account") return action(UserAction::account_recovery);
  if (kind == "context") {
    const int number = name.size() >= 2 && (name[0] == 'c' || name[0] == 'C')
                           ? std::atoi(std::string(name.substr(1)).c_str())
                           : 0;
    if (number < 1 || number > 99) {
      return unknown_word(name, "context", "use context:c1 to context:c99");
    }
    const auto context = static_cast<std::uint8_t>(number);
    if (asks()) interests_->authentication_contexts.push_back(context);
    return sign_ins({Question::target}, [&](const SignIn& s) {
      return s.target.kind == TargetKind::authentication_context &&
             s.target.authentication_context == context;
    });
  }
  const auto id = find_application(text, tenant_);
  if (!id) return tl::unexpected(id.error());
  if (asks()) interests_->applications.push_back(*id);
  return application(*id);
}

}  // namespace sallyport::proof
