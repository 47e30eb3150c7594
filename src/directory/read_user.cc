// Users, and what kind of user each is (spec, section 2.1).
#include <algorithm>

#include "base/text.h"
#include "directory/member_reader.h"
#include "directory/read.h"
#include "directory/read_members.h"

namespace sallyport {
namespace {

// The mark in the names that the service gives to users from outside.
bool has_external_mark(std::string_view name) {
  return name.find('#') != std::string_view::npos &&
         to_lower(name).find("#ext#") != std::string::npos;
}

// Authenticates outside: was invited, or signs in with an identity of another directory. The name
// of such a user is made by the service and says so, which makes other names a sign of the
// opposite.
bool is_external(MemberReader& reader, std::string_view name) {
  if (reader.has("externalUserState")) return true;
  if (equal_ignoring_case(reader.text("creationType"), "Invitation")) return true;
  for (const auto& identity : reader.list("identities")) {
    const auto* type = identity.find_ignoring_case("signInType");
    const auto* issuer = identity.find_ignoring_case("issuer");
    if (type != nullptr && issuer != nullptr && !issuer->is_null() &&
        equal_ignoring_case(type->text(), "federated")) {
      return true;
    }
  }
  return has_external_mark(name);
}

std::optional<UserType> parse_user_type(std::string_view word) {
  for (const auto type :
       {UserType::member, UserType::internal_guest, UserType::b2b_collaboration_guest,
        UserType::b2b_collaboration_member, UserType::b2b_direct_connect_user,
        UserType::other_external_user, UserType::service_provider}) {
    if (equal_ignoring_case(word, name_of(type))) return type;
  }
  return std::nullopt;
}

void read_type(Directory::Editor::User& user, MemberReader& reader) {
  if (const auto word = reader.text("externalUserType"); !word.empty()) {
    const auto type = parse_user_type(word);
    user.type_known = type.has_value();
    user.type = type.value_or(UserType::member);
    if (!type) {
      reader.report(
          Severity::error, content_code,
          '`' + printable(word) +
              "` is no kind of user; use a word of "
              "guestOrExternalUserTypes, like `b2bCollaborationGuest`, or `internalMember`",
          "externalUserType");
    }
    return;
  }
  const auto word = reader.text("userType");
  const bool guest = equal_ignoring_case(word, "Guest");
  if (!guest && !equal_ignoring_case(word, "Member")) {
    user.type_known = false;
    reader.report(word.empty() ? Severity::note : Severity::warning, content_code,
                  word.empty()
                      ? "`userType` is missing, so it is unknown whether this is a guest; "
                        "export users with `$select=userType`"
                      : '`' + printable(word) + "` is no user type; use `Member` or `Guest`",
                  "userType");
    return;
  }
  const bool external = is_external(reader, user.name);
  user.type = guest      ? external ? UserType::b2b_collaboration_guest : UserType::internal_guest
              : external ? UserType::b2b_collaboration_member
                         : UserType::member;
}

}  // namespace

Reading<UserDocument> read_user(const json::Value& document, Dialect dialect) {
  Reading<UserDocument> reading;
  auto& user = reading.value.user;
  const json::Pointer root;
  MemberReader reader(document, dialect, reading.findings, root);
  user.type_known = false;
  user.home_tenant_known = false;
  if (!document.is_object()) return reading;

  user.name = reader.text("userPrincipalName");
  auto id = reader.text("id");
  if (id.empty() && dialect == Dialect::lenient) id = user.name;
  if (id.empty()) {
    reader.report(Severity::error, shape_code,
                  "`id` is missing: this user cannot be told from others");
  }
  user.id = UserId::of(id);
  user.enabled = read_enabled(reader);
  user.agent_user = short_type(reader.text("@odata.type")) == "agentUser";
  user.type_known = true;
  read_type(user, reader);

  const auto tenant = reader.text("externalTenantId");
  const bool here =
      user.type_known && (user.type == UserType::member || user.type == UserType::internal_guest);
  if (!tenant.empty() && !here) user.home_tenant = TenantId::of(tenant);
  user.home_tenant_known = here || !tenant.empty();
  read_member_of(reader, user.groups, user.roles);
  return reading;
}

void apply(const UserDocument& document, Directory::Editor& editor) {
  editor.update_user(document.user);
}

void withdraw(const UserDocument& document, Directory::Editor& editor) {
  for (const auto& group : document.user.groups) editor.remove_member(group, document.user.id);
  for (const auto& role : document.user.roles) editor.revoke_role(role, document.user.id);
}

}  // namespace sallyport
