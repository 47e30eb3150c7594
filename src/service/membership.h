// Who is in which group and holds which role: asked of the tenant's snapshot, changed in documents.
//
// A membership may be stated by the group's document or by the user's; adding one writes the
// group's, removing one takes it out of both. Threads: any number may call.
// Cost: the members of a group, a walk over all users; whose member somebody is, that one user.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "service/change_document.h"
#include "service/read_document.h"

namespace sallyport {

// An object of the directory, by the store's kind and id.
struct DirectoryObject {
  std::string kind;
  std::string id;
  friend auto operator<=>(const DirectoryObject&, const DirectoryObject&) = default;
};

enum class Reach : bool { direct, transitive };

// Some objects out of a list, its first by id.
struct FirstObjects {
  std::vector<DirectoryObject> objects;
  bool more = false;  // the list has others
};

// Users, groups, and (direct) whatever else the document lists. In order of id. What is named in a
// list and does not exist is no member.
[[nodiscard]] Result<std::vector<DirectoryObject>> members_of_group(DocumentReader& reader,
                                                                    std::string_view group,
                                                                    Reach reach);
[[nodiscard]] Result<std::vector<DirectoryObject>> members_of_role(DocumentReader& reader,
                                                                   std::string_view role);
// Of several groups or roles in one walk over the users: the first `count_max` of each, in the
// order of the ids given. One that is not there has none.
[[nodiscard]] Result<std::vector<FirstObjects>> first_members_of_groups(
    DocumentReader& reader, std::span<const std::string> groups, Reach reach,
    std::size_t count_max);
[[nodiscard]] Result<std::vector<FirstObjects>> first_members_of_roles(
    DocumentReader& reader, std::span<const std::string> roles, std::size_t count_max);
// The groups and, of kind directoryRole by template id, the roles that a user or group is in.
[[nodiscard]] Result<std::vector<DirectoryObject>> memberships(DocumentReader& reader,
                                                               const DirectoryObject& of,
                                                               Reach reach);
// Of the document's list `owners`.
[[nodiscard]] Result<std::vector<DirectoryObject>> owners_of(DocumentReader& reader,
                                                             std::string_view group);

// `list`: `members` or `owners` of a group or directory role. `seen`: as in change_document.h.
[[nodiscard]] Result<void> add_to_list(const ChangeContext& context, const DocumentType& type,
                                       std::string_view id, std::string_view list,
                                       std::string_view member, std::optional<Version> seen);
[[nodiscard]] Result<void> remove_from_list(const ChangeContext& context, const DocumentType& type,
                                            std::string_view id, std::string_view list,
                                            std::string_view member, std::optional<Version> seen);

// The id in an entry of such a list: a text, or an object with one. Empty: none.
[[nodiscard]] std::string_view id_of_reference(const json::Value& item);

// What has this id: a user, group, device or service principal.
[[nodiscard]] Result<DirectoryObject> find_object(Store& store, std::string_view id);

}  // namespace sallyport
