// What every rule may look at: the policies, the directory and the facts of one sign-in.
#pragma once

#include <algorithm>
#include <set>

#include "directory/directory.h"
#include "policy/policy_set.h"
#include "signin/sign_in.h"

namespace sallyport::reference {

struct Scene {
  const PolicySet& policies;
  const Directory& directory;
  const SignIn& sign_in;
  // Of the user, when known: every group and role, directly or through other groups.
  std::set<GroupIndex> groups;
  std::set<RoleIndex> roles;
};

template <class List, class Item>
bool lists(const List& list, const Item& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace sallyport::reference
