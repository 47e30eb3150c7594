#include "analysis/replay/log_words.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "signin/answer.h"

namespace sallyport::replay {
namespace {

bool begins_with(std::string_view text, std::string_view word) {
  return equal_ignoring_case(text.substr(0, word.size()), word);
}

struct PlatformWord {
  std::string_view beginning;
  Fact<Platform> platform;
};
// The first that fits counts.
const std::array platform_words = {
    PlatformWord{"windows phone", Platform::windows_phone},
    PlatformWord{"windowsphone", Platform::windows_phone},
    PlatformWord{"windows", Platform::windows},
    PlatformWord{"ios", Platform::ios},
    PlatformWord{"ipados", Platform::ios},
    PlatformWord{"android", Platform::android},
    PlatformWord{"macos", Platform::mac_os},
    PlatformWord{"mac os", Platform::mac_os},
    PlatformWord{"linux", Platform::linux},
    PlatformWord{"chromeos", Fact<Platform>::absent()},
    PlatformWord{"chrome os", Fact<Platform>::absent()},
};

struct ClientWord {
  std::string_view word;
  ClientApp client;
};
constexpr std::array client_words = {
    ClientWord{"Browser", ClientApp::browser},
    ClientWord{"Mobile Apps and Desktop clients", ClientApp::mobile_apps_and_desktop_clients},
    ClientWord{"Exchange ActiveSync", ClientApp::exchange_active_sync},
    ClientWord{"Exchange ActiveSync (supported)", ClientApp::eas_supported},
    ClientWord{"Authenticated SMTP", ClientApp::other},
    ClientWord{"SMTP", ClientApp::other},
    ClientWord{"Autodiscover", ClientApp::other},
    ClientWord{"Exchange Online PowerShell", ClientApp::other},
    ClientWord{"Exchange Web Services", ClientApp::other},
    ClientWord{"IMAP", ClientApp::other},
    ClientWord{"IMAP4", ClientApp::other},
    ClientWord{"MAPI Over HTTP", ClientApp::other},
    ClientWord{"Offline Address Book", ClientApp::other},
    ClientWord{"Outlook Anywhere (RPC over HTTP)", ClientApp::other},
    ClientWord{"POP", ClientApp::other},
    ClientWord{"POP3", ClientApp::other},
    ClientWord{"Reporting Web Services", ClientApp::other},
    ClientWord{"Universal Outlook", ClientApp::other},
    ClientWord{"Outlook Service", ClientApp::other},
};

struct TrustWord {
  std::string_view word;
  std::string_view trust_type;
};
constexpr std::array trust_words = {
    TrustWord{"Azure AD joined", "AzureAD"},
    TrustWord{"Microsoft Entra joined", "AzureAD"},
    TrustWord{"AzureAD", "AzureAD"},
    TrustWord{"Hybrid Azure AD joined", "ServerAD"},
    TrustWord{"Microsoft Entra hybrid joined", "ServerAD"},
    TrustWord{"ServerAD", "ServerAD"},
    TrustWord{"Azure AD registered", "Workplace"},
    TrustWord{"Microsoft Entra registered", "Workplace"},
    TrustWord{"Workplace", "Workplace"},
};

struct MethodWord {
  std::string_view word;
  Method method;
};
constexpr Method alone{0, true};
constexpr std::array method_words = {
    MethodWord{"Password", {method::password}},
    MethodWord{"Text message", {method::sms}},
    MethodWord{"Phone call approval (Authentication phone)", {method::voice}},
    MethodWord{"Phone call approval (Office phone)", {method::voice}},
    MethodWord{"Phone call approval (Alternate phone)", {method::voice}},
    MethodWord{"Mobile app notification", {method::microsoft_authenticator_push}},
    MethodWord{"Mobile app verification code", {method::software_oath}},
    MethodWord{"OATH verification code", {method::software_oath}},
    MethodWord{"OATH software token", {method::software_oath}},
    MethodWord{"OATH hardware token", {method::hardware_oath}},
    MethodWord{"Passwordless phone sign-in", {method::device_based_push}},
    MethodWord{"FIDO2 security key", {method::fido2}},
    MethodWord{"Passkey (device-bound)", {method::fido2}},
    MethodWord{"Windows Hello for Business", {method::windows_hello_for_business}},
    MethodWord{"Temporary Access Pass", alone},
};

// Codes with which conditional access asks for something (spec, 6.5).
constexpr std::array<std::int64_t, 16> interrupting = {50072, 50074, 50076, 50077, 50078, 50079,
                                                       50097, 50125, 50127, 50129, 50135, 50155,
                                                       50158, 50187, 53010, 70043};
constexpr std::array<std::int64_t, 29> blocking = {
    50005,  50131,  53000,  53001,  53002,  53003,  53004,  53005,  53006,  53007,
    53008,  53009,  53011,  500187, 530001, 530002, 530003, 530004, 530011, 530021,
    530022, 530031, 530032, 530033, 530034, 530035, 530036, 530081, 530084};

Fact<Platform> platform_of(std::string_view operating_system) {
  for (const auto& [beginning, platform] : platform_words) {
    if (begins_with(operating_system, beginning)) return platform;
  }
  return Fact<Platform>::unknown();
}

Fact<ClientApp> client_app_of(std::string_view client_app_used) {
  for (const auto& [word, client] : client_words) {
    if (equal_ignoring_case(word, client_app_used)) return client;
  }
  // `Other clients; IMAP` names the protocol behind it; our own log writes the words of policies.
  if (begins_with(client_app_used, "Other clients")) return ClientApp::other;
  if (const auto client = parse_client_app(client_app_used)) return *client;
  return Fact<ClientApp>::unknown();
}

std::string_view trust_type_of(std::string_view words) {
  for (const auto& [word, trust_type] : trust_words) {
    if (equal_ignoring_case(word, words)) return trust_type;
  }
  return {};
}

Method method_of(std::string_view words) {
  for (const auto& [word, method] : method_words) {
    if (equal_ignoring_case(word, words)) return method;
  }
  if (const auto modes = parse_combination(words)) return {*modes};
  return {};
}

bool is_among(std::int64_t code, const auto& codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace

std::optional<UserType> user_type_of(std::string_view user_type, std::string_view access) {
  const bool guest = equal_ignoring_case(user_type, "guest");
  if (equal_ignoring_case(access, "b2bDirectConnect")) return UserType::b2b_direct_connect_user;
  if (equal_ignoring_case(access, "serviceProvider")) return UserType::service_provider;
  if (!guest && !equal_ignoring_case(user_type, "member")) return std::nullopt;
  if (equal_ignoring_case(access, "none")) {
    return guest ? UserType::internal_guest : UserType::member;
  }
  if (equal_ignoring_case(access, "b2bCollaboration")) {
    return guest ? UserType::b2b_collaboration_guest : UserType::b2b_collaboration_member;
  }
  return std::nullopt;
}

Fact<TransferMethod> flow_of(std::string_view protocol, std::string_view original) {
  for (const std::string_view word : {protocol, original}) {
    if (equal_ignoring_case(word, "deviceCode") || equal_ignoring_case(word, "deviceCodeFlow")) {
      return TransferMethod::device_code_flow;
    }
    if (equal_ignoring_case(word, "authenticationTransfer")) {
      return TransferMethod::authentication_transfer;
    }
  }
  // The flow that opened the session counts, too, so an ordinary protocol alone does not tell.
  if (equal_ignoring_case(original, "none")) return Fact<TransferMethod>::absent();
  return Fact<TransferMethod>::unknown();
}

Ending ending_of(std::optional<std::int64_t> error_code, std::string_view status,
                 std::string_view outcome) {
  if (error_code == disabled_user_code || error_code == disabled_workload_code) {
    return Ending::elsewhere;
  }
  if (outcome == name_of(Outcome::granted)) return Ending::granted;
  if (outcome == name_of(Outcome::interrupted)) return Ending::interrupted;
  if (outcome == name_of(Outcome::blocked)) return Ending::blocked;
  if (!error_code) return Ending::untold;
  if (*error_code == 0) return Ending::granted;
  if (is_among(*error_code, interrupting)) return Ending::interrupted;
  if (is_among(*error_code, blocking) || equal_ignoring_case(status, "failure")) {
    return Ending::blocked;
  }
  return Ending::elsewhere;
}

Fact<Platform> LogWords::platform_of(std::string_view operating_system) {
  return platforms_.of(operating_system, replay::platform_of);
}

Fact<ClientApp> LogWords::client_app_of(std::string_view client_app_used) {
  return clients_.of(client_app_used, replay::client_app_of);
}

Fact<RiskLevel> LogWords::risk_of(std::string_view level) {
  return risks_.of(level, [](std::string_view word) {
    const auto risk = parse_risk_level(word);
    return risk ? Fact<RiskLevel>(*risk) : Fact<RiskLevel>::unknown();
  });
}

std::string_view LogWords::trust_type_of(std::string_view words) {
  return trust_types_.of(words, replay::trust_type_of);
}

Method LogWords::method_of(std::string_view words) { return methods_.of(words, replay::method_of); }

}  // namespace sallyport::replay
