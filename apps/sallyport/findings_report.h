// Findings, written for people and for programs: what `lint` and the proofs print.
//
// The same findings give the same bytes, whatever the order of files. SARIF is 2.1.0 (OASIS);
// JUnit is the XML that build servers read, a test a finding and one for each check that found
// nothing. Markdown and CSV are for tickets and spreadsheets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/checks/check_finding.h"
#include "table.h"

namespace sallyport::cli {

enum class FindingsFormat : std::uint8_t { table, json, jsonl, junit, sarif, markdown, csv };
std::optional<FindingsFormat> parse_findings_format(std::string_view word);
const std::vector<std::string>& findings_format_words();

// Whether a finding counts: see findings_acceptance.h.
enum class Standing : std::uint8_t {
  open,
  known,     // the baseline has it
  accepted,  // an exception covers it
};

struct ReportedFinding {
  CheckFinding finding;
  Standing standing = Standing::open;
  std::string remark;  // who accepted it, until when, and why
};

struct FindingsReport {
  std::string command;                    // `lint`
  std::vector<ReportedFinding> findings;  // in order (sort_findings)
  std::vector<std::string> checked;       // ids of the checks that ran, for JUnit
  std::optional<Severity> fail_on;        // open findings at least as bad fail; nothing: none does
  std::string summary;                    // what was looked at: `3 files, 7 policies`
};

bool fails(const FindingsReport& report);
std::string render(const FindingsReport& report, FindingsFormat format,
                   const Presentation& presentation);

// One a format, called by render().
std::string findings_for_people(const FindingsReport& report, const Presentation& presentation);
std::string findings_as_json(const FindingsReport& report, bool lines);
std::string findings_as_sarif(const FindingsReport& report);
std::string findings_as_junit(const FindingsReport& report);

// Whether this finding makes the run fail.
bool fails(const FindingsReport& report, const ReportedFinding& reported);
std::string_view name_of(Standing standing);

}  // namespace sallyport::cli
