// Spec, section 5.1.
#include <initializer_list>

#include "policy/controls/controls.h"

namespace sallyport {
namespace {

bool is_enabled(const DocumentPart& part, std::string_view name) {
  const auto* control = part.get(name);
  if (control == nullptr) return false;
  if (!control->is_object()) return true;  // set, but not understood
  const auto* enabled = control->find("isEnabled");
  if (enabled == nullptr || enabled->is_null()) return false;
  return enabled->truth() || !enabled->is_boolean();
}

std::string_view setting(const DocumentPart& part, std::string_view control,
                         std::string_view name) {
  const auto* value = part.get(control);
  const auto* found = value == nullptr ? nullptr : value->find(name);
  return found == nullptr || !found->is_string() ? std::string_view{} : found->text();
}

CloudAppSecurity cloud_app_security_type(std::string_view word) {
  if (equal_ignoring_case(word, "monitorOnly")) return CloudAppSecurity::monitor_only;
  if (word.empty() || equal_ignoring_case(word, "mcasConfigured")) {
    return CloudAppSecurity::mcas_configured;
  }
  return CloudAppSecurity::block_downloads;
}

SignInFrequency read_sign_in_frequency(const DocumentPart& part) {
  SignInFrequency frequency;
  const auto setting_of = [&](std::string_view name) {
    return setting(part, "signInFrequency", name);
  };
  if (equal_ignoring_case(setting_of("authenticationType"), "secondaryAuthentication")) {
    frequency.authentication = FrequencyAuthentication::secondary;
  }
  // Without a time that can be read, the shortest one counts.
  frequency.every_time = true;
  const auto interval = setting_of("frequencyInterval");
  if (!interval.empty() && !equal_ignoring_case(interval, "timeBased")) return frequency;
  const auto* value = part.get("signInFrequency")->find("value");
  const auto number = value == nullptr ? std::nullopt : value->integer();
  const auto type = setting_of("type");
  const bool days = equal_ignoring_case(type, "days");
  constexpr std::int64_t number_max = 100000;
  if (!number || *number < 1 || *number > number_max) return frequency;
  if (!days && !equal_ignoring_case(type, "hours")) return frequency;
  frequency.every_time = false;
  frequency.every = std::chrono::hours(*number * (days ? 24 : 1));
  return frequency;
}

std::optional<ContinuousAccess> read_continuous_access(const DocumentPart& part) {
  const auto* value = part.get("continuousAccessEvaluation");
  if (value == nullptr) return std::nullopt;
  const auto* mode = value->find("mode");
  if (value->is_object() && (mode == nullptr || mode->is_null())) return std::nullopt;
  const bool disabled = mode != nullptr && equal_ignoring_case(mode->text(), "disabled");
  return disabled ? ContinuousAccess::disabled : ContinuousAccess::strict;
}

bool holds_anything_else(const DocumentPart& part, std::initializer_list<std::string_view> known) {
  for (const auto& member : part.value().members()) {
    if (schema::is_annotation(member.name) || !part.has(member.name)) continue;
    bool is_known = false;
    for (const auto name : known) is_known = is_known || name == member.name;
    if (is_known) continue;
    const auto* enabled = member.value.find("isEnabled");
    const bool off = (member.value.is_boolean() && !member.value.truth()) ||
                     (enabled != nullptr && enabled->is_boolean() && !enabled->truth());
    if (!off) return true;
  }
  return false;
}

}  // namespace

SessionControls read_session_controls(const DocumentPart& part) {
  SessionControls controls;
  if (!part.value().is_object()) {
    controls.unknown = true;
    return controls;
  }
  controls.application_enforced_restrictions = is_enabled(part, "applicationEnforcedRestrictions");
  if (is_enabled(part, "cloudAppSecurity")) {
    controls.cloud_app_security =
        cloud_app_security_type(setting(part, "cloudAppSecurity", "cloudAppSecurityType"));
  }
  if (const auto* disable = part.get("disableResilienceDefaults")) {
    controls.disable_resilience_defaults = disable->truth() || !disable->is_boolean();
  }
  if (is_enabled(part, "persistentBrowser")) {
    const bool always = equal_ignoring_case(setting(part, "persistentBrowser", "mode"), "always");
    controls.persistent_browser = always ? PersistentBrowser::always : PersistentBrowser::never;
  }
  controls.secure_sign_in_session = is_enabled(part, "secureSignInSession");
  if (is_enabled(part, "signInFrequency")) {
    controls.sign_in_frequency = read_sign_in_frequency(part);
  }
  controls.continuous_access_evaluation = read_continuous_access(part);
  if (is_enabled(part, "globalSecureAccessFilteringProfile")) {
    controls.global_secure_access_profiles.emplace_back(
        setting(part, "globalSecureAccessFilteringProfile", "profileId"));
  }
  controls.unknown = holds_anything_else(
      part, {"applicationEnforcedRestrictions", "cloudAppSecurity", "disableResilienceDefaults",
             "persistentBrowser", "secureSignInSession", "signInFrequency",
             "continuousAccessEvaluation", "globalSecureAccessFilteringProfile"});
  return controls;
}

}  // namespace sallyport
