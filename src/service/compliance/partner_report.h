// What a partner says of a device: how threatened it is (a threat-defence partner), or whether it
// is compliant (a compliance partner that manages it).
//
//   {"partnerId": "<of a connector or partner>", "deviceId": "<the directory's deviceId>",
//    "threatState": "lowSeverity", "isCompliant": true, "timestamp": "2026-11-26T03:00:00Z"}
//   {"partnerId": "...", "heartbeat": true}
//
// What each partner last said of a device is kept together (kind `sallyport.partnerReports`, by
// deviceId), and all of it is one report of the source `partner`: so partners do not overwrite each
// other, and what comes late, by its timestamp, says nothing.
// Pure. Threads: free. Source: spec device-compliance, sections 7 and 9; the format is ours.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/result.h"
#include "compliance/report.h"

namespace sallyport {

inline constexpr std::string_view partner_reports_kind = "sallyport.partnerReports";

struct PartnerReport {
  std::string partner;                // as in the store
  std::optional<Guid> device;         // none: a heartbeat alone
  std::optional<std::string> threat;  // a word of managedDevicePartnerReportedHealthState
  std::optional<bool> is_compliant;
  Instant at{};
};

// Errors: invalid_argument, `where` a JSON pointer. `now`: a time to come is refused.
[[nodiscard]] Result<PartnerReport> read_partner_report(const json::Value& body, Instant now);

// `kept` with a report taken in; nothing: it is not newer than what is kept of that partner.
std::optional<std::string> with_report(const json::Value& kept, const PartnerReport& report);

// All that is kept as one report. Later ones have a higher sequence. `manager`: the partner that
// manages the device, whose word alone counts of its compliance; empty: the device does not say.
[[nodiscard]] Result<compliance::Report> report_of_partners(std::string_view kept,
                                                            std::string_view manager, Instant now);

}  // namespace sallyport
