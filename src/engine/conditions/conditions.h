// One function a condition: is it met by these facts, and what decided it? The meaning is
// docs/semantics.md, section 3. The bit tables are made by asking these functions for every value a
// fact can take (engine/tables.cc), so deciding and explaining cannot disagree.
//
// To add a condition see docs/recipes.md.
#pragma once

#include <span>

#include "engine/address_space.h"
#include "engine/compiled_policy.h"
#include "engine/facts.h"
#include "engine/reason.h"
#include "policy/policy_set.h"

namespace sallyport {

Tested test_users(const CompiledUsers& users, const Facts& facts);
Tested test_client_applications(const ClientApplicationCondition& condition, const Facts& facts);
Tested test_applications(const ApplicationCondition& condition, const PolicySet& policies,
                         const Facts& facts);
// Matched by another application's id, too: Windows Azure Service Management API covers it.
extern const ApplicationId azure_portal;
// One requested resource on its own; `principal` is its service principal, or null.
Tested test_application(const ApplicationCondition& condition, const PolicySet& policies,
                        const ServicePrincipal* principal, ApplicationId application);
Tested test_platforms(const PlatformCondition& condition, Fact<Platform> platform);
// What `AllTrusted` comes to; looks at locations_of_address.
Match match_trusted_locations(const PolicySet& policies, const Facts& facts);
Tested test_locations(const CompiledLocations& condition, const PolicySet& policies,
                      const Facts& facts);
Tested test_client_app_types(WordSet<ClientApp> types, Fact<ClientApp> client_app);
Tested test_devices(const DeviceCondition& condition, const Fact<DeviceView>& device);
Tested test_risk(WordSet<RiskLevel> levels, Fact<RiskLevel> level);
Tested test_insider_risk(WordSet<InsiderRiskLevel> levels, Fact<InsiderRiskLevel> level);
Tested test_authentication_flows(WordSet<TransferMethod> methods, Fact<TransferMethod> flow);

// Whether a list of flows is configured at all: `none` alone is not.
constexpr bool is_configured(WordSet<TransferMethod> methods) {
  return methods.unknown || methods.contains(TransferMethod::device_code_flow) ||
         methods.contains(TransferMethod::authentication_transfer);
}
constexpr bool is_configured(WordSet<ClientApp> types) { return !types.empty() && !types.all; }

// For a fact of few values: what every value, and absence, agree on.
template <class Word, class Test>
Tested test_every_value(Word last, Test test) {
  const Tested first = test(Fact<Word>::absent());
  for (unsigned i = 0; i <= static_cast<unsigned>(last); ++i) {
    if (test(Fact<Word>(static_cast<Word>(i))).match() != first.match()) {
      return {Match::unknown, {ReasonKind::fact_unknown}};
    }
  }
  return first;
}

}  // namespace sallyport
