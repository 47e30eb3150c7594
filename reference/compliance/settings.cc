// What it means for a device to meet one setting.
#include <algorithm>
#include <set>
#include <sstream>

#include "base/text.h"
#include "compliance/setting.h"
#include "reference/compliance/judge.h"

namespace sallyport::reference {
namespace {

using namespace compliance;
using enum ComplianceStatus;

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::string part;
  std::istringstream in(text);
  while (std::getline(in, part, at)) parts.push_back(part);
  return parts;
}

std::optional<std::vector<unsigned long long>> numbers_of(const std::string& version) {
  if (version.empty() || version.back() == '.') return std::nullopt;
  std::vector<unsigned long long> numbers;
  for (const auto& part : split(version, '.')) {
    if (part.empty() || part.size() > 20) return std::nullopt;
    for (const char c : part) {
      if (c < '0' || c > '9') return std::nullopt;
    }
    numbers.push_back(std::stoull(part));
    if (numbers.back() > 0xffffffffULL) return std::nullopt;
  }
  if (numbers.size() > 6) return std::nullopt;
  numbers.resize(6, 0);
  return numbers;
}

// `20E772520a` as what its parts are ordered by.
std::optional<std::vector<std::string>> build_parts(const std::string& build) {
  std::string major, letter, number, suffix;
  std::size_t i = 0;
  while (i < build.size() && std::isdigit(static_cast<unsigned char>(build[i])))
    major += build[i++];
  if (i < build.size() && std::isalpha(static_cast<unsigned char>(build[i]))) letter = build[i++];
  while (i < build.size() && std::isdigit(static_cast<unsigned char>(build[i]))) {
    number += build[i++];
  }
  while (i < build.size() && std::isalpha(static_cast<unsigned char>(build[i]))) {
    suffix += build[i++];
  }
  if (major.empty() || letter.empty() || number.empty() || i != build.size() || suffix.size() > 4 ||
      major.size() > 9 || number.size() > 15) {
    return std::nullopt;
  }
  const auto padded = [](const std::string& digits) {
    return std::string(20 - digits.size(), '0') + digits;
  };
  // A longer suffix comes after a shorter one, as a longer number does.
  return std::vector<std::string>{padded(major), to_lower(letter), padded(number),
                                  std::to_string(suffix.size()), to_lower(suffix)};
}

std::optional<Instant> day_of(const std::string& text) {
  if (const auto day = parse_instant(text)) return day;
  static const std::vector<std::string> months = {"january",   "february", "march",    "april",
                                                  "may",       "june",     "july",     "august",
                                                  "september", "october",  "november", "december"};
  std::istringstream in(text);
  std::string month, day, year;
  if (!(in >> month >> day >> year) || day.size() < 2 || day.back() != ',') return std::nullopt;
  day.pop_back();
  const auto found = std::find(months.begin(), months.end(), to_lower(month));
  if (found == months.end()) return std::nullopt;
  auto number = std::to_string(found - months.begin() + 1);
  if (number.size() == 1) number = "0" + number;
  if (day.size() == 1) day = "0" + day;
  return parse_instant(year + "-" + number + "-" + day);
}

bool within_range(const Range& range, const std::string& version) {
  return (range.low.empty() || compare_versions(version, range.low).value_or(-1) >= 0) &&
         (range.high.empty() || compare_versions(version, range.high).value_or(1) <= 0);
}

// yes, no, or nobody can say.
using Answer = std::optional<bool>;

Answer distribution_answer(const Setting& setting, const FactView& fact, const FactTable& known) {
  const auto& distribution = known[static_cast<std::size_t>(Fact::distribution)];
  if (distribution.state != FactState::known) return std::nullopt;
  std::vector<Range> named;
  for (const auto& range : setting.ranges) {
    if (to_lower(range.name) == to_lower(distribution.text)) named.push_back(range);
  }
  if (setting.row->test == SettingTest::distro_named) return !named.empty();
  const std::string version(fact.text);
  if (!compare_versions(version, "0")) return std::nullopt;
  if (named.empty()) return true;
  for (const auto& range : named) {
    if (within_range(range, version)) return true;
  }
  const auto& first = named.front();
  if (setting.row->test == SettingTest::distro_minimum) {
    return first.low.empty() || *compare_versions(version, first.low) >= 0;
  }
  return first.high.empty() || *compare_versions(version, first.high) <= 0;
}

Answer wsl_answer(const Setting& setting, const std::string& installed) {
  bool nobody_can_say = false;
  for (const auto& line : split(installed, '\n')) {
    const auto tab = line.find('\t');
    const auto name = line.substr(0, tab);
    const auto version = tab == std::string::npos ? "" : line.substr(tab + 1);
    const bool has_version = compare_versions(version, "0").has_value();
    bool named = false, allowed = false;
    for (const auto& range : setting.ranges) {
      if (to_lower(range.name) != to_lower(name)) continue;
      named = true;
      if (range.low.empty() && range.high.empty()) allowed = true;
      if (has_version && within_range(range, version)) allowed = true;
    }
    if (allowed) continue;
    if (!named || has_version) return false;
    nobody_can_say = true;
  }
  if (nobody_can_say) return std::nullopt;
  return true;
}

Answer answer(const Setting& setting, const FactView& fact, const FactTable& known) {
  const std::string reported(fact.text);
  switch (setting.row->test) {
    case SettingTest::holds: return fact.number == 1;
    case SettingTest::holds_not: return fact.number == 0;
    case SettingTest::at_least: return fact.number >= setting.number;
    case SettingTest::at_most: return fact.number <= setting.number;
    case SettingTest::at_most_not_0:
      if (fact.number == 0) return false;
      if (setting.number == 0) return fact.number == 1;
      return fact.number <= setting.number;
    case SettingTest::version_at_least: {
      const auto order = compare_versions(reported, setting.text);
      if (!order) return std::nullopt;
      return *order >= 0;
    }
    case SettingTest::version_at_most: {
      const auto order = compare_versions(reported, setting.text);
      if (!order) return std::nullopt;
      return *order <= 0;
    }
    case SettingTest::build_at_least:
    case SettingTest::build_at_most: {
      const auto have = build_parts(reported);
      const auto want = build_parts(setting.text);
      if (!have || !want) return std::nullopt;
      return setting.row->test == SettingTest::build_at_least ? *have >= *want : *have <= *want;
    }
    case SettingTest::date_at_least: {
      const auto have = day_of(reported);
      const auto want = day_of(setting.text);
      if (!have || !want) return std::nullopt;
      return *have >= *want;
    }
    case SettingTest::present: return reported != "";
    case SettingTest::in_builds: {
      if (!compare_versions(reported, "0")) return std::nullopt;
      for (const auto& range : setting.ranges) {
        if (within_range(range, reported)) return true;
      }
      return false;
    }
    case SettingTest::wsl_allowed: return wsl_answer(setting, reported);
    case SettingTest::apps_absent:
      for (const auto& app : split(reported, '\n')) {
        for (const auto& restricted : setting.ranges) {
          if (to_lower(app) == to_lower(restricted.low)) return false;
        }
      }
      return true;
    case SettingTest::distro_named:
    case SettingTest::distro_minimum:
    case SettingTest::distro_maximum: return distribution_answer(setting, fact, known);
    default: return std::nullopt;
  }
}

// The level a partner reports: a number from 0 (secured) on; nothing when it reports none.
std::optional<int> partner_level(const FactView& fact, const std::string& partner, bool alone) {
  if (fact.state != FactState::known) return std::nullopt;
  if (fact.text.empty()) return static_cast<int>(fact.number);
  static const std::map<std::string, int> levels = {
      {"secured", 0},        {"lowSeverity", 1}, {"mediumSeverity", 2},       {"highSeverity", 3},
      {"compromised", 4},    {"activated", 10},  {"deactivated", 11},         {"unresponsive", 12},
      {"misconfigured", 13}, {"unknown", 14},    {"unsupportedOsVersion", 15}};
  for (const auto& line : split(std::string(fact.text), '\n')) {
    const auto tab = line.find('\t');
    const auto id = line.substr(0, tab);
    if (to_lower(id) != to_lower(partner) && !(id.empty() && alone)) continue;
    return levels.at(line.substr(tab + 1));
  }
  return std::nullopt;
}

ComplianceStatus threat_ruling(const Setting& setting, const FactView& fact, const Subject& subject,
                               const TenantRules& rules, long long now) {
  const bool about_defender = setting.row->fact == Fact::defender_threat_level;
  std::vector<ThreatConnector> connectors;
  for (const auto& connector : rules.connectors) {
    if (connector.is_defender() == about_defender) connectors.push_back(connector);
  }
  if (connectors.empty()) {
    if (fact.state == FactState::error) return error;
    if (fact.state == FactState::not_applicable) return not_applicable;
    const auto level = partner_level(fact, "", true);
    if (!level || *level >= 10) return unknown;
    return *level <= setting.number ? compliant : non_compliant;
  }
  std::size_t platform = 0;
  switch (subject.platform) {
    case Platform::android:
    case Platform::android_work_profile:
    case Platform::android_device_owner:
    case Platform::android_aosp: platform = 0; break;
    case Platform::ios: platform = 1; break;
    case Platform::windows10:
    case Platform::windows81:
    case Platform::windows_phone81:
    case Platform::windows10_mobile: platform = 2; break;
    case Platform::macos: platform = 3; break;
    default: return unknown;
  }
  std::erase_if(connectors, [&](const ThreatConnector& one) {
    return !one.enabled[platform] || one.state == ThreatConnector::State::unavailable ||
           one.state == ThreatConnector::State::available;
  });
  if (connectors.empty()) return unknown;
  std::set<ComplianceStatus> said;
  for (const auto& connector : connectors) {
    if (connector.state == ThreatConnector::State::unresponsive) continue;
    if (connector.last_heartbeat) {
      const auto last = compliance::seconds_of(*connector.last_heartbeat);
      if (now - last > connector.unresponsive_after_days * 86400LL) continue;
    }
    if (connector.state == ThreatConnector::State::error || fact.state == FactState::error) {
      said.insert(error);
      continue;
    }
    const auto level = partner_level(fact, connector.id, connectors.size() == 1);
    if (level && *level == 15) {
      said.insert(connector.unsupported_os_blocked ? non_compliant : not_applicable);
    } else if (!level || *level >= 10) {
      const bool blocked = connector.blocked_on_missing_data[platform] || connectors.size() > 1;
      said.insert(blocked ? non_compliant : not_applicable);
    } else {
      said.insert(*level <= setting.number ? compliant : non_compliant);
    }
  }
  for (const auto worst : {non_compliant, error, compliant}) {
    if (said.contains(worst)) return worst;
  }
  return not_applicable;
}

Ruling custom_ruling(const Setting& setting, const Subject& subject, Instant oldest) {
  if (subject.facts == nullptr) return {};
  for (const auto& result : subject.facts->scripts(oldest)) {
    if (result.script != setting.script) continue;
    if (result.exit_code != 0) return {error, 65007};
    const auto output = json::parse(result.output);
    if (!output || !output->root().is_object()) return {error, 65009};
    const auto* value = output->root().find(setting.rule->setting_name);
    if (value == nullptr) return {error, 65008};
    const auto& rule = *setting.rule;
    const std::string text(value->text());
    int order = 0;
    switch (rule.type) {
      case RuleDataType::boolean:
        if (!value->is_boolean()) return {error, 65010};
        order = (value->truth() ? 1 : 0) - (rule.operand == "true" ? 1 : 0);
        break;
      case RuleDataType::int64:
        if (!value->integer()) return {error, 65010};
        order = *value->integer() < std::stoll(rule.operand)   ? -1
                : *value->integer() > std::stoll(rule.operand) ? 1
                                                               : 0;
        break;
      case RuleDataType::real:
        if (!value->is_number()) return {error, 65010};
        order = std::stod(text) < std::stod(rule.operand)   ? -1
                : std::stod(text) > std::stod(rule.operand) ? 1
                                                            : 0;
        break;
      case RuleDataType::string:
        if (!value->is_string()) return {error, 65010};
        order = text == rule.operand ? 0 : 1;
        break;
      case RuleDataType::date_time: {
        const auto have = parse_instant(text);
        const auto want = parse_instant(rule.operand);
        if (!value->is_string() || !have || !want) return {error, 65010};
        order = *have < *want ? -1 : *have > *want ? 1 : 0;
        break;
      }
      case RuleDataType::version: {
        const auto compared = compare_versions(text, rule.operand);
        if (!value->is_string() || !compared) return {error, 65010};
        order = *compared;
        break;
      }
    }
    bool holds = false;
    switch (rule.op) {
      case RuleOperator::is_equals: holds = order == 0; break;
      case RuleOperator::not_equals: holds = order != 0; break;
      case RuleOperator::greater_than: holds = order > 0; break;
      case RuleOperator::greater_equals: holds = order >= 0; break;
      case RuleOperator::less_than: holds = order < 0; break;
      case RuleOperator::less_equals: holds = order <= 0; break;
    }
    return {holds ? compliant : non_compliant, 0};
  }
  return {};
}

}  // namespace

