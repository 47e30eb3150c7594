// The agent at work: it looks at the cheap facts every few seconds, checks in when one has changed,
// when the server wants to hear of it, and when something waits to be sent; and it holds back after
// a failure, longer each time.
//
// Threads: one. Signals: SIGTERM and SIGINT end it, SIGHUP makes it check in.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "agent/root.h"
#include "agent/state_folder.h"
#include "base/instant.h"
#include "base/result.h"

namespace sallyport::agent {

struct ServiceOptions {
  std::chrono::milliseconds watch_interval{10'000};
  std::function<void(const std::string&)> log;  // a line, for the journal
};

// How long to hold back after this many failures in a row: 15 s, doubled each time up to 5 minutes,
// and of that between a half and all of it, by `random`, so that a thousand devices do not come
// back at once. What the server said itself counts as the least.
std::chrono::milliseconds hold_back(unsigned failures, std::uint32_t random,
                                    std::chrono::seconds server_says);

struct CheckedIn {
  bool enrolled = true;  // still
  Error error;           // what the server or the network said; no message: all is acknowledged
  std::chrono::seconds retry_after{0};
};

// Sends what waits, a new report with it when `fresh`, until the server wants no more.
// Errors: the state cannot be used, or a report not be kept.
[[nodiscard]] Result<CheckedIn> check_in(const StateFolder& folder, const Root& root, bool fresh,
                                         Instant now, Instant scripts_since);

// Until it is told to end, or the device is retired. Errors: the state cannot be used.
[[nodiscard]] Result<void> run_service(const StateFolder& folder, const Root& root,
                                       const ServiceOptions& options);

}  // namespace sallyport::agent
