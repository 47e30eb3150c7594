// A policy with its ids resolved to indexes of the directory and the policy set. Internal to the
// engine; the texts and lists stay in the Policy.
#pragma once

#include <cstdint>
#include <vector>

#include "directory/directory.h"
#include "policy/policy.h"

namespace sallyport {

struct CompiledPrincipals {
  const PrincipalLists* lists = nullptr;
  std::vector<GroupIndex> groups;  // those the directory has
  std::vector<RoleIndex> roles;
  // Some listed group or role is in no directory: nobody is known to be in it.
  bool undefined_groups = false;
  bool undefined_roles = false;
  bool empty = true;  // lists nothing
};

struct CompiledUsers {
  const UserCondition* condition = nullptr;
  CompiledPrincipals include;
  CompiledPrincipals exclude;
};

inline constexpr std::uint32_t no_location = 0xffffffff;

struct CompiledLocationLists {
  const LocationLists* lists = nullptr;
  std::vector<std::uint32_t> locations;  // index into the policy set, in the order of the list
};

struct CompiledLocations {
  CompiledLocationLists include;
  CompiledLocationLists exclude;
};

struct CompiledPolicy {
  const Policy* policy = nullptr;
  bool considered = false;  // not disabled, and it has some control in force
  CompiledUsers users;
  CompiledLocations locations;
  // Requirements, as indexes into the program's table, in its order.
  std::vector<std::uint32_t> all_of;  // each is needed
  std::vector<std::uint32_t> any_of;  // one is enough; empty when there is no choice
  bool lists_registration = false;    // names the action register_security_info
  bool requires_strength = false;     // and does not block
  bool blocks = false;
  bool uses_gps = false;         // some listed location is looked up by GPS
  bool needs_live_data = false;  // cannot be evaluated in an outage (docs/semantics.md, 6)
};

}  // namespace sallyport
