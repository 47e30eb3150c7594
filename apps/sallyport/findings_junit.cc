// Findings as JUnit XML: a test case a finding, failed when it fails the run, and one that passed
// for every check that found nothing.
#include <algorithm>
#include <set>

#include "analysis/checks/catalogue.h"
#include "findings_report.h"

namespace sallyport::cli {
namespace {

// XML 1.0 has no control characters but tab and line ends, nor U+FFFE and U+FFFF, not even escaped.
std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto rest = text.substr(i, 3);
    if (rest == "\xef\xbf\xbe" || rest == "\xef\xbf\xbf") {
      out += '?';
      i += 2;
      continue;
    }
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      case '\r': out += "&#13;"; break;
      case '\t': out += "&#9;"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += '?';
        } else {
          out += c;
        }
    }
  }
  return out;
}

std::string attribute(std::string_view name, std::string_view value) {
  return ' ' + std::string(name) + "=\"" + escaped(value) + '"';
}

std::string body_of(const ReportedFinding& reported) {
  const auto& finding = reported.finding;
  std::string text = finding.message + '\n';
  for (const auto& policy : finding.policies) text += "policy: " + policy.name + '\n';
  if (!finding.file.empty()) {
    text += "place: " + finding.file + ':' + std::to_string(finding.line) + ' ' + finding.pointer +
            '\n';
  }
  for (const auto& line : finding.evidence) text += line + '\n';
  if (!finding.assumption.empty()) text += "assuming: " + finding.assumption + '\n';
  if (!finding.fix.empty()) text += "fix: " + finding.fix + '\n';
  return text;
}

std::string case_of(const FindingsReport& report, const ReportedFinding& reported) {
  const auto& finding = reported.finding;
  const std::string subject =
      finding.policies.empty() ? finding.message : finding.policies.front().name;
  std::string out =
      "    <testcase" + attribute("classname", report.command + '.' + finding.id) +
      attribute("name", finding.id + ' ' + finding.title + ": " + subject + ' ' + finding.pointer);
  if (!finding.file.empty()) out += attribute("file", finding.file);
  if (finding.line != 0) out += attribute("line", std::to_string(finding.line));
  out += ">\n";
  if (fails(report, reported)) {
    out += "      <failure" + attribute("type", sallyport::name_of(finding.severity)) +
           attribute("message", finding.message) + '>' + escaped(body_of(reported)) +
           "</failure>\n";
  } else if (reported.standing != Standing::open) {
    out += "      <skipped" +
           attribute("message", std::string(name_of(reported.standing)) +
                                    (reported.remark.empty() ? "" : ": " + reported.remark)) +
           "/>\n";
  } else {
    out += "      <system-out>" + escaped(body_of(reported)) + "</system-out>\n";
  }
  return out + "    </testcase>\n";
}

}  // namespace

std::string findings_as_junit(const FindingsReport& report) {
  std::set<std::string> found;
  std::size_t failures = 0;
  std::size_t skipped = 0;
  for (const auto& reported : report.findings) {
    found.insert(reported.finding.id);
    if (fails(report, reported)) ++failures;
    if (reported.standing != Standing::open) ++skipped;
  }
  std::string cases;
  for (const auto& reported : report.findings) cases += case_of(report, reported);
  std::size_t passed = 0;
  for (const auto& id : report.checked) {
    if (found.contains(id)) continue;
    ++passed;
    const auto* check = find_check(id);
    cases += "    <testcase" + attribute("classname", report.command + '.' + id) +
             attribute("name", id + (check == nullptr ? "" : ' ' + std::string(check->name))) +
             "/>\n";
  }
  const auto numbers = attribute("tests", std::to_string(report.findings.size() + passed)) +
                       attribute("failures", std::to_string(failures)) + attribute("errors", "0") +
                       attribute("skipped", std::to_string(skipped));
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + numbers + ">\n  <testsuite" +
         attribute("name", "sallyport " + report.command) + numbers + ">\n" + cases +
         "  </testsuite>\n</testsuites>\n";
}

}  // namespace sallyport::cli
