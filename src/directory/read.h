// Graph's directory documents, read into the values the rest of Sallyport works with.
//
// A reading never fails: what is wrong is a finding, and what was read is safe to decide with. A
// location with a range or country that cannot be read becomes LocationKind::other, so that a
// condition takes it as possible; a combination of methods that is not understood never satisfies.
// In the strict dialect a document with an error finding must not be stored: its code is `1007` for
// the shape and `1032` for what the shape holds (spec, section 1.6).
// Unknown members are reported for locations and strengths. Directory objects have hundreds of
// members that say nothing about access; theirs are passed over.
//
// Users, groups and roles are statements about who is in what. A loader reads each document and
// applies it to an Editor, all groups put before the first is applied (put_group), because a member
// given as a bare id is a group when there is such a group, and a user otherwise. A document that
// changed is withdrawn as it was and applied as it is.
//
// Findings carry pointer and offset into the document; file, line and column are the loader's.
// Source: spec, sections 1.7, 2.1, 2.2, 4.4 and 7. Threads: free.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/dialect.h"
#include "base/finding.h"
#include "base/json.h"
#include "directory/authentication_strength.h"
#include "directory/directory.h"
#include "directory/named_location.h"

namespace sallyport {

template <class T>
struct Reading {
  T value{};
  std::vector<Finding> findings;
  bool has_errors() const;
};

// A member of a group or a role, as documents give it.
struct Principal {
  enum class Kind : std::uint8_t { unknown, user, group, other };
  Kind kind = Kind::unknown;
  std::string_view id;  // points into the document
};

// user (spec, section 2.1). Two members of our own: `externalUserType`, a word of
// guestOrExternalUserTypes or `internalMember`, and `externalTenantId`.
struct UserDocument {
  Directory::Editor::User user;  // with the groups and roles of `memberOf`, when it is expanded
};

struct GroupDocument {
  GroupId id;
  std::string display_name;
  std::vector<Principal> members;
  std::vector<GroupId> member_of;
  std::vector<RoleId> roles;
};

// directoryRole, with `members` expanded; or one unifiedRoleAssignment.
struct RoleDocument {
  RoleId id;  // template id
  std::string display_name;
  std::vector<Principal> members;
};

Reading<UserDocument> read_user(const json::Value& document, Dialect dialect = Dialect::lenient);
Reading<GroupDocument> read_group(const json::Value& document, Dialect dialect = Dialect::lenient);
Reading<RoleDocument> read_directory_role(const json::Value& document,
                                          Dialect dialect = Dialect::lenient);
// Nothing when the assignment does not count: not tenant-wide, a custom role, or only eligible.
Reading<std::optional<RoleDocument>> read_role_assignment(const json::Value& document,
                                                          Dialect dialect = Dialect::lenient);
// `own_tenant` tells whether an application is owned here; without it, the audience alone tells.
Reading<ServicePrincipal> read_service_principal(const json::Value& document,
                                                 Dialect dialect = Dialect::lenient,
                                                 std::optional<TenantId> own_tenant = std::nullopt);
Reading<NamedLocation> read_named_location(const json::Value& document,
                                           Dialect dialect = Dialect::lenient);
Reading<AuthenticationStrength> read_authentication_strength(const json::Value& document,
                                                             Dialect dialect = Dialect::lenient);

// REQUIRES: the text the document was read from still stands.
void apply(const UserDocument& document, Directory::Editor& editor);
void apply(const GroupDocument& document, Directory::Editor& editor);
void apply(const RoleDocument& document, Directory::Editor& editor);
// Takes back the memberships that apply() stated. The object stays, with what other documents say
// of it: to delete it is the editor's remove_user, remove_group.
void withdraw(const UserDocument& document, Directory::Editor& editor);
void withdraw(const GroupDocument& document, Directory::Editor& editor);
void withdraw(const RoleDocument& document, Directory::Editor& editor);

template <class T>
bool Reading<T>::has_errors() const {
  for (const auto& finding : findings) {
    if (finding.severity == Severity::error) return true;
  }
  return false;
}

}  // namespace sallyport
