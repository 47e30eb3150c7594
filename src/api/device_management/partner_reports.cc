// /deviceManagement/partnerReports: what threat-defence and compliance partners say of devices, and
// that they are there; each for itself alone. Ours, not Graph's, whose format is not public.
// Source: service/compliance/partner_report.h.
#include "api/answers.h"
#include "api/device_management/resources.h"
#include "api/response.h"
#include "api/services.h"
#include "base/json_edit.h"
#include "service/compliance/partner_report.h"
#include "service/document_type.h"

namespace sallyport::api {
namespace {

constexpr std::string_view report_permission[] = {"update_device_health"};

constexpr Resource reports{.path = "/deviceManagement/partnerReports",
                           .context = "deviceManagement/partnerReports",
                           .type = "sallyport.partnerReport",
                           .kind = partner_reports_kind};

// A token is one partner's, and says nothing in the name of another.
OrFailure<void> speaks_for(const Call& call, const std::string& partner) {
  if (call.caller.speaks_for(partner)) return {};
  return refuse(
      403, "Authorization_RequestDenied",
      call.caller.partners
          ? "this token is another partner's: it may not report as this `partnerId`"
          : "this token is no partner's: `sallyport token create` makes one that is, with "
            "--partner");
}

// The partner as the administrator set it up: a connector, or a compliance partner.
OrFailure<const DocumentType*> partner_of(const Call& call, const std::string& id) {
  for (const auto* type : {&threat_connector_type, &compliance_partner_type}) {
    const auto stored = call.services.store.get(type->kind, id);
    if (stored) return type;
    if (stored.error().kind != ErrorKind::not_found) {
      return failed(call, stored.error());
    }
  }
  return refuse(404, "ResourceNotFound",
                "there is no connector and no compliance partner with this `partnerId`; an "
                "administrator sets one up first");
}

// It is there: a partner that is silent for too long is not listened to. Once a minute is enough.
OrFailure<void> note_heartbeat(const Call& call, const DocumentType& type, const std::string& id) {
  const auto edit = [&](const json::Value& before, Draft&,
                        json::Arena& arena) -> Result<json::Value> {
    return json::with(before, "lastHeartbeatDateTime", arena.string(to_string(call.now)), arena);
  };
  const auto stored = call.services.store.get(type.kind, id);
  const auto document = stored ? json::parse(stored->json) : Result<json::Document>();
  if (stored && document) {
    const auto* last = document->root().find("lastHeartbeatDateTime");
    const auto at = last == nullptr ? std::nullopt : parse_instant(last->text());
    if (at && *at <= call.now && call.now - *at < std::chrono::minutes(1)) return {};
  }
  const auto done = edit_document({call.services.queue, call.caller, call.now}, type, id, edit, {},
                                  Edits::members);
  if (!done) return failed(call, done.error());
  return {};
}

Replied take_report(const Call& call) {
  const auto report = read_partner_report(call.body, call.now);
  if (!report) return failed(call, report.error());
  if (auto may = speaks_for(call, report->partner); !may) {
    return tl::unexpected<Failure>(may.error());
  }
  if (report->device) {
    const int wait = call.services.partner_limiter.take(
        report->partner + ' ' + to_string(*report->device), call.now);
    if (wait > 0)
      return tl::unexpected<Failure>(too_many(wait, "this partner, about this device,"));
  }
  const auto type = partner_of(call, report->partner);
  if (!type) return tl::unexpected<Failure>(type.error());
  if (report->is_compliant && *type == &threat_connector_type) {
    return refuse(403, "Authorization_RequestDenied",
                  "a threat defence partner tells no `isCompliant`: whether a device is compliant "
                  "is for the compliance partner that manages it to say");
  }
  if (auto noted = note_heartbeat(call, **type, report->partner); !noted) {
    return tl::unexpected<Failure>(noted.error());
  }
  if (report->device) {
    const auto taken = call.services.judging.take_partner_report(*report, call.now);
    if (!taken) return failed(call, taken.error());
  }
  Reply reply;
  reply.status = 204;
  return reply;
}

const Operation rows[] = {
    {"POST", "/deviceManagement/partnerReports", &reports, report_permission, take_report,
     BodyRule::required, 204, "Report a device's threat level or compliance, or a heartbeat"},
};

}  // namespace

std::span<const Operation> partner_report_operations() { return rows; }

}  // namespace sallyport::api
