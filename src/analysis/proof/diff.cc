#include "analysis/proof/diff.h"

#include <algorithm>
#include <map>

#include "analysis/proof/people.h"
#include "analysis/proof/words.h"

namespace sallyport::proof {
namespace {

// The enforced policies of both sets, as sets of sign-ins: those that are the same in both, and
// the rest of each. Being the same is a matter of what they do, not of names.
struct Split {
  std::vector<const EncodedPolicy*> common;
  std::vector<const EncodedPolicy*> before;
  std::vector<const EncodedPolicy*> after;
};

Split split(const Encoding& before, const Encoding& after) {
  const auto key = [](const EncodedPolicy& p) {
    return std::pair(p.stops().node(), p.failed.node());
  };
  std::map<std::pair<int, int>, std::vector<const EncodedPolicy*>> left;
  // Sets are equal when their nodes are; the sets themselves are kept alive by the encodings, the
  // differences here.
  std::vector<Bdd> kept;
  for (const EncodedPolicy& p : before.policies()) {
    if (!p.enforced()) continue;
    kept.push_back(p.stops());
    left[key(p)].push_back(&p);
  }
  Split out;
  for (const EncodedPolicy& p : after.policies()) {
    if (!p.enforced()) continue;
    kept.push_back(p.stops());
    const auto same = left.find(key(p));
    if (same == left.end() || same->second.empty()) {
      out.after.push_back(&p);
    } else {
      out.common.push_back(same->second.back());
      same->second.pop_back();
    }
  }
  for (const EncodedPolicy& p : before.policies()) {
    if (!p.enforced()) continue;
    const auto& rest = left[key(p)];
    if (std::ranges::find(rest, &p) != rest.end()) out.before.push_back(&p);
  }
  return out;
}

Bdd any_stops(const std::vector<const EncodedPolicy*>& policies) {
  Bdd out;
  for (const auto* p : policies) out |= p->stops();
  return out;
}

Bdd any_fails(const std::vector<const EncodedPolicy*>& policies) {
  Bdd out;
  for (const auto* p : policies) out |= p->failed;
  return out;
}

Bdd changed(const Split& sets, const Bdd& region) {
  Bdd granted = (any_stops(sets.before) ^ any_stops(sets.after)) & region;
  Bdd blocked = (any_fails(sets.before) ^ any_fails(sets.after)) & region;
  for (const auto* p : sets.common) {
    granted -= p->stops();
    blocked -= p->failed;
  }
  return granted | blocked;
}

// Sign-ins that do not come to `outcome`, as sets of which each is small; one policy that is the
// reason stands for all that could be.
void add_outside(const Encoding& encoding, Outcome outcome, const Bdd& witness,
                 std::vector<Bdd>& outside) {
  const EncodedPolicy* reason = nullptr;
  for (const EncodedPolicy& p : encoding.policies()) {
    if (!p.enforced()) continue;
    switch (outcome) {
      case Outcome::granted: outside.push_back(p.stops()); break;
      case Outcome::interrupted:
        outside.push_back(p.failed);
        if (reason == nullptr && witness.is_inside(p.stops())) reason = &p;
        break;
      case Outcome::blocked:
        if (reason == nullptr && witness.is_inside(p.failed)) reason = &p;
        break;
    }
  }
  if (reason == nullptr) return;
  outside.push_back(outcome == Outcome::blocked ? !reason->failed : !reason->stops());
}

std::vector<std::size_t> applying(const Encoding& encoding,
                                  const std::vector<const EncodedPolicy*>& changed,
                                  const Bdd& witness) {
  std::vector<std::size_t> out;
  for (const auto* p : changed) {
    if (!witness.is_inside(p->applies)) continue;
    out.push_back(static_cast<std::size_t>(p - encoding.policies().data()));
  }
  return out;
}

class Differ {
 public:
  Differ(const Encoding& before, const Encoding& after, const Program& program_before,
         const Program& program_after)
      : before_(before),
        after_(after),
        program_before_(program_before),
        program_after_(program_after),
        u_(before.universe()),
        sets_(split(before, after)) {}

  Bdd changed_in(const Bdd& region) const { return changed(sets_, region); }

  Result<DiffRule> rule_at(const Point& witness) const {
    DiffRule rule;
    rule.witness = witness;
    Draft draft;
    u_.draft(witness, draft);
    const SignIn& sign_in = draft.settle();
    const Answer before = program_before_.explain(sign_in);
    const Answer after = program_after_.explain(sign_in);
    if (before.outcome == after.outcome) {
      return fail(ErrorKind::internal,
                  "the comparison and the engine disagree about a sign-in, so nothing is reported; "
                  "please tell the developers");
    }
    rule.before = before.outcome;
    rule.after = after.outcome;
    rule.missing_before = before.missing;
    rule.missing_after = after.missing;
    const Bdd here = u_.point_set(witness);
    std::vector<Bdd> outside;
    add_outside(before_, rule.before, here, outside);
    add_outside(after_, rule.after, here, outside);
    // Who is it about, with just these proofs.
    for (DimensionIndex i = 0; i < witness.size(); ++i) {
      if (is_proof(u_.dimensions()[i].question)) outside.push_back(!u_.is(i, witness[i]));
    }
    rule.region = widest(u_, witness, std::move(outside));
    rule.sentence = sentence(u_, rule.region, witness);
    rule.details = details(u_, witness);
    rule.policies_before = applying(before_, sets_.before, here);
    rule.policies_after = applying(after_, sets_.after, here);
    People people = people_in(u_, rule.region);
    rule.people = people.count;
    rule.examples = std::move(people.examples);
    return rule;
  }

