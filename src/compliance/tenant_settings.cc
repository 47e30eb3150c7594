#include "compliance/tenant_settings.h"

#include <algorithm>
#include <iterator>

#include "base/canonical.h"
#include "base/text.h"
#include "compliance/policy_schema.h"

namespace sallyport::compliance {
namespace {

using json::Pointer;
using json::Value;

constexpr std::string_view defender_id = "fc780465-2017-40d4-a0c5-307022471b92";
constexpr std::int64_t inactivity_days_least = 30;
constexpr std::int64_t inactivity_days_most = 270;
constexpr std::int64_t unresponsive_days_most = 365;

const Value* set_in(const Value& object, std::string_view name) {
  const auto* found = object.find(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

// A member in bounds, else `otherwise` and a finding.
std::int64_t number_in(const Value& object, std::string_view name, std::int64_t least,
                       std::int64_t most, std::int64_t otherwise, Remarks& remarks) {
  const auto* found = set_in(object, name);
  if (found == nullptr) return otherwise;
  const auto number = found->integer();
  if (number && *number >= least && *number <= most) return *number;
  remarks.add(Severity::error, "C-bounds",
              '`' + std::string(name) + "` must be a whole number from " + std::to_string(least) +
                  " to " + std::to_string(most),
              Pointer{}.member(name), found->offset());
  return otherwise;
}

bool truth_in(const Value& object, std::string_view name, bool otherwise) {
  const auto* found = set_in(object, name);
  return found == nullptr || !found->is_boolean() ? otherwise : found->truth();
}

void move_findings(Remarks& remarks, std::vector<Finding>* findings) {
  if (findings != nullptr) std::ranges::move(remarks.findings(), std::back_inserter(*findings));
}

}  // namespace

TenantSettings read_tenant_settings(const Value& document, Dialect dialect,
                                    std::vector<Finding>* findings) {
  TenantSettings settings;
  Remarks remarks(dialect);
  json::Arena arena;
  const auto value = canonical_by(tenant_settings_schema(), document, arena, &remarks);
  settings.secure_by_default = truth_in(value, "secureByDefault", settings.secure_by_default);
  settings.scheduled_actions_enabled =
      truth_in(value, "isScheduledActionEnabled", settings.scheduled_actions_enabled);
  settings.check_in_threshold_days = static_cast<int>(
      number_in(value, "deviceComplianceCheckinThresholdDays", 1, check_in_threshold_days_max,
                settings.check_in_threshold_days, remarks));
  number_in(value, "deviceInactivityBeforeRetirementInDay", inactivity_days_least,
            inactivity_days_most, 0, remarks);
  move_findings(remarks, findings);
  return settings;
}

bool ThreatConnector::is_defender() const { return equal_ignoring_case(id, defender_id); }

ThreatConnector read_threat_connector(const Value& document, Dialect dialect,
                                      std::vector<Finding>* findings) {
  using State = ThreatConnector::State;
  ThreatConnector connector;
  Remarks remarks(dialect);
  json::Arena arena;
  const auto value = canonical_by(threat_connector_schema(), document, arena, &remarks);
  const auto* id = set_in(value, "id");
  if (id != nullptr) connector.id = id->text();
  const auto* state = set_in(value, "partnerState");
  const auto word = state == nullptr ? std::string_view{} : state->text();
  connector.state = word == "available"      ? State::available
                    : word == "enabled"      ? State::enabled
                    : word == "unresponsive" ? State::unresponsive
                    : word == "error"        ? State::error
                                             : State::unavailable;
  if (const auto* heartbeat = set_in(value, "lastHeartbeatDateTime")) {
    connector.last_heartbeat = parse_instant(heartbeat->text());
    if (!connector.last_heartbeat) {
      remarks.add(Severity::error, "C-time", "`lastHeartbeatDateTime` must be a time",
                  Pointer{}.member("lastHeartbeatDateTime"), heartbeat->offset());
    }
  }
  constexpr std::array<std::string_view, connector_platform_count> names = {"android", "ios",
                                                                            "windows", "mac"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string name(names[i]);
    connector.enabled[i] = truth_in(value, name + "Enabled", false);
    connector.blocked_on_missing_data[i] =
        truth_in(value, name + "DeviceBlockedOnMissingPartnerData", false);
  }
  connector.unsupported_os_blocked = truth_in(value, "partnerUnsupportedOsVersionBlocked", false);
  connector.unresponsive_after_days = static_cast<int>(
      number_in(value, "partnerUnresponsivenessThresholdInDays", 0, unresponsive_days_most,
                connector.unresponsive_after_days, remarks));
  if (connector.unresponsive_after_days == 0) connector.unresponsive_after_days = 7;
  move_findings(remarks, findings);
  return connector;
}

}  // namespace sallyport::compliance
