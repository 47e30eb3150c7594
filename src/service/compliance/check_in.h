// What a device says when it checks in, and what it is told.
//
//   {"report": {...}, "actions": [{"id": "...", "state": "done", "detail": ""}]}
//
//   {"acceptedSequence": 17, "verdict": {...}, "actions": [{"id": "...", "action": "remoteLock"}],
//    "discoveryScripts": [{"id": "...", "name": "...", "sha256": "...", "script": "<base64>"}],
//    "nextCheckInSeconds": 28800}
//
// The report is compliance/report.h's, the verdict compliance/verdict.h's. docs/agent.md tells the
// whole protocol. Threads: free.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compliance/report.h"
#include "service/managed_devices/remote_actions.h"

namespace sallyport {

struct ActionReport {
  std::string id;
  ActionState state = ActionState::done;
  std::string detail;
};

struct CheckIn {
  compliance::Report report;
  std::vector<ActionReport> actions;
};

inline constexpr std::size_t check_in_size_max = compliance::report_size_max + (1U << 16U);
inline constexpr std::size_t action_reports_max = 64;

// Errors: invalid_argument and too_large, `where` a JSON pointer.
[[nodiscard]] Result<CheckIn> parse_check_in(std::string_view body);
// A device speaks as its agent, and for itself alone: what a partner, an administrator's Fleet or a
// management server says of it does not come from it. Error: denied.
[[nodiscard]] Result<void> check_it_speaks_for_itself(const compliance::Report& report);

struct DiscoveryScript {
  std::string id;
  std::string name;
  std::string sha256;  // of the script, hexadecimal
  std::string script;  // base64
};

struct CheckInAnswer {
  std::uint64_t accepted_sequence = 0;
  std::string verdict;  // JSON
  std::vector<PendingAction> actions;
  std::vector<DiscoveryScript> scripts;
  std::chrono::seconds next{0};
};
std::string to_json(const CheckInAnswer& answer);

}  // namespace sallyport
