// What an administrator says once for all devices: `deviceManagement.settings`, and the connectors
// to those who tell threat levels. Source: spec, sections 1.6 and 7.1. Threads: values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/dialect.h"
#include "base/finding.h"
#include "base/instant.h"
#include "base/json.h"

namespace sallyport::compliance {

// When a setting answers with an error for seven days. The later of two published rules lets the
// policy's grace period begin then; the earlier one does not know a grace period here.
enum class ErrorRule : std::uint8_t { grace_after_seven_days, none_after_seven_days };

struct TenantSettings {
  bool secure_by_default = false;  // no applicable policy is not compliant
  int check_in_threshold_days = 30;
  bool scheduled_actions_enabled = true;
  ErrorRule error_rule = ErrorRule::grace_after_seven_days;  // ours: no member of Graph's
};
inline constexpr int check_in_threshold_days_max = 120;

// `deviceManagementSettings`. Values out of bounds are errors, and the default counts.
TenantSettings read_tenant_settings(const json::Value& document, Dialect dialect,
                                    std::vector<Finding>* findings);

enum class ConnectorPlatform : std::uint8_t { android, ios, windows, mac };
inline constexpr std::size_t connector_platform_count = 4;

struct ThreatConnector {
  enum class State : std::uint8_t { unavailable, available, enabled, unresponsive, error };
  std::string id;  // the partner's
  State state = State::unavailable;
  std::optional<Instant> last_heartbeat;
  std::array<bool, connector_platform_count> enabled{};
  std::array<bool, connector_platform_count> blocked_on_missing_data{};
  bool unsupported_os_blocked = false;
  int unresponsive_after_days = 7;
  bool is_defender() const;  // by its well-known id
};

// `mobileThreatDefenseConnector`.
ThreatConnector read_threat_connector(const json::Value& document, Dialect dialect,
                                      std::vector<Finding>* findings);

struct TenantRules {
  TenantSettings settings;
  std::vector<ThreatConnector> connectors;
};

}  // namespace sallyport::compliance
