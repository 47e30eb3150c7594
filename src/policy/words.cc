#include "policy/words.h"

#include <cstddef>

#include "base/text.h"

namespace sallyport {
namespace {

template <class Word>
struct Row {
  std::string_view name;
  Word word;
};

// The first row of a word is its spelling; further rows are retired ones (spec, section 2.6).
constexpr Row<PolicyState> policy_states[] = {
    {"enabled", PolicyState::enabled},
    {"disabled", PolicyState::disabled},
    {"enabledForReportingButNotEnforced", PolicyState::report_only},
};
constexpr Row<Platform> platforms[] = {
    {"android", Platform::android}, {"iOS", Platform::ios},
    {"windows", Platform::windows}, {"windowsPhone", Platform::windows_phone},
    {"macOS", Platform::mac_os},    {"linux", Platform::linux},
};
constexpr Row<ClientApp> client_apps[] = {
    {"browser", ClientApp::browser},
    {"mobileAppsAndDesktopClients", ClientApp::mobile_apps_and_desktop_clients},
    {"exchangeActiveSync", ClientApp::exchange_active_sync},
    {"easSupported", ClientApp::eas_supported},
    {"other", ClientApp::other},
    {"modern", ClientApp::mobile_apps_and_desktop_clients},
    {"easUnsupported", ClientApp::exchange_active_sync},
};
constexpr Row<RiskLevel> risk_levels[] = {
    {"low", RiskLevel::low},       {"medium", RiskLevel::medium}, {"high", RiskLevel::high},
    {"hidden", RiskLevel::hidden}, {"none", RiskLevel::none},
};
constexpr Row<InsiderRiskLevel> insider_risk_levels[] = {
    {"none", InsiderRiskLevel::none},
    {"minor", InsiderRiskLevel::minor},
    {"moderate", InsiderRiskLevel::moderate},
    {"elevated", InsiderRiskLevel::elevated},
};
constexpr Row<TransferMethod> transfer_methods[] = {
    {"none", TransferMethod::none},
    {"deviceCodeFlow", TransferMethod::device_code_flow},
    {"authenticationTransfer", TransferMethod::authentication_transfer},
};
constexpr Row<UserAction> user_actions[] = {
    {"urn:user:registersecurityinfo", UserAction::register_security_info},
    {"urn:user:registerdevice", UserAction::register_device},
    {"urn:user:accountrecovery", UserAction::account_recovery},
};
constexpr Row<GrantControl> grant_controls[] = {
    {"block", GrantControl::block},
    {"mfa", GrantControl::mfa},
    {"compliantDevice", GrantControl::compliant_device},
    {"domainJoinedDevice", GrantControl::domain_joined_device},
    {"approvedApplication", GrantControl::approved_application},
    {"compliantApplication", GrantControl::compliant_application},
    {"passwordChange", GrantControl::password_change},
    {"riskRemediation", GrantControl::risk_remediation},
};

template <class Word, std::size_t count>
std::string_view name_in(const Row<Word> (&rows)[count], Word word) {
  for (const auto& row : rows) {
    if (row.word == word) return row.name;
  }
  return {};
}

template <class Word, std::size_t count>
std::optional<Word> parse_in(const Row<Word> (&rows)[count], std::string_view text) {
  for (const auto& row : rows) {
    if (equal_ignoring_case(row.name, text)) return row.word;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name_of(PolicyState state) { return name_in(policy_states, state); }
std::string_view name_of(Platform platform) { return name_in(platforms, platform); }
std::string_view name_of(ClientApp client_app) { return name_in(client_apps, client_app); }
std::string_view name_of(RiskLevel level) { return name_in(risk_levels, level); }
std::string_view name_of(InsiderRiskLevel level) { return name_in(insider_risk_levels, level); }
std::string_view name_of(TransferMethod method) { return name_in(transfer_methods, method); }
std::string_view name_of(UserAction action) { return name_in(user_actions, action); }
std::string_view name_of(GrantControl control) { return name_in(grant_controls, control); }

std::optional<PolicyState> parse_policy_state(std::string_view word) {
  return parse_in(policy_states, word);
}
std::optional<Platform> parse_platform(std::string_view word) { return parse_in(platforms, word); }
std::optional<ClientApp> parse_client_app(std::string_view word) {
  return parse_in(client_apps, word);
}
std::optional<RiskLevel> parse_risk_level(std::string_view word) {
  return parse_in(risk_levels, word);
}
std::optional<InsiderRiskLevel> parse_insider_risk_level(std::string_view word) {
  return parse_in(insider_risk_levels, word);
}
std::optional<TransferMethod> parse_transfer_method(std::string_view word) {
  return parse_in(transfer_methods, word);
}
std::optional<UserAction> parse_user_action(std::string_view word) {
  return parse_in(user_actions, word);
}
std::optional<GrantControl> parse_grant_control(std::string_view word) {
  return parse_in(grant_controls, word);
}

}  // namespace sallyport
