#include "analysis/proof/edits.h"

#include <algorithm>

#include "engine/conditions/conditions.h"

namespace sallyport::proof {
namespace {

std::string named(const Policy& policy) {
  return "`" + (policy.display_name.empty() ? policy.id_text : policy.display_name) + "`";
}

// Policies that differ in one thing, and how to say it.
struct Candidate {
  Policy policy;
  std::string words;
  bool widens = false;  // more than to somebody or something it left out by name
};

std::string label(const Universe& u, const Guid& id) {
  return "`" + u.tenant().names.label(to_string(id)) + "`";
}

void mend_users(const Universe& u, const Policy& policy, const Draft& draft,
                std::vector<Candidate>& out) {
  if (!policy.conditions.users) return;
  const PrincipalLists& exclude = policy.conditions.users->exclude;
  const auto without = [&](auto list, std::size_t i, const std::string& words) {
    Candidate candidate{policy, words};
    auto& changed = candidate.policy.conditions.users->exclude.*list;
    changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
    out.push_back(std::move(candidate));
  };
  for (std::size_t i = 0; i < exclude.groups.size(); ++i) {
    const auto index = u.directory()->find_group(exclude.groups[i]);
    if (!index || std::ranges::find(draft.groups, *index) == draft.groups.end()) continue;
    without(&PrincipalLists::groups, i,
            "take group " + label(u, exclude.groups[i].guid) + " out of what " + named(policy) +
                " excludes");
  }
  for (std::size_t i = 0; i < exclude.roles.size(); ++i) {
    const auto index = u.directory()->find_role(exclude.roles[i]);
    if (!index || std::ranges::find(draft.roles, *index) == draft.roles.end()) continue;
    without(&PrincipalLists::roles, i,
            "take role " + label(u, exclude.roles[i].guid) + " out of what " + named(policy) +
                " excludes");
  }
  for (std::size_t i = 0; i < exclude.users.size(); ++i) {
    if (exclude.users[i] != draft.user.id) continue;
    without(
        &PrincipalLists::users, i,
        "take " + label(u, exclude.users[i].guid) + " out of what " + named(policy) + " excludes");
  }
  if (!exclude.guests.empty()) {
    Candidate candidate{policy, "let " + named(policy) + " exclude no guests"};
    candidate.policy.conditions.users->exclude.guests.clear();
    out.push_back(std::move(candidate));
  }
  Candidate candidate{policy, "let " + named(policy) + " include all users", true};
  candidate.policy.conditions.users->include_all = true;
  out.push_back(std::move(candidate));
}

// The management API stands for the portal, too (docs/semantics.md).
bool is_named_by(ApplicationId entry, const Target& target) {
  static const auto management = ApplicationId::of("797f4846-ba00-4fd7-ba43-dac1f8f63013");
  if (target.applications.empty()) return false;
  const ApplicationId requested = target.applications.front();
  return entry == requested || (entry == management && requested == azure_portal);
}

void mend_applications(const Universe& u, const Policy& policy, const SignIn& sign_in,
                       std::vector<Candidate>& out) {
  if (!policy.conditions.applications) return;
  const ApplicationCondition& condition = *policy.conditions.applications;
  const bool of_applications =
      condition.user_actions.empty() && condition.authentication_contexts.empty();
  if (of_applications != (sign_in.target.kind == TargetKind::applications)) return;
  if (sign_in.target.kind == TargetKind::user_action) {
    Candidate candidate{policy, "add this user action to the targets of " + named(policy), true};
    candidate.policy.conditions.applications->user_actions.insert(sign_in.target.user_action);
    out.push_back(std::move(candidate));
    return;
  }
  for (std::size_t i = 0; i < condition.exclude.applications.size(); ++i) {
    const ApplicationId id = condition.exclude.applications[i];
    if (!is_named_by(id, sign_in.target)) continue;
    Candidate candidate{
        policy, "take " + label(u, id.guid) + " out of what " + named(policy) + " excludes"};
    auto& changed = candidate.policy.conditions.applications->exclude.applications;
    changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
    out.push_back(std::move(candidate));
  }
  Candidate candidate{policy, "let " + named(policy) + " include all resources", true};
  candidate.policy.conditions.applications->include_all = true;
  out.push_back(std::move(candidate));
}

std::vector<Candidate> candidates(const Encoding& encoding, const Policy& policy,
                                  ConditionName condition, const Draft& draft) {
  const Universe& u = encoding.universe();
  std::vector<Candidate> out;
  const auto drop = [&](const char* what, auto change) {
    Candidate candidate{policy, "let " + named(policy) + " hold " + what, true};
    change(candidate.policy.conditions);
    out.push_back(std::move(candidate));
  };
  // Where all of a kind would be too much: what blocks must not block everybody.
  const auto add = [&](const char* what, auto change) {
    Candidate candidate{policy,
                        "add " + std::string(what) + " to what " + named(policy) + " is for", true};
    change(candidate.policy.conditions);
    out.push_back(std::move(candidate));
  };
  const auto risk = [&](const std::string& any, WordSet<RiskLevel> Conditions::*levels,
                        const Fact<RiskLevel>& level) {
    drop(("at " + any).c_str(), [&](Conditions& c) { c.*levels = {}; });
    add("this risk", [&](Conditions& c) {
      if (level.is_known()) (c.*levels).insert(*level);
    });
  };
  const SignIn& s = draft.sign_in;
  switch (condition) {
    case ConditionName::users: mend_users(u, policy, draft, out); break;
    case ConditionName::applications: mend_applications(u, policy, draft.sign_in, out); break;
    case ConditionName::platforms:
      drop("on every platform", [](Conditions& c) { c.platforms.reset(); });
      add("this platform", [&](Conditions& c) {
        if (!s.device_platform.is_known()) return;
        c.platforms->include.insert(*s.device_platform);
        c.platforms->exclude.bits &= ~(1U << static_cast<unsigned>(*s.device_platform));
      });
      break;
    case ConditionName::locations:
      drop("everywhere", [](Conditions& c) { c.locations.reset(); });
      break;
    case ConditionName::client_app_types:
      drop("for every client", [](Conditions& c) { c.client_app_types = {}; });
      add("this client", [&](Conditions& c) {
        if (s.client_app_type.is_known()) c.client_app_types.insert(*s.client_app_type);
      });
      break;
    case ConditionName::devices:
      drop("for every device", [](Conditions& c) { c.devices.reset(); });
      break;
    case ConditionName::authentication_flows:
      drop("for every flow", [](Conditions& c) { c.authentication_flows = {}; });
      break;
    case ConditionName::sign_in_risk:
      risk("every sign-in risk", &Conditions::sign_in_risk_levels, s.sign_in_risk_level);
      break;
    case ConditionName::user_risk:
      risk("every user risk", &Conditions::user_risk_levels, s.user_risk_level);
      break;
    case ConditionName::insider_risk:
      drop("at every insider risk", [](Conditions& c) { c.insider_risk_levels = {}; });
      add("this insider risk", [&](Conditions& c) {
        if (s.insider_risk_level.is_known()) c.insider_risk_levels.insert(*s.insider_risk_level);
      });
      break;
    case ConditionName::service_principal_risk:
      risk("every risk", &Conditions::service_principal_risk_levels,
           s.service_principal_risk_level);
      break;
    case ConditionName::agent_id_risk:
      risk("every risk", &Conditions::agent_id_risk_levels, s.agent_id_risk_level);
      break;
    case ConditionName::client_applications: break;
  }
  return out;
}

// Under the circumstances of the region, whoever it is and whatever for.
Bdd circumstances(const Universe& u, const Bdd& region) {
  Bdd anybody = Bdd::all();
  for (DimensionIndex i = static_cast<DimensionIndex>(u.dimensions().size()); i-- > 0;) {
    const Question question = u.dimensions()[i].question;
    if (is_about_people(question) || question == Question::target) anybody &= u.variables_of(i);
  }
  return region.without(anybody);
}

}  // namespace

std::vector<Edit> edits_against(const Encoding& encoding, const Gap& gap, const Bdd& region,
                                const PolicyAnswer& answer, std::size_t policy) {
  const Universe& u = encoding.universe();
  const EncodedPolicy& now = encoding.policies()[policy];
  const bool blocks = u.reality().is_inside(now.unmet);
  const Bdd workload = u.is(*u.find(Question::identity), 1);
  const ConditionAnswer* unmet = nullptr;
  for (const ConditionAnswer& one : answer.conditions) {
    if (one.match != Match::no) continue;
    if (unmet != nullptr) return {};  // two conditions away is another policy
    unmet = &one;
  }
  if (unmet == nullptr) return {};
  Draft draft;
  u.draft(gap.witness, draft);
  const Bdd witness = u.point_set(gap.witness);
  const Bdd around = u.box_set(gap.region) & u.reality();
  std::vector<Edit> out;
  for (Candidate& candidate :
       candidates(encoding, encoding.set().policies[policy], unmet->condition, draft)) {
    const EncodedPolicy edited = encoding.encode(candidate.policy);
    const Bdd stopped = edited.stops();
    if (!witness.is_inside(stopped)) continue;
    if (blocks && candidate.widens) {
      const Bdd meant = circumstances(u, region);
      const Bdd more = (stopped - now.stops()) & u.reality();
      if (u.reality().is_inside(meant | workload) || !more.is_inside(meant)) continue;
    }
    out.push_back(
        {std::move(candidate.words), policy, around.is_inside(stopped), candidate.widens});
    break;  // the narrowest that helps comes first
  }
  return out;
}

}  // namespace sallyport::proof
