#include "service/prospective_tenant.h"

#include <algorithm>
#include <set>

#include "service/configuration.h"

namespace sallyport {
namespace {

template <class Id>
bool holds(const std::vector<Id>& list, const Id& one) {
  return std::ranges::find(list, one) != list.end();
}

bool lists(const std::vector<Principal>& members, const Guid& id) {
  return std::ranges::any_of(members,
                             [&](const Principal& one) { return guid_of_text(one.id) == id; });
}

Result<PolicySet> read_configuration(DocumentKind kind, const Write& place,
                                     const std::string& text) {
  Configuration alone;
  if (auto put = alone.put(kind, {place.kind, place.id, text, 1}); !put) {
    return tl::unexpected<Error>(put.error());
  }
  auto whole = alone.whole();
  if (!whole) return tl::unexpected<Error>(whole.error());
  return std::move(whole->policy_set);
}

PolicySet called(std::string_view id) {
  PolicySet out;
  out.policies.emplace_back().id = PolicyId::of(id);
  out.named_locations.emplace_back().id = LocationId::of(id);
  out.authentication_strengths.emplace_back().id = StrengthId::of(id);
  return out;
}

template <class T>
void take_out(std::vector<T>& from, const std::vector<T>& gone) {
  std::erase_if(from, [&](const T& one) {
    return std::ranges::any_of(gone, [&](const T& other) { return other.id == one.id; });
  });
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

// Nothing of what is not there, or of an assignment that does not count.
Result<std::optional<RoleDocument>> read_role(DocumentKind kind, const json::Document& text) {
  if (kind == DocumentKind::role_assignment) return read_role_assignment(text.root()).value;
  return std::optional<RoleDocument>(read_directory_role(text.root()).value);
}

}  // namespace

ProspectiveTenant::ProspectiveTenant(Store& store, const TenantState& tenant,
                                     std::span<const UserId> accounts)
    : store_(store),
      tenant_(tenant),
      order_(accounts.begin(), accounts.end()),
      policy_set_(tenant.program->policies()) {
  const Directory& directory = *tenant.directory;
  for (const UserId id : order_) {
    Own& own = own_[id];
    own.who.id = id;
    own.who.name = to_string(id);
    const auto user = directory.find_user(id);
    if (!user) continue;
    own.can_sign_in = user->enabled;
    if (!user->name.empty()) own.who.name = user->name;
    own.who.type = user->type;
    own.who.home_tenant = user->home_tenant;
    own.who.agent_user = user->agent_user;
    for (const GroupIndex group : user->groups) {
      own.who.groups.push_back(directory.groups()[group].id);
    }
    for (const RoleIndex role : user->roles) own.who.roles.push_back(directory.roles()[role].id);
  }
}

Result<std::optional<std::string>> ProspectiveTenant::text_of(std::string_view kind,
                                                              const std::string& id) const {
  const auto written = written_.find({std::string(kind), id});
  if (written != written_.end()) return *written->second;
  auto stored = store_.get(kind, id);
  if (stored) return std::optional<std::string>(std::move(stored->json));
  if (stored.error().kind != ErrorKind::not_found) return tl::unexpected<Error>(stored.error());
  return std::optional<std::string>();
}

Result<std::optional<ProspectiveTenant::Read<GroupDocument>>> ProspectiveTenant::group_document(
    GroupId id) const {
  using Found = std::optional<Read<GroupDocument>>;
  const auto text = text_of("group", to_string(id));
  if (!text) return tl::unexpected<Error>(text.error());
  if (!*text) return Found();
  auto parsed = json::parse(**text);
  if (!parsed) return tl::unexpected<Error>(parsed.error());
  Found found(Read<GroupDocument>{std::move(*parsed), {}});
  found->value = read_group(found->text.root()).value;
  return found;
}

Result<bool> ProspectiveTenant::user_states(UserId user, GroupId group) const {
  const auto text = text_of("user", to_string(user));
  if (!text) return tl::unexpected<Error>(text.error());
  if (!*text) return false;
  const auto parsed = json::parse(**text);
  if (!parsed) return tl::unexpected<Error>(parsed.error());
  return holds(read_user(parsed->root()).value.user.groups, group);
}

Result<bool> ProspectiveTenant::group_lists(GroupId group, const Guid& member) const {
  const auto document = group_document(group);
  if (!document) return tl::unexpected<Error>(document.error());
  return *document && lists((*document)->value.members, member);
}

Result<bool> ProspectiveTenant::is_nested_by_itself(GroupId inner, GroupId outer) const {
  const auto document = group_document(inner);
  if (!document) return tl::unexpected<Error>(document.error());
  return *document && holds((*document)->value.member_of, outer);
}

bool ProspectiveTenant::is_group(const Principal& principal) const {
  if (principal.kind == Principal::Kind::group) return true;
  if (principal.kind != Principal::Kind::unknown) return false;
  const auto id = GroupId::of(principal.id);
  return tenant_.directory->find_group(id) || written_.contains({"group", to_string(id)});
}

const ProspectiveTenant::Inside& ProspectiveTenant::inside(GroupId id) const {
  const auto [at, added] = groups_.try_emplace(id);
  const Directory& directory = *tenant_.directory;
  const auto index = added ? directory.find_group(id) : std::nullopt;
  if (index) {
    const Group& group = directory.groups()[*index];
    for (const GroupIndex outer : group.member_of) {
      at->second.outer.push_back(directory.groups()[outer].id);
    }
    for (const RoleIndex role : group.roles) {
      at->second.roles.push_back(directory.roles()[role].id);
    }
  }
  return at->second;
}

ProspectiveTenant::Inside& ProspectiveTenant::edited(GroupId id) {
  std::ignore = inside(id);
  return groups_.at(id);
}

template <class T>
void ProspectiveTenant::set(std::vector<T>& list, const T& one, bool in) {
  const bool was = holds(list, one);
  if (was == in) return;
  changed_ = true;
  if (in) {
    list.push_back(one);
  } else {
    std::erase(list, one);
  }
}

// Of an import most documents are other people's.
bool ProspectiveTenant::matters(DocumentKind kind, const Write& write) const {
  if (kind == DocumentKind::user) return own_.contains(UserId::of(write.id));
  return is_configuration(kind) || kind == DocumentKind::group ||
         kind == DocumentKind::directory_role || kind == DocumentKind::role_assignment;
}

Result<void> ProspectiveTenant::apply(DocumentKind kind, const Write& write,
                                      const std::optional<std::string>& before) {
  if (is_configuration(kind)) return apply_configuration(kind, write, before);
  if (kind == DocumentKind::user) return apply_user(write, before);
  if (kind == DocumentKind::group) return apply_group(write, before);
  return apply_role(kind, write, before);
}

Result<void> ProspectiveTenant::apply(std::span<const Write> writes) {
  // The texts of all of them first: what a document states is asked of its newest.
  struct Changed {
    DocumentKind kind;
    const Write* write;
    std::optional<std::string> before;
  };
  std::vector<Changed> all;
  for (const Write& write : writes) {
    const auto kind = parse_document_kind(write.kind);
    if (!kind || !matters(*kind, write)) continue;
    auto text = text_of(write.kind, write.id);
    if (!text) return tl::unexpected<Error>(text.error());
    all.push_back({*kind, &write, std::move(*text)});
  }
  for (const Changed& one : all) {
    written_[{one.write->kind, one.write->id}] = &one.write->json;
  }
  for (const Changed& one : all) {
    if (auto done = apply(one.kind, *one.write, one.before); !done) return done;
  }
  return {};
}

Result<void> ProspectiveTenant::apply_configuration(DocumentKind kind, const Write& write,
                                                    const std::optional<std::string>& before) {
  changed_ = true;
  if (before) {
    auto was = read_configuration(kind, write, *before);
    if (!was) was = called(write.id);  // damaged, and about to be repaired
    take_out(policy_set_.policies, was->policies);
    take_out(policy_set_.named_locations, was->named_locations);
    take_out(policy_set_.authentication_strengths, was->authentication_strengths);
    for (const auto context : was->authentication_contexts) {
      std::erase(policy_set_.authentication_contexts, context);
    }
  }
  auto is = write.json ? read_configuration(kind, write, *write.json)
                       : Result<PolicySet>(empty_policy_set());
  if (!is) return tl::unexpected<Error>(is.error());
  append(policy_set_.policies, is->policies);
  append(policy_set_.named_locations, is->named_locations);
  append(policy_set_.authentication_strengths, is->authentication_strengths);
  append(policy_set_.authentication_contexts, is->authentication_contexts);
  if (kind != DocumentKind::settings) return {};
  policy_set_.mfa_trusted_ips = std::move(is->mfa_trusted_ips);
  policy_set_.office365 = std::move(is->office365);
  policy_set_.admin_portals = std::move(is->admin_portals);
  policy_set_.break_glass = std::move(is->break_glass);
  return {};
}

Result<void> ProspectiveTenant::apply_user(const Write& write,
                                           const std::optional<std::string>& before) {
  const auto at = own_.find(UserId::of(write.id));
  if (at == own_.end()) return {};
  Own& own = at->second;
  std::set<GroupId> groups;
  std::set<RoleId> roles;
  Directory::Editor::User now;
  for (const auto* text : {&before, &write.json}) {
    if (!*text) continue;
    const auto parsed = json::parse(**text);
    if (!parsed) return tl::unexpected<Error>(parsed.error());
    const auto user = read_user(parsed->root()).value.user;
    groups.insert(user.groups.begin(), user.groups.end());
    roles.insert(user.roles.begin(), user.roles.end());
    if (text == &write.json) now = user;
  }
  const bool can_sign_in = write.json.has_value() && now.enabled;
  changed_ = changed_ || own.can_sign_in != can_sign_in || own.who.type != now.type ||
             own.who.home_tenant != now.home_tenant || own.who.agent_user != now.agent_user;
  own.can_sign_in = can_sign_in;
  own.who.type = now.type;
  own.who.home_tenant = now.home_tenant;
  own.who.agent_user = now.agent_user;
  if (!now.name.empty()) own.who.name = now.name;
  for (const GroupId group : groups) {
    const auto listed = group_lists(group, own.who.id.guid);
    if (!listed) return tl::unexpected<Error>(listed.error());
    set(own.who.groups, group, *listed || holds(now.groups, group));
  }
  for (const RoleId role : roles) set(own.who.roles, role, holds(now.roles, role));
  return {};
}

Result<void> ProspectiveTenant::apply_group(const Write& write,
                                            const std::optional<std::string>& before) {
  const auto id = GroupId::of(write.id);
  std::optional<json::Document> texts[2];
  GroupDocument was, is;
  for (const int i : {0, 1}) {
    const auto& text = i == 0 ? before : write.json;
    if (!text) continue;
    auto parsed = json::parse(*text);
    if (!parsed) return tl::unexpected<Error>(parsed.error());
    texts[i] = std::move(*parsed);
    (i == 0 ? was : is) = read_group(texts[i]->root()).value;
  }
  std::set<GroupId> inner;
  for (const auto* members : {&was.members, &is.members}) {
    for (const Principal& one : *members) {
      const auto user = own_.find(UserId::of(one.id));
      if (user != own_.end()) {
        const auto stated = user_states(user->first, id);
        if (!stated) return tl::unexpected<Error>(stated.error());
        set(user->second.who.groups, id, *stated || lists(is.members, user->first.guid));
      } else if (is_group(one)) {
        inner.insert(GroupId::of(one.id));
      }
    }
  }
  for (const GroupId one : inner) {
    const auto stated = is_nested_by_itself(one, id);
    if (!stated) return tl::unexpected<Error>(stated.error());
    set(edited(one).outer, id, *stated || lists(is.members, one.guid));
  }
  std::set<GroupId> outer(was.member_of.begin(), was.member_of.end());
  outer.insert(is.member_of.begin(), is.member_of.end());
  for (const GroupId one : outer) {
    const auto listed = group_lists(one, id.guid);
    if (!listed) return tl::unexpected<Error>(listed.error());
    set(edited(id).outer, one, *listed || holds(is.member_of, one));
  }
  std::set<RoleId> roles(was.roles.begin(), was.roles.end());
  roles.insert(is.roles.begin(), is.roles.end());
  for (const RoleId role : roles) set(edited(id).roles, role, holds(is.roles, role));
  return {};
}

Result<void> ProspectiveTenant::apply_role(DocumentKind kind, const Write& write,
                                           const std::optional<std::string>& before) {
  for (const bool now : {false, true}) {
    const auto& text = now ? write.json : before;
    if (!text) continue;
    const auto parsed = json::parse(*text);
    if (!parsed) return tl::unexpected<Error>(parsed.error());
    const auto role = read_role(kind, *parsed);
    if (!role) return tl::unexpected<Error>(role.error());
    if (!*role) continue;
    for (const Principal& one : (*role)->members) {
      const auto user = own_.find(UserId::of(one.id));
      if (user != own_.end()) {
        set(user->second.who.roles, (*role)->id, now);
      } else if (is_group(one)) {
        set(edited(GroupId::of(one.id)).roles, (*role)->id, now);
      }
    }
  }
  return {};
}

std::vector<proof::Account> ProspectiveTenant::accounts() const {
  std::vector<proof::Account> out;
  for (const UserId id : order_) {
    proof::Account account = own_.at(id).who;
    std::set<GroupId> groups;
    std::set<RoleId> roles(account.roles.begin(), account.roles.end());
    std::vector<GroupId> queue = account.groups;
    while (!queue.empty()) {
      const GroupId next = queue.back();
      queue.pop_back();
      if (!groups.insert(next).second) continue;
      const Inside& more = inside(next);
      queue.insert(queue.end(), more.outer.begin(), more.outer.end());
      roles.insert(more.roles.begin(), more.roles.end());
    }
    // Without a directory nobody says so, but that is what such accounts are.
    const bool told = tenant_.has_directory || own_.at(id).can_sign_in;
    if (!told) roles.insert(proof::policy_administrators().front());
    account.groups.assign(groups.begin(), groups.end());
    account.roles.assign(roles.begin(), roles.end());
    out.push_back(std::move(account));
  }
  return out;
}

}  // namespace sallyport
