// One of the policy sets that a log is replayed against, ready to decide.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/program.h"
#include "policy/tenant.h"

namespace sallyport::replay {

struct Side {
  std::shared_ptr<const Program> program;
  std::shared_ptr<const Inventory> inventory;  // null: no document tells of a device
  bool has_users = false;                      // who is in what is known
  // By policy: equal texts mean the same policy, with all it refers to. Empty: equal to none.
  std::vector<std::string> contents;

  const PolicySet& policies() const { return program->policies(); }
  const Directory& directory() const { return program->directory(); }
};

// What `loaded` has no document of a kind of is taken from `lender`, if there is one: users and
// groups, devices, named locations, strengths, settings. So a folder with nothing but edited
// policies is asked about the same people and places.
[[nodiscard]] Result<Side> make_side(const LoadResult& loaded, const LoadResult* lender = nullptr);

}  // namespace sallyport::replay
