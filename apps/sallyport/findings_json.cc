// Findings as JSON: an array of objects, or one object a line. `key` names a finding from run to
// run; a file of these is what --baseline reads.
#include "base/json.h"
#include "base/json_members.h"
#include "findings_report.h"

namespace sallyport::cli {
namespace {

void write_number(json::Writer& w, std::string_view name, std::uint32_t number) {
  w.key(name);
  if (number == 0) {
    w.null();
  } else {
    w.value(std::int64_t{number});
  }
}

std::string object_of(const ReportedFinding& reported) {
  const auto& finding = reported.finding;
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("key", key_of(finding));
  w.member("check", finding.id);
  if (!finding.rule.empty()) w.member("rule", finding.rule);
  w.member("severity", sallyport::name_of(finding.severity));
  w.member("title", finding.title);
  w.member("message", finding.message);
  w.member("fix", finding.fix);
  w.key("policies");
  w.begin_array();
  for (const auto& policy : finding.policies) {
    w.begin_object();
    w.member("id", policy.id);
    w.member("displayName", policy.name);
    w.end_object();
  }
  w.end_array();
  w.member("file", finding.file);
  write_number(w, "line", finding.line);
  write_number(w, "column", finding.column);
  w.member("pointer", finding.pointer);
  write_texts(w, "evidence", finding.evidence);
  if (!finding.assumption.empty()) w.member("assumption", finding.assumption);
  write_texts(w, "wouldPassIfEnforced", finding.would_pass_if_enforced);
  w.member("standing", name_of(reported.standing));
  if (!reported.remark.empty()) w.member("remark", reported.remark);
  w.end_object();
  return out;
}

}  // namespace

std::string findings_as_json(const FindingsReport& report, bool lines) {
  std::string out;
  if (lines) {
    for (const auto& reported : report.findings) out += object_of(reported) + '\n';
    return out;
  }
  std::string array = "[";
  for (const auto& reported : report.findings) {
    array += (array.size() == 1 ? "" : ",") + object_of(reported);
  }
  array += ']';
  const auto document = json::parse(array);
  return document ? json::write_pretty(document->root()) : array + '\n';
}

}  // namespace sallyport::cli
