// Reports that wait for the server, and what was last heard from it.
//
// A report is a file of its own before it is sent, `spool/<sequence>.json`, and stays until the
// server has acknowledged it; of more than spool_max the oldest are dropped, for a newer report
// says all that an older one said. What the server answered is `contact.json`, readable by
// everybody: it holds no secret, and `sallyport-agent status` is for the user. Whoever is killed
// between the two sends a report again, which the server knows by its sequence and ignores.
//
// Threads: one, which holds the folder's lock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/reading.h"
#include "agent/script.h"
#include "agent/state_folder.h"
#include "base/instant.h"
#include "base/result.h"

namespace sallyport::agent {

inline constexpr std::size_t spool_max = 100;
inline constexpr std::string_view refused_file = "refused.json";  // what the server could not read

// How an action that the server asked for went.
struct ActionResult {
  std::string id;
  std::string action;
  bool done = false;
  std::string detail;  // why not
};

struct Contact {
  std::uint64_t sequence = 0;         // of the last report the server acknowledged
  std::optional<Instant> at;          // when that was
  std::string verdict;                // JSON; empty: none yet
  std::int64_t next_seconds = 28800;  // until it wants to hear of us
  std::string problem;                // why the last attempt failed; empty: it did not
  std::optional<Instant> problem_at;
  std::vector<ActionResult> results;  // not told to the server yet
};

[[nodiscard]] Result<Contact> read_contact(const StateFolder& folder);
[[nodiscard]] Result<void> write_contact(const StateFolder& folder, const Contact& contact);

// {"source": "agent", ...}, as compliance/report.h reads it.
std::string report_json(const Readings& readings, const std::vector<ScriptResult>& scripts,
                        std::uint64_t sequence, Instant now);

// Oldest first.
[[nodiscard]] Result<std::vector<std::uint64_t>> waiting(const StateFolder& folder);
[[nodiscard]] Result<std::string> read_report(const StateFolder& folder, std::uint64_t sequence);
[[nodiscard]] Result<void> add_report(const StateFolder& folder, std::uint64_t sequence,
                                      std::string_view json);
[[nodiscard]] Result<void> drop_report(const StateFolder& folder, std::uint64_t sequence);

// Everything this file is about.
[[nodiscard]] Result<void> clear_reports(const StateFolder& folder);

}  // namespace sallyport::agent
