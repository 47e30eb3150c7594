// Makes a TenantState from the store's documents: a whole one, or the next one from some changes.
//
// A change becomes an edit: one policy is read and all are compiled; a user, group, role or device
// is edited into the snapshot; and the program is compiled again when groups nest differently, hold
// other roles, or service principals change. What cannot be edited in exactly (a group whose id
// some document names without saying what it is; documents whose ids are not those they are stored
// under) is read again as a whole.
// A document that cannot be read makes the whole attempt an error: a policy left out would let
// people in, and a group left out would exclude whom it should not.
//
// Threads: one at a time; load() has helpers of its own. Cost: load, linear in the documents; next,
// the changed documents, one block of the directory or inventory for each user or device in them,
// and compiling if need be.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "directory/statements.h"
#include "policy/tenant.h"
#include "service/configuration.h"
#include "service/device_ids.h"
#include "service/document_batch.h"
#include "service/tenant_state.h"
#include "store/store.h"

namespace sallyport {

class TenantLoader {
 public:
  explicit TenantLoader(Store& store);
  // load() uses the caller's thread, one beside it, and so many helpers. What is loaded is the
  // same.
  TenantLoader(Store& store, unsigned helpers) : store_(store), helpers_(helpers) {}

  [[nodiscard]] Result<std::shared_ptr<const TenantState>> load();
  // `changes` follow `base` in the feed without a hole.
  [[nodiscard]] Result<std::shared_ptr<const TenantState>> next(const TenantState& base,
                                                                std::span<const Change> changes);
  std::uint64_t loads() const { return loads_; }  // how often everything was read

 private:
  using Made = Result<std::shared_ptr<const TenantState>>;
  struct Edits;

  Result<std::uint32_t> user_count();
  Result<void> read_all(TenantBuilder& builder);
  Result<void> take(const DocumentView& document, DocumentKind kind,
                    DocumentBatch::Outcome& outcome, TenantBuilder& builder);
  Result<void> change_configuration(DocumentKind kind, const Change& change);
  // False: this change needs a whole load.
  Result<bool> edit(DocumentKind kind, const Change& change, Edits& edits);
  Result<bool> edit_user(const Change& change, Edits& edits);
  Result<bool> edit_group(const Change& change, Edits& edits);
  Result<bool> edit_role(DocumentKind kind, const Change& change, Edits& edits);
  Result<bool> edit_service_principal(const Change& change, Edits& edits);
  Result<bool> edit_device(const Change& change, Edits& edits);
  Result<std::optional<Directory::Editor::User>> user_document(UserId id);
  Result<bool> has_any(std::string_view kind);
  Made compiled(std::shared_ptr<TenantState> state, PolicySet policy_set);

  Store& store_;
  unsigned helpers_;
  // These describe the newest state, as long as in_step_ holds.
  bool in_step_ = false;
  std::uint64_t loads_ = 0;
  Configuration configuration_;
  Statements statements_;
  std::unordered_map<std::string, RoleId> role_of_document_;  // of directoryRole documents
  DeviceIds device_ids_;
  bool has_odd_ids_ = false;         // some document says another id than it is stored under
  std::size_t shapes_compiled_ = 0;  // device shapes the newest program has in its tables
};

}  // namespace sallyport
