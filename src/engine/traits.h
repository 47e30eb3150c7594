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
  constexpr void insert(TraitSet other) { bits_ |= other.bits_; }
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
  friend class SignInTraits;
  static constexpr std::uint32_t bit(Trait trait) { return 1U << static_cast<unsigned>(trait); }
  constexpr explicit TraitSet(std::uint64_t bits) : bits_(static_cast<std::uint32_t>(bits)) {}
  std::uint32_t bits_ = 0;
};

// What only the device's shape decides, so that a program finds it out once a shape.
struct DeviceTraits {
  Truth compliant = Truth::no;
  Truth hybrid_joined = Truth::no;
};
DeviceTraits device_traits(const Fact<DeviceView>& device);

Truth is_enrolment(const Target& target);

// The traits a sign-in has for certain, and those that an unknown fact may give it, too: both sets
// in one word, so that what each fact adds is one look-up and one instruction.
class SignInTraits {
 public:
  constexpr SignInTraits() = default;
  constexpr SignInTraits(TraitSet certain, TraitSet possible)
      : bits_(certain.bits_ | std::uint64_t{possible.bits_} << 32U) {}
  SignInTraits(const SignIn& sign_in, DeviceTraits device);

  constexpr TraitSet certain() const { return TraitSet(bits_); }
  constexpr TraitSet possible() const { return TraitSet(bits_ >> 32U); }
  // Whether one of them holds.
  constexpr Truth any_of(TraitSet traits) const {
    if (certain().meets(traits)) return Truth::yes;
    return possible().meets(traits) ? Truth::unknown : Truth::no;
  }

  friend constexpr SignInTraits operator|(SignInTraits a, SignInTraits b) {
    return SignInTraits(a.bits_ | b.bits_);
  }
  friend constexpr SignInTraits operator&(SignInTraits a, SignInTraits b) {
    return SignInTraits(a.bits_ & b.bits_);
  }
  constexpr SignInTraits without(TraitSet traits) const {
    return SignInTraits(bits_ & ~SignInTraits(traits, traits).bits_);
  }

 private:
  constexpr explicit SignInTraits(std::uint64_t bits) : bits_(bits) {}
  std::uint64_t bits_ = 0;
};

// What a fact adds, by its number: absent, nothing; unknown, what any of the values may; else what
// its value does.
template <class T, std::size_t count>
class TraitTable {
 public:
  template <class Given>
  constexpr explicit TraitTable(Given given) {
    TraitSet any;
    for (std::size_t i = 0; i < count; ++i) {
      const TraitSet traits = given(static_cast<T>(i));
      rows_[2 + i] = SignInTraits(traits, traits);
      any.insert(traits);
    }
    rows_[1] = SignInTraits(TraitSet(), any);
  }
  constexpr SignInTraits operator[](const Fact<T>& fact) const { return rows_[fact.number()]; }

 private:
  std::array<SignInTraits, count + 2> rows_;
};

// The same by a truth.
struct TruthTable {
  constexpr explicit TruthTable(Trait trait)
      : rows{SignInTraits(), SignInTraits(TraitSet(), TraitSet(trait)),
             SignInTraits(TraitSet(trait), TraitSet(trait))} {}
  constexpr SignInTraits operator[](Truth truth) const {
    return rows[static_cast<std::size_t>(truth)];
  }
  std::array<SignInTraits, 3> rows;
};

