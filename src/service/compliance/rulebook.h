// Everything devices are judged by, at one moment: compliance policies with their assignments and
// filters, tenant settings, connectors, discovery scripts. It never changes; judging.h makes a new
// one when a document that counts has changed.
//
// A document that is not JSON keeps the rulebook from being made, and the one before stays: a
// policy never disappears because its text is damaged. Threads: any number may read. Cost:
// applied() is a few look-ups, and each filter that matters once. Source: spec device-compliance,
// sections 1 and 6.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "compliance/assignment.h"
#include "compliance/judge.h"
#include "service/compliance/check_in.h"
#include "service/compliance/device_states.h"
#include "service/tenant_state.h"
#include "store/store.h"

namespace sallyport {

// A device, as far as it matters to whom policies are assigned.
struct JudgedDevice {
  Guid id;  // its deviceId
  const RecordTraits& record;
  const compliance::Facts* facts = nullptr;
};

class Rulebook {
 public:
  [[nodiscard]] static Result<std::shared_ptr<const Rulebook>> load(Store& store,
                                                                    const TenantState& tenant);
  // Whether a change of such a document changes what devices are judged by.
  static bool is_made_of(std::string_view kind);
  // Whether some policy is assigned to this group, or to one that it is nested in.
  bool is_assigned(const GroupId& group) const { return assigned_.contains(group); }

  // The policies that apply, as they were loaded: in order of kind and id.
  void applied(const JudgedDevice& device, const TenantState& tenant,
               std::vector<compliance::AppliedPolicy>& into) const;
  // What the device has to run for them, each once.
  std::vector<DiscoveryScript> scripts_for(
      std::span<const compliance::AppliedPolicy> applied) const;
  const compliance::TenantRules& rules() const { return rules_; }

 private:
  Result<void> read(Store& store);
  void take(std::string_view kind, const json::Value& document);
  void find_assigned(const TenantState& tenant);
  Result<void> find_devices(Store& store);
  void groups_of_user(const Guid& user, const TenantState& tenant,
                      std::vector<GroupId>& into) const;

  std::vector<compliance::CompliancePolicy> policies_;
  std::unordered_map<Guid, compliance::AssignmentFilter, GuidHash> filters_;
  compliance::TenantRules rules_;
  std::unordered_map<compliance::ScriptId, DiscoveryScript> scripts_;
  // The groups that policies name, and those nested in them; of these, to which named ones each
  // leads. By id: a directory that is read anew numbers its groups anew.
  std::unordered_set<GroupId> assigned_;
  std::unordered_map<GroupId, std::vector<GroupId>> leads_to_;
  std::unordered_map<Guid, std::vector<GroupId>, GuidHash> groups_of_device_;
};

}  // namespace sallyport
