#include "engine/traits.h"

#include "base/text.h"

namespace sallyport {
namespace {

// Of what is unknown the truth is unknown; what is absent has no property.
constexpr Truth truth_of(Knowledge knowledge, bool holds) {
  const bool yes = (knowledge == Knowledge::known) & holds;
  return static_cast<Truth>(2 * int{yes} + int{knowledge == Knowledge::unknown});
}
static_assert(truth_of(Knowledge::known, true) == Truth::yes);
static_assert(truth_of(Knowledge::known, false) == Truth::no);
static_assert(truth_of(Knowledge::absent, true) == Truth::no);
static_assert(truth_of(Knowledge::unknown, true) == Truth::unknown);

Truth is_true(const Fact<bool>& fact) { return truth_of(fact.knowledge(), *fact); }

template <class Word>
Truth is_one_of(const Fact<Word>& fact, WordSet<Word> words) {
  return truth_of(fact.knowledge(), words.contains(*fact));
}

}  // namespace

DeviceTraits device_traits(const Fact<DeviceView>& device) {
  if (device.is_unknown()) return {Truth::unknown, Truth::unknown};
  if (device.is_absent()) return {};
  const auto truth = [](bool unknown, bool holds) {
    return truth_of(unknown ? Knowledge::unknown : Knowledge::known, holds);
  };
  const DeviceFlag compliant = device->shape->is_compliant;
  const auto& trust = device->shape->text(DeviceText::trust_type);
  return {truth(compliant == DeviceFlag::unknown, compliant == DeviceFlag::yes),
          truth(trust.state == DeviceAttribute::State::unknown,
                trust.state == DeviceAttribute::State::known &&
                    equal_ignoring_case(trust.text, "ServerAD"))};
}

SignInTraits::SignInTraits(const SignIn& s, DeviceTraits device) {
  const bool type_known = s.user.is_known() & s.user->type_known;
  const auto type_is = [&](bool holds) {
    return truth_of(type_known ? Knowledge::known : Knowledge::unknown, holds);
  };
  const UserType type = s.user->type;
  const auto unless_trusted = [](bool trusted, Truth truth) { return trusted ? Truth::no : truth; };
  const Truth legacy =
      is_one_of(s.client_app_type,
                {ClientApp::exchange_active_sync, ClientApp::eas_supported, ClientApp::other});
  const Truth direct = type_is(type == UserType::b2b_direct_connect_user);
  const Truth guest = type_is(type != UserType::member);
  const Truth external =
      type_is((type != UserType::member) & (type != UserType::internal_guest));
  const Truth no_device =
      either(legacy, is_one_of(s.authentication_flow, {TransferMethod::device_code_flow}));
  const Truth mfa_by_methods = truth_of(s.proofs.methods.knowledge(), satisfies_mfa(*s.proofs.methods));

  at(Trait::never) = Truth::no;
  at(Trait::always) = Truth::yes;
  at(Trait::legacy) = legacy;
  at(Trait::legacy_or_direct) = either(legacy, direct);
  at(Trait::legacy_or_guest) = either(legacy, guest);
  at(Trait::legacy_or_external) = either(legacy, external);
  at(Trait::no_mfa_here) = either(legacy, unless_trusted(s.trust.mfa, direct));
  at(Trait::no_compliance_here) =
      either(no_device, unless_trusted(s.trust.compliant_device, external));
  at(Trait::no_hybrid_join_here) =
      either(no_device, unless_trusted(s.trust.hybrid_joined_device, external));
  at(Trait::multifactor) = either(is_true(s.proofs.mfa_claim), mfa_by_methods);
  at(Trait::compliant_device) = device.compliant;
  at(Trait::hybrid_joined_device) = device.hybrid_joined;
  at(Trait::approved_application) =
      both(is_true(s.approved_client_app),
           is_one_of(s.device_platform, {Platform::ios, Platform::android}));
  at(Trait::protected_application) =
      both(is_true(s.app_protection_policy),
           is_one_of(s.device_platform, {Platform::ios, Platform::android, Platform::windows}));
  at(Trait::password_changed) = is_true(s.proofs.password_changed);
  at(Trait::risk_remediated) = is_true(s.proofs.risk_remediated);
  at(Trait::bound_or_browser) =
      either(is_one_of(s.client_app_type, {ClientApp::browser}), is_true(s.proofs.token_bound));
}

}  // namespace sallyport
