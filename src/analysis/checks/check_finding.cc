#include "analysis/checks/check_finding.h"

#include <algorithm>
#include <tuple>

namespace sallyport {
namespace {

std::string_view first_name(const CheckFinding& finding) {
  return finding.policies.empty() ? std::string_view() : finding.policies.front().name;
}

}  // namespace

std::string key_of(const CheckFinding& finding) {
  std::string key = finding.id + '|';
  for (std::size_t i = 0; i < finding.policies.size(); ++i) {
    key += (i == 0 ? "" : ",") + finding.policies[i].id;
  }
  if (finding.policies.empty()) key += finding.file;
  key += '|' + finding.pointer;
  return finding.instance.empty() ? key : key + '|' + finding.instance;
}

void sort_findings(std::vector<CheckFinding>& findings) {
  std::ranges::stable_sort(findings, [](const CheckFinding& a, const CheckFinding& b) {
    const auto name_a = first_name(a);
    const auto name_b = first_name(b);
    return std::tie(a.severity, a.id, name_a, a.pointer, a.policies, a.file, a.line, a.column,
                    a.message) < std::tie(b.severity, b.id, name_b, b.pointer, b.policies, b.file,
                                          b.line, b.column, b.message);
  });
}

CheckFinding as_check_finding(const Finding& finding) {
  CheckFinding result;
  result.id = finding.code;
  result.severity = finding.severity;
  result.message = finding.message;
  result.file = finding.file;
  result.line = finding.line;
  result.column = finding.column;
  result.pointer = finding.pointer;
  return result;
}

}  // namespace sallyport
