// The directory: snapshots, the edits between them, and a plain oracle that must agree.
#include "directory/directory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>

#include "base/text.h"

namespace sallyport {
namespace {

UserId user_id(unsigned n) { return UserId{{0x1000, n}}; }
GroupId group_id(unsigned n) { return GroupId{{0x2000, n}}; }
RoleId role_id(unsigned n) { return RoleId{{0x3000, n}}; }

Directory::Editor::User user(unsigned n, std::string name, std::vector<GroupId> groups = {}) {
  Directory::Editor::User made;
  made.id = user_id(n);
  made.name = std::move(name);
  made.groups = std::move(groups);
  return made;
}

std::set<GroupId> groups_of(const Directory& directory, UserId id) {
  std::set<GroupId> ids;
  const auto view = directory.find_user(id);
  if (!view) return ids;
  for (const auto index : view->groups) ids.insert(directory.groups()[index].id);
  return ids;
}

TEST(Directory, an_empty_one_holds_nobody) {
  const Directory directory;
  EXPECT_EQ(directory.user_count(), 0U);
  EXPECT_FALSE(directory.find_user(user_id(1)).has_value());
  EXPECT_FALSE(directory.find_user_by_name("alice").has_value());
  EXPECT_FALSE(directory.find_group(group_id(1)).has_value());
  EXPECT_FALSE(directory.find_role(role_id(1)).has_value());
  EXPECT_EQ(directory.find_service_principal_by_app(ApplicationId{}), nullptr);
}

TEST(Directory, a_user_has_what_was_put) {
  Directory::Editor editor;
  auto guest = user(1, "guest@example.org", {group_id(2), group_id(1), group_id(2)});
  guest.type = UserType::b2b_collaboration_guest;
  guest.home_tenant = TenantId{{7, 7}};
  guest.agent_user = true;
  guest.enabled = false;
  guest.roles = {role_id(1)};
  editor.put_user(guest);
  const auto directory = std::move(editor).build();

  const auto view = directory->find_user(user_id(1));
  ASSERT_TRUE(view.has_value());
  EXPECT_EQ(view->name, "guest@example.org");
  EXPECT_EQ(view->type, UserType::b2b_collaboration_guest);
  EXPECT_TRUE(view->type_known);
  EXPECT_TRUE(view->agent_user);
  EXPECT_FALSE(view->enabled);
  EXPECT_EQ(view->home_tenant, (TenantId{{7, 7}}));
  EXPECT_EQ(view->groups.size(), 2U);
  ASSERT_EQ(view->roles.size(), 1U);
  EXPECT_EQ(directory->roles()[view->roles[0]].id, role_id(1));
}

TEST(Directory, a_member_nobody_described_is_an_id_of_unknown_type) {
  Directory::Editor editor;
  editor.add_member(group_id(1), user_id(9));
  const auto directory = std::move(editor).build();
  const auto view = directory->find_user(user_id(9));
  ASSERT_TRUE(view.has_value());
  EXPECT_TRUE(view->name.empty());
  EXPECT_FALSE(view->type_known);
  EXPECT_FALSE(view->home_tenant_known);
  EXPECT_EQ(groups_of(*directory, user_id(9)), std::set{group_id(1)});
}

TEST(Directory, a_name_is_found_in_any_case_unless_two_users_share_it) {
  Directory::Editor editor;
  editor.put_user(user(1, "Alice@example.org"));
  editor.put_user(user(2, "bob@example.org"));
  editor.put_user(user(3, "BOB@example.org"));
  editor.put_user(user(4, ""));
  const auto first = std::move(editor).build();
  ASSERT_TRUE(first->find_user_by_name("aLICE@EXAMPLE.org").has_value());
  EXPECT_FALSE(first->find_user_by_name("bob@example.org").has_value());
  EXPECT_FALSE(first->find_user_by_name("").has_value());

  Directory::Editor second(first);
  second.put_user(user(2, "robert@example.org"));
  second.put_user(user(1, "alice2@example.org"));
  second.put_user(user(1, "alice@example.org"));
  const auto renamed = std::move(second).build();
  ASSERT_TRUE(renamed->find_user_by_name("bob@example.org").has_value());
  EXPECT_EQ(renamed->find_user_by_name("bob@example.org")->id, user_id(3));
  EXPECT_TRUE(renamed->find_user_by_name("alice@example.org").has_value());
  EXPECT_FALSE(renamed->find_user_by_name("alice2@example.org").has_value());
  EXPECT_FALSE(first->find_user_by_name("bob@example.org").has_value()) << "the old one changed";
}

TEST(Directory, update_keeps_memberships_and_put_replaces_them) {
  Directory::Editor editor;
  editor.put_user(user(1, "a", {group_id(1)}));
  editor.assign_role(role_id(1), user_id(1));
  editor.update_user(user(1, "b", {group_id(2)}));
  const auto updated = std::move(editor).build();
  EXPECT_EQ(groups_of(*updated, user_id(1)), (std::set{group_id(1), group_id(2)}));
  EXPECT_EQ(updated->find_user(user_id(1))->roles.size(), 1U);

  Directory::Editor second(updated);
  second.put_user(user(1, "b", {group_id(3)}));
  const auto replaced = std::move(second).build();
  EXPECT_EQ(groups_of(*replaced, user_id(1)), std::set{group_id(3)});
  EXPECT_TRUE(replaced->find_user(user_id(1))->roles.empty());
}

TEST(Directory, indexes_survive_every_edit) {
  Directory::Editor editor;
  const auto one = editor.put_group(group_id(1), "one");
  const auto two = editor.put_group(group_id(2), "two");
  const auto role = editor.put_role(role_id(1), "role");
  const auto first = std::move(editor).build();

  Directory::Editor second(first);
  second.remove_group(group_id(1));
  const auto three = second.put_group(group_id(3), "three");
  const auto without = std::move(second).build();
  EXPECT_FALSE(without->find_group(group_id(1)).has_value());
  EXPECT_EQ(without->find_group(group_id(2)), two);
  EXPECT_EQ(without->find_role(role_id(1)), role);
  EXPECT_NE(three, one);

  Directory::Editor third(without);
  EXPECT_EQ(third.put_group(group_id(1), "one again"), one);
  EXPECT_EQ((*std::move(third).build()).groups()[one].display_name, "one again");
}

TEST(Directory, a_removed_group_has_no_members_and_is_in_nothing) {
  Directory::Editor editor;
  editor.put_user(user(1, "a", {group_id(1), group_id(2)}));
  editor.add_nested_group(group_id(1), group_id(2));
  editor.add_nested_group(group_id(3), group_id(1));
  editor.assign_role(role_id(1), group_id(1));
  editor.remove_group(group_id(1));
  const auto directory = std::move(editor).build();
  EXPECT_EQ(groups_of(*directory, user_id(1)), std::set{group_id(2)});
  EXPECT_TRUE(directory->groups()[*directory->find_group(group_id(2))].member_of.empty());
  for (const auto& group : directory->groups()) {
    if (group.id == group_id(1)) {
      EXPECT_TRUE(group.member_of.empty() && group.roles.empty());
    }
  }
}

TEST(Directory, nesting_may_be_a_cycle) {
  Directory::Editor editor;
  editor.add_nested_group(group_id(1), group_id(2));
  editor.add_nested_group(group_id(2), group_id(1));
  editor.add_nested_group(group_id(1), group_id(1));
  editor.add_nested_group(group_id(1), group_id(2));
  const auto directory = std::move(editor).build();
  const auto one = *directory->find_group(group_id(1));
  const auto two = *directory->find_group(group_id(2));
  EXPECT_EQ(directory->groups()[two].member_of, std::vector{one});
  EXPECT_EQ(directory->groups()[one].member_of.size(), 2U);

  Directory::Editor second(directory);
  second.remove_nested_group(group_id(1), group_id(2));
  EXPECT_TRUE((*std::move(second).build()).groups()[two].member_of.empty());
}

TEST(Directory, a_role_can_be_revoked) {
  Directory::Editor editor;
  editor.assign_role(role_id(1), user_id(1));
  editor.assign_role(role_id(2), user_id(1));
  editor.assign_role(role_id(1), group_id(1));
  editor.revoke_role(role_id(1), user_id(1));
  editor.revoke_role(role_id(1), group_id(1));
  const auto directory = std::move(editor).build();
  const auto view = directory->find_user(user_id(1));
  ASSERT_EQ(view->roles.size(), 1U);
  EXPECT_EQ(directory->roles()[view->roles[0]].id, role_id(2));
  EXPECT_TRUE(directory->groups()[0].roles.empty());
}

TEST(Directory, service_principals_are_found_both_ways) {
  const auto principal = [](unsigned object, unsigned app, std::string name) {
    ServicePrincipal made;
    made.id = ServicePrincipalId{{0x4000, object}};
    made.app_id = ApplicationId{{0x5000, app}};
    made.display_name = std::move(name);
    return made;
  };
  Directory::Editor editor;
  editor.put_service_principal(principal(1, 1, "one"));
  editor.put_service_principal(principal(2, 2, "two"));
  editor.put_service_principal(principal(1, 3, "one, moved"));
  const auto first = std::move(editor).build();
  EXPECT_EQ(first->service_principals().size(), 2U);
  EXPECT_EQ(first->find_service_principal_by_app(ApplicationId{{0x5000, 1}}), nullptr);
  ASSERT_NE(first->find_service_principal_by_app(ApplicationId{{0x5000, 3}}), nullptr);

  Directory::Editor second(first);
  second.remove_service_principal(ServicePrincipalId{{0x4000, 1}});
  const auto directory = std::move(second).build();
  EXPECT_EQ(directory->find_service_principal(ServicePrincipalId{{0x4000, 1}}), nullptr);
  ASSERT_NE(directory->find_service_principal(ServicePrincipalId{{0x4000, 2}}), nullptr);
  EXPECT_EQ(directory->find_service_principal(ServicePrincipalId{{0x4000, 2}})->display_name,
            "two");
  EXPECT_EQ(first->service_principals().size(), 2U) << "the old one changed";
}

// What a Directory should hold, the obvious way.
struct Oracle {
  struct User {
    std::string name;
    UserType type = UserType::member;
    bool type_known = false;
    TenantId tenant;
    std::set<GroupId> groups;
    std::set<RoleId> roles;
  };
  std::map<UserId, User> users;
  std::map<GroupId, std::set<GroupId>> groups;  // to the groups each is in

