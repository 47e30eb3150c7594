#include "engine/outcome.h"

#include <algorithm>

namespace sallyport {
namespace {

bool shorter(const SignInFrequency& a, const SignInFrequency& b) {
  if (a.every_time != b.every_time) return a.every_time;
  return !a.every_time && a.every < b.every;
}

template <class T, class Better>
void keep_better(std::optional<T>& kept, const std::optional<T>& other, Better better) {
  if (other && (!kept || better(*other, *kept))) kept = other;
}

}  // namespace

std::int32_t error_code(const ProgramState& program, std::uint32_t requirement,
                        const SignIn& sign_in) {
  const RequirementKind kind = program.shown[requirement].kind;
  const bool is_mfa =
      kind == RequirementKind::mfa || kind == RequirementKind::authentication_strength;
  if (is_mfa && sign_in.proofs.has_registered_method.is(false)) return 50079;
  const bool is_device =
      kind == RequirementKind::compliant_device || kind == RequirementKind::domain_joined_device;
  if (is_device && sign_in.authentication_flow.is(TransferMethod::device_code_flow)) return 530033;
  return error_code_of(kind);
}

void drop_password_change(std::vector<std::uint32_t>& missing, const ProgramState& program) {
  const auto is = [&](RequirementKind kind) {
    return [&program, kind](std::uint32_t number) { return program.shown[number].kind == kind; };
  };
  if (std::ranges::any_of(missing, is(RequirementKind::risk_remediation))) {
    std::erase_if(missing, is(RequirementKind::password_change));
  }
}

void merge_session(const SessionControls& controls, MergedSession& into) {
  into.application_enforced_restrictions |= controls.application_enforced_restrictions;
  into.disable_resilience_defaults |= controls.disable_resilience_defaults;
  into.secure_sign_in_session |= controls.secure_sign_in_session;
  keep_better(into.cloud_app_security, controls.cloud_app_security, std::greater<>());
  keep_better(into.persistent_browser, controls.persistent_browser, std::greater<>());
  keep_better(into.continuous_access_evaluation, controls.continuous_access_evaluation,
              std::greater<>());
  if (controls.sign_in_frequency) {
    const bool secondary =
        controls.sign_in_frequency->authentication == FrequencyAuthentication::secondary;
    keep_better(secondary ? into.frequency_secondary : into.frequency_primary_and_secondary,
                controls.sign_in_frequency, shorter);
  }
  for (const auto& profile : controls.global_secure_access_profiles) {
    auto& profiles = into.global_secure_access_profiles;
    const auto place = std::ranges::lower_bound(profiles, profile);
    if (place == profiles.end() || *place != profile) profiles.insert(place, profile);
  }
}

}  // namespace sallyport
