// Workloads and agents (spec, analysis checks, section 9). WLD-03 and 06 are rules (rules.cc),
// WLD-05 and 07 references.
#include <algorithm>

#include "analysis/checks/checks.h"
#include "analysis/checks/vocabulary.h"

namespace sallyport {

void check_workloads(const CheckInput& in, FindingList& findings) {
  const auto& settings = in.settings;
  const bool licensed = !settings.licences.empty() && settings.has_licence("workload");
  if (licensed) {
    expect_some(in, findings, "WLD-01", "no enforced policy is for service principals",
                [](const CheckedPolicy& p) {
                  const auto& clients = p.policy.conditions.client_applications;
                  return Lacks().must(clients && (clients->include.all_in_my_tenant ||
                                                  !clients->include.service_principals.empty()),
                                      "it includes none");
                });
    expect_some(in, findings, "WLD-02", "no enforced policy blocks service principals of high risk",
                [](const CheckedPolicy& p) {
                  const auto& levels = p.policy.conditions.service_principal_risk_levels;
                  return Lacks()
                      .must(for_workloads(p), "it is not for service principals")
                      .must(levels.contains(RiskLevel::high) || levels.all,
                            "it is not for high risk")
                      .must(blocks(p), "it does not block");
                });
  }
  if (settings.lacks_licence("agents")) return;
  auto* finding =
      expect_some(in, findings, "WLD-04", "no enforced policy blocks agents of high risk",
                  [](const CheckedPolicy& p) {
                    const auto& levels = p.policy.conditions.agent_id_risk_levels;
                    return Lacks()
                        .must(levels.contains(RiskLevel::high) || levels.all,
                              "it is not for agents of high "
                              "risk")
                        .must(blocks(p), "it does not block");
                  });
  if (finding != nullptr && settings.licences.empty()) finding->assumption = "no licence data";
}

}  // namespace sallyport
