// The fast road: which enforced policies apply is an intersection of rows, what they want is two
// masks each (docs/architecture.md, "The engine").
//
// It is for sign-ins whose conditions can all be looked up. A fact that is unknown, a service
// principal, an outage, the registration of security information and a device no inventory holds
// take the slow road through explain(), which means the same.
#include "engine/applying.h"
#include "engine/weighing.h"

namespace sallyport {
namespace {

bool user_is_known(const SignIn& s) {
  return s.user.is_known() && s.user->type_known && s.user->home_tenant_known &&
         s.user->groups_known && s.user->roles_known;
}

bool target_has_row(const Target& target) {
  switch (target.kind) {
    case TargetKind::unknown: return false;
    case TargetKind::applications: return !target.applications.empty();
    case TargetKind::user_action: return target.user_action != UserAction::register_security_info;
    case TargetKind::authentication_context: return true;
  }
  return false;
}

// A fact that no enforced policy asks for may be unknown.
bool is_lookup(const SignIn& s, const Tables& t) {
  const bool device = !t.devices.used || s.device.is_absent() ||
                      (s.device.is_known() && s.device->shape_index < t.devices.by_shape.size());
  const auto settled = [](bool used, const auto& fact) { return !used || !fact.is_unknown(); };
  return s.identity == IdentityKind::user && !s.outage && device && user_is_known(s) &&
         target_has_row(s.target) && settled(t.platforms.used, s.device_platform) &&
         settled(t.client_apps.used, s.client_app_type) &&
         settled(t.locations.asks_address, s.ip_address) &&
         settled(t.locations.asks_country, s.country) &&
         settled(t.locations.asks_network, s.compliant_network) &&
         settled(t.sign_in_risk.used, s.sign_in_risk_level) &&
         settled(t.user_risk.used, s.user_risk_level) &&
         settled(t.service_principal_risk.used, s.service_principal_risk_level) &&
         settled(t.agent_id_risk.used, s.agent_id_risk_level) &&
         settled(t.insider_risk.used, s.insider_risk_level) &&
         settled(t.flows.used, s.authentication_flow);
}

// What works with words of a known number stands on the stack, the rest is kept by the thread.
template <template <std::size_t> class Work, std::size_t width>
struct Workspace {
  Work<width> here;
  Work<width>& get() { return here; }
};
template <template <std::size_t> class Work>
struct Workspace<Work, 0> {
  Work<0>& get() {
    thread_local Work<0> kept;
    return kept;
  }
};

// False when the slow road has to be taken.
template <std::size_t width>
bool decide_by_rows(const ProgramState& program, const SignIn& sign_in, Decision& out) {
  Workspace<Applying, width> applying;
  if (!applying.get().run(program, sign_in)) return false;
  const auto policies = applying.get().policies();
  if (program.mask_width == 1 && program.demand_count <= 64) {
    Workspace<Weighing, 1>().get().run(program, sign_in, policies, out);
  } else {
    Workspace<Weighing, 0>().get().run(program, sign_in, policies, out);
  }
  return true;
}

bool decide_by_rows(const ProgramState& program, const SignIn& sign_in, Decision& out) {
  if (!is_lookup(sign_in, program.tables)) return false;
  switch (program.tables.width) {
    case row_chunk: return decide_by_rows<row_chunk>(program, sign_in, out);
    case 4 * row_chunk: return decide_by_rows<4 * row_chunk>(program, sign_in, out);
    default: return decide_by_rows<0>(program, sign_in, out);
  }
}

void shorten(const Explanation& explanation, std::size_t mask_width, Decision& out) {
  out.outcome = explanation.outcome;
  out.error_code = explanation.error_code;
  out.missing = 0;
  out.missing_beyond.assign(mask_width - 1, 0);
  for (const auto number : explanation.missing) {
    auto& word = number < 64 ? out.missing : out.missing_beyond[number / 64 - 1];
    word |= Word{1} << (number % 64);
  }
}

}  // namespace

void Program::decide(const SignIn& sign_in, Decision& into) const {
  if (decide_by_rows(*state_, sign_in, into)) return;
  thread_local Explanation explanation;
  explain(sign_in, Assume::worst, explanation);
  shorten(explanation, state_->mask_width, into);
}

Decision Program::decide(const SignIn& sign_in) const {
  Decision decision;
  decide(sign_in, decision);
  return decision;
}

}  // namespace sallyport
