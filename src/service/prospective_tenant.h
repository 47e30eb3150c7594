// The tenant as it would be with some writes, as far as a few accounts see it: the policy set, and
// what these accounts are in. Internal to the lockout gate.
//
// A membership counts while any document states it: the group's, the user's, the nested group's.
// Of roles, the document that changes decides alone.
// Threads: one at a time. Cost: the documents that are written, whatever the size of the directory.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/proof/lockout.h"
#include "directory/read.h"
#include "service/tenant_state.h"
#include "store/store.h"

namespace sallyport {

class ProspectiveTenant {
 public:
  // REQUIRES: store and tenant outlive it.
  ProspectiveTenant(Store& store, const TenantState& tenant, std::span<const UserId> accounts);

  // REQUIRES: the writes outlive it. Errors: the store's; a document that cannot be read.
  [[nodiscard]] Result<void> apply(std::span<const Write> writes);

  const PolicySet& policy_set() const { return policy_set_; }
  // It is there, and not disabled.
  bool can_sign_in(UserId account) const { return own_.at(account).can_sign_in; }
  std::vector<proof::Account> accounts() const;  // in the order they were given
  // Whether any write changed something these accounts could notice.
  bool is_changed() const { return changed_; }

 private:
  struct Own {  // direct
    proof::Account who;
    bool can_sign_in = false;
  };
  struct Inside {
    std::vector<GroupId> outer;  // direct
    std::vector<RoleId> roles;
  };
  // A document with the text it points into.
  template <class T>
  struct Read {
    json::Document text;
    T value;
  };

  Result<std::optional<std::string>> text_of(std::string_view kind, const std::string& id) const;
  Result<std::optional<Read<GroupDocument>>> group_document(GroupId id) const;
  Result<bool> user_states(UserId user, GroupId group) const;
  Result<bool> group_lists(GroupId group, const Guid& member) const;
  Result<bool> is_nested_by_itself(GroupId inner, GroupId outer) const;
  bool is_group(const Principal& principal) const;
  const Inside& inside(GroupId id) const;
  Inside& edited(GroupId id);

  Result<void> apply_configuration(DocumentKind kind, const Write& write,
                                   const std::optional<std::string>& before);
  Result<void> apply_user(const Write& write, const std::optional<std::string>& before);
  Result<void> apply_group(const Write& write, const std::optional<std::string>& before);
  Result<void> apply_role(DocumentKind kind, const Write& write,
                          const std::optional<std::string>& before);
  bool matters(DocumentKind kind, const Write& write) const;
  Result<void> apply(DocumentKind kind, const Write& write,
                     const std::optional<std::string>& before);
  template <class T>
  void set(std::vector<T>& list, const T& one, bool in);

  Store& store_;
  const TenantState& tenant_;
  std::vector<UserId> order_;
  PolicySet policy_set_;
  std::map<UserId, Own> own_;
  mutable std::map<GroupId, Inside> groups_;  // those looked at
  // By kind and id: the newest text, in the write.
  std::map<std::pair<std::string, std::string>, const std::optional<std::string>*> written_;
  bool changed_ = false;
};

}  // namespace sallyport