  const Universe& universe() const { return u_; }

 private:
  const Encoding& before_;
  const Encoding& after_;
  const Program& program_before_;
  const Program& program_after_;
  const Universe& u_;
  Split sets_;
};

// ---- session controls ----

struct Control {
  std::string words;
  bool (*in)(const SessionControls&);
};

const std::vector<Control>& controls() {
  static const std::vector<Control> list = {
      {"app-enforced restrictions",
       [](const SessionControls& s) { return s.application_enforced_restrictions; }},
      {"Defender for Cloud Apps monitoring",
       [](const SessionControls& s) {
         return s.cloud_app_security == CloudAppSecurity::monitor_only;
       }},
      {"Defender for Cloud Apps as configured there",
       [](const SessionControls& s) {
         return s.cloud_app_security == CloudAppSecurity::mcas_configured;
       }},
      {"downloads blocked",
       [](const SessionControls& s) {
         return s.cloud_app_security == CloudAppSecurity::block_downloads;
       }},
      {"resilience defaults off",
       [](const SessionControls& s) { return s.disable_resilience_defaults; }},
      {"persistent browser always",
       [](const SessionControls& s) { return s.persistent_browser == PersistentBrowser::always; }},
      {"persistent browser never",
       [](const SessionControls& s) { return s.persistent_browser == PersistentBrowser::never; }},
      {"continuous access off",
       [](const SessionControls& s) {
         return s.continuous_access_evaluation == ContinuousAccess::disabled;
       }},
      {"strict continuous access",
       [](const SessionControls& s) {
         return s.continuous_access_evaluation == ContinuousAccess::strict;
       }},
      {"a global secure access profile",
       [](const SessionControls& s) { return !s.global_secure_access_profiles.empty(); }},
  };
  return list;
}

Bdd where_given(const Encoding& encoding, const Control& control) {
  Bdd out;
  for (const EncodedPolicy& p : encoding.policies()) {
    if (p.enforced() && p.policy->session_controls && control.in(*p.policy->session_controls)) {
      out |= p.applies;
    }
  }
  return out & encoding.universe().reality();
}

}  // namespace

Bdd changed(const Encoding& before, const Encoding& after, const Bdd& region) {
  return changed(split(before, after), region);
}

Result<Diff> diff(const Encoding& before, const Encoding& after, const Program& program_before,
                  const Program& program_after, Solver& solver, const DiffOptions& options) {
  solver.start_afresh();
  const Differ differ(before, after, program_before, program_after);
  const Universe& u = differ.universe();
  Diff out;
  std::vector<Bdd> told;
  const auto look_in = [&](const Bdd& part) -> Result<void> {
    Bdd left = differ.changed_in(u.reality() & part);
    if (u.has_people()) out.people = count_people(u, left);
    for (const Bdd& box : told) left -= box;
    while (!left.is_empty() && !solver.gave_up()) {
      if (out.rules.size() == options.rules_max) {
        out.more = true;
        return {};
      }
      auto rule = differ.rule_at(smallest(u, left));
      if (!rule) return tl::unexpected(rule.error());
      told.push_back(u.box_set(with_any_proof(u, rule->region)));
      left -= told.back();
      out.rules.push_back(std::move(*rule));
    }
    return {};
  };
  // As with gaps: who is in few groups first, who is in many only when there is no other change.
  constexpr unsigned memberships_max = 2;
  for (unsigned n = 0; n <= memberships_max + 1 && !out.more; ++n) {
    const bool all = u.has_people() || n > memberships_max;
    if (n > memberships_max && !out.rules.empty()) {
      out.not_all_looked_at = true;
      break;
    }
    if (auto looked = look_in(all ? Bdd::all() : at_most_memberships(u, n)); !looked) {
      return tl::unexpected(looked.error());
    }
    if (all) break;
  }
  for (const Control& control : controls()) {
    const Bdd gains = where_given(after, control) - where_given(before, control);
    const Bdd loses = where_given(before, control) - where_given(after, control);
    const auto tell = [&](const Bdd& set, const char* how) {
      if (set.is_empty()) return;
      const Point witness = smallest(u, set);
      const Box box = widest(u, witness, {!set});
      out.session_changes.push_back(control.words + how + sentence(u, box, witness));
    };
    tell(gains, ", new: ");
    tell(loses, ", no more: ");
  }
  if (solver.gave_up()) {
    out = {};
    out.gave_up = true;
  }
  std::ranges::stable_sort(out.rules, {}, [](const DiffRule& rule) { return !rule.opens(); });
  return out;
}

}  // namespace sallyport::proof