  void check(const Directory& directory) const {
    ASSERT_EQ(directory.user_count(), users.size());
    std::map<std::string, int> names;
    for (const auto& [id, expected] : users) ++names[to_lower(expected.name)];
    for (const auto& [id, expected] : users) {
      const auto view = directory.find_user(id);
      ASSERT_TRUE(view.has_value());
      EXPECT_EQ(view->id, id);
      EXPECT_EQ(view->name, expected.name);
      EXPECT_EQ(view->type, expected.type);
      EXPECT_EQ(view->type_known, expected.type_known);
      EXPECT_EQ(view->home_tenant, expected.tenant);
      EXPECT_EQ(groups_of(directory, id), expected.groups);
      EXPECT_EQ(view->groups.size(), expected.groups.size());
      std::set<RoleId> roles;
      for (const auto index : view->roles) roles.insert(directory.roles()[index].id);
      EXPECT_EQ(roles, expected.roles);
      const bool found = directory.find_user_by_name(expected.name).has_value();
      EXPECT_EQ(found, !expected.name.empty() && names[to_lower(expected.name)] == 1);
    }
    std::size_t visited = 0;
    directory.each_user([&](const UserView& view) { visited += users.count(view.id); });
    EXPECT_EQ(visited, users.size());
    for (const auto& group : directory.groups()) {
      const auto found = groups.find(group.id);
      EXPECT_EQ(directory.find_group(group.id).has_value(), found != groups.end());
      std::set<GroupId> member_of;
      for (const auto index : group.member_of) member_of.insert(directory.groups()[index].id);
      EXPECT_EQ(member_of, found == groups.end() ? std::set<GroupId>{} : found->second);
    }
  }
};

class RandomEdits {
 public:
  explicit RandomEdits(unsigned seed) : random_(seed) {}

