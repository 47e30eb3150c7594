// A host as Fleet tells it, read: who it is, when Fleet saw it, and its facts.
//
//   GET /api/v1/fleet/hosts?populate_policies=true   {"hosts": [{"id": 7, "hardware_serial": ...}]}
//
// Fleet asks a host for details and for its policies every hour or so, and sees it every few
// seconds. What it did not ask anew for a day before it saw the host last counts no more. A policy
// that has not run has an empty answer, which is unknown; two policies that contradict each other
// about a fact make it an error.
// An attacker may have written it: everything is bounded. Pure. Threads: free.
// Source: Fleet's documentation of its REST API, "List hosts".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/json.h"
#include "base/result.h"
#include "compliance/report.h"
#include "enrolment/fleet/policy_rule.h"

namespace sallyport::fleet {

struct Host {
  std::int64_t id = 0;  // in Fleet
  std::string serial;   // of its hardware, in small letters; empty: none that identifies it
  std::string uuid;     // likewise
  Instant seen{};       // never later than now
  std::vector<compliance::ReportedFact> facts;  // in the order of Fact
};

// Errors: invalid_argument: it cannot be told which host this is, or when it was seen.
[[nodiscard]] Result<Host> read_host(const json::Value& host, std::span<const PolicyRule> rules,
                                     Instant now);

struct Page {
  std::size_t size = 0;  // hosts on it, readable or not
  std::vector<Host> hosts;
  std::vector<Error> unreadable;
};
inline constexpr std::size_t page_bytes_max = std::size_t{32} << 20U;

// Errors: invalid_argument: it is no page of hosts.
[[nodiscard]] Result<Page> read_page(std::string_view body, std::span<const PolicyRule> rules,
                                     Instant now);

compliance::Report report_of(const Host& host, std::uint64_t sequence);

}  // namespace sallyport::fleet
