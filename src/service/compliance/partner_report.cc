#include "service/compliance/partner_report.h"

#include "base/json_members.h"
#include "base/text.h"
#include "service/document_names.h"

namespace sallyport {
namespace {

using json::Value;

constexpr std::chrono::minutes clock_difference{5};

tl::unexpected<Error> refuse(std::string message, std::string_view member) {
  return fail(ErrorKind::invalid_argument, std::move(message), "/" + std::string(member));
}

std::optional<Instant> time_in(const Value& object) {
  return parse_instant(text_of(object, "timestamp"));
}

void write_one(json::Writer& w, const PartnerReport& report) {
  w.begin_object();
  if (report.threat) w.member("threatState", *report.threat);
  if (report.is_compliant) w.member("isCompliant", *report.is_compliant);
  w.member("timestamp", to_string(report.at));
  w.end_object();
}

}  // namespace

Result<PartnerReport> read_partner_report(const Value& body, Instant now) {
  PartnerReport report;
  report.partner = store_id(text_of(body, "partnerId"));
  if (report.partner.empty()) return refuse("a report says which partner it is of", "partnerId");
  const auto* heartbeat = body.find("heartbeat");
  if (body.find("deviceId") == nullptr && heartbeat != nullptr && heartbeat->truth()) {
    return report;
  }
  report.device = parse_guid(text_of(body, "deviceId"));
  if (!report.device) return refuse("`deviceId` is the directory's, a GUID", "deviceId");
  if (const auto* threat = body.find("threatState")) {
    const auto& scale = compliance::row_of(compliance::Fact::threat_level).scale;
    if (!compliance::rank_of(scale, threat->text())) {
      std::string words;
      for (const auto& one : scale) words += (words.empty() ? "" : ", ") + std::string(one.word);
      return refuse("`threatState` is one of " + words, "threatState");
    }
    report.threat = threat->text();
  }
  if (const auto* compliant = body.find("isCompliant")) {
    if (!compliant->is_boolean()) return refuse("`isCompliant` is true or false", "isCompliant");
    report.is_compliant = compliant->truth();
  }
  if (!report.threat && !report.is_compliant) {
    return refuse("a report says a `threatState`, or `isCompliant`", "threatState");
  }
  const auto at = time_in(body);
  if (!at) return refuse("`timestamp` says when, as in 2026-11-26T03:00:00Z", "timestamp");
  if (*at > now + clock_difference) return refuse("`timestamp` is a time to come", "timestamp");
  report.at = *at;
  return report;
}

std::optional<std::string> with_report(const Value& kept, const PartnerReport& report) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  for (const auto& member : kept.members()) {
    if (member.name == report.partner) {
      const auto before = time_in(member.value);
      if (before && report.at <= *before) return std::nullopt;
      continue;
    }
    w.member(member.name, member.value);
  }
  w.key(report.partner);
  write_one(w, report);
  w.end_object();
  return out;
}

Result<compliance::Report> report_of_partners(std::string_view kept, Instant now) {
  const auto document = json::parse(kept);
  if (!document) return tl::unexpected<Error>(document.error());
  std::string text;
  json::Writer w(text);
  w.begin_object();
  w.member("source", "partner");
  w.member("reportedAt", to_string(now));
  w.member("sequence", std::int64_t{now.time_since_epoch().count()});
  w.key("facts");
  w.begin_object();
  // One that finds fault is enough.
  std::optional<bool> compliant;
  std::string levels;
  json::Writer threats(levels);
  threats.begin_object();
  for (const auto& partner : document->root().members()) {
    const auto threat = text_of(partner.value, "threatState");
    if (!threat.empty()) threats.member(partner.name, threat);
    if (const auto* said = partner.value.find("isCompliant")) {
      compliant = said->truth() && compliant.value_or(true);
    }
  }
  threats.end_object();
  if (const auto parsed = json::parse(levels); parsed && !parsed->root().members().empty()) {
    w.member("threatLevel", parsed->root());
  }
  if (compliant) w.member("partnerCompliant", *compliant);
  w.end_object();
  w.end_object();
  return compliance::parse_report(text);
}

}  // namespace sallyport
