// Reads a Fleet server's hosts and their policy results, again and again, and has each device
// judged by what Fleet says of it, as of when Fleet saw it.
//
//   hosts page by page > which device each is > a report of the source `fleet` > judged
//
// Who cannot be told apart, or is not known, is counted and said, never guessed. When Fleet cannot
// be read nothing changes: what it said before stands, and grows old as everything does. It is
// tried again after ten seconds, twice as long each time up to the interval, and no sooner than
// Fleet asks.
//
// A host that says the same as before is taken again once an hour, so a fleet at rest costs a write
// a device and hour. Threads: one of its own; round() may be called instead, when that was not
// started.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "service/compliance/judging.h"
#include "service/fleet/fleet_server.h"

namespace sallyport {

struct FleetOptions {
  HttpUrl url;
  std::function<Result<std::string>()> token;  // asked each time, so that it can be replaced
  std::function<Instant()> now;
  std::vector<fleet::PolicyRule> rules;
  std::chrono::seconds interval{300};
  std::function<void(const std::string& problem, std::chrono::seconds next)> on_problem;
  // Who was passed over, when that changes: how many, and a few of them with the reason.
  std::function<void(std::size_t hosts, const std::string& examples)> on_passed_over;
};

struct FleetCounts {
  std::uint64_t rounds = 0;    // that were finished
  std::uint64_t failures = 0;  // that were not
  std::uint64_t reports = 0;   // that were judged
  // Hosts of the last finished round.
  std::uint64_t matched = 0;
  std::uint64_t unknown = 0;
  std::uint64_t ambiguous = 0;
  std::uint64_t unreadable = 0;
  Instant last{};  // when that was
};

// How long to wait after so many failures, one after the other.
std::chrono::seconds fleet_pause(std::size_t failures, std::chrono::seconds interval,
                                 std::chrono::seconds asked);

class Fleet {
 public:
  // REQUIRES: what is referred to outlives this.
  Fleet(Store& store, Judging& judging, std::unique_ptr<HttpClient> client, FleetOptions options)
      : store_(store),
        judging_(judging),
        client_(std::move(client)),
        options_(std::move(options)) {}
  ~Fleet();  // waits for what is under way
  Fleet(const Fleet&) = delete;
  Fleet& operator=(const Fleet&) = delete;

  void start();
  [[nodiscard]] Result<void> round();
  FleetCounts counts() const;

 private:
  struct PassedOver;
  struct Taken {
    Guid facts;  // a digest
    Instant seen{};
  };

  void run();
  bool is_stopping() const;
  [[nodiscard]] Result<FleetHosts> read(std::chrono::seconds& wait);
  [[nodiscard]] Result<void> take_all(const FleetHosts& hosts);
  [[nodiscard]] Result<void> take(const fleet::Host& host, const Guid& device, PassedOver& over);

  Store& store_;
  Judging& judging_;
  const std::unique_ptr<HttpClient> client_;
  const FleetOptions options_;
  std::unordered_map<Guid, Taken, GuidHash> taken_;  // by device
  std::string told_;                                 // of who was passed over
  std::chrono::seconds asked_{};                     // by Fleet, to wait

  mutable std::mutex mutex_;  // guards the two below
  FleetCounts counts_;
  bool stopping_ = false;
  std::condition_variable stop_;
  std::thread thread_;
};

}  // namespace sallyport