// What each fact adds, all side by side.
struct TraitTables {
  static constexpr TraitSet when(bool holds, TraitSet traits) {
    return holds ? traits : TraitSet();
  }
  static constexpr TraitTable<bool, 2> flag(Trait trait) {
    return TraitTable<bool, 2>([trait](bool value) { return when(value, TraitSet(trait)); });
  }
  static constexpr TraitSet of_client(ClientApp client) {
    if (client == ClientApp::browser) return TraitSet(Trait::browser);
    return when(client != ClientApp::mobile_apps_and_desktop_clients,
                TraitSet(Trait::legacy_client));
  }
  static constexpr TraitSet of_flow(TransferMethod flow) {
    return when(flow == TransferMethod::device_code_flow, TraitSet(Trait::device_code_flow));
  }
  // An application counts on certain platforms only.
  static constexpr TraitSet of_application_on(Platform platform) {
    TraitSet traits = when(platform == Platform::windows, TraitSet(Trait::protected_application));
    if (platform == Platform::ios || platform == Platform::android) {
      traits.insert(TraitSet(Trait::approved_application, Trait::protected_application));
    }
    return traits;
  }
  // Whose home tenant is trusted in nothing.
  static constexpr TraitSet of_user(UserType type) {
    using enum Trait;
    TraitSet traits = when(type != UserType::member, TraitSet(not_a_member));
    if (type != UserType::member && type != UserType::internal_guest) {
      traits.insert(TraitSet(external, external_without_compliance_trust,
                             external_without_hybrid_join_trust));
    }
    if (type == UserType::b2b_direct_connect_user) {
      traits.insert(TraitSet(direct_connect, direct_connect_without_mfa_trust));
    }
    return traits;
  }

  TraitTable<UserType, 7> user{of_user};
  TraitTable<ClientApp, 5> client{of_client};
  TraitTable<TransferMethod, 3> flow{of_flow};
  TraitTable<Platform, 6> application_on{of_application_on};
  TraitTable<bool, 2> approved = flag(Trait::approved_application);
  TraitTable<bool, 2> is_protected = flag(Trait::protected_application);
  TraitTable<bool, 2> claim = flag(Trait::mfa_claim);
  TraitTable<bool, 2> multifactor = flag(Trait::mfa_methods);
  TraitTable<bool, 2> changed = flag(Trait::password_changed);
  TraitTable<bool, 2> remediated = flag(Trait::risk_remediated);
  TraitTable<bool, 2> bound = flag(Trait::token_bound);
  TruthTable enrols{Trait::enrolment};
  TruthTable compliant{Trait::compliant_device};
  TruthTable hybrid_joined{Trait::hybrid_joined_device};
};
inline constexpr TraitTables trait_tables;

inline SignInTraits::SignInTraits(const SignIn& s, DeviceTraits device)
    : SignInTraits(trait_tables.enrols[is_enrolment(s.target)] |
                   SignInTraits(TraitSet(Trait::any_sign_in), TraitSet(Trait::any_sign_in))) {
  using enum Trait;
  const TraitTables& by = trait_tables;
  const bool type_known = s.user.is_known() && s.user->type_known;
  auto user = by.user[type_known ? Fact<UserType>(s.user->type) : Fact<UserType>::unknown()];
  if (s.trust.mfa) user = user.without(TraitSet(direct_connect_without_mfa_trust));
  if (s.trust.compliant_device) user = user.without(TraitSet(external_without_compliance_trust));
  if (s.trust.hybrid_joined_device) {
    user = user.without(TraitSet(external_without_hybrid_join_trust));
  }
  const Proofs& proofs = s.proofs;
  const Fact<bool> multifactor = proofs.methods.is_unknown()
                                     ? Fact<bool>::unknown()
                                     : Fact<bool>(satisfies_mfa(*proofs.methods));
  const auto application =
      (by.approved[s.approved_client_app] | by.is_protected[s.app_protection_policy]) &
      by.application_on[s.device_platform];
  *this = *this | user | application | by.client[s.client_app_type] |
          by.flow[s.authentication_flow] | by.compliant[device.compliant] |
          by.hybrid_joined[device.hybrid_joined] | by.claim[proofs.mfa_claim] |
          by.multifactor[multifactor] | by.changed[proofs.password_changed] |
          by.remediated[proofs.risk_remediated] | by.bound[proofs.token_bound];
}

}  // namespace sallyport
