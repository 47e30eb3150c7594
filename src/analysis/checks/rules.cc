// Rules of the document format that say what a check says: they are decided once, by
// policy/validate.h, and reported under the check with the rule's number beside it.
#include <algorithm>
#include <array>

#include "analysis/checks/catalogue.h"
#include "analysis/checks/checks.h"
#include "analysis/checks/reach.h"
#include "analysis/checks/vocabulary.h"
#include "policy/validate.h"

namespace sallyport {
namespace {

struct SameRule {
  std::string_view rule;
  std::string_view check;
};

constexpr std::array same_rules = {
    SameRule{"V4", "CND-14"},  SameRule{"V6", "GRT-03"},  SameRule{"V7", "GRT-02"},
    SameRule{"V8", "GRT-04"},  SameRule{"V9", "RSK-07"},  SameRule{"V10", "GRT-14"},
    SameRule{"V11", "GRT-15"}, SameRule{"V12", "WLD-03"}, SameRule{"V13", "WLD-03"},
    SameRule{"V14", "GRT-09"}, SameRule{"V16", "SES-05"}, SameRule{"V18", "SES-04"},
    SameRule{"V19", "SES-07"}, SameRule{"V21", "CND-12"}, SameRule{"V22", "WLD-03"},
    SameRule{"V23", "REF-01"}, SameRule{"V24", "RSK-05"},
};

// Empty when the rule stands for itself.
std::string_view check_of_rule(std::string_view rule) {
  const auto found = std::ranges::find(same_rules, rule, &SameRule::rule);
  return found == same_rules.end() ? std::string_view() : found->check;
}

bool has_agents(const CheckedPolicy& p) {
  const auto& clients = p.policy.conditions.client_applications;
  return clients &&
         (clients->include.all_agents || !clients->include.agents.empty() || clients->agent_filter);
}

// Whether what V23 misses could have been there: documents of its kind were given.
bool were_given(const CheckInput& in, std::string_view pointer) {
  const auto& set = in.tenant.policy_set;
  if (pointer.find("/locations/") != std::string_view::npos) return !set.named_locations.empty();
  if (pointer.find("authenticationStrength") != std::string_view::npos) {
    return !set.authentication_strengths.empty();
  }
  return true;
}

void add_violation(const CheckInput& in, const CheckedPolicy& p, Violation& violation,
                   FindingList& findings) {
  std::string_view check = check_of_rule(violation.rule);
  if (violation.rule == "V22" && has_agents(p)) check = "WLD-06";
  // A pointer of a violation begins at the document's root already.
  const auto pointer = violation.pointer.starts_with(p.prefix)
                           ? violation.pointer.substr(p.prefix.size())
                           : violation.pointer;
  auto& finding = findings.add(check.empty() ? violation.rule : check, p, pointer,
                               std::move(violation.message));
  finding.rule = std::string(violation.rule);
  if (check.empty()) {
    finding.severity = violation.is_error ? Severity::error : Severity::warning;
    finding.rule.clear();
  }
  // More than 23 hours are legal, only unusual.
  if (violation.rule == "V16" && !violation.is_error) finding.severity = Severity::low;
  if (violation.rule == "V23" && !were_given(in, violation.pointer)) {
    finding.severity = Severity::medium;
    finding.assumption = "nothing of its kind was given: it may not be exported";
  }
}

}  // namespace

void check_rules(const CheckInput& in, FindingList& findings) {
  for (const auto& p : in.policies) {
    for (auto& violation : validate(p.document.root(), in.tenant.policy_set, Dialect::lenient)) {
      // What could not be read was said while loading.
      const bool said =
          std::ranges::find(p.unreadable_filters, violation.pointer) != p.unreadable_filters.end();
      if (violation.rule == "V21" && said) continue;
      add_violation(in, p, violation, findings);
    }
    if (p.off()) continue;
    for (auto& reason : reasons_to_never_apply(p.policy)) {
      auto& finding = findings.add(reason.check, p, reason.pointer, std::move(reason.message));
      finding.rule = "A-never-applies";
    }
  }
  const auto count = static_cast<std::size_t>(
      std::ranges::count_if(in.policies, [](const CheckedPolicy& p) { return p.prefix.empty(); }));
  if (const auto excess = check_policy_count(count)) {
    auto& finding = findings.add(excess->rule, excess->message);
    finding.severity = Severity::warning;
  }
}

}  // namespace sallyport
