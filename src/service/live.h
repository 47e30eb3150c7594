// The tenant as it is now: policies, directory and devices in memory, following the store.
//
// A LiveTenant publishes an immutable TenantState. Whoever decides takes the current one and keeps
// it for the length of the decision, so no decision sees half a change. A change in the store, by
// this process or another, becomes a new state:
//   policy, location, strength, context, settings   that one read, and the program compiled
//   user, device, members of a group or role        edited into the snapshot
//   nesting and roles of groups, service principal  likewise, and the program compiled
// The few changes that cannot be edited in exactly (tenant_loader.h) load everything, beside the
// state in use.
// If that fails (a damaged document, a database that is away) the last good state stays and the
// problem shows in health(): a policy never disappears because its text cannot be read.
//
// Threads: any number may call. Cost: state() is a shared lock and a reference count.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/result.h"
#include "service/tenant_loader.h"
#include "service/tenant_state.h"
#include "store/store.h"

namespace sallyport {

// Why nobody is let in while TenantHealth::is_empty.
inline constexpr std::string_view nothing_in_store =
    "the store holds no policy, user or device, so nobody is let in";

struct TenantHealth {
  bool ready = false;     // there is a state to decide with
  bool is_empty = false;  // there is one, and nothing is in it: nobody is decided on
  Sequence sequence = 0;
  std::string problem;  // why the newest changes are not in effect; empty when they are
  std::uint64_t rebuilds = 0;
  std::uint64_t loads = 0;     // by reading every document again
  std::uint64_t failures = 0;  // distinct problems, one after the other
  std::chrono::microseconds rebuild_last{0};
};

class LiveTenant {
 public:
  explicit LiveTenant(Store& store);
  ~LiveTenant();
  LiveTenant(const LiveTenant&) = delete;
  LiveTenant& operator=(const LiveTenant&) = delete;

  // Brings the state up to the store, on the calling thread.
  Result<void> refresh();
  // From now on a thread does so whenever there is news, until this object ends.
  void follow();

  std::shared_ptr<const TenantState> state() const;  // null until the first load has succeeded
  TenantHealth health() const;

 private:
  void follow_until_stopped();
  Result<void> refresh_once();

  Store& store_;

  std::mutex loading_;  // held while a state is being made; guards the three below
  TenantLoader loader_;
  Sequence failed_at_ = -1;  // the store's last change when making a state failed for good
  Error failure_;

  mutable std::shared_mutex published_;  // guards state_ and health_
  std::shared_ptr<const TenantState> state_;
  TenantHealth health_;

  std::atomic<bool> stopping_{false};
  std::thread follower_;
};

}  // namespace sallyport
