// Emergency accounts (spec, analysis checks, EXC-01 to EXC-03).
#include "analysis/checks/emergency.h"

#include <algorithm>
#include <map>

#include "analysis/checks/checks.h"
#include "analysis/checks/vocabulary.h"

namespace sallyport {
namespace {

bool targets_everybody_or_roles(const CheckedPolicy& p) {
  const auto& users = p.policy.conditions.users;
  return users && (users->include_all || users->include.all_roles || users->include.all_groups ||
                   !users->include.roles.empty());
}

// Policies that never stop a person who signs in to an application.
bool is_exempt(const CheckedPolicy& p) {
  return for_workloads(p) || has_action(p, UserAction::register_device) ||
         !p.policy.conditions.applications || no_users(p);
}

bool excludes(const CheckedPolicy& p, const Guid& id) {
  return std::ranges::any_of(excluded(p), [&](const Excluded& e) { return e.id == id; });
}

bool includes_by_id(const CheckedPolicy& p, const EmergencyIds& emergency) {
  const auto& users = p.policy.conditions.users;
  if (!users) return false;
  return std::ranges::any_of(emergency.ids, [&](const Guid& id) {
    return std::ranges::find(users->include.users, UserId{id}) != users->include.users.end() ||
           std::ranges::find(users->include.groups, GroupId{id}) != users->include.groups.end();
  });
}

void excluded_everywhere(const CheckInput& in, FindingList& findings) {
  const auto best = best_candidate(in);
  const auto said =
      !in.settings.emergency_accounts.empty() || !in.settings.emergency_groups.empty();
  if (said || best.policies == 0 || best.from_all_that_block) return;
  auto& finding = findings.add(
      "EXC-01",
      "no user or group is excluded from every enforced policy that can lock everybody "
      "out");
  if (best.excluded_from != 0) {
    finding.evidence.push_back("nearest: " + in.label(best.text) + " is excluded from " +
                               std::to_string(best.excluded_from) + " of " +
                               std::to_string(best.policies) + " policies for everybody or roles");
  }
  finding.assumption = "the settings name no emergency account";
}

void excluded_here(const CheckInput& in, const EmergencyIds& emergency, FindingList& findings) {
  if (emergency.ids.empty()) return;
  for (const auto& p : in.policies) {
    const bool reaches = targets_everybody_or_roles(p) || includes_by_id(p, emergency);
    if (!reaches || is_exempt(p)) continue;
    const bool spared =
        std::ranges::any_of(emergency.ids, [&](const Guid& id) { return excludes(p, id); });
    if (spared) continue;
    std::vector<std::string> names;
    for (const auto& id : emergency.ids) names.push_back(in.label(id));
    auto& finding =
        findings.add("EXC-02", p, "/conditions/users",
                     "no emergency account or group is excluded (" + list_of(names, 3) + ")");
    finding.severity = p.on() ? Severity::critical : p.off() ? Severity::low : Severity::medium;
    // Session controls alone keep nobody out.
    if (p.on() && alternative_count(p) == 0) finding.severity = Severity::medium;
    if (emergency.inferred) {
      finding.assumption = "inferred from other policies: the settings name no emergency account";
    }
  }
}

void more_than_one(const CheckInput& in, const EmergencyIds& emergency, FindingList& findings) {
  if (emergency.ids.empty()) return;
  std::size_t users = 0;
  std::size_t groups_of_two = 0;
  bool unknown_group = false;
  const auto& directory = *in.tenant.directory;
  for (const auto& id : emergency.ids) {
    const bool said_account = std::ranges::find(in.settings.emergency_accounts, id) !=
                              in.settings.emergency_accounts.end();
    const bool is_user =
        said_account || (emergency.inferred && std::ranges::any_of(in.policies, [&](const auto& p) {
                           return std::ranges::any_of(excluded(p), [&](const Excluded& e) {
                             return e.id == id && e.kind == Excluded::Kind::user;
                           });
                         }));
    if (is_user) {
      ++users;
      continue;
    }
    const auto group = directory.find_group(GroupId{id});
    if (!in.tenant.has_directory || !group) {
      unknown_group = true;
      continue;
    }
    std::size_t members = 0;
    directory.each_user([&](const UserView& user) {
      if (std::ranges::find(user.groups, *group) != user.groups.end()) ++members;
    });
    if (members >= 2) ++groups_of_two;
  }
  if (users >= 2 || groups_of_two > 0 || (unknown_group && !in.tenant.has_directory)) return;
  auto& finding = findings.add(
      "EXC-03", emergency.ids.size() == 1 && users == 1
                    ? "there is one emergency account only: " + in.label(emergency.ids.front())
                    : "there are fewer than two emergency accounts");
  if (emergency.inferred) {
    finding.assumption = "inferred from the policies: the settings name no emergency account";
  }
}

}  // namespace

bool EmergencyIds::contains(const Guid& id) const {
  return std::ranges::find(ids, id) != ids.end();
}

BestCandidate best_candidate(const CheckInput& in) {
  BestCandidate best;
  std::map<Guid, std::pair<std::size_t, std::string>> counts;
  std::vector<const CheckedPolicy*> blocking;
  std::vector<const CheckedPolicy*> all;
  for (const auto& p : in.policies) {
    if (!p.on() || !targets_everybody_or_roles(p) || is_exempt(p)) continue;
    all.push_back(&p);
    if (blocks(p)) blocking.push_back(&p);
    for (const auto& e : excluded(p)) {
      if (e.kind == Excluded::Kind::role) continue;
      auto& [count, text] = counts[e.id];
      ++count;
      text = e.text;
    }
  }
  best.policies = all.size();
  // A set without any block locks out as well: by asking for what nobody can give.
  const auto& must = blocking.empty() ? all : blocking;
  for (const auto& entry : counts) {
    const auto& id = entry.first;
    const bool everywhere =
        std::ranges::all_of(must, [&](const auto* p) { return excludes(*p, id); });
    const bool better = std::pair(everywhere, entry.second.first) >
                        std::pair(best.from_all_that_block, best.excluded_from);
    if (better) best = {id, entry.second.second, entry.second.first, all.size(), everywhere};
  }
  return best;
}

EmergencyIds emergency_ids(const CheckInput& in) {
  EmergencyIds result;
  result.ids = in.settings.emergency_accounts;
  const auto& groups = in.settings.emergency_groups;
  result.ids.insert(result.ids.end(), groups.begin(), groups.end());
  if (!result.ids.empty()) return result;
  const auto best = best_candidate(in);
  // Half of the policies is the least that looks like a habit.
  if (best.excluded_from * 2 < best.policies || best.excluded_from == 0) return result;
  result.inferred = true;
  result.ids.push_back(best.id);
  return result;
}

void check_emergency(const CheckInput& in, FindingList& findings) {
  const auto emergency = emergency_ids(in);
  excluded_everywhere(in, findings);
  excluded_here(in, emergency, findings);
  more_than_one(in, emergency, findings);
}

}  // namespace sallyport
