// The checks that look at documents: all of them, over everything that was loaded.
//
// Each check of the catalogue that is decided by shape is one function or one row here; those
// decided by effect are the proofs'. Findings do not depend on the order in which documents came.
// Threads: free. Cost: policies times policies, for the relations between them.
#pragma once

#include <string>
#include <vector>

#include "analysis/checks/check_finding.h"
#include "analysis/checks/settings.h"
#include "base/instant.h"
#include "policy/tenant.h"

namespace sallyport {

// What only a group's document tells. From groups_of(), or nothing when no group was given.
struct GroupFacts {
  Guid id;
  std::string name;
  bool is_assignable_to_role = false;
  bool is_management_restricted = false;
  std::string membership_rule;
};
GroupFacts group_facts(const SourceDocument& group);  // REQUIRES: a group's document

struct CheckRun {
  CheckSettings settings = default_check_settings();
  Instant now{};
  std::vector<GroupFacts> groups;
  const LoadResult* baseline_set = nullptr;  // REL-08
};

// In order (sort_findings).
std::vector<CheckFinding> run_checks(const LoadResult& loaded, const CheckRun& run);

}  // namespace sallyport
