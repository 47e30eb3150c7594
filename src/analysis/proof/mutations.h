// Every single edit of a policy set that might change who gets in: an entry left out of a list, a
// list widened to all, a condition or a control dropped, AND for OR, a filter turned round, a policy
// switched off. Only of enforced policies, and only of what decides about getting in: session
// controls that merely shape a session are none of it.
#pragma once

#include <string>
#include <vector>

#include "policy/names.h"
#include "policy/policy_set.h"

namespace sallyport::proof {

struct Mutation {
  std::size_t policy = 0;
  Policy edited;      // names nothing that the policy did not
  std::string words;  // `group Break glass is not excluded`
};

std::vector<Mutation> mutations_of(const PolicySet& set, const Names& names);

// All edited policies in one set, for a universe that tells apart what any of them does.
PolicySet variants_of(const PolicySet& set, const Names& names);

}  // namespace sallyport::proof
