#include "analysis/checks/run.h"

#include <algorithm>
#include <tuple>

#include "analysis/checks/checked_documents.h"
#include "analysis/checks/checks.h"
#include "analysis/checks/input.h"
#include "base/text.h"
#include "policy/read.h"

namespace sallyport {
namespace {

const AuthenticationStrength* strength_of(const LoadResult& loaded, const Policy& policy) {
  if (!policy.grant_controls || !policy.grant_controls->authentication_strength) return nullptr;
  const auto& grant = *policy.grant_controls;
  if (const auto* known = loaded.tenant.policy_set.find_strength(*grant.authentication_strength)) {
    return known;
  }
  return grant.inline_strength ? &*grant.inline_strength : nullptr;
}

std::vector<CheckedDocument> documents_of(const LoadResult& loaded, DocumentKind kind) {
  std::vector<CheckedDocument> list;
  for (const auto& source : loaded.documents) {
    if (source.kind != kind) continue;
    auto document = json::parse(source.json);
    if (document) list.push_back({&source, std::move(*document)});
  }
  std::ranges::stable_sort(list, [](const CheckedDocument& a, const CheckedDocument& b) {
    return std::tie(a.source->display_name, a.source->id, a.source->file, a.source->line) <
           std::tie(b.source->display_name, b.source->id, b.source->file, b.source->line);
  });
  return list;
}

}  // namespace

std::vector<CheckedPolicy> checked_policies(const LoadResult& loaded) {
  std::vector<CheckedPolicy> list;
  for (const auto kind : {DocumentKind::conditional_access_policy, DocumentKind::policy_template}) {
    for (auto& document : documents_of(loaded, kind)) {
      auto reading = read_policy(document.document.root());
      CheckedPolicy policy{{document.source, std::move(document.document)}, {}, {}, nullptr, {}};
      policy.policy = std::move(reading.policy);
      // The id it counts under: of two without id and of one name, the second has another.
      policy.policy.id_text = policy.source->id;
      policy.policy.id = PolicyId::of(policy.policy.id_text);
      if (is_policy_template(policy.document.root())) policy.prefix = "/details";
      for (const auto& finding : reading.findings) {
        if (finding.code == "L-filter" && finding.severity == Severity::error) {
          policy.unreadable_filters.push_back(finding.pointer);
        }
      }
      list.push_back(std::move(policy));
    }
  }
  std::ranges::stable_sort(list, [](const CheckedPolicy& a, const CheckedPolicy& b) {
    return std::tie(a.policy.display_name, a.policy.id_text) <
           std::tie(b.policy.display_name, b.policy.id_text);
  });
  // Only now, as an inline strength moves with its policy.
  for (auto& policy : list) policy.strength = strength_of(loaded, policy.policy);
  return list;
}

GroupFacts group_facts(const SourceDocument& group) {
  GroupFacts facts;
  facts.id = guid_of_text(group.id);
  facts.name = group.display_name;
  const auto document = json::parse(group.json);
  if (!document) return facts;
  const auto is_true = [&](std::string_view name) {
    const auto* value = document->root().find_ignoring_case(name);
    return value != nullptr && value->truth();
  };
  facts.is_assignable_to_role = is_true("isAssignableToRole");
  facts.is_management_restricted = is_true("isManagementRestricted");
  if (const auto* rule = document->root().find_ignoring_case("membershipRule")) {
    facts.membership_rule = std::string(rule->text());
  }
  return facts;
}

std::vector<CheckFinding> run_checks(const LoadResult& loaded, const CheckRun& run) {
  const CheckInput in{loaded.tenant,
                      run.settings,
                      run.now,
                      checked_policies(loaded),
                      documents_of(loaded, DocumentKind::named_location),
                      documents_of(loaded, DocumentKind::authentication_strength_policy),
                      documents_of(loaded, DocumentKind::other),
                      run.groups};
  std::vector<CheckFinding> all;
  FindingList findings(all);
  for (const auto check : {check_coverage,          check_administrators, check_guests,
                           check_session_coverage,  check_risk,           check_emergency,
                           check_exclusions,        check_grants,         check_registration,
                           check_sessions,          check_conditions,     check_device_filters,
                           check_locations,         check_targets,        check_references,
                           check_workloads,         check_relations,      check_hygiene,
                           check_device_compliance, check_app_protection, check_rules}) {
    check(in, findings);
  }
  if (run.baseline_set != nullptr) check_baseline(in, *run.baseline_set, findings);
  sort_findings(all);
  return all;
}

}  // namespace sallyport
