#include "service/decide.h"

#include "service/record.h"

namespace sallyport {
namespace {

Guid identity_of(const SignIn& sign_in, std::string_view subject) {
  if (sign_in.user.is_known()) return sign_in.user->id.guid;
  if (sign_in.service_principal.is_known()) return (*sign_in.service_principal)->id.guid;
  return guid_of_text(subject);
}

Guid target_of(const SignInRequest& request, const ResolvedSignIn& resolved) {
  if (request.target == TargetKind::applications) return resolved.application.guid;
  return guid_of_text(request.resource);
}

// Equal when nothing a person or an administrator is told has changed. The numbers of missing
// requirements mean something within one program only.
std::uint64_t fingerprint(const Decision& decision, const TenantState& state) {
  const auto mix = [](std::uint64_t hash, std::uint64_t value) {
    return (hash ^ value) * 0x9e3779b97f4a7c15ULL + (hash >> 29U);
  };
  auto hash = mix(1, static_cast<std::uint64_t>(decision.outcome));
  if (decision.outcome == Outcome::granted) return hash;
  hash = mix(hash, static_cast<std::uint64_t>(decision.error_code));
  hash = mix(hash, decision.missing);
  for (const auto word : decision.missing_beyond) hash = mix(hash, word);
  return mix(hash, std::hash<std::string>{}(state.policy_set_hash));
}

// No policy has a say about an account that may not sign in.
void refuse(const SignIn& sign_in, Decision& decision) {
  const bool user = sign_in.identity == IdentityKind::user;
  decision.outcome = Outcome::blocked;
  decision.error_code = user ? disabled_user_code : disabled_workload_code;
  decision.missing = 0;
  decision.missing_beyond.clear();
}

}  // namespace

Answer Decided::explain() const {
  if (resolved.account_refused.empty()) {
    return state->program->explain(resolved.sign_in, Assume::worst);
  }
  Answer answer;
  answer.error_code = decision.error_code;
  return answer;
}

void DecisionService::expect(const SignInRequest& request) const {
  if (const auto state = tenant_.state()) sallyport::expect(request, *state);
}

Result<void> DecisionService::decide(const SignInRequest& request, Instant now,
                                     Decided& into) const {
  into.recorded = false;
  into.ticket = 0;
  into.decision_id.clear();
  into.decision.outcome = Outcome::blocked;
  into.state = tenant_.state();
  if (!into.state) {
    return fail(ErrorKind::unavailable, tenant_.health().problem.empty()
                                            ? "the policies are still being loaded; try again"
                                            : "the policies could not be loaded");
  }
  if (into.state->is_empty) return fail(ErrorKind::unavailable, std::string(nothing_in_store));
  if (auto resolved = resolve(request, *into.state, country_, now, into.resolved); !resolved) {
    return resolved;
  }
  into.state->program->decide(into.sign_in(), into.decision);
  if (!into.resolved.account_refused.empty()) refuse(into.sign_in(), into.decision);

  const SignInKey key{identity_of(into.sign_in(), request.subject),
                      target_of(request, into.resolved)};
  const auto seat = log_.enter(key, fingerprint(into.decision, *into.state), now,
                               [&](const Guid& id, std::uint64_t repeats_before) {
                                 into.decision_id = to_string(id);
                                 return make_record(request, into, repeats_before);
                               });
  if (!seat) {
    into.decision.outcome = Outcome::blocked;
    return tl::unexpected<Error>(seat.error());
  }
  into.decision_id = to_string(seat->decision_id);
  into.recorded = seat->is_new;
  into.ticket = seat->ticket;
  return {};
}

}  // namespace sallyport
