// Everything devices are judged by, at one moment: compliance policies with their assignments and
// filters, tenant settings, connectors, discovery scripts. It never changes; judging.h makes a new
// one when a document that counts has changed.
//
// A document that cannot be read keeps the rulebook from being made, and the one before stays: a
// policy never disappears because its text is damaged.
// Threads: any number may read. Cost: applied() is a few look-ups, and each filter that matters once.
// Source: spec device-compliance, sections 1 and 6.
#pragma once

#include <memory>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "compliance/assignment.h"
#include "compliance/judge.h"
#include "service/compliance/check_in.h"
#include "service/tenant_state.h"
#include "store/store.h"

namespace sallyport {

class Rulebook {
 public:
  [[nodiscard]] static Result<std::shared_ptr<const Rulebook>> load(Store& store,
                                                                    const TenantState& tenant);
  // Whether a change of such a document changes what devices are judged by.
  static bool is_made_of(std::string_view kind);
  // Whether some policy is assigned to this group, or to one that it is nested in.
  bool is_assigned(const GroupId& group) const;

  // The policies that apply to a device and its user (all zero: it has none), in order of id.
  void applied(const Guid& device, const Guid& user, const TenantState& tenant,
               std::vector<compliance::AppliedPolicy>& into) const;
  // What the device has to run for them.
  std::vector<DiscoveryScript> scripts_for(
      const std::vector<compliance::AppliedPolicy>& applied) const;

  const compliance::TenantRules& rules() const { return rules_; }
  const std::vector<compliance::CompliancePolicy>& policies() const { return policies_; }

 private:
  Result<void> read_policies(Store& store);
  Result<void> read_filters(Store& store);
  Result<void> read_settings(Store& store);
  Result<void> read_scripts(Store& store);
  Result<void> find_members(Store& store, const TenantState& tenant);

  std::vector<compliance::CompliancePolicy> policies_;
  compliance::AssignmentFilters filters_;
  compliance::TenantRules rules_;
  std::unordered_map<compliance::ScriptId, DiscoveryScript> scripts_;
  // Of the groups that some policy names, and those nested in them.
  std::unordered_set<GroupId> assigned_;
  std::unordered_map<Guid, std::vector<GroupId>, GuidHash> groups_of_device_;  // by deviceId
};

}  // namespace sallyport
