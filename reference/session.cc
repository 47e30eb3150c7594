#include "reference/session.h"

#include <algorithm>

namespace sallyport::reference {
namespace {

bool stricter(CloudAppSecurity a, CloudAppSecurity b) {
  // monitor_only, mcas_configured, block_downloads
  return static_cast<int>(a) > static_cast<int>(b);
}

bool stricter(const SignInFrequency& a, const SignInFrequency& b) {
  if (a.every_time || b.every_time) return a.every_time && !b.every_time;
  return a.every < b.every;
}

bool stricter(PersistentBrowser a, PersistentBrowser b) {
  return a == PersistentBrowser::never && b == PersistentBrowser::always;
}

bool stricter(ContinuousAccess a, ContinuousAccess b) {
  return a == ContinuousAccess::strict && b == ContinuousAccess::disabled;
}

template <class T>
void keep_stricter(std::optional<T>& kept, const std::optional<T>& other) {
  if (!other) return;
  if (!kept || stricter(*other, *kept)) kept = other;
}

}  // namespace

void merge_into(MergedSession& merged, const SessionControls& c) {
  if (c.application_enforced_restrictions) merged.application_enforced_restrictions = true;
  if (c.disable_resilience_defaults) merged.disable_resilience_defaults = true;
  if (c.secure_sign_in_session) merged.secure_sign_in_session = true;
  keep_stricter(merged.cloud_app_security, c.cloud_app_security);
  keep_stricter(merged.persistent_browser, c.persistent_browser);
  keep_stricter(merged.continuous_access_evaluation, c.continuous_access_evaluation);
  if (const auto& frequency = c.sign_in_frequency) {
    const bool secondary = frequency->authentication == FrequencyAuthentication::secondary;
    keep_stricter(secondary ? merged.frequency_secondary : merged.frequency_primary_and_secondary,
                  frequency);
  }
  auto& profiles = merged.global_secure_access_profiles;
  profiles.insert(profiles.end(), c.global_secure_access_profiles.begin(),
                  c.global_secure_access_profiles.end());
  std::sort(profiles.begin(), profiles.end());
  profiles.erase(std::unique(profiles.begin(), profiles.end()), profiles.end());
}

}  // namespace sallyport::reference
