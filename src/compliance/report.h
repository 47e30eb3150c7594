// What one source tells about a device at one time.
//
//   {"source": "agent", "reportedAt": "2026-11-26T03:00:00Z", "sequence": 17,
//    "facts": {"storageEncrypted": false, "firewallEnabled": {"error": "nft: permission denied"},
//              "tpmVersion": {"notApplicable": true}},
//    "systemFacts": {...},
//    "discoveryScripts": {"<script id>": {"exitCode": 0, "output": "{\"BiosVersion\":\"1.2\"}"}}}
//
// A report is the whole of what its source knows: a fact left out is unknown from then on. Where
// the operating system answers otherwise for the system than for the signed-in user, `systemFacts`
// says so; it is optional. Facts that this version does not know are left out, with a note.
// Errors are invalid_argument or too_large, `where` a JSON pointer into the report.
// An attacker may have written it: everything is bounded. Threads: free.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/finding.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/result.h"
#include "compliance/fact.h"

namespace sallyport::compliance {

using ScriptId = Id<struct ScriptTag>;

struct ReportedFact {
  Fact fact = Fact::operating_system;
  FactState state = FactState::known;
  std::int64_t number = 0;  // of a boolean, an integer, a word its rank
  std::string text;         // of the other types; of an error its words
};

struct ScriptResult {
  ScriptId script;
  int exit_code = 0;
  std::string output;
};

struct Report {
  Source source = Source::agent;
  Instant reported_at{};  // by the source's clock: shown, never counted with
  std::uint64_t sequence = 0;
  std::vector<ReportedFact> facts;  // in the order of Fact
  std::vector<ReportedFact> system_facts;
  std::vector<ScriptResult> scripts;
};

inline constexpr std::size_t report_size_max = std::size_t{8} << 20U;
inline constexpr std::size_t report_scripts_max = 16;
inline constexpr std::size_t script_output_max = std::size_t{1} << 20U;
inline constexpr std::size_t fact_list_max = 2048;         // entries of a list
inline constexpr std::size_t fact_list_bytes_max = 65000;  // of all of them

[[nodiscard]] Result<Report> parse_report(std::string_view text,
                                          std::vector<Finding>* notes = nullptr);
[[nodiscard]] Result<Report> read_report(const json::Value& document,
                                         std::vector<Finding>* notes = nullptr);

void write_report(const Report& report, json::Writer& writer);
std::string to_json(const Report& report);

}  // namespace sallyport::compliance
