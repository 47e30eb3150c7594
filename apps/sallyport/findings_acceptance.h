// Findings that do not count: accepted exceptions, with an owner, a reason and an end, and what a
// former run already found. Lint and the proofs use it alike.
//
//   [[accept]]
//   check = "EXC-08"
//   policy = "CA004 - Legacy"   # id or name; left out: a finding about the whole set
//   pointer = "/conditions/users/excludeUsers"   # optional
//   owner = "Ada Admin"
//   reason = "lab accounts, reviewed every quarter"
//   expires = 2026-12-31
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "findings_report.h"

namespace sallyport::cli {

struct Acceptance {
  std::string check;
  std::string policy;
  std::string pointer;
  std::string owner;
  std::string reason;
  Instant expires{};
};

struct AcceptanceReading {
  std::vector<Acceptance> acceptances;
  std::vector<Error> problems;  // every mistake; then none is to be used
};
AcceptanceReading read_acceptances(const std::string& file);

// The keys of a former run's JSON (`--format json` or jsonl).
[[nodiscard]] Result<std::set<std::string>> read_baseline(const std::string& file);

// Sets the standing of each finding. An expired acceptance leaves it open, and the finding says so.
// Returns the acceptances that covered nothing, in words: they can be removed.
std::vector<std::string> apply_acceptances(const std::vector<Acceptance>& acceptances, Instant now,
                                           std::vector<ReportedFinding>& findings);
void apply_baseline(const std::set<std::string>& keys, std::vector<ReportedFinding>& findings);

}  // namespace sallyport::cli
