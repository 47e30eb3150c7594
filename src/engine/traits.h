// What requirements ask of a sign-in, each question once whatever the number of requirements
// (docs/semantics.md, section 4). Internal to the engine.
#pragma once

#include <cstddef>
#include <cstdint>

#include "device/filter.h"
#include "signin/sign_in.h"

namespace sallyport {

enum class Trait : std::uint8_t {
  // What makes a requirement fail, because it cannot be asked for:
  legacy_client,  // can neither prove nor show a device
  device_code_flow,
  not_a_member,
  external,  // neither a member nor an internal guest
  direct_connect,
  direct_connect_without_mfa_trust,  // in the home tenant's
  external_without_compliance_trust,
  external_without_hybrid_join_trust,
  // What meets those that are waived for it:
  enrolment,  // of the device itself
  // What meets one:
  mfa_claim,
  mfa_methods,
  compliant_device,
  hybrid_joined_device,
  approved_application,
  protected_application,
  password_changed,
  risk_remediated,
  browser,
  token_bound,
  // What every sign-in has.
  any_sign_in,
};

// A set of traits. Those that make requirements fail stand side by side, and so do those that meet
// them; `enrolment` stands with both.
class TraitSet {
 public:
  constexpr TraitSet() = default;
  template <class... Traits>
  constexpr explicit TraitSet(Trait trait, Traits... more)
      : bits_((bit(trait) | ... | bit(more))) {}
  constexpr void insert(Trait trait, bool holds) {
    bits_ |= unsigned{holds} << static_cast<unsigned>(trait);
  }
  constexpr bool meets(TraitSet other) const { return (bits_ & other.bits_) != 0; }
  // Those from `first` to `last` as a number, for tables.
  constexpr std::size_t part(Trait first, Trait last) const {
    return bits_ >> static_cast<unsigned>(first) & (parts(first, last) - 1);
  }
  // How many such numbers there are.
  static constexpr std::size_t parts(Trait first, Trait last) {
    return std::size_t{2} << (static_cast<unsigned>(last) - static_cast<unsigned>(first));
  }

 private:
  static constexpr std::uint32_t bit(Trait trait) { return 1U << static_cast<unsigned>(trait); }
  std::uint32_t bits_ = 0;
};

// What only the device's shape decides, so that a program finds it out once a shape.
struct DeviceTraits {
  Truth compliant = Truth::no;
  Truth hybrid_joined = Truth::no;
};
DeviceTraits device_traits(const Fact<DeviceView>& device);

Truth is_enrolment(const Target& target);

// Calls take(trait, certain, possible) for each: `possible` are those that an unknown fact may
// give, too. Found out without a branch, because facts differ from sign-in to sign-in; and inline,
// so that who looks at some of it does not pay for the rest.
template <class Take>
[[gnu::always_inline]] inline void each_trait(const SignIn& s, DeviceTraits device, Take take) {
  using enum Trait;
  const auto put = [&](Trait trait, const auto& fact, bool holds) {
    const bool certain = fact.is_known() & holds;
    take(trait, certain, certain | fact.is_unknown());
  };
  const auto put_truth = [&](Trait trait, Truth truth) {
    take(trait, truth == Truth::yes, truth != Truth::no);
  };
  const ClientApp client = *s.client_app_type;
  put(legacy_client, s.client_app_type,
      (client == ClientApp::exchange_active_sync) | (client == ClientApp::eas_supported) |
          (client == ClientApp::other));
  put(browser, s.client_app_type, client == ClientApp::browser);
  put(device_code_flow, s.authentication_flow,
      *s.authentication_flow == TransferMethod::device_code_flow);
  put_truth(enrolment, is_enrolment(s.target));

  const UserType type = s.user->type;
  const bool type_known = s.user.is_known() & s.user->type_known;
  const auto put_type = [&](Trait trait, bool holds, bool trusted) {
    take(trait, type_known & holds & !trusted, (!type_known | holds) & !trusted);
  };
  const bool is_direct = type == UserType::b2b_direct_connect_user;
  const bool is_external = (type != UserType::member) & (type != UserType::internal_guest);
  put_type(not_a_member, type != UserType::member, false);
  put_type(external, is_external, false);
  put_type(direct_connect, is_direct, false);
  put_type(direct_connect_without_mfa_trust, is_direct, s.trust.mfa);
  put_type(external_without_compliance_trust, is_external, s.trust.compliant_device);
  put_type(external_without_hybrid_join_trust, is_external, s.trust.hybrid_joined_device);

  put(mfa_claim, s.proofs.mfa_claim, *s.proofs.mfa_claim);
  put(mfa_methods, s.proofs.methods, satisfies_mfa(*s.proofs.methods));
  put(password_changed, s.proofs.password_changed, *s.proofs.password_changed);
  put(risk_remediated, s.proofs.risk_remediated, *s.proofs.risk_remediated);
  put(token_bound, s.proofs.token_bound, *s.proofs.token_bound);
  put_truth(compliant_device, device.compliant);
  put_truth(hybrid_joined_device, device.hybrid_joined);

  // An application counts on certain platforms only.
  const auto put_application = [&](Trait trait, const Fact<bool>& listed, bool platform_fits) {
    const auto& on = s.device_platform;
    take(trait, listed.is(true) & on.is_known() & platform_fits,
         (listed.is(true) | listed.is_unknown()) &
             ((on.is_known() & platform_fits) | on.is_unknown()));
  };
  const Platform platform = *s.device_platform;
  const bool is_mobile = (platform == Platform::ios) | (platform == Platform::android);
  put_application(approved_application, s.approved_client_app, is_mobile);
  put_application(protected_application, s.app_protection_policy,
                  is_mobile | (platform == Platform::windows));
}

class SignInTraits {
 public:
  SignInTraits(const SignIn& sign_in, DeviceTraits device);
  // Whether one of them holds.
  Truth any_of(TraitSet traits) const {
    if (certain_.meets(traits)) return Truth::yes;
    return possible_.meets(traits) ? Truth::unknown : Truth::no;
  }

 private:
  TraitSet certain_{Trait::any_sign_in}, possible_{Trait::any_sign_in};
};

}  // namespace sallyport
