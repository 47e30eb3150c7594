#include "directory/statements.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sallyport {
namespace {

using Editor = Directory::Editor;

StatedMembers members_of(const std::vector<Principal>& principals) {
  StatedMembers members;
  members.users.reserve(principals.size());
  for (const auto& principal : principals) {
    switch (principal.kind) {
      case Principal::Kind::user: members.users.push_back(UserId::of(principal.id)); break;
      case Principal::Kind::group: members.groups.push_back(GroupId::of(principal.id)); break;
      case Principal::Kind::unknown: members.either.push_back(guid_of_text(principal.id)); break;
      case Principal::Kind::other: break;
    }
  }
  return members;
}

template <class T>
void sort_once(std::vector<T>& list) {
  std::ranges::sort(list);
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

// What only the first of two sorted lists has.
template <class T>
std::vector<T> without(const std::vector<T>& list, const std::vector<T>& other) {
  std::vector<T> out;
  std::ranges::set_difference(list, other, std::back_inserter(out));
  return out;
}

template <class T>
bool contains(const std::vector<T>& list, const T& value) {
  return std::ranges::find(list, value) != list.end();
}

}  // namespace

GroupStatement statement_of(const GroupDocument& document) {
  return {document.id, document.display_name, members_of(document.members), document.member_of,
          document.roles};
}

RoleStatement statement_of(const RoleDocument& document) {
  return {document.id, document.display_name, members_of(document.members)};
}

bool Statements::take_structure_changed() { return std::exchange(structure_changed_, false); }

bool Statements::group_states(GroupId group, UserIndex user) const {
  const auto found = groups_.find(group);
  return found != groups_.end() && std::ranges::binary_search(found->second.users, user);
}

bool Statements::role_states(const Guid& holder, RoleId role) const {
  return holdings_.contains({holder, role});
}

// Puts the bare ids where they belong. False: one names a group that has no document, which may
// be gone when everything is read again.
bool Statements::resolve(StatedMembers& members, const Editor& editor) {
  bool documented = true;
  for (const auto& id : members.either) {
    const GroupId group{id};
    if (editor.has_group(group)) {
      documented = documented && groups_.contains(group);
      bare_groups_.insert(id);
      members.groups.push_back(group);
    } else {
      members.users.push_back(UserId{id});
    }
  }
  members.either.clear();
  return documented;
}

// A new group whose id is a user's may be what another document meant by that id.
bool Statements::is_free_for_a_group(GroupId id, const Editor& editor) {
  if (editor.has_group(id)) return true;
  structure_changed_ = true;
  return !editor.find_user(UserId{id.guid}).has_value();
}

void Statements::announce(const GroupStatement& group, Editor& editor) {
  const auto announce_all = [&](const std::vector<GroupId>& groups) {
    for (const auto id : groups) {
      if (!editor.has_group(id)) editor.put_group(id, {});
    }
  };
  announce_all(group.members.groups);
  announce_all(group.member_of);
}

void Statements::announce(const RoleStatement& role, Editor& editor) {
  for (const auto id : role.members.groups) {
    if (!editor.has_group(id)) editor.put_group(id, {});
  }
}

void Statements::settle() {
  ambiguous_ = !std::ranges::all_of(bare_groups_,
                                    [&](const Guid& id) { return groups_.contains(GroupId{id}); });
}

const Statements::GroupRecord& Statements::record(GroupStatement group, Editor& editor) {
  auto& members = group.members;
  resolve(members, editor);
  GroupRecord record;
  record.index = editor.put_group(group.id, group.display_name);
  record.users = editor.user_indexes(members.users);
  sort_once(record.users);
  record.inner = std::move(members.groups);
  sort_once(record.inner);
  record.outer = std::move(group.member_of);
  sort_once(record.outer);
  record.roles = std::move(group.roles);
  sort_once(record.roles);
  for (const auto inner : record.inner) editor.add_nested_group(group.id, inner);
  for (const auto outer : record.outer) editor.add_nested_group(outer, group.id);
  for (const auto role : record.roles) editor.assign_role(role, group.id);
  return groups_.insert_or_assign(group.id, std::move(record)).first->second;
}

void Statements::apply(std::vector<GroupStatement> groups, Editor& editor) {
  std::vector<Editor::Members> lists;
  lists.reserve(groups.size());
  for (auto& group : groups) {
    const auto& made = record(std::exchange(group, {}), editor);
    lists.push_back({made.index, made.users});
  }
  editor.add_members(lists);
}

Result<bool> Statements::put(const GroupStatement& group, Editor& editor,
                             const UserDocuments& users) {
  if (ambiguous_) return false;
  auto members = group.members;
  groups_.try_emplace(group.id);
  if (!is_free_for_a_group(group.id, editor) || !resolve(members, editor)) return false;
  const auto is_free = [&](GroupId id) { return is_free_for_a_group(id, editor); };
  if (!std::ranges::all_of(members.groups, is_free) ||
      !std::ranges::all_of(group.member_of, is_free)) {
    return false;
  }
  const auto before = std::exchange(groups_[group.id], {});
  auto resolved = group;
  resolved.members = std::move(members);
  const auto& now = record(std::move(resolved), editor);
  for (const auto user : now.users) editor.add_member(now.index, user);

  for (const auto inner : without(before.inner, now.inner)) {
    const auto other = groups_.find(inner);
    if (other != groups_.end() && contains(other->second.outer, group.id)) continue;
    editor.remove_nested_group(group.id, inner);
  }
  for (const auto outer : without(before.outer, now.outer)) {
    const auto other = groups_.find(outer);
    if (other != groups_.end() && contains(other->second.inner, group.id)) continue;
    editor.remove_nested_group(outer, group.id);
  }
  for (const auto role : without(before.roles, now.roles)) {
    if (!role_states(group.id.guid, role)) editor.revoke_role(role, group.id);
  }
  structure_changed_ = structure_changed_ || before.inner != now.inner ||
                       before.outer != now.outer || before.roles != now.roles;
  if (auto done = let_go(group.id, without(before.users, now.users), editor, users); !done) {
    return tl::unexpected<Error>(std::move(done.error()));
  }
  return true;
}

// The group's document names these users no longer.
Result<void> Statements::let_go(GroupId group, const std::vector<UserIndex>& users, Editor& editor,
                                const UserDocuments& documents) {
  for (const auto index : users) {
    const auto user = editor.user_id(index);
    const auto document = documents(user);
    if (!document) return tl::unexpected<Error>(document.error());
    if (*document && contains((*document)->groups, group)) continue;
    editor.remove_member(group, user);
    if (!*document) {
      if (auto done = forget_unless_stated(user, editor, documents); !done) return done;
    }
  }
  return {};
}

// A user without a document exists only as long as something names it.
Result<void> Statements::forget_unless_stated(UserId user, Editor& editor,
                                              const UserDocuments& documents) {
  const auto now = editor.find_user(user);
  if (!now || !now->groups.empty() || !now->roles.empty()) return {};
  const auto document = documents(user);
  if (!document) return tl::unexpected<Error>(document.error());
  if (!*document) editor.remove_user(user);
  return {};
}

Result<bool> Statements::remove(GroupId group, Editor& editor, const UserDocuments& users) {
  if (!groups_.contains(group)) return true;
  if (ambiguous_ || bare_groups_.contains(group.guid)) return false;
  const auto done = put(GroupStatement{group, {}, {}, {}, {}}, editor, users);
  groups_.erase(group);
  return done;
}

void Statements::apply(const std::string& document, RoleStatement role, Editor& editor) {
  editor.put_role(role.id, role.display_name);
  auto& members = role.members;
  resolve(members, editor);
  sort_once(members.users);
  sort_once(members.groups);
  RoleRecord record{role.id, std::move(members.users), std::move(members.groups)};
  state(record, editor);
  roles_.insert_or_assign(document, std::move(record));
}

void Statements::state(const RoleRecord& record, Editor& editor) {
  for (const auto user : record.users) {
    ++holdings_[{user.guid, record.role}];
    editor.assign_role(record.role, user);
  }
  for (const auto group : record.groups) {
    ++holdings_[{group.guid, record.role}];
    editor.assign_role(record.role, group);
  }
}

Result<bool> Statements::put(const std::string& document, const RoleStatement& role, Editor& editor,
                             const UserDocuments& users) {
  auto resolved = role;
  if (ambiguous_ || !resolve(resolved.members, editor)) return false;
  for (const auto group : resolved.members.groups) {
    if (!is_free_for_a_group(group, editor)) return false;
  }
  const auto known = roles_.find(document);
  const auto before = known == roles_.end() ? RoleRecord{role.id, {}, {}} : known->second;
  // First what holds now, so that nobody is forgotten who comes again.
  apply(document, std::move(resolved), editor);
  structure_changed_ =
      structure_changed_ || !before.groups.empty() || !roles_[document].groups.empty();
  if (auto done = withdraw(before, editor, users); !done) {
    return tl::unexpected<Error>(std::move(done.error()));
  }
  return true;
}

Result<void> Statements::withdraw(const RoleRecord& record, Editor& editor,
                                  const UserDocuments& documents) {
  const auto count_down = [&](const Guid& holder) {
    const auto held = holdings_.find({holder, record.role});
    if (--held->second == 0) holdings_.erase(held);
  };
  for (const auto group : record.groups) {
    count_down(group.guid);
    if (role_states(group.guid, record.role)) continue;
    const auto stated = groups_.find(group);
    if (stated != groups_.end() && contains(stated->second.roles, record.role)) continue;
    editor.revoke_role(record.role, group);
  }
  for (const auto user : record.users) {
    count_down(user.guid);
    if (role_states(user.guid, record.role)) continue;
    const auto document = documents(user);
    if (!document) return tl::unexpected<Error>(document.error());
    if (*document && contains((*document)->roles, record.role)) continue;
    editor.revoke_role(record.role, user);
    if (auto done = forget_unless_stated(user, editor, documents); !done) return done;
  }
  return {};
}

Result<bool> Statements::remove(const std::string& document, Editor& editor,
                                const UserDocuments& users) {
  const auto known = roles_.find(document);
  if (known == roles_.end()) return true;
  if (ambiguous_) return false;
  const auto before = std::move(known->second);
  roles_.erase(known);
  structure_changed_ = structure_changed_ || !before.groups.empty();
  if (auto done = withdraw(before, editor, users); !done) {
    return tl::unexpected<Error>(std::move(done.error()));
  }
  return true;
}

Result<bool> Statements::put(const Editor::User& user, Editor& editor) {
  const auto is_free = [&](GroupId id) { return is_free_for_a_group(id, editor); };
  if (ambiguous_ || !std::ranges::all_of(user.groups, is_free)) return false;
  auto now = user;
  if (const auto before = editor.find_user(user.id)) {
    const auto index = editor.user_index(user.id);
    for (const auto group : before->groups) {
      if (group_states(group, index)) now.groups.push_back(group);
    }
    for (const auto role : before->roles) {
      if (role_states(user.id.guid, role)) now.roles.push_back(role);
    }
  }
  editor.put_user(now);
  return true;
}

bool Statements::remove(UserId user, Editor& editor) {
  const auto before = editor.find_user(user);
  if (!before) return true;
  if (ambiguous_) return false;
  const auto index = editor.user_index(user);
  editor.remove_user(user);
  for (const auto group : before->groups) {
    if (group_states(group, index)) editor.add_member(group, user);
  }
  for (const auto role : before->roles) {
    if (role_states(user.guid, role)) editor.assign_role(role, user);
  }
  return true;
}

}  // namespace sallyport
