#include "findings_report.h"

#include <algorithm>

#include "base/text.h"

namespace sallyport::cli {
namespace {

Table as_table(const FindingsReport& report) {
  Table table;
  table.columns = {{"SEVERITY", "severity"},
                   {"CHECK", "check"},
                   {"TITLE", "title"},
                   {"POLICY", "policy"},
                   {"", "policyIds", false, false, true},
                   {"FINDING", "message"},
                   {"FIX", "fix"},
                   {"FILE", "file"},
                   {"LINE", "line"},
                   {"", "column", false, false, true},
                   {"", "pointer", false, false, true},
                   {"", "evidence", false, false, true},
                   {"", "assumption", false, false, true},
                   {"", "wouldPassIfEnforced", false, false, true},
                   {"", "standing", false, false, true},
                   {"", "remark", false, false, true}};
  const auto number = [](std::uint32_t n) { return n == 0 ? std::string() : std::to_string(n); };
  const auto joined = [](const std::vector<std::string>& texts) {
    std::string all;
    for (const auto& text : texts) all += (all.empty() ? "" : "; ") + text;
    return all;
  };
  for (const auto& [finding, standing, remark] : report.findings) {
    std::vector<std::string> names;
    std::vector<std::string> ids;
    for (const auto& policy : finding.policies) {
      names.push_back(policy.name);
      ids.push_back(policy.id);
    }
    std::vector<Cell> cells;
    for (const auto& text :
         {std::string(name_of(finding.severity)), finding.id, finding.title, joined(names),
          joined(ids), finding.message, finding.fix, finding.file, number(finding.line),
          number(finding.column), finding.pointer, joined(finding.evidence), finding.assumption,
          joined(finding.would_pass_if_enforced), std::string(name_of(standing)), remark}) {
      cells.push_back({text, Tone::plain});
    }
    table.rows.push_back(std::move(cells));
  }
  return table;
}

}  // namespace

const std::vector<std::string>& findings_format_words() {
  static const std::vector<std::string> words = {"table", "json",     "jsonl", "junit",
                                                 "sarif", "markdown", "csv"};
  return words;
}

std::optional<FindingsFormat> parse_findings_format(std::string_view word) {
  const auto& words = findings_format_words();
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<FindingsFormat>(found - words.begin());
}

std::string_view name_of(Standing standing) {
  switch (standing) {
    case Standing::open: return "open";
    case Standing::known: return "known";
    case Standing::accepted: return "accepted";
  }
  return "";
}

bool fails(const FindingsReport& report, const ReportedFinding& reported) {
  return report.fail_on && reported.standing == Standing::open &&
         reported.finding.severity <= *report.fail_on;
}

bool fails(const FindingsReport& report) {
  return std::ranges::any_of(report.findings,
                             [&](const ReportedFinding& r) { return fails(report, r); });
}

std::string render(const FindingsReport& report, FindingsFormat format,
                   const Presentation& presentation) {
  switch (format) {
    case FindingsFormat::table: return findings_for_people(report, presentation);
    case FindingsFormat::json: return findings_as_json(report, false);
    case FindingsFormat::jsonl: return findings_as_json(report, true);
    case FindingsFormat::junit: return findings_as_junit(report);
    case FindingsFormat::sarif: return findings_as_sarif(report);
    case FindingsFormat::markdown:
      return cli::render(as_table(report), {Format::markdown, false, 0}) + '\n' + report.summary +
             '\n';
    case FindingsFormat::csv: return cli::render(as_table(report), {Format::csv, false, 0});
  }
  return {};
}

}  // namespace sallyport::cli
