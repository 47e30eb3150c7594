// The expectations everybody has of a policy set: the effect checks of the fact sheet, as goals.
// Titles, reasons and remedies are the catalogue's (checks/catalogue.h).
#pragma once

#include "analysis/proof/expectation.h"

namespace sallyport::proof {

// Accounts that are left out on purpose, so that an error never locks everybody out.
struct Emergency {
  std::vector<UserId> users;
  std::vector<GroupId> groups;
  // Nobody said: these are excluded from most of the policies for all users, more than others.
  bool inferred = false;
  std::size_t excluded_from = 0;
  std::size_t policies = 0;
  bool empty() const { return users.empty() && groups.empty(); }
};

// REQUIRES: nobody declared any.
Emergency infer_emergency(const PolicySet& set);

// Worst first. Emergency accounts are left out of every goal, and the accounts that synchronise a
// directory, which no person uses, out of those about everybody (EXC-10 is about them).
std::vector<Expectation> built_in_goals(const Emergency& emergency);

}  // namespace sallyport::proof
