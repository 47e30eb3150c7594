// Authentication strengths: which combinations of methods are strong enough (spec, section 4.4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/result.h"

namespace sallyport {

// A set of Graph's authenticationMethodModes; its numbers are the bits.
using MethodModes = std::uint32_t;

namespace method {
inline constexpr MethodModes password = 1;
inline constexpr MethodModes voice = 2;
inline constexpr MethodModes hardware_oath = 4;
inline constexpr MethodModes software_oath = 8;
inline constexpr MethodModes sms = 16;
inline constexpr MethodModes fido2 = 32;
inline constexpr MethodModes windows_hello_for_business = 64;
inline constexpr MethodModes microsoft_authenticator_push = 128;
inline constexpr MethodModes device_based_push = 256;
inline constexpr MethodModes temporary_access_pass_one_time = 512;
inline constexpr MethodModes temporary_access_pass_multi_use = 1024;
inline constexpr MethodModes email = 2048;
inline constexpr MethodModes x509_certificate_single_factor = 4096;
inline constexpr MethodModes x509_certificate_multi_factor = 8192;
inline constexpr MethodModes federated_single_factor = 16384;
inline constexpr MethodModes federated_multi_factor = 32768;
inline constexpr MethodModes qr_code_pin = 131072;

// Satisfy multifactor authentication alone, with the password, with a federated first factor.
inline constexpr MethodModes mfa_alone =
    windows_hello_for_business | fido2 | x509_certificate_multi_factor | device_based_push |
    temporary_access_pass_one_time | temporary_access_pass_multi_use | federated_multi_factor;
inline constexpr MethodModes mfa_with_password = microsoft_authenticator_push | software_oath |
                                                 hardware_oath | x509_certificate_single_factor |
                                                 sms | voice;
inline constexpr MethodModes mfa_with_federation =
    microsoft_authenticator_push | software_oath | hardware_oath | sms | voice;
}  // namespace method

// `password,sms`, in any order and case, blanks allowed; nothing when a word is not a mode.
std::optional<MethodModes> parse_combination(std::string_view text);
std::string combination_text(MethodModes combination);  // in the order of the bits

// The 19 combinations that satisfy multifactor authentication.
const std::vector<MethodModes>& mfa_combinations();
// Some of them is contained in `used`.
constexpr bool satisfies_mfa(MethodModes used) {
  const auto uses = [used](MethodModes any) { return (used & any) != 0; };
  return uses(method::mfa_alone) | (uses(method::password) & uses(method::mfa_with_password)) |
         (uses(method::federated_single_factor) & uses(method::mfa_with_federation));
}

// Narrows combinations to particular keys or certificates.
struct CombinationConfiguration {
  std::vector<MethodModes> applies_to;
  std::vector<std::string> allowed_aaguids;      // lower case; fido2
  std::vector<std::string> allowed_issuer_skis;  // lower case; x509, any one
  std::vector<std::string> allowed_policy_oids;  // x509, any one; both lists set: both must match
  bool unknown = false;  // a kind this version does not know: its combinations never satisfy
};

struct AuthenticationStrength {
  StrengthId id;
  std::string id_text;
  std::string display_name;
  bool built_in = false;
  bool requires_mfa = true;  // requirementsSatisfied
  std::vector<MethodModes> allowed_combinations;
  std::vector<CombinationConfiguration> combination_configurations;
};

// ids 00000000-0000-0000-0000-00000000000{2,3,4}
const std::vector<AuthenticationStrength>& built_in_strengths();
inline constexpr std::string_view mfa_strength_id = "00000000-0000-0000-0000-000000000002";

}  // namespace sallyport
