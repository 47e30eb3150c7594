#include "analysis/checks/overlap.h"

#include <algorithm>

#include "analysis/checks/vocabulary.h"

namespace sallyport {
namespace {

template <class Id>
bool share(const std::vector<Id>& a, const std::vector<Id>& b) {
  return std::ranges::any_of(a, [&](const Id& id) { return std::ranges::find(b, id) != b.end(); });
}

template <class Id>
bool all_in(const std::vector<Id>& some, const std::vector<Id>& all) {
  return std::ranges::all_of(some,
                             [&](const Id& id) { return std::ranges::find(all, id) != all.end(); });
}

bool share_users(const UserCondition& a, const UserCondition& b) {
  const auto somebody = [](const UserCondition& users) {
    const auto& in = users.include;
    return users.include_all || !in.users.empty() || !in.groups.empty() || !in.roles.empty();
  };
  if ((a.include_all && somebody(b)) || (b.include_all && somebody(a))) {
    // One of them may just exclude whom the other includes.
    const auto& narrow = a.include_all ? b : a;
    const auto& wide = a.include_all ? a : b;
    return narrow.include_all || !all_in(narrow.include.users, wide.exclude.users) ||
           !all_in(narrow.include.groups, wide.exclude.groups) ||
           !all_in(narrow.include.roles, wide.exclude.roles);
  }
  return share(a.include.users, b.include.users) || share(a.include.groups, b.include.groups) ||
         share(a.include.roles, b.include.roles);
}

bool share_targets(const ApplicationCondition& a, const ApplicationCondition& b) {
  const auto some = [](const ApplicationCondition& apps) {
    return apps.include_all || !apps.include.applications.empty() || apps.include.office365 ||
           apps.include.admin_portals;
  };
  if (a.include_all || b.include_all) {
    const auto& narrow = a.include_all ? b : a;
    const auto& wide = a.include_all ? a : b;
    if (!some(narrow)) return false;
    if (narrow.include_all || narrow.include.admin_portals) return true;
    if (narrow.include.office365 && !wide.exclude.office365) return true;
    return !all_in(narrow.include.applications, wide.exclude.applications);
  }
  return share(a.include.applications, b.include.applications) ||
         (a.include.office365 && b.include.office365) ||
         (a.include.admin_portals && b.include.admin_portals);
}

std::uint32_t platforms_of(const CheckedPolicy& p) {
  constexpr std::uint32_t every = 63;
  const auto& platforms = p.policy.conditions.platforms;
  if (!platforms) return every;
  const auto in =
      platforms->include.all || platforms->include.empty() ? every : platforms->include.bits;
  return in & ~platforms->exclude.bits;
}

std::uint32_t clients_of(const CheckedPolicy& p) {
  const auto& types = p.policy.conditions.client_app_types;
  return types.empty() || types.all ? 31U : types.bits;
}

template <class Word>
bool share_levels(const WordSet<Word>& a, const WordSet<Word>& b) {
  return a.empty() || b.empty() || (a.bits & b.bits) != 0;
}

bool undecided(const CheckedPolicy& p) {
  const auto& c = p.policy.conditions;
  return !c.users || !c.applications || c.locations || !no_device_condition(p) ||
         c.applications->application_filter || for_workloads(p);
}

}  // namespace

bool clearly_overlap(const CheckedPolicy& p, const CheckedPolicy& q) {
  if (undecided(p) || undecided(q)) return false;
  const auto& a = p.policy.conditions;
  const auto& b = q.policy.conditions;
  return share_users(*a.users, *b.users) && share_targets(*a.applications, *b.applications) &&
         (platforms_of(p) & platforms_of(q)) != 0 && (clients_of(p) & clients_of(q)) != 0 &&
         share_levels(a.sign_in_risk_levels, b.sign_in_risk_levels) &&
         share_levels(a.user_risk_levels, b.user_risk_levels) &&
         share_levels(a.insider_risk_levels, b.insider_risk_levels) &&
         share_levels(a.authentication_flows, b.authentication_flows);
}

bool covers_targets_of(const CheckedPolicy& outer, const CheckedPolicy& inner) {
  const auto& a = outer.policy.conditions;
  const auto& b = inner.policy.conditions;
  if (!a.users || !b.users || !a.applications || !b.applications) return false;
  const auto& users = a.users->include;
  const auto& wanted = b.users->include;
  const bool everybody = a.users->include_all;
  if (!everybody && (b.users->include_all || !wanted.guests.empty() || wanted.all_groups ||
                     wanted.all_roles || !all_in(wanted.users, users.users) ||
                     !all_in(wanted.groups, users.groups) || !all_in(wanted.roles, users.roles))) {
    return false;
  }
  const auto& apps = a.applications->include;
  const auto& targets = b.applications->include;
  return a.applications->include_all ||
         (!b.applications->include_all && all_in(targets.applications, apps.applications) &&
          (!targets.office365 || apps.office365) && (!targets.admin_portals || apps.admin_portals));
}

}  // namespace sallyport
