// Every change an administrator makes goes through here: planned one after the other, committed in
// groups, in effect before the caller hears of it.
//
// A plan looks at the store through a Draft, checks, and says what to write. Those that wait are
// planned in the order they came and committed together, so one fsync and one compiled program
// serve them all; a plan that looks at what another of its group writes is planned anew in the
// next. So each plan sees all changes before it, and none is made on the strength of something that
// is no longer so. When another process writes the same document meanwhile, the group is planned
// again.
//
//   const auto versions = queue.run([&](Draft& draft) -> Result<void> {
//     const auto document = draft.get("namedLocation", id);
//     ...
//     draft.write({...}, make_audit(...));
//     return {};
//   });
//
// Who has many plans at hand hands them over together, and they share a commit.
//
// Threads: any number may call; a plan runs on the thread of one of them, perhaps another's.
// Cost: the plan, and a share of one commit and one refresh of the tenant.
#pragma once

#include <condition_variable>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "service/live.h"
#include "store/store.h"

namespace sallyport {

// The store as it is, for one plan, and what the plan wants to change in it.
class Draft {
 public:
  [[nodiscard]] Result<VersionedDocument> get(std::string_view kind, std::string_view id);
  // All of a kind: for kinds of which there are few.
  [[nodiscard]] Result<std::vector<VersionedDocument>> all(std::string_view kind);
  // How many there are, this group's changes included. For kinds of which there are few.
  [[nodiscard]] Result<std::size_t> count(std::string_view kind);
  // Of the store as this group found it.
  [[nodiscard]] Result<Sequence> last_sequence() { return store_.last_sequence(); }
  [[nodiscard]] Result<Sequence> last_sign_in() { return store_.last_sign_in(); }
  // What decisions are made with. Documents of these kinds were not changed by this group.
  const TenantState& tenant_without_changes_of(std::initializer_list<std::string_view> kinds);

  // What no two changes of a group may both take, such as a name; false: this plan has to wait.
  [[nodiscard]] bool claim(const std::string& what);

  // What has been planned so far, for who looks at a plan as a whole.
  struct Proposed {
    Store& store;
    const TenantState& tenant;
    std::span<const Write> accepted;  // by the group's plans before this one
    std::span<const Write> proposed;  // by this one
  };
  Proposed proposed() const {
    const std::span<const Write> all = writes_;
    return {store_, *tenant_, all.first(first_), all.subspan(first_)};
  }
  bool has_to_wait() const { return must_wait_; }  // this plan will be planned anew

  // For who knows from elsewhere what a document is like and writes it with the version it had
  // then: false when that may no longer be so, because a plan before this one writes it (this one
  // has to wait), or because the group is planned again after a conflict.
  [[nodiscard]] bool may_be_known(std::string_view kind, std::string_view id);

  void write(Write write) { writes_.push_back(std::move(write)); }
  void audit(AuditRecord record) { audits_.push_back(std::move(record)); }

 private:
  friend class ChangeQueue;
  Draft(Store& store, std::shared_ptr<const TenantState> tenant, bool is_first_attempt)
      : store_(store), tenant_(std::move(tenant)), is_first_attempt_(is_first_attempt) {}
  bool holds(std::string_view kind, std::string_view id) const;

  Store& store_;
  std::shared_ptr<const TenantState> tenant_;
  bool is_first_attempt_;
  std::vector<Write> writes_;  // of the whole group
  std::size_t first_ = 0;      // of the plan at hand
  std::vector<AuditRecord> audits_;
  std::unordered_map<std::string, int> grown_;      // by kind, of the accepted writes
  std::unordered_set<std::string> written_places_;  // `kind/id`, likewise
  std::unordered_set<std::string> claimed_;         // by accepted plans
  std::vector<std::string> claims_;                 // by the plan at hand
  bool must_wait_ = false;  // the plan looked at what an accepted write changes
};

class ChangeQueue {
 public:
  using Plan = std::function<Result<void>(Draft&)>;
  using Versions = std::vector<Version>;

  ChangeQueue(Store& store, LiveTenant& tenant) : store_(store), tenant_(tenant) {}

  // Gives the versions of the plan's writes, when they are on the disk and in effect. An error of
  // the plan is given back; conflict when other processes keep changing the same documents.
  [[nodiscard]] Result<Versions> run(const Plan& plan);
  // Of several that know nothing of each other: for each, what run() would give.
  [[nodiscard]] std::vector<Result<Versions>> run_all(std::span<const Plan> plans);

 private:
  struct Waiting {
    const Plan* plan;
    std::optional<Result<Versions>> outcome;  // of the thread that carries it out, until finished
    bool finished = false;                    // guarded by mutex_
  };
  struct Placed {  // a plan's share of the group's writes
    Waiting* waiting;
    std::size_t first;
    std::size_t count;
  };
  struct Planned {
    std::vector<Placed> placed;
    std::vector<Waiting*> deferred;
  };
  static void plan_one(Waiting& waiting, Draft& draft, Planned& planned);
  bool commit(Draft& draft, const Planned& planned);
  std::vector<Waiting*> carry_out(const std::vector<Waiting*>& group);

  Store& store_;
  LiveTenant& tenant_;
  std::mutex mutex_;  // guards the two below, and who is finished
  std::condition_variable finished_;
  std::vector<Waiting*> queue_;
  bool busy_ = false;  // some thread is carrying out a group
};

}  // namespace sallyport
