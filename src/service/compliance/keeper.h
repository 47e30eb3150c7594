// Keeps verdicts true while nobody checks in: follows the store, and the clock.
//
//   a compliance document, or a group some policy is assigned to   everybody is judged again
//   a user, a managed device, a directory device                   those it is about
//   time: a grace period or a validity that ends                   those it ends for, each second
//
// Threads: one of its own; the rest may be called by any.
#pragma once

#include <atomic>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "service/compliance/judging.h"

namespace sallyport {

struct KeeperOptions {
  std::function<Instant()> now;
  // Told when verdicts cannot be brought up to date, and why; it is tried again.
  std::function<void(const std::string& problem)> on_problem;
};

class Keeper {
 public:
  // REQUIRES: all outlive this.
  Keeper(Store& store, LiveTenant& tenant, Judging& judging, KeeperOptions options)
      : store_(store), tenant_(tenant), judging_(judging), options_(std::move(options)) {}
  ~Keeper();
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  // From now on, until this object ends. The first round reads everything.
  void follow();
  // One round, on the calling thread: what has changed since the last one. For tests.
  [[nodiscard]] Result<void> round();

 private:
  struct Touched {  // whom a few changes concern
    bool everybody = false;
    std::set<Guid> users;
    std::set<Guid> devices;
  };
  void run();
  Result<void> catch_up();
  std::vector<Guid> take_touched(compliance::Seconds now);
  Result<Touched> look_at(std::span<const Change> changes);
  Result<void> look_at(const Change& change, Touched& touched);

  Store& store_;
  LiveTenant& tenant_;
  Judging& judging_;
  KeeperOptions options_;
  bool loaded_ = false;
  Sequence reached_ = 0;
  Touched touched_;  // up to there, and not judged again yet
  compliance::Seconds due_looked_at_ = 0;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace sallyport
