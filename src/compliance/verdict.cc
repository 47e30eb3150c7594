#include "compliance/verdict.h"

#include <array>
#include <utility>

#include "base/text.h"

namespace sallyport::compliance {
namespace {

constexpr std::pair<std::string_view, ComplianceState> state_names[] = {
    {"unknown", ComplianceState::unknown},
    {"compliant", ComplianceState::compliant},
    {"noncompliant", ComplianceState::noncompliant},
    {"conflict", ComplianceState::conflict},
    {"error", ComplianceState::error},
    {"inGracePeriod", ComplianceState::in_grace_period},
    {"configManager", ComplianceState::config_manager},
};

constexpr std::array<std::string_view, 8> status_names = {
    "unknown",      "notApplicable", "compliant", "remediated",
    "nonCompliant", "error",         "conflict",  "notAssigned"};

void write_instant(std::string_view name, const std::optional<Instant>& at, json::Writer& writer) {
  writer.key(name);
  if (at) {
    writer.value(to_string(*at));
  } else {
    writer.null();
  }
}

void write_setting(const SettingVerdict& setting, json::Writer& writer) {
  writer.begin_object();
  writer.member("setting", setting.setting);
  writer.member("name", setting.name);
  writer.member("required", setting.required);
  writer.member("reported", setting.reported);
  writer.member("state", name_of(setting.status));
  if (setting.system_account) writer.member("account", "system");
  writer.member("since", to_string(setting.since));
  writer.key("source");
  if (setting.source) {
    writer.value(name_of(*setting.source));
  } else {
    writer.null();
  }
  if (setting.error_code != 0) writer.member("errorCode", std::int64_t{setting.error_code});
  if (!setting.error_description.empty()) {
    writer.member("errorDescription", setting.error_description);
  }
  writer.member("remedy", setting.remedy);
  if (!setting.more_info_url.empty()) writer.member("moreInfoUrl", setting.more_info_url);
  writer.end_object();
}

void write_policy(const PolicyVerdict& policy, json::Writer& writer) {
  writer.begin_object();
  writer.member("id", policy.id);
  writer.member("displayName", policy.display_name);
  writer.member("type", policy.type);
  writer.member("state", name_of(policy.status));
  writer.member("inGracePeriod", policy.in_grace);
  writer.member("since", to_string(policy.since));
  write_instant("noncompliantSince", policy.noncompliant_since, writer);
  write_instant("graceUntil", policy.grace_until, writer);
  writer.key("settings");
  writer.begin_array();
  for (const auto& setting : policy.settings) write_setting(setting, writer);
  writer.end_array();
  writer.end_object();
}

}  // namespace

std::string_view name_of(ComplianceState state) {
  for (const auto& [name, one] : state_names) {
    if (one == state) return name;
  }
  return {};
}

std::optional<ComplianceState> parse_compliance_state(std::string_view word) {
  for (const auto& [name, state] : state_names) {
    if (equal_ignoring_case(name, word)) return state;
  }
  return std::nullopt;
}

std::string_view name_of(ComplianceStatus status) {
  return status_names[static_cast<std::size_t>(status)];
}

std::optional<ComplianceStatus> parse_compliance_status(std::string_view word) {
  for (std::size_t i = 0; i < status_names.size(); ++i) {
    if (equal_ignoring_case(status_names[i], word)) return static_cast<ComplianceStatus>(i);
  }
  return std::nullopt;
}

void write_verdict(const Verdict& verdict, json::Writer& writer) {
  writer.begin_object();
  writer.member("complianceState", name_of(verdict.state));
  writer.member("isCompliant", verdict.is_compliant);
  writer.member("evaluatedAt", to_string(verdict.evaluated_at));
  writer.member("since", to_string(verdict.since));
  write_instant("graceUntil", verdict.grace_until, writer);
  write_instant("validUntil", verdict.valid_until, writer);
  writer.key("policies");
  writer.begin_array();
  for (const auto& policy : verdict.policies) write_policy(policy, writer);
  writer.end_array();
  writer.end_object();
}

std::string to_json(const Verdict& verdict) {
  std::string text;
  json::Writer writer(text);
  write_verdict(verdict, writer);
  return text;
}

bool tells_the_same(std::string_view a, std::string_view b) {
  // The members in their order; those that begin at the second of each pair are passed over.
  constexpr std::string_view told[][2] = {{"{\"complianceState\":", "\"evaluatedAt\":"},
                                          {"\"since\":", "\"validUntil\":"},
                                          {"\"policies\":", {}}};
  for (const auto& [begin, end] : told) {
    for (auto* text : {&a, &b}) {
      const auto at = text->find(begin);
      if (at == std::string_view::npos) return false;
      text->remove_prefix(at);
    }
    const auto size = end.empty() ? a.size() : a.find(end);
    if (size == std::string_view::npos || a.substr(0, size) != b.substr(0, size)) return false;
    if (end.empty()) return a.size() == b.size();
    if (!b.substr(size).starts_with(end)) return false;
    a.remove_prefix(size);
    b.remove_prefix(size);
  }
  return false;
}

}  // namespace sallyport::compliance
