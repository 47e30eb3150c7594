// The sign-in log while it is being written: what becomes a record, and how records reach the disk.
//
// One record is written for the first decision of an identity at an application, and for each time
// its outcome changes; what only repeats it is counted in memory and takes the record's id. After
// `session_max` the same outcome is recorded anew.
//
// Records are appended by a thread of its own, as many as have gathered in one commit. None is
// dropped: while the store refuses (locked, disk full) they wait and are tried again, and when
// `queue_max` of them wait, enter() fails, so that nobody is let in without a record. Whoever must
// not answer before the record is on the disk waits for its ticket.
//
// Threads: any number may call. Cost: enter, one lock of 16 and a hash table; a session 72 bytes.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
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
  std::chrono::hours session_max{8};
  std::size_t sessions_max = 200'000;  // remembered; then those not seen for longest are forgotten
  std::size_t queue_max = 10'000;      // records not yet on the disk
};

struct SignInLogCounts {
  std::uint64_t recorded = 0;  // on the disk
  std::uint64_t repeated = 0;  // decisions that only repeated a record
  std::uint64_t waiting = 0;   // not yet on the disk
  std::string problem;         // why the newest could not be written; empty when they could
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
    bool is_new = false;                // the caller must submit a record with this id
    std::uint64_t repeats_before = 0;   // of the outcome that this one replaces
  };
  // `fingerprint`: equal for equal outcomes. Fails, as unavailable, when too many records wait.
  [[nodiscard]] Result<Seat> enter(const SignInKey& key, std::uint64_t fingerprint, Instant now);
  LogTicket submit(SignInRecord record);
  // Whether the record is on the disk; false after the timeout, it is then still waiting.
  bool wait_until_durable(LogTicket ticket, std::chrono::milliseconds timeout);

  SignInLogCounts counts() const;

 private:
  struct Session {
    Guid decision_id;
    std::uint64_t fingerprint = 0;
    Instant recorded_at{};
    std::uint64_t repeats = 0;
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

  void write_until_stopped();
  Result<void> append(const std::vector<SignInRecord>& group);

  Store& store_;
  const SignInLogOptions options_;
  std::array<Shard, shard_count> shards_;
  std::atomic<std::uint64_t> repeated_{0};

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable submitted_;
  std::condition_variable written_;
  std::vector<SignInRecord> queue_;
  LogTicket last_submitted_ = 0;
  LogTicket last_durable_ = 0;
  std::string problem_;
  bool stopping_ = false;

  std::thread writer_;
};

}  // namespace sallyport