  void edit(Directory::Editor& editor, Oracle& oracle) {
    const auto id = user_id(below(1500));
    const auto group = group_id(below(12));
    const auto role = role_id(below(3));
    switch (below(10)) {
      case 0:
      case 1:
      case 2: return put(editor, oracle, id, group);
      case 3:
        editor.remove_user(id);
        oracle.users.erase(id);
        return;
      case 4:
      case 5:
        editor.add_member(group, id);
        oracle.users[id].groups.insert(group);
        oracle.groups[group];
        return;
      case 6:
        editor.remove_member(group, id);
        if (oracle.users.count(id) != 0) oracle.users[id].groups.erase(group);
        return;
      case 7:
        editor.assign_role(role, id);
        oracle.users[id].roles.insert(role);
        return;
      case 8: {
        const auto member = group_id(below(12));
        editor.add_nested_group(group, member);
        oracle.groups[group];
        oracle.groups[member].insert(group);
        return;
      }
      default:
        if (below(20) != 0) return;
        editor.remove_group(group);
        oracle.groups.erase(group);
        for (auto& [other, member_of] : oracle.groups) member_of.erase(group);
        for (auto& [other, expected] : oracle.users) expected.groups.erase(group);
    }
  }

 private:
  unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }

  void put(Directory::Editor& editor, Oracle& oracle, UserId id, GroupId group) {
    auto made = user(0, below(8) == 0 ? "" : "Name" + std::to_string(below(2000)), {group});
    made.id = id;
    made.type = static_cast<UserType>(below(7));
    if (below(3) == 0) made.home_tenant = TenantId{{1, below(4) + 1}};
    auto& expected = oracle.users[id];
    oracle.groups[group];
    if (below(2) == 0) {
      editor.put_user(made);
      expected.groups.clear();
      expected.roles.clear();
    } else {
      editor.update_user(made);
    }
    expected.name = made.name;
    expected.type = made.type;
    expected.type_known = true;
    expected.tenant = made.home_tenant;
    expected.groups.insert(group);
  }

