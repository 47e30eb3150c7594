#include "analysis/replay/verdict.h"

#include <algorithm>
#include <set>

namespace sallyport::replay {
namespace {

constexpr std::array outcomes = {Outcome::granted, Outcome::interrupted, Outcome::blocked};

Outcome outcome_of(PolicyResult result) {
  switch (result) {
    case PolicyResult::failure: return Outcome::blocked;
    case PolicyResult::interrupted: return Outcome::interrupted;
    default: return Outcome::granted;
  }
}

std::vector<Requirement> asked(const Program& program, const Explanation& explanation) {
  std::vector<Requirement> list;
  for (const auto number : explanation.missing) list.push_back(program.requirements()[number]);
  return list;
}

Outcome outcome_of(Ending ending) {
  switch (ending) {
    case Ending::interrupted: return Outcome::interrupted;
    case Ending::blocked: return Outcome::blocked;
    default: return Outcome::granted;
  }
}

Outcome step_below(Outcome outcome) {
  return outcome == Outcome::blocked ? Outcome::interrupted : Outcome::granted;
}

template <class Visit>
void each_between(Outcome best, Outcome worst, Visit visit) {
  for (const auto outcome : outcomes) {
    if (best <= outcome && outcome <= worst) visit(outcome);
  }
}

}  // namespace

std::vector<Outcome> Ways::before() const {
  std::vector<Outcome> found;
  for (const auto from : outcomes) {
    if (may(from, outcomes[0]) || may(from, outcomes[1]) || may(from, outcomes[2])) {
      found.push_back(from);
    }
  }
  return found;
}

std::vector<Outcome> Ways::after() const {
  std::vector<Outcome> found;
  for (const auto to : outcomes) {
    if (may(outcomes[0], to) || may(outcomes[1], to) || may(outcomes[2], to)) found.push_back(to);
  }
  return found;
}

Judge::Judge(std::span<const Side> sides) : sides_(sides) {
  for (std::size_t i = 0; i < sides.size(); ++i)
    twins_[i].resize(sides[i].policies().policies.size());
  if (sides.size() != 2) return;
  std::unordered_map<PolicyId, std::uint32_t> by_id;
  for (std::uint32_t i = 0; i < twins_[0].size(); ++i) {
    by_id.emplace(sides[0].policies().policies[i].id, i);
  }
  for (std::size_t i = 0; i < 2; ++i) namesakes_[i].resize(twins_[i].size());
  for (std::uint32_t i = 0; i < twins_[1].size(); ++i) {
    const auto found = by_id.find(sides[1].policies().policies[i].id);
    if (found == by_id.end()) continue;
    namesakes_[0][found->second] = i;
    namesakes_[1][i] = found->second;
  }
  std::unordered_multimap<std::string, std::uint32_t> by_content;
  for (std::uint32_t i = 0; i < sides[0].contents.size(); ++i) {
    if (!sides[0].contents[i].empty()) by_content.emplace(sides[0].contents[i], i);
  }
  for (std::uint32_t i = 0; i < sides[1].contents.size(); ++i) {
    const auto twin = by_content.find(sides[1].contents[i]);
    if (twin == by_content.end()) continue;
    twins_[0][twin->second] = i;
    twins_[1][i] = twin->second;
    by_content.erase(twin);
  }
}

bool Judge::is_enforced(std::size_t side, std::size_t policy) const {
  return sides_[side].policies().policies[policy].state == PolicyState::enabled;
}

Judge::Bounds Judge::bounds_of(std::size_t side, std::size_t policy) const {
  return {outcome_of(worst_[side].policies[policy].result),
          outcome_of(best_[side].policies[policy].result)};
}

bool Judge::wants_the_same(std::size_t side, std::size_t policy,
                           std::span<const SignIn> sign_ins) const {
  const auto namesake = namesakes_[side][policy];
  if (!namesake || !is_enforced(1 - side, *namesake)) return false;
  const Explanation& a = worst_[side];
  const Explanation& b = worst_[1 - side];
  const auto& p = a.policies[policy];
  const auto& q = b.policies[*namesake];
  const auto count = p.requirements_end - p.requirements_begin;
  if (p.applies != Match::yes || q.applies != Match::yes ||
      count != q.requirements_end - q.requirements_begin ||
      p.any_of_begin - p.requirements_begin != q.any_of_begin - q.requirements_begin ||
      sign_ins[side].target.kind == TargetKind::unknown) {
    return false;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto& x = a.requirements[p.requirements_begin + i];
    const auto& y = b.requirements[q.requirements_begin + i];
    const auto& wanted = sides_[side].program->requirements()[x.requirement];
    if (wanted != sides_[1 - side].program->requirements()[y.requirement] ||
        x.unknown != y.unknown || x.satisfaction != y.satisfaction) {
      return false;
    }
    // What these mean is more than their name.
    using enum RequirementKind;
    const bool defined = wanted.kind == authentication_strength ||
                         wanted.kind == reauthentication || wanted.kind == gps_location;
    if (x.unknown && defined) return false;
  }
  return true;
}

bool Judge::is_the_same(std::size_t side, std::size_t policy,
                        std::span<const SignIn> sign_ins) const {
  const auto twin = twins_[side][policy];
  if (twin && bounds_of(side, policy) == bounds_of(1 - side, *twin)) return true;
  return wants_the_same(side, policy, sign_ins);
}

// The enforced policies of a side whose say is not the other side's, too.
std::vector<bool> Judge::changed(std::size_t side, std::span<const SignIn> sign_ins) const {
  std::vector<bool> found(twins_[side].size(), false);
  for (std::size_t i = 0; i < found.size(); ++i) {
    found[i] = is_enforced(side, i) && !is_the_same(side, i, sign_ins);
  }
  return found;
}

void Judge::add_policies(std::size_t side, const std::vector<bool>& which, Outcome beyond,
                         Verdict& verdict) const {
  for (std::uint32_t i = 0; i < which.size(); ++i) {
    if (which[i] && bounds_of(side, i).worst > beyond) {
      verdict.policies.push_back({static_cast<std::uint32_t>(side), i});
    }
  }
}

void Judge::compare_sets(std::span<const SignIn> sign_ins, Verdict& verdict) {
  changed_ = {changed(0, sign_ins), changed(1, sign_ins)};
  const auto& [before, after] = changed_;
  Bounds common, old_others, new_others;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (is_enforced(0, i)) (before[i] ? old_others : common).include(bounds_of(0, i));
  }
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (after[i]) new_others.include(bounds_of(1, i));
  }
  bool stricter = false, milder = false;
  Outcome mildest_before = Outcome::blocked, mildest_after = Outcome::blocked;
  each_between(common.best, common.worst, [&](Outcome c) {
    each_between(old_others.best, old_others.worst, [&](Outcome o) {
      each_between(new_others.best, new_others.worst, [&](Outcome n) {
        const auto from = std::max(c, o), to = std::max(c, n);
        verdict.ways.add(from, to);
        if (to > from) mildest_before = std::min(mildest_before, from);
        if (to < from) mildest_after = std::min(mildest_after, to);
        stricter = stricter || to > from;
        milder = milder || to < from;
      });
    });
  });
  verdict.asked_before = asked(*sides_[0].program, worst_[0]);
  verdict.asked_after = asked(*sides_[1].program, worst_[1]);
  const bool any_changed =
      std::ranges::any_of(before, std::identity{}) || std::ranges::any_of(after, std::identity{});
  const auto may_be = [&](Outcome outcome) { return verdict.ways.may(outcome, outcome); };
  // Policies that say the same may still ask it of somebody else's list: compare what is asked.
  const bool asks_else = verdict.asked_before != verdict.asked_after ||
                         asked(*sides_[0].program, best_[0]) != asked(*sides_[1].program, best_[1]);
  verdict.may_ask_else = any_changed && asks_else &&
                         (may_be(Outcome::interrupted) || may_be(Outcome::blocked)) &&
                         !verdict.ways.certainly_change();
  verdict.session_may_differ =
      may_be(Outcome::granted) &&
      (worst_[0].session != worst_[1].session || best_[0].session != best_[1].session);
  // Where the way is certain, those alone that reach its end; else all that may move it.
  const bool certain = verdict.ways.is_certain();
  if (stricter)
    add_policies(1, after, certain ? step_below(new_others.worst) : mildest_before, verdict);
  if (milder)
    add_policies(0, before, certain ? step_below(old_others.worst) : mildest_after, verdict);
  if (verdict.may_ask_else && verdict.policies.empty()) {
    add_policies(0, before, Outcome::granted, verdict);
    add_policies(1, after, Outcome::granted, verdict);
  }
  std::ranges::sort(verdict.policies);
  if (verdict.may_change() && !verdict.ways.is_certain()) add_facts(sign_ins, verdict);
}

