// Methods, their combinations and the built-in strengths (spec, section 4.4).
#include "directory/authentication_strength.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace sallyport {
namespace {

struct Mode {
  MethodModes bit;
  std::string_view word;
};

constexpr std::array modes = {
    Mode{method::password, "password"},
    Mode{method::voice, "voice"},
    Mode{method::hardware_oath, "hardwareOath"},
    Mode{method::software_oath, "softwareOath"},
    Mode{method::sms, "sms"},
    Mode{method::fido2, "fido2"},
    Mode{method::windows_hello_for_business, "windowsHelloForBusiness"},
    Mode{method::microsoft_authenticator_push, "microsoftAuthenticatorPush"},
    Mode{method::device_based_push, "deviceBasedPush"},
    Mode{method::temporary_access_pass_one_time, "temporaryAccessPassOneTime"},
    Mode{method::temporary_access_pass_multi_use, "temporaryAccessPassMultiUse"},
    Mode{method::email, "email"},
    Mode{method::x509_certificate_single_factor, "x509CertificateSingleFactor"},
    Mode{method::x509_certificate_multi_factor, "x509CertificateMultiFactor"},
    Mode{method::federated_single_factor, "federatedSingleFactor"},
    Mode{method::federated_multi_factor, "federatedMultiFactor"},
    Mode{method::qr_code_pin, "qrCodePin"},
};

AuthenticationStrength built_in(std::string_view id, std::string_view name,
                                std::vector<MethodModes> combinations) {
  AuthenticationStrength strength;
  strength.id = StrengthId::of(id);
  strength.id_text = id;
  strength.display_name = name;
  strength.built_in = true;
  strength.allowed_combinations = std::move(combinations);
  return strength;
}

}  // namespace

std::optional<MethodModes> parse_combination(std::string_view text) {
  MethodModes combination = 0;
  for (;;) {
    const auto comma = text.find(',');
    const auto word = trim(text.substr(0, comma));
    const auto* const mode = std::find_if(modes.begin(), modes.end(), [&](const Mode& m) {
      return equal_ignoring_case(m.word, word);
    });
    if (mode == modes.end()) return std::nullopt;
    combination |= mode->bit;
    if (comma == std::string_view::npos) return combination;
    text.remove_prefix(comma + 1);
  }
}

std::string combination_text(MethodModes combination) {
  std::string out;
  for (const auto& mode : modes) {
    if ((combination & mode.bit) == 0) continue;
    if (!out.empty()) out += ',';
    out += mode.word;
  }
  return out;
}

const std::vector<MethodModes>& mfa_combinations() {
  using namespace method;
  // In the order in which the service lists them.
  static const std::vector<MethodModes> combinations = {
      windows_hello_for_business,
      fido2,
      x509_certificate_multi_factor,
      device_based_push,
      temporary_access_pass_one_time,
      temporary_access_pass_multi_use,
      password | microsoft_authenticator_push,
      password | software_oath,
      password | hardware_oath,
      password | x509_certificate_single_factor,
      password | x509_certificate_multi_factor,
      password | sms,
      password | voice,
      federated_multi_factor,
      microsoft_authenticator_push | federated_single_factor,
      software_oath | federated_single_factor,
      hardware_oath | federated_single_factor,
      sms | federated_single_factor,
      voice | federated_single_factor,
  };
  return combinations;
}

const std::vector<AuthenticationStrength>& built_in_strengths() {
  using namespace method;
  static const std::vector<AuthenticationStrength> strengths = {
      built_in(mfa_strength_id, "Multifactor authentication", mfa_combinations()),
      built_in(
          "00000000-0000-0000-0000-000000000003", "Passwordless MFA",
          {windows_hello_for_business, fido2, x509_certificate_multi_factor, device_based_push}),
      built_in("00000000-0000-0000-0000-000000000004", "Phishing-resistant MFA",
               {windows_hello_for_business, fido2, x509_certificate_multi_factor}),
  };
  return strengths;
}

}  // namespace sallyport
