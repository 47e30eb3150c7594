#include "compliance/threat.h"

#include <algorithm>

#include "base/text.h"
#include "compliance/setting.h"

namespace sallyport::compliance {
namespace {

constexpr Seconds day = 24 * 3600;

std::optional<ConnectorPlatform> connector_platform(Platform platform) {
  switch (platform) {
    case Platform::windows10:
    case Platform::windows81:
    case Platform::windows_phone81:
    case Platform::windows10_mobile: return ConnectorPlatform::windows;
    case Platform::ios: return ConnectorPlatform::ios;
    case Platform::macos: return ConnectorPlatform::mac;
    case Platform::android:
    case Platform::android_work_profile:
    case Platform::android_device_owner:
    case Platform::android_aosp: return ConnectorPlatform::android;
    case Platform::linux:
    case Platform::unknown: break;
  }
  return std::nullopt;
}

bool is_silent(const ThreatConnector& connector, Seconds now) {
  if (connector.state == ThreatConnector::State::unresponsive) return true;
  if (!connector.last_heartbeat) return false;
  const auto last = seconds_of(*connector.last_heartbeat);
  return now > last && now - last > static_cast<Seconds>(connector.unresponsive_after_days) * day;
}

// What a connector's partner says of the device; nothing: it says nothing.
std::optional<std::int32_t> level_from(const FactView& fact, std::string_view partner,
                                       bool only_partner) {
  if (fact.state != FactState::known) return std::nullopt;
  const auto& scale = row_of(Fact::threat_level).scale;
  if (fact.text.empty()) return static_cast<std::int32_t>(fact.number);
  std::string_view rest = fact.text;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    const auto tab = line.find('\t');
    const auto id = line.substr(0, tab);
    if (equal_ignoring_case(id, partner) || (id.empty() && only_partner)) {
      return rank_of(scale, line.substr(tab + 1));
    }
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  return std::nullopt;
}

// Of two partners' answers, the one that counts.
int weight(ComplianceStatus status) {
  switch (status) {
    case ComplianceStatus::non_compliant: return 3;
    case ComplianceStatus::error: return 2;
    case ComplianceStatus::compliant: return 1;
    default: return 0;
  }
}

// No connector was set up: whoever reports is believed, as long as there is a level.
ComplianceStatus judge_without_connector(const Setting& setting, const FactView& fact) {
  if (fact.state == FactState::error) return ComplianceStatus::error;
  if (fact.state == FactState::not_applicable) return ComplianceStatus::not_applicable;
  const auto level = level_from(fact, {}, true);
  if (!level || *level >= threat_no_data) return ComplianceStatus::unknown;
  return *level <= setting.number ? ComplianceStatus::compliant : ComplianceStatus::non_compliant;
}

ComplianceStatus judge_one(const Setting& setting, const FactView& fact,
                           const ThreatConnector& connector, bool blocked, bool only_partner) {
  using enum ComplianceStatus;
  if (connector.state == ThreatConnector::State::error || fact.state == FactState::error) {
    return error;
  }
  const auto level = level_from(fact, connector.id, only_partner);
  if (level && *level == threat_unsupported_os) {
    return connector.unsupported_os_blocked ? non_compliant : not_applicable;
  }
  if (!level || *level >= threat_no_data) return blocked ? non_compliant : not_applicable;
  return *level <= setting.number ? compliant : non_compliant;
}

}  // namespace

Seconds silent_from(const ThreatConnector& connector, Seconds now) {
  if (!connector.last_heartbeat || is_silent(connector, now)) return 0;
  return seconds_of(*connector.last_heartbeat) +
         static_cast<Seconds>(connector.unresponsive_after_days) * day + 1;
}

ComplianceStatus judge_threat(const Setting& setting, const FactView& fact, Platform platform,
                              std::span<const ThreatConnector> connectors, Seconds now) {
  const bool defender = setting.row->fact == Fact::defender_threat_level;
  const auto of_kind = [&](const ThreatConnector& one) { return one.is_defender() == defender; };
  if (std::ranges::none_of(connectors, of_kind)) return judge_without_connector(setting, fact);
  const auto where = connector_platform(platform);
  if (!where) return ComplianceStatus::unknown;
  const auto at = static_cast<std::size_t>(*where);
  const auto counts = [&](const ThreatConnector& one) {
    return of_kind(one) && one.enabled[at] && one.state != ThreatConnector::State::unavailable &&
           one.state != ThreatConnector::State::available;
  };
  const auto partners = std::ranges::count_if(connectors, counts);
  if (partners == 0) return ComplianceStatus::unknown;
  auto worst = ComplianceStatus::not_applicable;
  for (const auto& connector : connectors) {
    if (!counts(connector) || is_silent(connector, now)) continue;
    // With several partners, a device has to run the app of each.
    const bool blocked = connector.blocked_on_missing_data[at] || partners > 1;
    const auto status = judge_one(setting, fact, connector, blocked, partners == 1);
    if (weight(status) > weight(worst)) worst = status;
  }
  return worst;
}

}  // namespace sallyport::compliance
