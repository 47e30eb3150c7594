#include "analysis/lint.h"

#include "analysis/checks/catalogue.h"

namespace sallyport {
namespace {

// A document that cannot be read is HYG-09, a filter that cannot is CND-12; what is merely remarked
// keeps its code.
CheckFinding finding_of(const Finding& remark) {
  auto finding = as_check_finding(remark);
  if (remark.severity != Severity::error) return finding;
  const auto* check = find_check(remark.code == "L-filter" ? "CND-12" : "HYG-09");
  finding.id = std::string(check->id);
  finding.title = std::string(check->name);
  finding.fix = std::string(check->fix);
  finding.rule = remark.code;
  return finding;
}

}  // namespace

std::vector<CheckFinding> lint(const LoadResult& loaded, const CheckRun& run) {
  auto findings = run_checks(loaded, run);
  for (const auto& remark : loaded.findings) findings.push_back(finding_of(remark));
  sort_findings(findings);
  return findings;
}

}  // namespace sallyport
