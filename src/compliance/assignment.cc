#include "compliance/assignment.h"

#include <algorithm>

namespace sallyport::compliance {
namespace {

bool is_in(std::span<const GroupId> groups, const GroupId& group) {
  return std::ranges::binary_search(groups, group);
}

struct Reach {
  bool user = false;
  bool device = false;
};

// Whom an including assignment reaches, filters aside.
Reach reach_of(const Assignment& assignment, const AssignmentSubject& subject) {
  switch (assignment.target) {
    case AssignmentTarget::group:
      return {subject.has_user && is_in(subject.user_groups, assignment.group),
              is_in(subject.device_groups, assignment.group)};
    case AssignmentTarget::all_users: return {subject.has_user, false};
    case AssignmentTarget::all_devices: return {false, true};
    // Nobody can say whom it is for: for everybody.
    case AssignmentTarget::unknown: return {subject.has_user, true};
    case AssignmentTarget::excluded_group:
    case AssignmentTarget::collection: break;
  }
  return {};
}

// A filter that is not there, or cannot be read, takes no device out of a policy: it includes
// everything and excludes nothing.
bool matches(const Assignment& assignment, const AssignmentSubject& subject,
             const FindFilter& find_filter) {
  const auto* filter = find_filter ? find_filter(assignment.filter) : nullptr;
  if (filter == nullptr || !filter->rule) return assignment.filter_mode == FilterMode::include;
  return subject.device != nullptr && filter->matches(*subject.device);
}

// Of several assignments that reach, the mode that counts: exclude, then none, then include.
bool passes_filters(std::span<const Assignment* const> reached, const AssignmentSubject& subject,
                    const FindFilter& find_filter) {
  const auto has = [&](FilterMode mode) {
    return std::ranges::any_of(reached, [&](const auto* one) { return one->filter_mode == mode; });
  };
  const auto any_matches = [&](FilterMode mode) {
    return std::ranges::any_of(reached, [&](const auto* one) {
      return one->filter_mode == mode && matches(*one, subject, find_filter);
    });
  };
  if (has(FilterMode::exclude)) return !any_matches(FilterMode::exclude);
  if (has(FilterMode::none)) return true;
  return any_matches(FilterMode::include);
}

}  // namespace

AssignmentOutcome evaluate_assignments(std::span<const Assignment> assignments,
                                       const AssignmentSubject& subject,
                                       const FindFilter& find_filter) {
  bool user_excluded = false;
  bool device_excluded = false;
  for (const auto& one : assignments) {
    if (one.target != AssignmentTarget::excluded_group) continue;
    user_excluded = user_excluded || (subject.has_user && is_in(subject.user_groups, one.group));
    device_excluded = device_excluded || is_in(subject.device_groups, one.group);
  }
  std::vector<const Assignment*> reached;
  AssignmentOutcome outcome;
  for (const auto& one : assignments) {
    const auto reach = reach_of(one, subject);
    // Users are excluded from what reaches users, devices from what reaches devices: mixing the
    // two has no effect.
    const bool by_user = reach.user && !user_excluded;
    const bool by_device = reach.device && !device_excluded;
    if (!by_user && !by_device) continue;
    reached.push_back(&one);
    outcome.for_user = outcome.for_user || by_user;
    outcome.for_system = outcome.for_system || by_device;
  }
  if (reached.empty() || !passes_filters(reached, subject, find_filter)) return {};
  outcome.applies = true;
  // The signed-in user is looked at, too, when a group of devices brings the policy.
  if (outcome.for_system && subject.has_user) outcome.for_user = true;
  return outcome;
}

}  // namespace sallyport::compliance
