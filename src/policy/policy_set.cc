#include "policy/policy_set.h"

#include <algorithm>

#include "directory/well_known.h"

namespace sallyport {

const AuthenticationStrength* PolicySet::find_strength(StrengthId id) const {
  const auto has_id = [id](const AuthenticationStrength& strength) { return strength.id == id; };
  if (const auto custom = std::ranges::find_if(authentication_strengths, has_id);
      custom != authentication_strengths.end()) {
    return &*custom;
  }
  const auto& built_in = built_in_strengths();
  if (const auto known = std::ranges::find_if(built_in, has_id); known != built_in.end()) {
    return &*known;
  }
  return nullptr;
}

const AuthenticationStrength* PolicySet::describe_strength(StrengthId id) const {
  if (const auto* defined = find_strength(id)) return defined;
  for (const auto& policy : policies) {
    if (policy.grant_controls && policy.grant_controls->inline_strength &&
        policy.grant_controls->inline_strength->id == id) {
      return &*policy.grant_controls->inline_strength;
    }
  }
  return nullptr;
}

PolicySet empty_policy_set() {
  PolicySet set;
  const auto office365 = office365_applications();
  set.office365.assign(office365.begin(), office365.end());
  const auto portals = admin_portal_applications();
  set.admin_portals.assign(portals.begin(), portals.end());
  return set;
}

}  // namespace sallyport
