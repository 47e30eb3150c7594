// The enumerations of the policy document, in Graph's words (spec, sections 2 and 4).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace sallyport {

enum class PolicyState : std::uint8_t { enabled, disabled, report_only };

enum class Platform : std::uint8_t { android, ios, windows, windows_phone, mac_os, linux };
enum class ClientApp : std::uint8_t {
  browser,
  mobile_apps_and_desktop_clients,
  exchange_active_sync,  // from a platform EAS policies do not support
  eas_supported,         // Exchange ActiveSync from a supported platform
  other,                 // basic or legacy authentication
};
enum class RiskLevel : std::uint8_t { low, medium, high, hidden, none };
enum class InsiderRiskLevel : std::uint8_t { none, minor, moderate, elevated };
enum class TransferMethod : std::uint8_t { none, device_code_flow, authentication_transfer };
enum class UserAction : std::uint8_t {
  register_security_info,
  register_device,
  account_recovery,  // preview
};
enum class GrantControl : std::uint8_t {
  block,
  mfa,
  compliant_device,
  domain_joined_device,
  approved_application,
  compliant_application,
  password_change,
  risk_remediation,
};

// Graph's spelling. For an action: `urn:user:registersecurityinfo`.
std::string_view name_of(PolicyState state);
std::string_view name_of(Platform platform);
std::string_view name_of(ClientApp client_app);
std::string_view name_of(RiskLevel level);
std::string_view name_of(InsiderRiskLevel level);
std::string_view name_of(TransferMethod method);
std::string_view name_of(UserAction action);
std::string_view name_of(GrantControl control);

// Any letter case; nothing for a word that is not one of them. `modern` and `easUnsupported` are
// ClientApp's retired spellings; `all` is no ClientApp and no Platform but a word of its own.
std::optional<PolicyState> parse_policy_state(std::string_view word);
std::optional<Platform> parse_platform(std::string_view word);
std::optional<ClientApp> parse_client_app(std::string_view word);
std::optional<RiskLevel> parse_risk_level(std::string_view word);
std::optional<InsiderRiskLevel> parse_insider_risk_level(std::string_view word);
std::optional<TransferMethod> parse_transfer_method(std::string_view word);
std::optional<UserAction> parse_user_action(std::string_view word);
std::optional<GrantControl> parse_grant_control(std::string_view word);

// A configured list of words. An empty one is "not configured" and prevents nothing.
template <class Word>
struct WordSet {
  std::uint32_t bits = 0;
  bool all = false;      // the word `all`
  bool unknown = false;  // held a word this version does not know
  constexpr WordSet() = default;
  constexpr WordSet(std::initializer_list<Word> words) {
    for (const Word w : words) insert(w);
  }
  constexpr void insert(Word w) { bits |= 1U << static_cast<unsigned>(w); }
  constexpr bool contains(Word w) const { return (bits >> static_cast<unsigned>(w) & 1U) != 0; }
  constexpr bool empty() const { return bits == 0 && !all && !unknown; }
  friend constexpr bool operator==(const WordSet&, const WordSet&) = default;
};

}  // namespace sallyport
