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
  return s.user.is_known() & s.user->type_known & s.user->home_tenant_known & s.user->groups_known &
         s.user->roles_known;
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

// Whether the facts that no row stands for are those of an ordinary sign-in.
bool has_rows(const SignIn& s, const Tables& t) {
  const bool device = !t.devices.used | s.device.is_absent() |
                      (s.device.is_known() & (s.device->shape_index < t.devices.shapes()));
  return (s.identity == IdentityKind::user) & !s.outage & user_is_known(s) & device &
         target_has_row(s.target);
}

// REQUIRES: has_rows(s, t).
DeviceTable::Entry entry_of_device(const SignIn& s, const Tables& t) {
  if (!t.devices.used) return {0, device_traits(s.device)};
  return t.devices.entries[s.device.is_known() ? std::size_t{s.device->shape_index} + 1 : 0];
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
template <std::size_t width, std::size_t mask_width>
[[gnu::flatten]] bool decide_by_rows(const ProgramState& program, const SignIn& sign_in,
                                     Decision& out) {
  const auto device = entry_of_device(sign_in, program.tables);
  // What the sign-in has to show does not wait for the policies: while memory is asked for the
  // user, there is this to do.
  Workspace<Weighing, mask_width> weighing;
  weighing.get().look_at(program, sign_in, device.traits);
  Workspace<Applying, width> applying;
  if (!applying.get().run(program, sign_in, device)) return false;
  weighing.get().weigh(applying.get().policies(), out);
  return true;
}

template <std::size_t width>
bool decide_by_rows(const ProgramState& program, const SignIn& sign_in, Decision& out) {
  return program.mask_width == 1 ? decide_by_rows<width, 1>(program, sign_in, out)
                                 : decide_by_rows<width, 0>(program, sign_in, out);
}

bool decide_by_rows(const ProgramState& program, const SignIn& sign_in, Decision& out) {
  if (!has_rows(sign_in, program.tables)) return false;
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
  if (!decide_by_rows(*state_, sign_in, into)) decide_by_explaining(sign_in, into);
}

void Program::decide_by_explaining(const SignIn& sign_in, Decision& into) const {
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
