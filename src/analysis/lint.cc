#include "analysis/lint.h"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "analysis/reach.h"
#include "base/json.h"
#include "policy/read.h"
#include "policy/validate.h"

namespace sallyport {
namespace {

// Where a pointer leads, or as far as it does: what is missing stands where it would be.
const json::Value& follow(const json::Value& root, std::string_view pointer) {
  const json::Value* at = &root;
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const auto end = std::min(pointer.find('/'), pointer.size());
    const auto name = pointer.substr(0, end);
    pointer.remove_prefix(end);
    const json::Value* next = nullptr;
    if (at->is_array()) {
      std::size_t index = 0;
      for (const char c : name) index = index * 10 + static_cast<std::size_t>(c - '0');
      if (index < at->items().size()) next = &at->items()[index];
    } else {
      next = at->find_ignoring_case(name);
    }
    if (next == nullptr) break;
    at = next;
  }
  return *at;
}

class PolicyLint {
 public:
  PolicyLint(const SourceDocument& source, const json::Document& document,
             std::vector<Finding>& into)
      : source_(source), document_(document), into_(into) {}

  void add(Severity severity, std::string_view code, std::string message, std::string pointer) {
    const auto& at = follow(document_.root(), pointer);
    const auto position = document_.position(at);
    Finding finding;
    finding.severity = severity;
    finding.code = std::string(code);
    finding.message = std::move(message);
    finding.file = source_.file;
    finding.line = source_.line + position.line - 1;
    finding.column = position.line == 1 ? source_.column + position.column - 1 : position.column;
    finding.pointer = std::move(pointer);
    finding.offset = at.offset();
    into_.push_back(std::move(finding));
  }

  void check(const Tenant& tenant) {
    const auto reading = read_policy(document_.root());
    std::set<std::string> said;  // rules that could not be read are in the load's findings
    for (const auto& finding : reading.findings) {
      if (finding.code == "L-filter") said.insert(finding.pointer);
    }
    for (auto& violation : validate(document_.root(), tenant.policy_set, Dialect::lenient)) {
      if (violation.rule == "V21" && said.contains(violation.pointer)) continue;
      add(violation.is_error ? Severity::error : Severity::warning, violation.rule,
          std::move(violation.message), std::move(violation.pointer));
    }
    if (reading.policy.state == PolicyState::disabled) return;
    const std::string prefix = is_policy_template(document_.root()) ? "/details" : "";
    for (auto& reason : reasons_to_never_apply(reading.policy)) {
      add(Severity::warning, "A-never-applies", std::move(reason.message), prefix + reason.pointer);
    }
  }

 private:
  const SourceDocument& source_;
  const json::Document& document_;
  std::vector<Finding>& into_;
};

}  // namespace

std::vector<Finding> lint(const LoadResult& loaded) {
  auto findings = loaded.findings;
  std::size_t policies = 0;
  for (const auto& source : loaded.documents) {
    if (source.kind != DocumentKind::conditional_access_policy &&
        source.kind != DocumentKind::policy_template) {
      continue;
    }
    if (source.kind == DocumentKind::conditional_access_policy) ++policies;
    const auto document = json::parse(source.json);
    if (document) PolicyLint(source, *document, findings).check(loaded.tenant);
  }
  if (const auto excess = check_policy_count(policies)) {
    Finding finding;
    finding.severity = Severity::warning;
    finding.code = std::string(excess->rule);
    finding.message = excess->message;
    findings.push_back(std::move(finding));
  }
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.file, a.line, a.column, a.code) < std::tie(b.file, b.line, b.column, b.code);
  });
  return findings;
}

}  // namespace sallyport
