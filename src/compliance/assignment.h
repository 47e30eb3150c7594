// Whom a policy is for: its assignments against a device, its user, and their groups (spec, section
// 6). Threads: free.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "compliance/assignment_filter.h"
#include "compliance/compliance_policy.h"

namespace sallyport::compliance {

// A device as assignments see it. Groups are all around it, sorted.
struct AssignmentSubject {
  std::span<const GroupId> user_groups;    // of the enrolled user
  std::span<const GroupId> device_groups;  // of the device itself
  bool has_user = true;
  const FilterableDevice* device = nullptr;  // null: nothing is known of it
};

struct AssignmentOutcome {
  bool applies = false;
  bool for_user = false;    // by a group of users, or all users
  bool for_system = false;  // by a group of devices, or all devices
};

// The filter of an id; null when there is none. Such a filter takes no device out of a policy.
using FindFilter = std::function<const AssignmentFilter*(const Guid&)>;

// Exclusion beats inclusion; an unknown target is for everybody.
AssignmentOutcome evaluate_assignments(std::span<const Assignment> assignments,
                                       const AssignmentSubject& subject,
                                       const FindFilter& find_filter);

}  // namespace sallyport::compliance
