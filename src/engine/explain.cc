// The slow road and the long answer: every policy, condition by condition, with its reason.
#include <algorithm>

#include "engine/conditions/conditions.h"
#include "engine/outcome.h"
#include "engine/program_state.h"

namespace sallyport {
namespace {

class Explainer {
 public:
  Explainer(const ProgramState& program, const SignIn& sign_in, Assume assume, Explanation& into)
      : program_(program),
        sign_in_(sign_in),
        assume_(assume),
        out_(into),
        facts_{sign_in, scratch().memberships, {}, {}},
        traits_(sign_in, device_traits(sign_in.device)) {
    if (sign_in.identity == IdentityKind::user && sign_in.user.is_known()) {
      scratch().memberships.walk(*program.directory, *sign_in.user);
    }
    if (sign_in.ip_address.is_known()) {
      const auto& space = program.tables.locations.space;
      facts_.locations_of_address = space.locations_of(space.set_of(*sign_in.ip_address));
    }
    facts_.in_trusted_location = match_trusted_locations(program.policies, facts_);
    auto& resources = scratch().resources;
    resources.clear();
    for (const auto application : sign_in.target.applications) {
      resources.push_back(program.directory->find_service_principal_by_app(application));
    }
    facts_.resources = resources;
  }

  void run() {
    out_.policies.clear();
    out_.conditions.clear();
    out_.requirements.clear();
    out_.session = {};
    out_.policies.resize(program_.compiled.size());
    for (std::size_t i = 0; i < program_.compiled.size(); ++i) {
      test(program_.compiled[i], out_.policies[i]);
    }
    waiver_ = registration_waiver();
    scratch().known.reset(program_.specs.size());
    scratch().statuses.resize(program_.specs.size());
    out_.outcome = Outcome::granted;
    for (std::size_t i = 0; i < program_.compiled.size(); ++i) {
      judge(program_.compiled[i], out_.policies[i]);
    }
    collect_missing();
    out_.error_code =
        out_.missing.empty() ? 0 : error_code(program_, out_.missing.front(), sign_in_);
  }

 private:
  // Reused from explanation to explanation on one thread.
  struct Scratch {
    Memberships memberships;
    std::vector<const ServicePrincipal*> resources;
    std::vector<Status> statuses;  // by requirement number
    Marks known;                   // which of them
  };
  static Scratch& scratch() {
    thread_local Scratch instance;
    return instance;
  }

  // ---- does it apply? ----

  void test(const CompiledPolicy& compiled, PolicyExplanation& out) {
    out.conditions_begin = out.conditions_end = static_cast<std::uint32_t>(out_.conditions.size());
    if (!compiled.considered) return;
    const Policy& policy = *compiled.policy;
    const Conditions& c = policy.conditions;
    out.applies = Match::yes;
    const auto take = [&](ConditionName name, Tested tested) {
      out_.conditions.push_back({name, tested.match(), tested.reason()});
      out.applies = match_and(out.applies, tested.match());
    };
    take_identity(compiled, take);
    const bool has_target = c.applications.has_value();
    take(ConditionName::applications,
         has_target ? test_applications(*c.applications, program_.policies, facts_)
                    : Tested{Match::no, {ReasonKind::nothing_included}});
    const Match target = out_.conditions.back().match;
    if (c.platforms) {
      take(ConditionName::platforms, test_platforms(*c.platforms, sign_in_.device_platform));
    }
    if (c.locations) {
      take(ConditionName::locations, test_locations(compiled.locations, program_.policies, facts_));
      out.may_need_gps = compiled.uses_gps && !sign_in_.gps_country.is_known() &&
                         out_.conditions.back().match != Match::yes;
    }
    if (is_configured(c.client_app_types)) {
      take(ConditionName::client_app_types,
           test_client_app_types(c.client_app_types, sign_in_.client_app_type));
    }
    if (c.devices) take(ConditionName::devices, test_devices(*c.devices, sign_in_.device));
    take_risks(c, take);
    out.conditions_end = static_cast<std::uint32_t>(out_.conditions.size());
    if (denies_in_outage(compiled, target)) {
      out.by_outage = true;
      out.applies = target;
    }
    out.may_need_gps &= out.applies == Match::unknown && !compiled.blocks && !out.by_outage;
  }

