#include "tests/compliance/judged.h"

#include <algorithm>

namespace sallyport::testing_support {

using namespace compliance;

reference::DeviceAnswer answer_of(const Judgement& judgement) {
  reference::DeviceAnswer out;
  out.state = judgement.state;
  out.is_compliant = judgement.is_compliant;
  out.since = judgement.since;
  out.grace_until = judgement.grace_until;
  out.valid_until = judgement.valid_until;
  for (const auto& policy : judgement.policies) {
    reference::PolicyAnswer one;
    one.id = policy.policy == nullptr ? "default" : policy.policy->id_text;
    one.status = policy.status;
    one.in_grace = policy.in_grace;
    one.since = policy.since;
    one.noncompliant_since = policy.noncompliant_since;
    one.grace_until = policy.grace_until;
    for (std::uint32_t i = 0; i < policy.setting_count; ++i) {
      const auto& setting = judgement.settings[policy.first_setting + i];
      one.settings.push_back({setting.setting->key + (setting.system_account ? "@system" : ""),
                              setting.status, setting.error_code, setting.since});
    }
    out.policies.push_back(std::move(one));
  }
  return out;
}

namespace {

void compare(std::string& text, const std::string& what, const std::string& expected,
             const std::string& actual) {
  if (expected != actual) text += what + ": reference " + expected + ", judge " + actual + "\n";
}

void compare(std::string& text, const std::string& what, long long expected, long long actual) {
  compare(text, what, std::to_string(expected), std::to_string(actual));
}

void compare(std::string& text, const reference::PolicyAnswer& expected,
             const reference::PolicyAnswer& actual) {
  const auto& at = expected.id;
  compare(text, at + " state", std::string(name_of(expected.status)),
          std::string(name_of(actual.status)));
  compare(text, at + " in grace", expected.in_grace ? 1 : 0, actual.in_grace ? 1 : 0);
  compare(text, at + " since", expected.since, actual.since);
  compare(text, at + " noncompliant since", expected.noncompliant_since, actual.noncompliant_since);
  compare(text, at + " grace until", expected.grace_until, actual.grace_until);
  compare(text, at + " settings", static_cast<long long>(expected.settings.size()),
          static_cast<long long>(actual.settings.size()));
  const auto count = std::min(expected.settings.size(), actual.settings.size());
  for (std::size_t i = 0; i < count; ++i) {
    const auto& wanted = expected.settings[i];
    const auto& seen = actual.settings[i];
    const auto what = at + " " + wanted.key;
    compare(text, what + " key", wanted.key, seen.key);
    compare(text, what, std::string(name_of(wanted.status)), std::string(name_of(seen.status)));
    compare(text, what + " code", wanted.error_code, seen.error_code);
    compare(text, what + " since", wanted.since, seen.since);
  }
}

}  // namespace

std::string differences(const reference::DeviceAnswer& expected,
                        const reference::DeviceAnswer& actual) {
  if (expected == actual) return {};
  std::string text;
  compare(text, "device", std::string(name_of(expected.state)), std::string(name_of(actual.state)));
  compare(text, "compliant", expected.is_compliant ? 1 : 0, actual.is_compliant ? 1 : 0);
  compare(text, "since", expected.since, actual.since);
  compare(text, "grace until", expected.grace_until, actual.grace_until);
  compare(text, "valid until", expected.valid_until, actual.valid_until);
  compare(text, "policies", static_cast<long long>(expected.policies.size()),
          static_cast<long long>(actual.policies.size()));
  const auto count = std::min(expected.policies.size(), actual.policies.size());
  for (std::size_t i = 0; i < count; ++i) compare(text, expected.policies[i], actual.policies[i]);
  return text;
}

}  // namespace sallyport::testing_support
