// What policies can require, each distinct requirement once, and whether a sign-in satisfies it
// (docs/semantics.md, section 4).
//
// A program numbers its requirements in the order in which missing ones are reported, so a set of
// them is a bit mask, its lowest bit the first to ask for, and a policy is tested with two masks.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "device/filter.h"
#include "directory/authentication_strength.h"
#include "policy/policy_set.h"
#include "signin/answer.h"
#include "signin/sign_in.h"

namespace sallyport {

struct RequirementSpec {
  Requirement shown;
  // compliant_device of a policy about all resources: waived for enrolment itself.
  bool waived_for_enrolment = false;
  // A strength of a policy that does not name the registration of security information: waived when
  // one that does has a strength of its own.
  bool waived_for_registration = false;
  std::optional<SignInFrequency> frequency;  // reauthentication
  AgreementId agreement;                     // terms_of_use
  CustomControlId custom_control;
  const AuthenticationStrength* strength = nullptr;  // null: nothing defines it
  bool is_mfa_strength = false;

  friend bool operator==(const RequirementSpec& a, const RequirementSpec& b);
  friend bool operator<(const RequirementSpec& a, const RequirementSpec& b);
};

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

// What many requirements ask of a sign-in, found out once.
struct SignInTraits {
  explicit SignInTraits(const SignIn& sign_in);
  Truth legacy;    // a client that can neither prove nor show a device
  Truth external;  // neither a member nor an internal guest
  Truth guest;     // not a member
  Truth direct;    // B2B direct connect
  Truth device_code_flow;
};

Status status_of(const RequirementSpec& spec, const SignIn& sign_in, const SignInTraits& traits,
                 RegistrationWaiver waiver);

}  // namespace sallyport