void Judge::compare_with_log(const Happened& happened, Verdict& verdict) {
  const Outcome from = outcome_of(happened.ending);
  const auto error_code = happened.error_code;
  const auto& worst = worst_[0];
  const auto& best = best_[0];
  if (error_code != 0 && (worst.error_code == error_code || best.error_code == error_code)) {
    // The same code is the same answer, however the log words it.
    verdict.ways.add(from, from);
  }
  each_between(best.outcome, worst.outcome, [&](Outcome to) {
    const bool same_code =
        error_code != 0 && ((to == worst.outcome && worst.error_code == error_code) ||
                            (to == best.outcome && best.error_code == error_code));
    if (!same_code) verdict.ways.add(from, to);
  });
  verdict.asked_after = asked(*sides_[0].program, worst);
  std::vector<bool> enforced(twins_[0].size());
  for (std::size_t i = 0; i < enforced.size(); ++i) enforced[i] = is_enforced(0, i);
  const auto to = verdict.ways.after().back();
  if (to > from) {
    add_policies(0, enforced, verdict.ways.is_certain() ? step_below(to) : from, verdict);
  }
}

// An enforced policy that is not the other side's, too, and hangs on something unknown.
bool Judge::matters(std::size_t side, std::size_t policy) const {
  const auto bounds = bounds_of(side, policy);
  if (!is_enforced(side, policy) || bounds.worst == bounds.best) return false;
  return sides_.size() == 1 || changed_[side][policy];
}

