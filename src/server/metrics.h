// What the server counts, as Prometheus reads it. Counting is a relaxed atomic add.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "policy/words.h"
#include "server/http.h"
#include "service/compliance/judging.h"
#include "service/fleet/fleet.h"
#include "service/notifications/notifier.h"
#include "signin/answer.h"

namespace sallyport {

// Seconds in buckets that double from 1 us to about 1 s.
class LatencyHistogram {
 public:
  void observe(std::chrono::nanoseconds time);
  void append(std::string& out, std::string_view name, std::string_view help) const;

 private:
  static constexpr std::size_t buckets = 21;
  std::array<std::atomic<std::uint64_t>, buckets + 1> counts_{};
  std::atomic<std::uint64_t> nanoseconds_{0};
};

enum class Gate : std::uint8_t { forward_auth, authzen };
inline constexpr std::size_t gate_count = 2;

// What other parts of the server know at the moment of asking.
struct Gauges {
  bool ready = false;
  std::array<std::uint64_t, 3> policies{};  // by PolicyState
  std::uint64_t sequence = 0;               // of the last change that is in effect
  std::uint64_t rebuilds = 0;
  std::uint64_t rebuild_failures = 0;
  std::chrono::microseconds rebuild_last{0};
  std::uint64_t log_waiting = 0;  // sign-in records not yet in the store
  std::uint64_t log_written = 0;
  std::uint64_t log_repeated = 0;
  bool log_refused = false;  // the store refused the newest records; they wait
  NotifierCounts notifications;
  std::uint64_t devices = 0;  // that have ever reported
  JudgingProgress judging;
  std::optional<FleetCounts> fleet;  // none: no Fleet server is read
};

class Metrics {
 public:
  void count_decision(Gate gate, Outcome outcome);
  void count_undecided(Gate gate);  // an error: nobody got in
  void count_withheld();            // decided, and refused because its record was late
  void count_response(int status);
  LatencyHistogram requests;  // handler time
  HttpCounters connections;

  std::string text(const Gauges& gauges) const;  // text/plain; version=0.0.4

 private:
  std::array<std::array<std::atomic<std::uint64_t>, 4>, gate_count> decisions_{};
  std::atomic<std::uint64_t> withheld_{0};
  std::array<std::atomic<std::uint64_t>, 6> responses_{};  // by the first digit of the status
};

}  // namespace sallyport
