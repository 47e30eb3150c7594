#include "analysis/lint.h"

#include <tuple>

#include "analysis/checks/catalogue.h"
#include "analysis/checks/device_documents.h"
#include "compliance/compliance_policy.h"

namespace sallyport {
namespace {

// The document that a remark is about, by its place: the last one that begins before it.
const SourceDocument* document_at(const LoadResult& loaded, const Finding& remark) {
  const SourceDocument* found = nullptr;
  for (const auto& source : loaded.documents) {
    const bool before =
        std::tie(source.line, source.column) <= std::tie(remark.line, remark.column);
    if (source.file == remark.file && before && remark.line != 0) found = &source;
  }
  return found;
}

bool is_policy(const SourceDocument* document) {
  return document != nullptr && (document->kind == DocumentKind::conditional_access_policy ||
                                 document->kind == DocumentKind::policy_template);
}

// Of `other` documents, those that checks look at: that they take no part in decisions is no news.
bool is_looked_at(const SourceDocument* document) {
  if (document == nullptr || document->kind != DocumentKind::other) return false;
  auto parsed = json::parse(document->json);
  if (!parsed) return false;
  const CheckedDocument checked{document, std::move(*parsed)};
  return is_compliance_policy(checked) || is_app_protection(checked);
}

// A document that cannot be read is HYG-09, a filter that cannot is CND-12; what is merely remarked
// keeps its code.
CheckFinding finding_of(const LoadResult& loaded, const Finding& remark) {
  auto finding = as_check_finding(remark);
  // A whole document that is no JSON is no policy's.
  const auto* document = remark.pointer.empty() ? nullptr : document_at(loaded, remark);
  if (is_policy(document)) finding.policies.push_back({document->id, document->display_name});
  if (remark.severity != Severity::error) return finding;
  const auto* check = find_check(remark.code == "L-filter" ? "CND-12" : "HYG-09");
  finding.id = std::string(check->id);
  finding.title = std::string(check->name);
  finding.fix = std::string(check->fix);
  finding.rule = remark.code;
  return finding;
}

// What is to be said of a compliance policy as such: values that nothing meets, a grace period that
// is none.
void look_at_compliance(const LoadResult& loaded, std::vector<CheckFinding>& findings) {
  for (const auto& source : loaded.documents) {
    if (source.kind != DocumentKind::other) continue;
    const auto document = json::parse(source.json);
    if (!document || !compliance::is_compliance_policy(document->root())) continue;
    for (auto& remark : compliance::read_compliance_policy(document->root()).findings) {
      const auto at = json::locate(source.json, remark.offset);
      remark.file = source.file;
      remark.line = source.line + at.line - 1;
      remark.column = at.line == 1 ? source.column + at.column - 1 : at.column;
      auto finding = finding_of(loaded, remark);
      finding.policies.push_back({source.id, source.display_name});
      findings.push_back(std::move(finding));
    }
  }
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
  for (const auto& remark : loaded.findings) {
    if (remark.code == "L-other" && is_looked_at(document_at(loaded, remark))) continue;
    findings.push_back(finding_of(loaded, remark));
  }
  look_at_compliance(loaded, findings);
  sort_findings(findings);
  return findings;
}

}  // namespace sallyport
