// Findings as JUnit XML: a test case a finding, failed when it fails the run, and one that passed
// for every check that found nothing.
#include <set>

#include "analysis/checks/catalogue.h"
#include "findings_report.h"
#include "junit.h"

namespace sallyport::cli {
namespace {

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

JunitCase case_of(const FindingsReport& report, const ReportedFinding& reported) {
  const auto& finding = reported.finding;
  const std::string subject =
      finding.policies.empty() ? finding.message : finding.policies.front().name;
  JunitCase out;
  out.classname = report.command + '.' + finding.id;
  out.name = finding.id + ' ' + finding.title + ": " + subject + ' ' + finding.pointer;
  out.file = finding.file;
  out.line = finding.line;
  out.body = body_of(reported);
  if (fails(report, reported)) {
    out.result = JunitCase::Result::failed;
    out.type = sallyport::name_of(finding.severity);
    out.message = finding.message;
  } else if (reported.standing != Standing::open) {
    out.result = JunitCase::Result::skipped;
    out.message = std::string(name_of(reported.standing)) +
                  (reported.remark.empty() ? "" : ": " + reported.remark);
  }
  return out;
}

}  // namespace

std::string findings_as_junit(const FindingsReport& report) {
  std::set<std::string> found;
  std::vector<JunitCase> cases;
  for (const auto& reported : report.findings) {
    found.insert(reported.finding.id);
    cases.push_back(case_of(report, reported));
  }
  for (const auto& id : report.checked) {
    if (found.contains(id)) continue;
    const auto* check = find_check(id);
    JunitCase passed;
    passed.classname = report.command + '.' + id;
    passed.name = id + (check == nullptr ? "" : ' ' + std::string(check->name));
    cases.push_back(std::move(passed));
  }
  return render_junit("sallyport " + report.command, cases);
}

}  // namespace sallyport::cli
