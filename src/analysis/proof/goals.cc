#include "analysis/proof/goals.h"

#include <algorithm>
#include <map>

#include "analysis/checks/catalogue.h"

namespace sallyport::proof {
namespace {

using List = std::vector<std::string>;

const List sync_role = {"role:d29b2b05-8046-44ba-8758-1e26182fcf32"};
const List management = {"797f4846-ba00-4fd7-ba43-dac1f8f63013"};
// Graph, management, Intune, Exchange, SharePoint, Teams, DevOps
const List valuable = {
    "00000003-0000-0000-c000-000000000000", "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    "0000000a-0000-0000-c000-000000000000", "00000002-0000-0ff1-ce00-000000000000",
    "00000003-0000-0ff1-ce00-000000000000", "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe",
    "499b84ac-1321-427f-aa17-267ca6975798", "MicrosoftAdminPortals"};

Expectation goal(const char* id, Need need) {
  Expectation e;
  e.id = id;
  e.need = need;
  if (const Check* check = find_check(id)) {
    e.name = check->name;
    e.severity = check->severity;
    e.why = check->why;
    e.fix = check->fix;
  }
  return e;
}

// Most goals are about people at applications.
Expectation goal(const char* id, Need need, List who, List what = {"any application"}) {
  Expectation e = goal(id, need);
  e.who = std::move(who);
  e.what = std::move(what);
  return e;
}

std::vector<Expectation> all_goals() {
  std::vector<Expectation> goals;
  const auto add = [&](Expectation e) -> Expectation& {
    goals.push_back(std::move(e));
    return goals.back();
  };
  add(goal("COV-01", Need::mfa, {"everyone"}));
  add(goal("COV-02", Need::mfa, {"administrators"}));
  add(goal("COV-05", Need::blocked, {"everyone"})).client = {"legacy"};
  add(goal("COV-07", Need::mfa, {"everyone"}, management));
  add(goal("COV-03", Need::phishing_resistant, {"administrators"}));
  add(goal("COV-08", Need::mfa, {"administrators"}, {"MicrosoftAdminPortals"}));
  add(goal("COV-10", Need::mfa, {"guests"}));
  add(goal("COV-11", Need::mfa_or_managed_device, {"everyone"}, {"register security information"}))
      .where = {"untrusted"};
  add(goal("COV-13", Need::mfa, {"everyone"}, {"register device"}));
  add(goal("COV-19", Need::blocked, {"everyone"})).flow = {"deviceCodeFlow"};
  add(goal("COV-35", Need::mfa, {"members"}, valuable));
  add(goal("RSK-01", Need::mfa, {"everyone"})).sign_in_risk = {"medium", "high"};
  add(goal("RSK-02", Need::blocked, {"everyone"})).sign_in_risk = {"high"};
  add(goal("RSK-03", Need::password_change, {"everyone"})).user_risk = {"high"};
  add(goal("COV-09", Need::blocked, {"members"}, {"MicrosoftAdminPortals"})).except = {
      "administrators"};
  add(goal("COV-12", Need::managed_device, {"everyone"}, {"register security information"}));
  add(goal("COV-15", Need::managed_device, {"members"}));
  add(goal("COV-16", Need::managed_device, {"administrators"}));
  add(goal("COV-17", Need::mfa_or_managed_device, {"everyone"}));
  add(goal("COV-18", Need::blocked, {"everyone"})).platform = {"unknown"};
  add(goal("COV-20", Need::blocked, {"everyone"})).flow = {"authenticationTransfer"};
  add(goal("COV-22", Need::managed_app, {"members"})).platform = {"iOS", "android"};
  add(goal("RSK-08", Need::blocked, {"members"}, {"Office365"})).insider_risk = {"elevated"};
  {
    auto& sync = add(goal("EXC-10", Need::blocked, sync_role));
    sync.where = {"untrusted"};
  }
  {
    auto& workloads = add(goal("WLD-01", Need::blocked, {"workloads"}));
    workloads.where = {"untrusted"};
  }
  add(goal("WLD-02", Need::blocked, {"workloads"})).workload_risk = {"high"};
  add(goal("WLD-04", Need::blocked, {"agents"})).agent_risk = {"high"};
  add(goal("COV-04", Need::phishing_resistant, {"everyone"})).severity = Severity::info;
  std::ranges::stable_sort(goals, {}, &Expectation::severity);
  return goals;
}

}  // namespace

Emergency infer_emergency(const PolicySet& set) {
  std::map<UserId, std::size_t> users;
  std::map<GroupId, std::size_t> groups;
  Emergency out;
  out.inferred = true;
  for (const Policy& policy : set.policies) {
    if (policy.state != PolicyState::enabled || !policy.conditions.users ||
        !policy.conditions.users->include_all || !policy.grant_controls) {
      continue;
    }
    // The registration of devices is no way to get in (EXC-02).
    const auto& applications = policy.conditions.applications;
    if (applications && applications->user_actions.contains(UserAction::register_device)) continue;
    ++out.policies;
    for (const UserId id : policy.conditions.users->exclude.users) ++users[id];
    for (const GroupId id : policy.conditions.users->exclude.groups) ++groups[id];
  }
  for (const auto& [id, count] : users) out.excluded_from = std::max(out.excluded_from, count);
  for (const auto& [id, count] : groups) out.excluded_from = std::max(out.excluded_from, count);
  // Once is no pattern, and who is left out of a minority of policies is somebody else.
  if (out.excluded_from < 2 || 2 * out.excluded_from <= out.policies) return out;
  for (const auto& [id, count] : users) {
    if (count == out.excluded_from) out.users.push_back(id);
  }
  for (const auto& [id, count] : groups) {
    if (count == out.excluded_from) out.groups.push_back(id);
  }
  return out;
}

std::vector<Expectation> built_in_goals(const Emergency& emergency) {
  auto goals = all_goals();
  for (Expectation& e : goals) {
    const bool everybody = e.who == List{"everyone"} || e.who == List{"members"};
    if (everybody) e.except.insert(e.except.end(), sync_role.begin(), sync_role.end());
    if (e.who == List{"workloads"} || e.who == List{"agents"}) continue;
    for (const UserId id : emergency.users) e.except.push_back("user:" + to_string(id));
    for (const GroupId id : emergency.groups) e.except.push_back("group:" + to_string(id));
  }
  return goals;
}

}  // namespace sallyport::proof
