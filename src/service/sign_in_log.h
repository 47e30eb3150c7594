// The sign-in log while it is being written: what becomes a record, and how records reach the disk.
//
// One record is written for the first decision of an identity at an application, and for each time
// its outcome changes; what only repeats it is counted in memory and takes the record's id. After
// `session_max` the same outcome is recorded anew.
//
// Records are appended by a thread of its own, as many as have gathered in one commit. None is
// dropped: while the store refuses (locked, disk full) they wait and are tried again, and when
// `queue_max` of them wait, enter() fails, so that nobody is let in without a record. Nobody is
// told a decision before its record is on the disk: the first and whoever repeats it meanwhile are
// given the same ticket. Nothing here blocks for it: the caller asks is_durable() when the log
// tells of a commit, and now and then, since a disk that hangs tells of nothing.
//
// Threads: any number may call. Cost: enter, one lock of 16 and a hash table; a session 80 bytes.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/instant.h"
#include "base/result.h"
#include "store/store.h"

namespace sallyport {

struct SignInKey {
  Guid identity;
  Guid target;
  friend bool operator==(const SignInKey&, const SignInKey&) = default;
};

using LogTicket = std::uint64_t;  // counts submitted records from 1

struct SignInLogOptions {
  // How long an answer waits for the disk. A record that takes longer stays queued and is written
  // when the store takes it; who waited is told that there is no decision, and tries again.
  std::chrono::milliseconds wait_max{2000};
  std::chrono::hours session_max{8};
  std::size_t sessions_max = 200'000;  // remembered; then those not seen for longest are forgotten
  std::size_t queue_max = 10'000;      // records not yet on the disk
};

struct SignInLogCounts {
  std::uint64_t recorded = 0;  // on the disk
  std::uint64_t repeated = 0;  // decisions that only repeated a record
  std::uint64_t waiting = 0;   // not yet on the disk
  // Why the newest could not be written; empty when they could. For who runs the server: those who
  // sign in are not told.
  std::string problem;
};

class SignInLog {
 public:
  explicit SignInLog(Store& store, const SignInLogOptions& options = {});
  // Writes what waits; gives up after some seconds of a store that refuses.
  ~SignInLog();
  SignInLog(const SignInLog&) = delete;
  SignInLog& operator=(const SignInLog&) = delete;

  struct Seat {
    Guid decision_id;
    bool is_new = false;   // a record was made
    LogTicket ticket = 0;  // of a record not yet on the disk; 0: it is
  };
  // Makes the record with this id; `repeats_before` are those of the outcome that it replaces.
  // Called under a lock: other decisions of the same sixteenth of identities wait for it.
  using MakeRecord =
      std::function<SignInRecord(const Guid& decision_id, std::uint64_t repeats_before)>;
  // `fingerprint`: equal for equal outcomes. Fails, as unavailable, when too many records wait.
  [[nodiscard]] Result<Seat> enter(const SignInKey& key, std::uint64_t fingerprint, Instant now,
                                   const MakeRecord& make_record);
  // Whether all records up to this ticket are on the disk. Fails, as unavailable, for whoever has
  // waited `since` then for `wait_max`, and at once when the log has got nowhere for that long.
  [[nodiscard]] Result<bool> is_durable(LogTicket ticket,
                                        std::chrono::steady_clock::time_point since) const;
  // Called after each commit by the log's thread, which it must not hold up. Empty: nobody any
  // more, and a call under way has ended when this returns.
  void on_commit(std::function<void()> listener);

  SignInLogCounts counts() const;

 private:
  struct Session {
    Guid decision_id;
    std::uint64_t fingerprint = 0;
    Instant recorded_at{};
    std::uint64_t repeats = 0;
    LogTicket ticket = 0;
  };
  struct KeyHash {
    std::size_t operator()(const SignInKey& key) const noexcept;
  };
  using Sessions = std::unordered_map<SignInKey, Session, KeyHash>;
  // Two generations: when the young one is full it becomes the old one, and what was not looked up
  // since the last time is forgotten with the old one.
  struct Shard {
    std::mutex mutex;
    Sessions young;
    Sessions old;
  };
  static constexpr std::size_t shard_count = 16;

  [[nodiscard]] Result<void> check_room() const;
  LogTicket submit(SignInRecord record);
  void write_until_stopped();
  void take_group(std::vector<SignInRecord>& group);
  void tell_of_commit();
  Result<void> append(const std::vector<SignInRecord>& group);

  Store& store_;
  const SignInLogOptions options_;
  std::array<Shard, shard_count> shards_;
  std::atomic<std::uint64_t> repeated_{0};
  std::atomic<LogTicket> last_durable_{0};

  std::mutex listening_;  // guards listener_, and is held while it is called
  std::function<void()> listener_;

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable submitted_;
  std::vector<SignInRecord> queue_;
  LogTicket last_submitted_ = 0;
  // The last commit, or when the first record after it came: for how long the log gets nowhere.
  std::chrono::steady_clock::time_point stands_since_;
  std::string problem_;
  bool stopping_ = false;

  std::thread writer_;
};

}  // namespace sallyport
