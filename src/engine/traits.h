// What requirements ask of a sign-in, each question once whatever the number of requirements
// (docs/semantics.md, section 4). Internal to the engine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "device/filter.h"
#include "signin/sign_in.h"

namespace sallyport {

enum class Trait : std::uint8_t {
  never,
  always,
  // What makes a requirement fail, because it cannot be asked for:
  legacy,               // a client that can neither prove nor show a device
  legacy_or_direct,     // or a B2B direct connect user
  legacy_or_guest,      // or not a member
  legacy_or_external,   // or neither a member nor an internal guest
  no_mfa_here,          // legacy, or direct without trust in the home tenant's MFA
  no_compliance_here,   // legacy, device code flow, or external without such trust
  no_hybrid_join_here,  // likewise
  // What meets one:
  multifactor,
  compliant_device,
  hybrid_joined_device,
  approved_application,
  protected_application,
  password_changed,
  risk_remediated,
  bound_or_browser,
  // What only the requirement itself can tell: its strength, its agreement, its age.
  own,
};
inline constexpr std::size_t trait_count = static_cast<std::size_t>(Trait::own);

// What only the device's shape decides, so that a program finds it out once a shape.
struct DeviceTraits {
  Truth compliant = Truth::no;
  Truth hybrid_joined = Truth::no;
};
DeviceTraits device_traits(const Fact<DeviceView>& device);

// All of them, found out without a branch: facts differ from sign-in to sign-in.
class SignInTraits {
 public:
  SignInTraits(const SignIn& sign_in, DeviceTraits device);
  Truth operator[](Trait trait) const { return truths_[static_cast<std::size_t>(trait)]; }

 private:
  Truth& at(Trait trait) { return truths_[static_cast<std::size_t>(trait)]; }
  std::array<Truth, trait_count> truths_;
};

}  // namespace sallyport
