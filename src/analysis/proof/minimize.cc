#include "analysis/proof/minimize.h"

#include <algorithm>
#include <functional>

#include "analysis/proof/search.h"

namespace sallyport::proof {
namespace {

bool frequency_is(const SessionControls& a, const SessionControls& b) {
  return a.sign_in_frequency == b.sign_in_frequency;
}

// Whether `b` sets every session control that `a` sets, no weaker. Sign-in frequency and token
// protection are requirements, and compared with the outcomes.
bool sets_all_of(const Policy& a, const Policy& b) {
  if (!a.session_controls || a.session_controls->empty()) return true;
  if (!b.session_controls) return false;
  const SessionControls& x = *a.session_controls;
  const SessionControls& y = *b.session_controls;
  const auto same_or_unset = [](const auto& wanted, const auto& there) {
    return !wanted || wanted == there;
  };
  return (!x.application_enforced_restrictions || y.application_enforced_restrictions) &&
         same_or_unset(x.cloud_app_security, y.cloud_app_security) &&
         (!x.disable_resilience_defaults || y.disable_resilience_defaults) &&
         same_or_unset(x.persistent_browser, y.persistent_browser) &&
         same_or_unset(x.continuous_access_evaluation, y.continuous_access_evaluation) &&
         (x.global_secure_access_profiles.empty() ||
          x.global_secure_access_profiles == y.global_secure_access_profiles) &&
         (!x.sign_in_frequency || frequency_is(x, y)) &&
         (!x.secure_sign_in_session || y.secure_sign_in_session) && !x.unknown;
}

class Minimizer {
 public:
  Minimizer(const Encoding& encoding, Solver& solver)
      : encoding_(encoding), u_(encoding.universe()), solver_(solver) {
    if (!u_.has_people()) {
      for (unsigned n = 0; n <= 2; ++n) parts_.push_back(at_most_memberships(u_, n));
    }
    parts_.push_back(Bdd::all());
    for (std::size_t i = 0; i < encoding.policies().size(); ++i) {
      const EncodedPolicy& p = encoding.policies()[i];
      stays_.push_back(p.enforced());
      stops_.push_back(p.stops() & u_.reality());
      fails_.push_back(p.failed & u_.reality());
      applies_.push_back(p.applies & u_.reality());
    }
  }

  Minimized run() {
    Minimized out;
    // The later of two that do the same goes: lists grow at the end.
    for (std::size_t i = stays_.size(); i-- > 0 && !solver_.gave_up();) {
      if (!stays_[i] || waives(policy(i))) continue;
      if (!is_covered(stops_[i], &Minimizer::stops_, i) ||
          !is_covered(fails_[i], &Minimizer::fails_, i) || !session_is_covered(i)) {
        continue;
      }
      stays_[i] = false;
      Redundant redundant;
      redundant.policy = i;
      redundant.never_applies = applies_[i].is_empty();
      if (!redundant.never_applies) redundant.covered_by = fewest(i);
      out.policies.push_back(std::move(redundant));
    }
    std::ranges::reverse(out.policies);
    for (std::size_t i = 0; i < stays_.size() && !solver_.gave_up(); ++i) {
      if (stays_[i] && !waives(policy(i))) find_parts(i, out.parts);
    }
    if (solver_.gave_up()) {
      out = {};
      out.gave_up = true;
    }
    return out;
  }

 private:
  const Policy& policy(std::size_t i) const { return *encoding_.policies()[i].policy; }

  // Its strength keeps other policies' from being asked for: removing it changes those, too.
  static bool waives(const Policy& policy) {
    return policy.conditions.applications &&
           policy.conditions.applications->user_actions.contains(
               UserAction::register_security_info) &&
           policy.grant_controls && policy.grant_controls->authentication_strength;
  }

  // People in few of the groups that policies name are nearly always enough to show that it is not,
  // at a fraction of what all together cost.
  bool is_covered(const Bdd& what, std::vector<Bdd> Minimizer::*sets, std::size_t but) const {
    for (const Bdd& part : parts_) {
      Bdd left = what & part;
      for (std::size_t i = 0; i < stays_.size() && !left.is_empty(); ++i) {
        if (i != but && stays_[i]) left -= (this->*sets)[i];
      }
      if (!left.is_empty()) return false;
    }
    return true;
  }

  bool session_is_covered(std::size_t i) const {
    if (!policy(i).session_controls || policy(i).session_controls->empty()) return true;
    Bdd left = applies_[i];
    for (std::size_t j = 0; j < stays_.size(); ++j) {
      if (j != i && stays_[j] && sets_all_of(policy(i), policy(j))) left -= applies_[j];
    }
    return left.is_empty();
  }

