// Who is in what, by which document says so.
//
// Several documents may state the same membership: the user's own `memberOf`, the group's
// `members`, a role, two assignments. What one of them no longer says may therefore still hold.
// Statements keep what the documents of groups, roles and assignments have said, so that a changed
// document becomes a few edits of the directory; what a user's document says is asked for when it
// matters. After each edit the directory is what reading all documents again would give, but for
// groups and roles that nobody mentions any more: they stay, without members.
//
// A change that would give other documents another meaning is refused with `false`: an id without a
// type is a group when there is such a group, and a user otherwise, so a group that comes or goes
// may turn one into the other. Then everything has to be read again.
//
// Threads: one at a time. Cost: 4 bytes a membership that a group's document states; a change, the
// members of the one document, whatever the size of the directory.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "directory/directory.h"
#include "directory/read.h"

namespace sallyport {

// The members of a document, by what they are.
struct StatedMembers {
  std::vector<UserId> users;
  std::vector<GroupId> groups;
  std::vector<Guid> either;  // given as bare ids
};

// What the texts of a GroupDocument and a RoleDocument say, without the texts.
struct GroupStatement {
  GroupId id;
  std::string display_name;
  StatedMembers members;
  std::vector<GroupId> member_of;
  std::vector<RoleId> roles;
};
struct RoleStatement {
  RoleId id;
  std::string display_name;
  StatedMembers members;
};
GroupStatement statement_of(const GroupDocument& document);
RoleStatement statement_of(const RoleDocument& document);

class Statements {
 public:
  using Editor = Directory::Editor;
  // The user's document as it is now; nothing when there is none.
  using UserDocuments = std::function<Result<std::optional<Editor::User>>(UserId)>;

  // Reading everything: each document once, after all groups and users were put, and after all
  // statements were announced: what one of them calls a group is one for the others.
  static void announce(const GroupStatement& group, Editor& editor);
  static void announce(const RoleStatement& role, Editor& editor);
  void apply(std::vector<GroupStatement> groups, Editor& editor);
  // `document` names the role's or assignment's document among all of both kinds.
  void apply(const std::string& document, RoleStatement role, Editor& editor);

  // To be called when everything is read.
  void settle();

  // One changed document, in an editor of the directory these statements were applied to.
  // False, or an error: the editor is no good any more, and neither are these statements.
  Result<bool> put(const GroupStatement& group, Editor& editor, const UserDocuments& users);
  Result<bool> put(const std::string& document, const RoleStatement& role, Editor& editor,
                   const UserDocuments& users);
  Result<bool> put(const Editor::User& user, Editor& editor);
  Result<bool> remove(GroupId group, Editor& editor, const UserDocuments& users);
  Result<bool> remove(const std::string& document, Editor& editor, const UserDocuments& users);
  bool remove(UserId user, Editor& editor);

  // Whether a group came, or a nesting or role of groups changed, since this was last asked.
  bool take_structure_changed();

 private:
  struct GroupRecord {
    GroupIndex index = 0;
    std::vector<UserIndex> users;  // ascending
    std::vector<GroupId> inner;    // nested in it
    std::vector<GroupId> outer;    // it is nested in
    std::vector<RoleId> roles;
  };
  struct RoleRecord {
    RoleId role;
    std::vector<UserId> users;
    std::vector<GroupId> groups;
  };
  struct Holding {
    Guid holder;  // a user or a group
    RoleId role;
    friend bool operator==(const Holding&, const Holding&) = default;
  };
  struct HoldingHash {
    std::size_t operator()(const Holding& holding) const {
      return GuidHash{}(holding.holder) * 31 + GuidHash{}(holding.role.guid);
    }
  };

  // Keeps and applies what the group states, but leaves it to the caller to add the users.
  const GroupRecord& record(GroupStatement group, Editor& editor);
  bool is_free_for_a_group(GroupId id, const Editor& editor);
  bool resolve(StatedMembers& members, const Editor& editor);
  Result<void> let_go(GroupId group, const std::vector<UserIndex>& users, Editor& editor,
                      const UserDocuments& documents);
  Result<void> withdraw(const RoleRecord& record, Editor& editor, const UserDocuments& documents);
  void state(const RoleRecord& record, Editor& editor);
  Result<void> forget_unless_stated(UserId user, Editor& editor, const UserDocuments& documents);
  bool group_states(GroupId group, UserIndex user) const;
  bool role_states(const Guid& holder, RoleId role) const;

  std::unordered_map<GroupId, GroupRecord> groups_;  // those that have a document
  std::unordered_map<std::string, RoleRecord> roles_;
  std::unordered_map<Holding, std::uint32_t, HoldingHash> holdings_;  // how often stated in roles_
  std::unordered_set<Guid, GuidHash> bare_groups_;  // that some document names by an id alone
  // One of them has no document: whether it is a group hangs on who else mentions it.
  bool ambiguous_ = false;
  bool structure_changed_ = false;
};

}  // namespace sallyport
