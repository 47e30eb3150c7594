// Any document as any kind that compliance knows: reading, judging and explaining never crash; the
// canonical form is its own, and asks for the same as what it was made from.
#include <cstdlib>
#include <set>

#include "compliance/assignment_filter.h"
#include "compliance/judge.h"
#include "compliance/setting.h"

namespace {

using namespace sallyport;
using namespace sallyport::compliance;

bool ask_the_same(const CompliancePolicy& a, const CompliancePolicy& b) {
  if (a.settings.size() != b.settings.size() || a.grace_hours != b.grace_hours ||
      a.actions.size() != b.actions.size() || a.assignments.size() != b.assignments.size()) {
    return false;
  }
  std::multiset<std::string> asked;
  for (const auto& one : a.settings)
    asked.insert(std::string(one.row->member) + required_words(one));
  for (const auto& one : b.settings) {
    const auto found = asked.find(std::string(one.row->member) + required_words(one));
    if (found == asked.end()) return false;
    asked.erase(found);
  }
  return true;
}

void judge_nothing(const CompliancePolicy& policy, const TenantRules& rules) {
  Facts facts;
  Subject subject;
  subject.facts = &facts;
  subject.platform = platform_of(policy.type);
  const AppliedPolicy applied[] = {{&policy, true, true}};
  const auto judgement = judge(subject, applied, rules, {}, Instant(std::chrono::hours(490'000)));
  // Of a device that told nothing, nobody knows that it is well.
  if (judgement.is_compliant) std::abort();
  (void)to_json(explain(judgement, subject));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = json::parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!document) return 0;
  const auto& root = document->root();
  TenantRules rules;
  rules.settings = read_tenant_settings(root, Dialect::lenient, nullptr);
  rules.connectors.push_back(read_threat_connector(root, Dialect::lenient, nullptr));
  (void)read_assignment_filter(root);
  (void)read_compliance_policy(root, Dialect::strict);
  const auto reading = read_compliance_policy(root);
  judge_nothing(reading.policy, rules);

  json::Arena arena;
  const auto once = json::write(canonical_compliance_policy(root, arena));
  const auto again = json::parse(once);
  if (!again) std::abort();
  if (json::write(canonical_compliance_policy(again->root(), arena)) != once) std::abort();
  if (!ask_the_same(reading.policy, read_compliance_policy(again->root()).policy)) std::abort();
  return 0;
}