  std::vector<std::size_t> fewest(std::size_t i) const {
    std::vector<std::size_t> out;
    for (std::size_t j = 0; j < stays_.size(); ++j) {
      if (stays_[j] && (stops_[j].meets(stops_[i]) || fails_[j].meets(fails_[i]))) out.push_back(j);
    }
    for (std::size_t k = 0; k < out.size();) {
      auto fewer = out;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(k));
      Bdd stops = stops_[i], fails = fails_[i];
      for (const std::size_t j : fewer) {
        stops -= stops_[j];
        fails -= fails_[j];
      }
      if (stops.is_empty() && fails.is_empty()) {
        out = std::move(fewer);
      } else {
        ++k;
      }
    }
    return out;
  }

  // Whether the set is the same with this in the policy's place; if so, it takes it.
  bool takes(std::size_t i, const Policy& edited) {
    const EncodedPolicy now = encoding_.encode(edited);
    const Bdd stops = now.stops() & u_.reality();
    const Bdd fails = now.failed & u_.reality();
    const Bdd applies = now.applies & u_.reality();
    if (!is_covered(stops ^ stops_[i], &Minimizer::stops_, i) ||
        !is_covered(fails ^ fails_[i], &Minimizer::fails_, i)) {
      return false;
    }
    const bool session = policy(i).session_controls && !policy(i).session_controls->empty();
    if (session && !(applies == applies_[i])) return false;
    stops_[i] = stops;
    fails_[i] = fails;
    applies_[i] = applies;
    return true;
  }

  void find_parts(std::size_t i, std::vector<RedundantPart>& out) {
    Policy edited = policy(i);
    const auto attempt = [&](const std::string& words, const std::function<void(Policy&)>& change) {
      Policy candidate = edited;
      change(candidate);
      if (!takes(i, candidate)) return;
      edited = std::move(candidate);
      out.push_back({i, words});
    };
    const auto name = [&](const Guid& id) {
      return "`" + u_.tenant().names.label(to_string(id)) + "`";
    };
    if (edited.conditions.users) {
      const auto entries = [&](auto list, const char* kind) {
        const auto ids = policy(i).conditions.users->exclude.*list;
        for (const auto& id : ids) {
          attempt("the excluded " + std::string(kind) + " " + name(id.guid),
                  [&](Policy& p) { std::erase(p.conditions.users->exclude.*list, id); });
        }
      };
      entries(&PrincipalLists::users, "user");
      entries(&PrincipalLists::groups, "group");
      entries(&PrincipalLists::roles, "role");
    }
    if (edited.conditions.applications) {
      for (const auto& id : policy(i).conditions.applications->exclude.applications) {
        attempt("the excluded application " + name(id.guid), [&](Policy& p) {
          std::erase(p.conditions.applications->exclude.applications, id);
        });
      }
    }
    const Conditions& c = policy(i).conditions;
    if (c.platforms) {
      attempt("the condition on platforms", [](Policy& p) { p.conditions.platforms.reset(); });
    }
    if (c.locations) {
      attempt("the condition on locations", [](Policy& p) { p.conditions.locations.reset(); });
    }
    if (!c.client_app_types.empty() && !c.client_app_types.all) {
      attempt("the condition on client apps",
              [](Policy& p) { p.conditions.client_app_types = {}; });
    }
    if (c.devices) {
      attempt("the condition on devices", [](Policy& p) { p.conditions.devices.reset(); });
    }
    if (!c.sign_in_risk_levels.empty()) {
      attempt("the condition on sign-in risk",
              [](Policy& p) { p.conditions.sign_in_risk_levels = {}; });
    }
    if (!c.user_risk_levels.empty()) {
      attempt("the condition on user risk", [](Policy& p) { p.conditions.user_risk_levels = {}; });
    }
    if (!c.insider_risk_levels.empty()) {
      attempt("the condition on insider risk",
              [](Policy& p) { p.conditions.insider_risk_levels = {}; });
    }
    if (!c.authentication_flows.empty()) {
      attempt("the condition on authentication flows",
              [](Policy& p) { p.conditions.authentication_flows = {}; });
    }
  }

  const Encoding& encoding_;
  const Universe& u_;
  Solver& solver_;
  std::vector<bool> stays_;
  std::vector<Bdd> stops_, fails_, applies_;
  std::vector<Bdd> parts_;  // the last is everything
};

}  // namespace

Minimized minimize(const Encoding& encoding, Solver& solver) {
  solver.start_afresh();
  return Minimizer(encoding, solver).run();
}

}  // namespace sallyport::proof
