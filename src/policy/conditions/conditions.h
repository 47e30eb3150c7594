// One reader for each condition; each takes the whole `conditions` object of a canonical document.
// What is not set gives nothing; what is set and not understood is marked as policy.h says.
// Internal to policy/.
#pragma once

#include <optional>
#include <vector>

#include "policy/document_part.h"
#include "policy/policy.h"

namespace sallyport {

// conditions.users, with the agents' user accounts of conditions.agents merged in.
std::optional<UserCondition> read_users(const DocumentPart& conditions);
std::optional<ClientApplicationCondition> read_client_applications(const DocumentPart& conditions);
std::optional<ApplicationCondition> read_applications(const DocumentPart& conditions);
std::optional<PlatformCondition> read_platforms(const DocumentPart& conditions);
std::optional<LocationCondition> read_locations(const DocumentPart& conditions);
// conditions.devices, with the older conditions.deviceStates.
std::optional<DeviceCondition> read_devices(const DocumentPart& conditions);
void read_risk_levels(const DocumentPart& conditions, Conditions& into);
WordSet<TransferMethod> read_authentication_flows(const DocumentPart& conditions);

// A `{mode, rule}` member of `part`; a rule that cannot be read is an error and gives no rule.
std::optional<Filter> read_filter(const DocumentPart& part, std::string_view name,
                                  FilterSubject subject);

// The word that stands in `excludeUsers` of Microsoft's templates (spec, section 8.2).
bool is_placeholder_user(std::string_view text);

}  // namespace sallyport
