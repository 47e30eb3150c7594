// Drift from a stored set of policies (spec, analysis checks, REL-08).
#include <algorithm>

#include "analysis/checks/checked_documents.h"
#include "analysis/checks/checks.h"
#include "analysis/checks/normal_form.h"

namespace sallyport {
namespace {

// By id, else by name: an import gives new ids.
const CheckedPolicy* counterpart(const CheckedPolicy& p, const std::vector<CheckedPolicy>& others) {
  auto found = std::ranges::find_if(
      others, [&](const CheckedPolicy& other) { return other.policy.id == p.policy.id; });
  if (found == others.end()) {
    found = std::ranges::find_if(others, [&](const CheckedPolicy& other) {
      return other.policy.display_name == p.policy.display_name;
    });
  }
  return found == others.end() ? nullptr : &*found;
}

}  // namespace

void check_baseline(const CheckInput& in, const LoadResult& baseline, FindingList& findings) {
  const auto stored = checked_policies(baseline);
  for (const auto& p : in.policies) {
    const auto* before = counterpart(p, stored);
    if (before == nullptr) {
      findings.add("REL-08", p, "", "this policy is not in the baseline set");
      continue;
    }
    const auto now = normal_form(p);
    const auto then = normal_form(*before);
    if (now == then) continue;
    auto& finding = findings.add("REL-08", p, "", "this policy is not as in the baseline set");
    const auto tell = [&](const auto& some, const auto& others, std::string_view word) {
      for (const auto& entry : some) {
        if (std::ranges::binary_search(others, entry)) continue;
        if (finding.evidence.size() >= 6) return;
        finding.evidence.push_back(std::string(word) + ' ' + entry.path + ": " + entry.value);
      }
    };
    tell(then, now, "was");
    tell(now, then, "is");
  }
  for (const auto& before : stored) {
    if (counterpart(before, in.policies) != nullptr) continue;
    auto& finding = findings.add("REL-08", "the policy " + quoted(before.policy.display_name) +
                                               " of the baseline set is missing");
    finding.policies.push_back(before.named());
  }
}

}  // namespace sallyport
