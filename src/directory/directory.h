// Users, groups, roles and service principals: the principals that policies name.
//
// A Directory is an immutable snapshot. It holds what membership is, not what policies make of it:
// each user's own groups and roles, and for each group the groups and roles it is itself in. Who is
// transitively in what is for the reader to walk (reference/) or to compile (engine/).
// Indexes are stable: an edit never renumbers, so a Program compiled a moment ago still fits.
//
// Threads: any number may read. Cost: find_user two cache misses; an edit of one user copies one
// block of 512 users, not the directory; an edit of a group, role or service principal copies the
// table of its kind; removing a group reads every user's list.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/id.h"
#include "directory/user_type.h"

namespace sallyport {

using UserIndex = std::uint32_t;
using GroupIndex = std::uint32_t;
using RoleIndex = std::uint32_t;  // into Directory::roles()

// The facts policies ask of a user. The spans belong to the Directory, or to whoever describes a
// user that no directory holds (the what-if); both must outlive the view.
// What is not known is marked so: an unknown group list is not an empty one.
struct UserView {
  UserId id;
  std::string_view name;  // userPrincipalName
  UserType type = UserType::member;
  bool type_known = true;
  TenantId home_tenant;  // of external users; a zero GUID when there is none
  bool home_tenant_known = true;
  bool agent_user = false;             // beta: an agent's user account
  bool enabled = true;                 // no policy asks: who is not enabled does not sign in at all
  std::span<const GroupIndex> groups;  // direct memberships, ascending
  bool groups_known = true;
  std::span<const RoleIndex> roles;  // direct, active, tenant-wide, built-in
  bool roles_known = true;
};

struct Group {
  GroupId id;
  std::string display_name;
  std::vector<GroupIndex> member_of;  // groups this group is directly in; cycles are possible
  std::vector<RoleIndex> roles;       // role-assignable groups
};

struct Role {
  RoleId id;  // template id
  std::string display_name;
};

enum class ServicePrincipalKind : std::uint8_t { application, managed_identity, agent_identity };

struct ServicePrincipal {
  ServicePrincipalId id;
  ApplicationId app_id;
  std::string display_name;
  ServicePrincipalKind kind = ServicePrincipalKind::application;
  // Owned by this tenant and single-tenant: the only ones workload policies reach.
  bool in_scope_of_workload_policies = true;
  bool agent_resource = false;  // reached by `AllAgentIdResources`
  bool enabled = true;          // as of a user
  // Custom security attributes: "<Set>_<Name>" -> values.
  std::vector<std::pair<std::string, std::vector<std::string>>> attributes;
};

class Directory {
 public:
  class Editor;
  Directory();
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  std::optional<UserView> find_user(UserId id) const;
  bool find_user(UserId id, UserView& into) const;  // the same, without a copy of the view
  // A hint for who knows ids ahead: what find_user will need is fetched meanwhile.
  void prefetch(UserId id) const;
  // By userPrincipalName, ignoring case; nothing when two users share it.
  std::optional<UserView> find_user_by_name(std::string_view name) const;
  std::size_t user_count() const;
  // Calls `visit` for every user, in no order that means anything.
  template <class Visit>
  void each_user(Visit visit) const {
    const auto count = user_slots();
    for (std::uint32_t i = 0; i < count; ++i) {
      if (const auto user = user_at(i)) visit(*user);
    }
  }

  std::span<const Group> groups() const;  // by GroupIndex; a deleted group has no members
  std::optional<GroupIndex> find_group(GroupId id) const;
  std::span<const Role> roles() const;
  std::optional<RoleIndex> find_role(RoleId id) const;
  std::span<const ServicePrincipal> service_principals() const;
  const ServicePrincipal* find_service_principal(ServicePrincipalId id) const;
  const ServicePrincipal* find_service_principal_by_app(ApplicationId id) const;

  // Bytes held for users, to measure against the memory target.
  std::size_t user_bytes() const;

 private:
  std::uint32_t user_slots() const;
  std::optional<UserView> user_at(std::uint32_t index) const;
  struct State;
  std::unique_ptr<State> state_;
};

// Makes a new snapshot from an old one (or from nothing), sharing what did not change.
//   Directory::Editor editor(old);
//   editor.put_user({...});
//   auto directory = std::move(editor).build();
class Directory::Editor {
 public:
  struct User {  // the owning twin of UserView
    UserId id;
    std::string name;
    UserType type = UserType::member;
    bool type_known = true;
    TenantId home_tenant;
    bool home_tenant_known = true;
    bool agent_user = false;
    bool enabled = true;
    std::vector<GroupId> groups;
    std::vector<RoleId> roles;
  };

  Editor();
  explicit Editor(std::shared_ptr<const Directory> base);
  ~Editor();

  // For whoever knows that about so many users will be put: finding one of them then waits for
  // memory once, not twice, for 60 bytes more a user. No effect on an editor that has users.
  void expect_users(std::uint32_t count);
  void put_user(const User& user);  // adds or replaces; groups and roles not seen yet are created
  void update_user(const User& user);  // as put_user, but keeps the groups and roles it has, too
  void remove_user(UserId id);
  // Direct; an unknown user is created, an id without a name or a known type.
  void add_member(GroupId group, UserId user);
  void remove_member(GroupId group, UserId user);
  GroupIndex put_group(GroupId id, std::string display_name);  // keeps memberships it has
  void remove_group(GroupId id);
  void add_nested_group(GroupId group, GroupId member);
  void remove_nested_group(GroupId group, GroupId member);
  bool has_user(UserId id) const;
  bool has_group(GroupId id) const;
  // As it is after the edits so far; its cost is a copy.
  std::optional<User> find_user(UserId id) const;
  // Users by number, for whoever keeps many: stable, and a removed user's is nobody else's.
  UserIndex user_index(UserId id);  // an unknown user is created, an id without more
  std::vector<UserIndex> user_indexes(std::span<const UserId> ids);  // the same, for many
  UserId user_id(UserIndex user) const;
  void add_member(GroupIndex group, UserIndex user);
  // For the members of most groups at once: goes through the users once, not once a group.
  struct Members {
    GroupIndex group = 0;
    std::span<const UserIndex> users;
  };
  void add_members(std::span<const Members> lists);
  RoleIndex put_role(RoleId id, std::string display_name);
  void assign_role(RoleId role, UserId user);
  void assign_role(RoleId role, GroupId group);
  void revoke_role(RoleId role, UserId user);
  void revoke_role(RoleId role, GroupId group);
  void put_service_principal(ServicePrincipal service_principal);
  void remove_service_principal(ServicePrincipalId id);

  std::shared_ptr<const Directory> build() &&;

 private:
  struct Draft;
  std::unique_ptr<Draft> draft_;
};

}  // namespace sallyport