  template <class Take>
  void take_identity(const CompiledPolicy& compiled, Take take) {
    const Conditions& c = compiled.policy->conditions;
    const Tested other{Match::no, {ReasonKind::other_identity}};
    if (sign_in_.identity == IdentityKind::user) {
      take(ConditionName::users, c.users ? test_users(compiled.users, facts_) : other);
    } else {
      take(
          ConditionName::client_applications,
          c.client_applications ? test_client_applications(*c.client_applications, facts_) : other);
    }
  }

  template <class Take>
  void take_risks(const Conditions& c, Take take) {
    if (!c.sign_in_risk_levels.empty()) {
      take(ConditionName::sign_in_risk,
           test_risk(c.sign_in_risk_levels, sign_in_.sign_in_risk_level));
    }
    if (!c.user_risk_levels.empty()) {
      take(ConditionName::user_risk, test_risk(c.user_risk_levels, sign_in_.user_risk_level));
    }
    if (!c.insider_risk_levels.empty()) {
      take(ConditionName::insider_risk,
           test_insider_risk(c.insider_risk_levels, sign_in_.insider_risk_level));
    }
    if (is_configured(c.authentication_flows)) {
      take(ConditionName::authentication_flows,
           test_authentication_flows(c.authentication_flows, sign_in_.authentication_flow));
    }
    if (!c.service_principal_risk_levels.empty()) {
      take(ConditionName::service_principal_risk,
           test_risk(c.service_principal_risk_levels, sign_in_.service_principal_risk_level));
    }
    if (!c.agent_id_risk_levels.empty()) {
      take(ConditionName::agent_id_risk,
           test_risk(c.agent_id_risk_levels, sign_in_.agent_id_risk_level));
    }
  }

  bool denies_in_outage(const CompiledPolicy& compiled, Match target) const {
    return sign_in_.outage && compiled.policy->state == PolicyState::enabled &&
           compiled.policy->session_controls &&
           compiled.policy->session_controls->disable_resilience_defaults &&
           compiled.needs_live_data && target != Match::no;
  }

  bool may_apply(Match match) const {
    return match == Match::yes || match == Match::needs_gps ||
           (match == Match::unknown && assume_ == Assume::worst);
  }

  RegistrationWaiver registration_waiver() const {
    RegistrationWaiver waiver;
    const Target& target = sign_in_.target;
    if (target.kind != TargetKind::user_action ||
        target.user_action != UserAction::register_security_info) {
      return waiver;
    }
    for (std::size_t i = 0; i < program_.compiled.size(); ++i) {
      const auto& policy = program_.compiled[i];
      if (policy.policy->state != PolicyState::enabled || !policy.lists_registration ||
          !policy.requires_strength) {
        continue;
      }
      if (out_.policies[i].by_outage) continue;
      const Match applies = out_.policies[i].applies;
      if (applies == Match::yes) waiver.worst = waiver.best = true;
      if (applies == Match::unknown) waiver.best = true;
    }
    return waiver;
  }

  // ---- what does it require? ----

  RequirementExplanation status(std::uint32_t number) const {
    Status& s = scratch().statuses[number];
    if (scratch().known.insert(number))
      s = status_of(program_.specs[number], sign_in_, traits_, waiver_);
    return {number, assume_ == Assume::worst ? s.worst : s.best, s.worst != s.best};
  }

  void judge(const CompiledPolicy& compiled, PolicyExplanation& out) {
    const bool report_only = compiled.policy->state == PolicyState::report_only;
    out.requirements_begin = out.requirements_end =
        static_cast<std::uint32_t>(out_.requirements.size());
    if (compiled.policy->state == PolicyState::disabled) {
      out.result = PolicyResult::not_enabled;
      return;
    }
    out.any_of_begin = out.requirements_begin;
    list_requirements(compiled, out);
    if (!may_apply(out.applies)) {
      out.result = report_only ? PolicyResult::report_only_not_applied : PolicyResult::not_applied;
      return;
    }
    const Satisfaction satisfaction = overall(out);
    static constexpr PolicyResult enforced[] = {PolicyResult::success, PolicyResult::interrupted,
                                                PolicyResult::failure};
    static constexpr PolicyResult reported[] = {PolicyResult::report_only_success,
                                                PolicyResult::report_only_interrupted,
                                                PolicyResult::report_only_failure};
    out.result = (report_only ? reported : enforced)[static_cast<std::size_t>(satisfaction)];
    if (report_only) return;
    if (satisfaction == Satisfaction::failed) out_.outcome = Outcome::blocked;
    if (satisfaction == Satisfaction::needs_user && out_.outcome == Outcome::granted) {
      out_.outcome = Outcome::interrupted;
    }
    if (compiled.policy->session_controls && out.applies != Match::needs_gps && !out.by_outage) {
      merge_session(*compiled.policy->session_controls, out_.session);
    }
  }