std::optional<int> compare_versions(const std::string& a, const std::string& b) {
  const auto left = numbers_of(a);
  const auto right = numbers_of(b);
  if (!left || !right) return std::nullopt;
  for (std::size_t i = 0; i < 6; ++i) {
    if ((*left)[i] != (*right)[i]) return (*left)[i] < (*right)[i] ? -1 : 1;
  }
  return 0;
}

Ruling rule_on(const Setting& setting, const FactTable& known, const Subject& subject,
               const TenantRules& rules, Instant oldest, long long now) {
  const auto& row = *setting.row;
  if (!setting.understood || row.test == SettingTest::cannot_tell) return {unknown, 0};
  if (row.test == SettingTest::never) return {non_compliant, 0};
  if (row.on_phones_only) return {not_applicable, 0};  // phones have policies of their own type
  if (row.test == SettingTest::custom) return custom_ruling(setting, subject, oldest);
  const auto& fact = known[static_cast<std::size_t>(row.fact)];
  if (row.test == SettingTest::threat_at_most) {
    return {threat_ruling(setting, fact, subject, rules, now), 0};
  }
  if (fact.state == FactState::unknown) return {unknown, 0};
  if (fact.state == FactState::error) return {error, 0};
  if (fact.state == FactState::not_applicable) {
    return {row.absence_fails ? non_compliant : not_applicable, 0};
  }
  const auto said = answer(setting, fact, known);
  if (!said) return {unknown, 0};
  return {*said ? compliant : non_compliant, 0};
}

}  // namespace sallyport::reference