std::string Judge::unknown_parts(std::span<const SignIn> sign_ins) const {
  std::string text;
  const auto add = [&](std::uint32_t number) {
    text.append(reinterpret_cast<const char*>(&number), sizeof number);
  };
  for (std::uint32_t side = 0; side < sides_.size(); ++side) {
    const Explanation& e = worst_[side];
    for (std::uint32_t i = 0; i < e.policies.size(); ++i) {
      if (!matters(side, i)) continue;
      add(side << 31U | i);
      const auto& policy = e.policies[i];
      for (auto c = policy.conditions_begin; c < policy.conditions_end; ++c) {
        if (e.conditions[c].match == Match::unknown) {
          add(1000U + static_cast<std::uint32_t>(e.conditions[c].condition));
        }
      }
      for (auto r = policy.requirements_begin; r < policy.requirements_end; ++r) {
        if (e.requirements[r].unknown) add(2000U + e.requirements[r].requirement);
      }
    }
    // Behind one unknown condition or requirement there may be more than one fact.
    const SignIn& s = sign_ins[side];
    std::uint32_t facts = 0;
    const auto bit = [&](bool unknown) { facts = facts << 1U | (unknown ? 1U : 0U); };
    bit(s.user.is_unknown());
    bit(s.user.is_known() && !s.user->type_known);
    bit(s.user.is_known() && !s.user->home_tenant_known);
    bit(s.user.is_known() && !s.user->groups_known);
    bit(s.user.is_known() && !s.user->roles_known);
    bit(s.device_platform.is_unknown());
    bit(s.client_app_type.is_unknown());
    bit(s.ip_address.is_unknown());
    bit(s.country.is_unknown());
    bit(!s.gps_country.is_known());
    bit(s.compliant_network.is_unknown());
    bit(s.authentication_flow.is_unknown());
    bit(s.proofs.methods.is_unknown() || s.proofs.mfa_claim.is_unknown());
    bit(s.approved_client_app.is_unknown());
    bit(s.app_protection_policy.is_unknown());
    bit(!s.ip_address.is_known());
    bit(!s.compliant_network.is_known());
    add(facts);
  }
  return text;
}

// Asking costs more than deciding, and the answer is the same for most sign-ins.
void Judge::add_facts(std::span<const SignIn> sign_ins, Verdict& verdict) {
  constexpr std::size_t known_max = 10'000;
  const auto parts = unknown_parts(sign_ins);
  const auto known = known_facts_.find(parts);
  if (known != known_facts_.end()) {
    verdict.depends_on = known->second;
    return;
  }
  std::set<FactName> facts;
  for (std::size_t side = 0; side < sides_.size(); ++side) {
    const auto asked_if = what_if(*sides_[side].program, sign_ins[side]);
    for (std::size_t i = 0; i < asked_if.policy_depends_on.size(); ++i) {
      if (!matters(side, i)) continue;
      facts.insert(asked_if.policy_depends_on[i].begin(), asked_if.policy_depends_on[i].end());
    }
  }
  verdict.depends_on.assign(facts.begin(), facts.end());
  if (known_facts_.size() >= known_max) known_facts_.clear();
  known_facts_.emplace(parts, verdict.depends_on);
}

// Where nothing is unknown, worst and best are the same.
bool Judge::hangs_on_a_fact(std::size_t side) const {
  const Explanation& e = worst_[side];
  return std::ranges::any_of(
             e.policies,
             [](const PolicyExplanation& policy) { return policy.applies == Match::unknown; }) ||
         std::ranges::any_of(e.requirements,
                             [](const RequirementExplanation& r) { return r.unknown; });
}

Verdict Judge::judge(std::span<const SignIn> sign_ins, const Happened& happened, Unknown unknown) {
  for (std::size_t i = 0; i < sides_.size(); ++i) {
    sides_[i].program->explain(sign_ins[i], Assume::worst, worst_[i]);
    if (unknown == Unknown::worst || !hangs_on_a_fact(i)) {
      best_[i] = worst_[i];
    } else {
      sides_[i].program->explain(sign_ins[i], Assume::best, best_[i]);
    }
  }
  Verdict verdict;
  if (sides_.size() == 2) {
    compare_sets(sign_ins, verdict);
  } else {
    compare_with_log(happened, verdict);
    if (verdict.may_change() && !verdict.ways.is_certain()) add_facts(sign_ins, verdict);
  }
  return verdict;
}

}  // namespace sallyport::replay
