// Devices judged: when they report, when what they are judged by changes, and when time alone
// changes something. A verdict and what it means for decisions are committed together, through the
// queue of changes, and are in effect before the caller hears of them.
//
//   1. check_in      a report in; the posture, the record, the verdict and the directory device out
//   2. judge_again   one device or all, by what is in memory; only who fares otherwise is written,
//                    so the stored words of a verdict that stands are renewed when its device
//                    reports; verdict_of() has those of now
//
// The store is the truth: what a plan takes from memory it writes with the version that memory
// knows, so a report that comes twice, late or by another server counts as it should.
// Threads: any number may call. Errors: as ChangeQueue.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "service/change_queue.h"
#include "service/compliance/check_in.h"
#include "service/compliance/device_states.h"
#include "service/compliance/partner_report.h"
#include "service/compliance/rulebook.h"
#include "service/live.h"
#include "service/managed_devices/record.h"
#include "store/store.h"

namespace sallyport {

struct ManagedRecord;  // managed_devices/record.h

// Of judging many again, for who watches.
struct JudgingProgress {
  std::uint64_t runs = 0;    // begun
  std::uint64_t of = 0;      // devices of the run that is under way, or of the last one
  std::uint64_t judged = 0;  // of them
  std::uint64_t fared_otherwise = 0;
};

class Judging {
 public:
  // REQUIRES: store and tenant outlive this.
  Judging(Store& store, LiveTenant& tenant)
      : store_(store), tenant_(tenant), queue_(store, tenant) {}

  // Reads every posture, and the rulebook.
  [[nodiscard]] Result<void> load(Instant now);
  // Makes the rulebook anew. An error leaves the one before.
  [[nodiscard]] Result<void> refresh_rulebook();

  // Errors besides: not_found: no such device is managed; denied: it has left (retired or wiped).
  [[nodiscard]] Result<CheckInAnswer> check_in(const Guid& device, const CheckIn& check_in,
                                               Instant now);
  // Of several devices at once, for each what check_in() would give: they share a commit.
  struct Arrival {
    Guid device;
    const CheckIn* check_in = nullptr;
  };
  [[nodiscard]] std::vector<Result<CheckInAnswer>> check_in_all(std::span<const Arrival> arrivals,
                                                                Instant now);
  // What a partner says; what comes late is taken and says nothing. Errors: as check_in.
  [[nodiscard]] Result<void> take_partner_report(const PartnerReport& report, Instant now);
  // Of several devices; those that are not known are passed over. After an error those that are
  // not judged are due, so that states().due() tells of them.
  [[nodiscard]] Result<void> judge_again(std::span<const Guid> devices, Instant now);

  // What is judged of a device that is known like this; nothing is written.
  // REQUIRES: load() has succeeded.
  compliance::Judgement judge_as_known(const Guid& device, const DeviceState& state,
                                       Instant now) const;
  // In the words of the policies as they are now; those of the stored verdict may be older, when it
  // stands. Nothing: it never reported, or nothing is loaded yet.
  std::optional<compliance::Verdict> verdict_of(const Guid& device, Instant now) const;
  // Whether a change is a report, or a verdict, that this object wrote: it is no news to it.
  bool has_written(const Change& change) const { return change.note == mark_; }
  // Takes a posture into memory that another server has written. `version`: of that change.
  [[nodiscard]] Result<void> take_in(const Guid& device, Version version);

  DeviceStates& states() { return states_; }
  std::shared_ptr<const Rulebook> rulebook() const;
  JudgingProgress progress() const;

 private:
  struct Outcome;
  struct Known;
  Result<Known> find_known(Draft& draft, const Guid& device, const std::string& id,
                           const CheckIn* check_in);
  static Result<ManagedRecord> find_record(Draft& draft, const std::string& id,
                                           const CheckIn* check_in, Instant now);
  Result<Outcome> judge(Draft& draft, const Guid& device, const CheckIn* check_in, Instant now);
  bool fares_otherwise(const Guid& device, const Rulebook& book, const TenantState& tenant,
                       Instant now);
  Result<void> write_judged(std::span<const Guid> devices, Instant now);
  void look_again_at(std::span<const Guid> devices, Instant now);
  void remember(const Guid& device, Outcome outcome, const ChangeQueue::Versions& versions);

  Store& store_;
  LiveTenant& tenant_;
  ChangeQueue queue_;  // of its own: a burst of check-ins does not hold up administrators
  DeviceStates states_;
  const std::string mark_ = to_string(random_guid()).substr(0, 13);  // in the change feed
  mutable std::shared_mutex mutex_;                                  // guards rulebook_
  std::shared_ptr<const Rulebook> rulebook_;
  std::atomic<std::uint64_t> runs_{0}, of_{0}, judged_{0}, otherwise_{0};
};

}  // namespace sallyport