  // A policy that applies, or may, lists what it requires.
  void list_requirements(const CompiledPolicy& compiled, PolicyExplanation& out) {
    auto& list = out_.requirements;
    if (out.applies != Match::no) {
      const bool own = !out.by_outage && out.applies != Match::needs_gps;
      if (out.by_outage) list.push_back(status(program_.block_requirement));
      if (out.applies == Match::needs_gps) list.push_back(status(program_.gps_requirement));
      if (out.may_need_gps) {
        auto gps = status(program_.gps_requirement);
        if (assume_ == Assume::best) gps.satisfaction = Satisfaction::satisfied;
        gps.unknown = true;
        list.push_back(gps);
      }
      for (const auto number : compiled.all_of) {
        if (own && is_asked_of(number)) list.push_back(status(number));
      }
      out.any_of_begin = static_cast<std::uint32_t>(list.size());
      for (const auto number : compiled.any_of) {
        if (own) list.push_back(status(number));
      }
    }
    out.requirements_end = static_cast<std::uint32_t>(list.size());
  }

  // A service principal has no session to protect.
  bool is_asked_of(std::uint32_t number) const {
    const RequirementKind kind = program_.shown[number].kind;
    return sign_in_.identity == IdentityKind::user ||
           (kind != RequirementKind::reauthentication && kind != RequirementKind::token_protection);
  }

  Satisfaction overall(const PolicyExplanation& out) const {
    Satisfaction worst = Satisfaction::satisfied;
    for (auto i = out.requirements_begin; i < out.any_of_begin; ++i) {
      worst = std::max(worst, out_.requirements[i].satisfaction);
    }
    if (out.any_of_begin == out.requirements_end) return worst;
    return std::max(worst, best_choice(out));
  }

  Satisfaction best_choice(const PolicyExplanation& out) const {
    Satisfaction best = Satisfaction::failed;
    for (auto i = out.any_of_begin; i < out.requirements_end; ++i) {
      best = std::min(best, out_.requirements[i].satisfaction);
    }
    return best;
  }

  void collect_missing() {
    out_.missing.clear();
    const auto wanted =
        out_.outcome == Outcome::blocked ? PolicyResult::failure : PolicyResult::interrupted;
    const auto shortfall =
        out_.outcome == Outcome::blocked ? Satisfaction::failed : Satisfaction::needs_user;
    for (const auto& policy : out_.policies) {
      if (policy.result == wanted) collect_missing(policy, shortfall);
    }
    std::ranges::sort(out_.missing);
    out_.missing.erase(std::unique(out_.missing.begin(), out_.missing.end()), out_.missing.end());
    drop_password_change(out_.missing, program_);
  }

  void collect_missing(const PolicyExplanation& policy, Satisfaction shortfall) {
    const bool choice_falls_short = best_choice(policy) == shortfall;
    for (auto i = policy.requirements_begin; i < policy.requirements_end; ++i) {
      const auto& r = out_.requirements[i];
      const bool is_choice = i >= policy.any_of_begin;
      if (r.satisfaction != shortfall || (is_choice && !choice_falls_short)) continue;
      out_.missing.push_back(program_.same_as[r.requirement]);
      // Of several ways to go on, only the first is asked for.
      if (is_choice && shortfall == Satisfaction::needs_user) break;
    }
  }

  const ProgramState& program_;
  const SignIn& sign_in_;
  Assume assume_;
  Explanation& out_;
  Facts facts_;
  SignInTraits traits_;
  RegistrationWaiver waiver_;
};

}  // namespace

void Program::explain(const SignIn& sign_in, Assume assume, Explanation& into) const {
  Explainer(*state_, sign_in, assume, into).run();
}

}  // namespace sallyport
