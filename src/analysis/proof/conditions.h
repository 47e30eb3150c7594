// Does a policy apply? As sets of sign-ins. docs/semantics.md, sections 2, 3 and 6.
#pragma once

#include "analysis/proof/encoding.h"

namespace sallyport::proof {

MatchSets both(const MatchSets& a, const MatchSets& b);
MatchSets included_and_not_excluded(const MatchSets& included, const MatchSets& excluded);

MatchSets match_users(const Universe& universe, const UserCondition& condition);
MatchSets match_applications(const Universe& universe, const PolicySet& set,
                             const ApplicationCondition& condition);
MatchSets match_locations(const Universe& universe, const PolicySet& set,
                          const LocationCondition& condition);
MatchSets match_devices(const Universe& universe, const DeviceCondition& condition);

struct Applicability {
  MatchSets applies;
  Bdd needs_gps_too;  // applies is unknown, and the GPS country may be what decides
  Bdd denied_by_outage;
};
// REQUIRES: the policy is not disabled and has some control in force.
Applicability applicability(const Universe& universe, const PolicySet& set, const Policy& policy);

}  // namespace sallyport::proof
