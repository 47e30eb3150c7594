// What policies can require, each distinct requirement once, and whether a sign-in satisfies it
// (docs/semantics.md, section 4).
//
// A program numbers its requirements in the order in which missing ones are reported, so a set of
// them is a bit mask, its lowest bit the first to ask for, and a policy is tested with two masks.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <vector>

#include "directory/authentication_strength.h"
#include "engine/traits.h"
#include "policy/policy_set.h"
#include "signin/answer.h"
#include "signin/sign_in.h"

namespace sallyport {

// Fails when one of the first holds, else is satisfied when one of the second does.
struct Ask {
  TraitSet fails_when;
  TraitSet met_when;
  Satisfaction otherwise = Satisfaction::failed;
  // Only the requirement itself can tell whether it is met: its strength, its agreement, its age.
  bool asks_itself = false;
};

struct RequirementSpec {
  Requirement shown;
  // compliant_device of a policy about all resources that leaves nothing else to ask for: waived
  // for enrolment itself.
  bool waived_for_enrolment = false;
  // A strength of a policy that does not name the registration of security information: waived when
  // one that does has a strength of its own.
  bool waived_for_registration = false;
  std::optional<SignInFrequency> frequency;  // reauthentication
  AgreementId agreement;                     // terms_of_use
  CustomControlId custom_control;
  const AuthenticationStrength* strength = nullptr;  // null: nothing defines it
  bool is_mfa_strength = false;
  Ask ask;  // derived from the above

  friend bool operator==(const RequirementSpec& a, const RequirementSpec& b);
  friend bool operator<(const RequirementSpec& a, const RequirementSpec& b);
};

// Fills in what is derived.
void settle(RequirementSpec& spec);

// The requirements of one policy: those of which each is needed, and those of which one is enough.
struct PolicyRequirements {
  std::vector<RequirementSpec> all_of;
  std::vector<RequirementSpec> any_of;
};
PolicyRequirements requirements_of(const Policy& policy, const PolicySet& policies);

// The worst and the best that the unknown facts can make of a requirement; equal when all it asks
// is known.
struct Status {
  Satisfaction worst = Satisfaction::failed;
  Satisfaction best = Satisfaction::failed;
};

// Whether registration strengths take precedence, under either assumption.
struct RegistrationWaiver {
  bool worst = false;
  bool best = false;
};

// The three cells of the table in docs/semantics.md, by the worst and the best that the truths may
// turn out to be: failed comes first, then satisfied.
constexpr Status from_cells(Truth failed, Truth satisfied, Satisfaction otherwise) {
  Status status{Satisfaction::satisfied, Satisfaction::failed};
  const auto possible = [&](Satisfaction s) {
    status.worst = std::max(status.worst, s);
    status.best = std::min(status.best, s);
  };
  if (failed != Truth::no) possible(Satisfaction::failed);
  if (failed != Truth::yes) {
    if (satisfied != Truth::no) possible(Satisfaction::satisfied);
    if (satisfied != Truth::yes) possible(otherwise);
  }
  return status;
}

// REQUIRES: spec.ask.asks_itself.
Truth is_met(const RequirementSpec& spec, const SignIn& sign_in);

inline Status status_of(const RequirementSpec& spec, const SignIn& sign_in,
                        const SignInTraits& traits, RegistrationWaiver waiver) {
  const Ask& ask = spec.ask;
  const Truth met = ask.asks_itself ? is_met(spec, sign_in) : traits.any_of(ask.met_when);
  Status status = from_cells(traits.any_of(ask.fails_when), met, ask.otherwise);
  if (sign_in.identity == IdentityKind::service_principal) {
    return {Satisfaction::failed, Satisfaction::failed};
  }
  if (spec.waived_for_enrolment) {
    const Truth enrolment = traits.any_of(TraitSet(Trait::enrolment));
    if (enrolment == Truth::yes) status.worst = Satisfaction::satisfied;
    if (enrolment != Truth::no) status.best = Satisfaction::satisfied;
  }
  if (spec.waived_for_registration) {
    if (waiver.worst) status.worst = Satisfaction::satisfied;
    if (waiver.best) status.best = Satisfaction::satisfied;
  }
  return status;
}

}  // namespace sallyport