  std::mt19937 random_;
};

TEST(Directory, random_edits_agree_with_a_plain_map) {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    RandomEdits random(seed);
    Oracle oracle;
    auto directory = std::make_shared<const Directory>();
    for (int round = 0; round < 12; ++round) {
      const auto before = directory;
      const Oracle oracle_before = oracle;
      Directory::Editor editor(directory);
      const int edits = round % 3 == 0 ? 3000 : 40;
      for (int i = 0; i < edits; ++i) random.edit(editor, oracle);
      directory = std::move(editor).build();
      oracle.check(*directory);
      oracle_before.check(*before);  // an edit never shows in the snapshot it started from
      if (HasFatalFailure()) FAIL() << "seed " << seed << ", round " << round;
    }
  }
}

// The space a user takes is a promise: 10 groups and a name of 25 bytes fit in 130 bytes.
TEST(Directory, a_user_takes_little_memory) {
  Directory::Editor editor;
  const unsigned count = 20000;
  for (unsigned i = 0; i < count; ++i) {
    std::vector<GroupId> groups;
    for (unsigned g = 0; g < 10; ++g) groups.push_back(group_id((i * 7 + g * 13) % 1000));
    editor.put_user(user(i, "user" + std::to_string(1000000 + i) + "@example.org12", groups));
  }
  const auto directory = std::move(editor).build();
  EXPECT_EQ(directory->find_user(user_id(1))->name.size(), 25U);
  EXPECT_LE(directory->user_bytes() / count, 130U);
  EXPECT_GE(directory->user_bytes() / count, 16U + 25U + 40U);
}

TEST(Directory, members_added_all_at_once_are_those_added_one_by_one) {
  std::mt19937 random(5);
  Directory::Editor at_once;
  Directory::Editor one_by_one;
  for (auto* editor : {&at_once, &one_by_one}) {
    for (unsigned g = 0; g < 40; ++g) editor->put_group(group_id(g), "");
    for (unsigned i = 0; i < 900; ++i) editor->put_user(user(i, "", {group_id(i % 3)}));
  }
  std::vector<std::vector<UserIndex>> users(40);
  for (unsigned g = 0; g < 40; ++g) {
    std::vector<UserId> ids;
    // Some are unknown so far, and some groups have nobody.
    for (unsigned i = 0; i < g * 20; ++i)
      ids.push_back(user_id(static_cast<unsigned>(random() % 1200)));
    users[g] = at_once.user_indexes(ids);
    ASSERT_EQ(users[g].size(), ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      EXPECT_EQ(at_once.user_id(users[g][i]), ids[i]);
      EXPECT_EQ(one_by_one.user_index(ids[i]), users[g][i]);
    }
  }
  std::vector<Directory::Editor::Members> lists;
  for (unsigned g = 0; g < 40; ++g) {
    const auto index = at_once.put_group(group_id(g), "");
    lists.push_back({index, users[g]});
    for (const auto each : users[g]) one_by_one.add_member(index, each);
  }
  at_once.add_members(lists);
  const auto a = std::move(at_once).build();
  const auto b = std::move(one_by_one).build();
  ASSERT_EQ(a->user_count(), b->user_count());
  a->each_user([&](const UserView& each) {
    const auto other = b->find_user(each.id);
    ASSERT_TRUE(other.has_value());
    EXPECT_TRUE(std::ranges::equal(each.groups, other->groups)) << to_string(each.id);
  });
}

}  // namespace
}  // namespace sallyport
