// Makes a TenantState from the store's documents: a whole one, or the next one from some changes.
//
// A document that cannot be read makes the whole attempt an error: a policy left out would let
// people in, and a group left out would exclude whom it should not.
// Threads: one at a time. Cost: load, linear in the documents, about the time to parse them; next,
// the configuration documents and one block of the directory or inventory for each change.
#pragma once

#include <memory>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "base/id.h"
#include "base/result.h"
#include "policy/tenant.h"
#include "service/tenant_state.h"
#include "store/store.h"

namespace sallyport {

class TenantLoader {
 public:
  explicit TenantLoader(Store& store) : store_(store) {}

  [[nodiscard]] Result<std::shared_ptr<const TenantState>> load();
  // `changes` follow `base` in the feed without a hole.
  [[nodiscard]] Result<std::shared_ptr<const TenantState>> next(const TenantState& base,
                                                                std::span<const Change> changes);

 private:
  using Made = Result<std::shared_ptr<const TenantState>>;
  Result<void> add_all(std::string_view kind, TenantBuilder& builder, std::string* digest);
  Result<void> load_configuration(TenantState& state, PolicySet& policy_set);
  Result<bool> edit(const TenantState& base, std::span<const Change> changes, TenantState& state);
  Result<void> edit_device(const Change& change, Inventory::Editor& editor);
  void remember_device(const Guid& document_id, DeviceId device_id);
  Result<bool> edit_user(const Change& change, Directory::Editor& editor);
  Made compiled(std::shared_ptr<TenantState> state, PolicySet policy_set);

  Store& store_;
  // Users whom a group or role document names: their memberships stand in several documents, so
  // they cannot be edited one by one.
  std::unordered_set<UserId> named_elsewhere_;
  // Devices whose document has another id than the device: both are Graph's, the object's and the
  // device's own.
  std::unordered_map<Guid, DeviceId, GuidHash> device_of_document_;
  bool in_step_ = false;  // the members above describe the newest state
  std::size_t shapes_compiled_ = 0;  // device shapes the newest program has in its tables
};

}  // namespace sallyport
