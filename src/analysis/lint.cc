#include "analysis/lint.h"

#include <tuple>

#include "analysis/checks/catalogue.h"

namespace sallyport {
namespace {

// The policy that a remark is about, by its place: the last one that begins before it.
const SourceDocument* policy_at(const LoadResult& loaded, const Finding& remark) {
  const SourceDocument* found = nullptr;
  for (const auto& source : loaded.documents) {
    const bool before =
        std::tie(source.line, source.column) <= std::tie(remark.line, remark.column);
    if (source.file == remark.file && before && remark.line != 0) found = &source;
  }
  const bool is_policy =
      found != nullptr && (found->kind == DocumentKind::conditional_access_policy ||
                           found->kind == DocumentKind::policy_template);
  return is_policy ? found : nullptr;
}

// A document that cannot be read is HYG-09, a filter that cannot is CND-12; what is merely remarked
// keeps its code.
CheckFinding finding_of(const LoadResult& loaded, const Finding& remark) {
  auto finding = as_check_finding(remark);
  // A whole document that is no JSON is no policy's.
  if (const auto* policy = remark.pointer.empty() ? nullptr : policy_at(loaded, remark)) {
    finding.policies.push_back({policy->id, policy->display_name});
  }
  if (remark.severity != Severity::error) return finding;
  const auto* check = find_check(remark.code == "L-filter" ? "CND-12" : "HYG-09");
  finding.id = std::string(check->id);
  finding.title = std::string(check->name);
  finding.fix = std::string(check->fix);
  finding.rule = remark.code;
  return finding;
}

}  // namespace

LoadResult load_for_lint(std::span<const std::string> paths, std::vector<GroupFacts>& groups) {
  LoadOptions options;
  options.each = [&](const SourceDocument& document) {
    if (document.kind == DocumentKind::group) groups.push_back(group_facts(document));
    return true;
  };
  return load(paths, options);
}

std::vector<CheckFinding> lint(const LoadResult& loaded, const CheckRun& run) {
  auto findings = run_checks(loaded, run);
  for (const auto& remark : loaded.findings) findings.push_back(finding_of(loaded, remark));
  sort_findings(findings);
  return findings;
}

}  // namespace sallyport
