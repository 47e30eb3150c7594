// Findings as SARIF 2.1.0 (OASIS), as code scanning reads it. Columns are left out: SARIF counts
// characters, we count bytes.
#include <algorithm>
#include <map>

#include "analysis/checks/catalogue.h"
#include "base/id.h"
#include "base/json.h"
#include "findings_report.h"

namespace sallyport::cli {
namespace {

std::string_view level_of(Severity severity) {
  switch (severity) {
    case Severity::critical:
    case Severity::error:
    case Severity::high: return "error";
    case Severity::medium: return "warning";
    case Severity::low:
    case Severity::info: return "note";
  }
  return "none";
}

// What dashboards sort by: 0 to 10.
std::string_view security_severity(Severity severity) {
  switch (severity) {
    case Severity::critical: return "9.5";
    case Severity::error:
    case Severity::high: return "8.0";
    case Severity::medium: return "5.5";
    case Severity::low: return "3.0";
    case Severity::info: return "0.0";
  }
  return "0.0";
}

// RFC 3986: a relative reference whose segments may hold anything.
std::string uri_of(std::string_view path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string uri;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) {
      uri += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    uri += '%';
    uri += digits[byte >> 4U];
    uri += digits[byte & 15U];
  }
  return uri;
}

void write_text(json::Writer& w, std::string_view name, std::string_view text) {
  w.key(name);
  w.begin_object();
  w.member("text", text);
  w.end_object();
}

void write_rule(json::Writer& w, const std::string& id) {
  const auto* check = find_check(id);
  w.begin_object();
  w.member("id", id);
  if (check != nullptr) {
    write_text(w, "shortDescription", check->name);
    write_text(w, "fullDescription", check->rule);
    write_text(w, "help", std::string(check->why) + ' ' + std::string(check->fix));
    w.key("defaultConfiguration");
    w.begin_object();
    w.member("level", level_of(check->severity));
    w.end_object();
    w.key("properties");
    w.begin_object();
    w.member("security-severity", security_severity(check->severity));
    w.end_object();
  }
  w.end_object();
}

void write_locations(json::Writer& w, const CheckFinding& finding) {
  if (finding.file.empty() || finding.file == "-") return;
  w.key("locations");
  w.begin_array();
  w.begin_object();
  w.key("physicalLocation");
  w.begin_object();
  w.key("artifactLocation");
  w.begin_object();
  w.member("uri", uri_of(finding.file));
  w.end_object();
  if (finding.line != 0) {
    w.key("region");
    w.begin_object();
    w.member("startLine", std::int64_t{finding.line});
    w.end_object();
  }
  w.end_object();
  if (!finding.pointer.empty()) {
    w.key("logicalLocations");
    w.begin_array();
    w.begin_object();
    w.member("fullyQualifiedName", finding.pointer);
    w.end_object();
    w.end_array();
  }
  w.end_object();
  w.end_array();
}

void write_result(json::Writer& w, const ReportedFinding& reported, std::size_t rule) {
  const auto& finding = reported.finding;
  std::string text = finding.message;
  for (const auto& policy : finding.policies) text += "\npolicy: " + policy.name;
  for (const auto& line : finding.evidence) text += '\n' + line;
  if (!finding.assumption.empty()) text += "\nassuming: " + finding.assumption;
  if (!finding.fix.empty()) text += "\nfix: " + finding.fix;
  w.begin_object();
  w.member("ruleId", finding.id);
  w.member("ruleIndex", static_cast<std::int64_t>(rule));
  w.member("level", level_of(finding.severity));
  write_text(w, "message", text);
  write_locations(w, finding);
  w.key("partialFingerprints");
  w.begin_object();
  w.member("sallyportFinding/v1", to_string(guid_of_text(key_of(finding))));
  w.end_object();
  if (reported.standing == Standing::known)
    w.member("baselineState", std::string_view("unchanged"));
  if (reported.standing == Standing::accepted) {
    w.key("suppressions");
    w.begin_array();
    w.begin_object();
    w.member("kind", std::string_view("external"));
    w.member("justification", reported.remark);
    w.end_object();
    w.end_array();
  }
  w.key("properties");
  w.begin_object();
  w.member("severity", sallyport::name_of(finding.severity));
  w.key("policies");
  w.begin_array();
  for (const auto& policy : finding.policies) w.value(policy.id);
  w.end_array();
  w.end_object();
  w.end_object();
}

}  // namespace

std::string findings_as_sarif(const FindingsReport& report) {
  std::map<std::string, std::size_t> rules;
  for (const auto& reported : report.findings) rules.emplace(reported.finding.id, 0);
  std::size_t number = 0;
  for (auto& entry : rules) entry.second = number++;
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.member("$schema", std::string_view("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/"
                                       "schemas/sarif-schema-2.1.0.json"));
  w.member("version", std::string_view("2.1.0"));
  w.key("runs");
  w.begin_array();
  w.begin_object();
  w.key("tool");
  w.begin_object();
  w.key("driver");
  w.begin_object();
  w.member("name", "Sallyport " + report.command);
  w.member("version", std::string_view(SALLYPORT_VERSION));
  w.key("rules");
  w.begin_array();
  for (const auto& entry : rules) write_rule(w, entry.first);
  w.end_array();
  w.end_object();
  w.end_object();
  w.key("results");
  w.begin_array();
  for (const auto& reported : report.findings) {
    write_result(w, reported, rules.at(reported.finding.id));
  }
  w.end_array();
  w.end_object();
  w.end_array();
  w.end_object();
  const auto document = json::parse(out);
  return document ? json::write_pretty(document->root()) : out + '\n';
}

}  // namespace sallyport::cli
