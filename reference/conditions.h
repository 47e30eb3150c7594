// Does a policy apply? docs/semantics.md, sections 2 and 3.
#pragma once

#include <string>
#include <vector>

#include "reference/match.h"
#include "reference/scene.h"

namespace sallyport::reference {

// Whether a condition is met, and the entry that decided it.
struct Tested {
  Match match = Match::no;
  std::string decided_by;
};

// One side of a condition: the *or* of its entries.
class Side {
 public:
  void add(Match match, std::string_view kind, std::string_view name = {}) {
    const Match both = match_or(match_, match);
    if (both == match_) return;
    match_ = both;
    decided_by_ = std::string(kind);
    if (!name.empty()) decided_by_ += " `" + std::string(name) + "`";
  }
  Match match() const { return match_; }
  const std::string& decided_by() const { return decided_by_; }

 private:
  Match match_ = Match::no;
  std::string decided_by_;
};

// Included and not excluded.
Tested included_and_not_excluded(const Side& included, const Side& excluded);

Tested test_users(const UserCondition& condition, const Scene& scene);
Tested test_client_applications(const ClientApplicationCondition& condition, const Scene& scene);
Tested test_applications(const ApplicationCondition& condition, const Scene& scene);
Tested test_platforms(const PlatformCondition& condition, const Scene& scene);
Tested test_locations(const LocationCondition& condition, const Scene& scene);
Tested test_client_app_types(const WordSet<ClientApp>& types, const Scene& scene);
Tested test_devices(const DeviceCondition& condition, const Scene& scene);
Tested test_risk(const WordSet<RiskLevel>& levels, const Fact<RiskLevel>& level);
Tested test_insider_risk(const WordSet<InsiderRiskLevel>& levels, const Scene& scene);
Tested test_authentication_flows(const WordSet<TransferMethod>& methods, const Scene& scene);

// Every configured condition, in the order of ConditionName.
std::vector<ConditionAnswer> test_conditions(const Conditions& conditions, const Scene& scene);

// What is asked of a device, here and by the grant controls.
Truth is_compliant(const Fact<DeviceView>& device);
Truth is_hybrid_joined(const Fact<DeviceView>& device);

// Null: no named location has this id.
const NamedLocation* find_location(LocationId id, const Scene& scene);

}  // namespace sallyport::reference
