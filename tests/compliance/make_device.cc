#include "tests/compliance/make_device.h"

#include "base/base64.h"
#include "compliance/setting.h"

namespace sallyport::testing_support {
namespace {

using namespace compliance;
using Texts = std::vector<std::string>;

const Texts versions = {"10.0.19045.3000",
                        "10.0.19045.2965",
                        "10.0.19045.999",
                        "22.04",
                        "24.4",
                        "15",
                        "15.0.1",
                        "20",
                        "8.1",
                        "18.0.0.0"};
const Texts builds = {"20E772520a", "20E772520", "20E252", "18A291", "16G1114", "21a5"};
const Texts dates = {"2025-02-01", "2024-11-05", "2026-01-01", "February 1, 2025"};
const Texts distributions = {"ubuntu", "rhel", "debian", "Ubuntu"};
const Texts apps = {"com.example.clips", "org.example.game", "com.example.mail"};
const Texts scripts = {"11111111-0000-0000-0000-000000000001",
                       "11111111-0000-0000-0000-000000000002"};
const Texts partners = {"aaaaaaaa-0000-0000-0000-000000000001",
                        "fc780465-2017-40d4-a0c5-307022471b92",
                        "aaaaaaaa-0000-0000-0000-000000000002"};
const Texts outputs = {R"({"BiosVersion":"2.10","Ram":8,"Ok":true,"Load":1.5,"When":"2025-03-01"})",
                       R"({"BiosVersion":"2.2","Ram":4,"Ok":false,"Load":9,"When":"2024-03-01"})",
                       R"({"biosversion":"2.10","Ram":"8","Ok":"true","Load":"1","When":3})",
                       "no JSON", "[1]"};

std::string quoted(const std::string& text) {
  std::string out;
  json::append_quoted(out, text);
  return out;
}

std::string rule(const char* name, const char* op, const char* type, const char* operand) {
  return std::string(R"({"SettingName":")") + name + R"(","Operator":")" + op +
         R"(","DataType":")" + type + R"(","Operand":)" + operand +
         R"(,"MoreInfoUrl":"https://example.org/","RemediationStrings":[{"Language":"en_US",)"
         R"("Title":"{ActualValue}","Description":"Update"}]})";
}

std::string rules_file(Random& random) {
  static const Texts operators = {"IsEquals",      "NotEquals", "GreaterThan",
                                  "GreaterEquals", "LessThan",  "LessEquals"};
  const auto op = [&] { return random.pick(operators); };
  Texts rules = {rule("BiosVersion", op().c_str(), "Version", "\"2.3\""),
                 rule("Ram", op().c_str(), "Int64", "8"),
                 rule("Ok", random.chance(50) ? "IsEquals" : "NotEquals", "Boolean", "true"),
                 rule("Load", op().c_str(), "Double", "2.5"),
                 rule("When", op().c_str(), "DateTime", "\"2025-01-01\""),
                 rule("BiosVersion2", "IsEquals", "String", "\"x\"")};
  std::string text = R"({"Rules":[)";
  const auto first = random.below(rules.size());
  const auto count = random.between(1, 3);
  for (std::size_t i = 0; i < count; ++i) {
    text += (i == 0 ? "" : ",") + rules[(first + i) % rules.size()];
  }
  return text + "]}";
}

std::string range_of(Random& random, const char* low, const char* high, const char* name,
                     const Texts& names) {
  std::string text = "{" + quoted(name) + ":" + quoted(random.pick(names));
  if (random.chance(80)) text += "," + quoted(low) + ":" + quoted(random.pick(versions));
  if (random.chance(80)) text += "," + quoted(high) + ":" + quoted(random.pick(versions));
  return text + "}";
}

template <class Make>
std::string list_of(Random& random, std::size_t most, Make make) {
  std::string text = "[";
  for (std::size_t i = random.below(most + 1); i > 0; --i) text += make() + (i > 1 ? "," : "");
  return text + "]";
}

std::string value_of(const SettingRow& row, Random& random) {
  switch (row.type) {
    case SettingType::boolean: return random.chance(85) ? "true" : "false";
    case SettingType::integer: {
      const auto most = std::min<std::int64_t>(row.most, row.least + 12);
      return std::to_string(row.least + static_cast<std::int64_t>(random.below(
                                            static_cast<std::size_t>(most - row.least + 1))));
    }
    case SettingType::word:
      return quoted(random.chance(3) ? "nonsense"
                                     : std::string(row.words[random.below(row.words.size())]));
    case SettingType::version: return quoted(random.chance(3) ? "x" : random.pick(versions));
    case SettingType::build: return quoted(random.pick(builds));
    case SettingType::date: return quoted(random.pick(dates));
    case SettingType::builds:
      return list_of(random, 3, [&] {
        return range_of(random, "lowestVersion", "highestVersion", "description", {"range"});
      });
    case SettingType::wsl:
      return list_of(random, 3, [&] {
        return range_of(random, "minimumOSVersion", "maximumOSVersion", "distribution",
                        distributions);
      });
    case SettingType::apps:
      return list_of(random, 2,
                     [&] { return R"({"name":"App","appId":)" + quoted(random.pick(apps)) + "}"; });
    case SettingType::script:
      return R"({"deviceComplianceScriptId":)" + quoted(random.pick(scripts)) +
             R"(,"rulesContent":)" + quoted(encode_base64(rules_file(random))) + "}";
    case SettingType::opaque: return random.chance(20) ? "\"statement\"" : "null";
    case SettingType::distros: break;
  }
  return "null";
}

std::string simple(const std::string& id, const std::string& value) {
  return R"({"settingDefinitionId":)" + quoted(id) + R"(,"simpleSettingValue":{"value":)" + value +
         "}}";
}

std::string catalog_setting(const SettingRow& row, Random& random) {
  const std::string id(row.member);
  if (row.type == SettingType::boolean) {
    return R"({"settingDefinitionId":)" + quoted(id) + R"(,"choiceSettingValue":{"value":)" +
           quoted(id + (random.chance(85) ? "_true" : "_false")) + "}}";
  }
  if (row.type == SettingType::integer) return simple(id, value_of(row, random));
  return R"({"settingDefinitionId":)" + quoted(id) + R"(,"groupSettingCollectionValue":)" +
         list_of(random, 3,
                 [&] {
                   std::string entry =
                       R"({"children":[{"settingDefinitionId":)" + quoted(id + "_item_$type") +
                       R"(,"choiceSettingValue":{"value":)" +
                       quoted(id + "_item_$type_" + random.pick(distributions)) + "}}";
                   for (const auto* part : {"_item_minimumversion", "_item_maximumversion"}) {
                     if (random.chance(60))
                       entry += "," + simple(id + part, quoted(random.pick(versions)));
                   }
                   return entry + "]}";
                 }) +
         "}";
}

// As most policies want it, or anything.
std::string good_value(const FactRow& row, Random& random) {
  switch (row.type) {
    case FactType::boolean:
      return row.fact == Fact::jail_broken || row.fact == Fact::unknown_sources_allowed ||
                     row.fact == Fact::usb_debugging_enabled
                 ? "false"
                 : "true";
    case FactType::integer:
      return row.name.find("Minimum") != std::string_view::npos ||
                     row.name.find("History") != std::string_view::npos
                 ? "127"
                 : "1";
    case FactType::word: {
      const bool threat = row.fact == Fact::defender_threat_level;
      return quoted(threat ? "secured" : std::string(row.scale.back().word));
    }
    case FactType::levels: return "\"secured\"";
    case FactType::texts:
    case FactType::versions: return "[]";
    case FactType::version: return quoted(random.pick(versions));
    case FactType::date: return quoted(random.pick(dates));
    case FactType::text: break;
  }
  if (row.fact == Fact::os_build_version) return quoted(random.pick(builds));
  if (row.fact == Fact::distribution) return quoted(random.pick(distributions));
  return row.fact == Fact::tpm_version ? "\"2.0\"" : "\"something\"";
}

std::string any_value(const FactRow& row, Random& random) {
  const auto word = [&] {
    return quoted(std::string(row.scale[random.below(row.scale.size())].word));
  };
  switch (row.type) {
    case FactType::boolean: return random.chance(50) ? "true" : "false";
    case FactType::integer: return std::to_string(random.below(12));
    case FactType::word: return word();
    case FactType::levels: {
      if (random.chance(50)) return word();
      std::string text = "{";
      for (std::size_t i = 0; i < partners.size(); ++i) {
        if (random.chance(60))
          text += (text.size() > 1 ? "," : "") + quoted(partners[i]) + ":" + word();
      }
      return text + "}";
    }
    case FactType::texts: return list_of(random, 3, [&] { return quoted(random.pick(apps)); });
    case FactType::versions:
      return list_of(random, 3, [&] {
        return R"({"name":)" + quoted(random.pick(distributions)) +
               (random.chance(80) ? R"(,"version":)" + quoted(random.pick(versions)) : "") + "}";
      });
    case FactType::version:
    case FactType::date:
    case FactType::text: break;
  }
  return random.chance(30)   ? "\"unreadable\""
         : random.chance(20) ? "\"\""
                             : good_value(row, random);
}

std::string facts_of(Random& random, unsigned good_percent, unsigned told_percent) {
  std::string text;
  for (const auto& row : fact_rows()) {
    if (!random.chance(told_percent)) continue;
    text += (text.empty() ? "" : ",") + quoted(std::string(row.name)) + ":";
    if (random.chance(good_percent)) {
      text += good_value(row, random);
    } else if (random.chance(15)) {
      text += R"({"error":"permission denied"})";
    } else if (random.chance(15)) {
      text += R"({"notApplicable":true})";
    } else {
      text += any_value(row, random);
    }
  }
  return "{" + text + "}";
}

std::vector<PolicyType> types_of(Platform platform) {
  std::vector<PolicyType> types;
  for (std::size_t i = 0; i < policy_type_count; ++i) {
    const auto type = static_cast<PolicyType>(i);
    if (platform_of(type) == platform) types.push_back(type);
  }
  return types;
}

}  // namespace

ComplianceWorld::ComplianceWorld(std::uint64_t seed)
    : random_(seed), now_(*parse_instant("2026-01-05T08:00:00Z")) {
  platform_ = static_cast<Platform>(random_.between(1, static_cast<std::size_t>(Platform::linux)));
  good_percent_ = random_.chance(50) ? 97 : 70;
  user_ = random_.chance(90) ? EnrolledUser::valid : static_cast<EnrolledUser>(random_.below(4));
  authority_ = random_.chance(94) ? Authority::own : static_cast<Authority>(random_.below(3));
  make_rules();
  documents_.resize(random_.between(1, 5));
  policies_.resize(documents_.size());
  for (std::size_t i = 0; i < documents_.size(); ++i) make_policy(i);
  assign();
}

void ComplianceWorld::make_rules() {
  rules_ = {};
  rules_.settings.secure_by_default = random_.chance(50);
  rules_.settings.check_in_threshold_days =
      static_cast<int>(random_.pick(std::vector<std::size_t>{30, 30, 3, 120}));
  if (random_.chance(30)) rules_.settings.error_rule = ErrorRule::none_after_seven_days;
  for (const auto& partner : partners) {
    if (!random_.chance(25)) continue;
    ThreatConnector connector;
    connector.id = partner;
    connector.state = random_.chance(70) ? ThreatConnector::State::enabled
                                         : static_cast<ThreatConnector::State>(random_.below(5));
    if (random_.chance(90)) {
      connector.last_heartbeat = now_ - std::chrono::hours(24 * random_.below(9));
    }
    for (auto& on : connector.enabled) on = random_.chance(80);
    for (auto& on : connector.blocked_on_missing_data) on = random_.chance(50);
    connector.unsupported_os_blocked = random_.chance(50);
    rules_.connectors.push_back(std::move(connector));
  }
}

void ComplianceWorld::make_policy(std::size_t index) {
  auto types = types_of(platform_);
  // Some are for other platforms.
  if (random_.chance(10)) types = {static_cast<PolicyType>(random_.below(policy_type_count - 1))};
  const auto type = random_.pick(types);
  const auto& now = to_string(now_);
  std::string text =
      "{" + quoted("@odata.type") + ":" + quoted("#microsoft.graph." + std::string(name_of(type))) +
      ",\"id\":\"" + "00000000-0000-0000-0000-00000000000" + std::to_string(index) +
      R"(","displayName":"Policy","name":"Policy","lastModifiedDateTime":")" + now + "\"";
  const auto wanted = random_.pick(std::vector<unsigned>{5, 15, 40, 80});
  std::string settings;
  std::string gates;
  for (const auto& row : setting_rows()) {
    if ((row.types & bit_of(type)) == 0 || !random_.chance(wanted)) continue;
    if (type == PolicyType::linux) {
      settings += (settings.empty() ? "" : ",") + std::string(R"({"settingInstance":)") +
                  catalog_setting(row, random_) + "}";
      continue;
    }
    settings += "," + quoted(std::string(row.member)) + ":" + value_of(row, random_);
    if (!row.gate.empty()) {
      gates = "," + quoted(std::string(row.gate)) + (random_.chance(90) ? ":true" : ":false");
    }
  }
  if (type == PolicyType::linux) {
    if (random_.chance(5))
      settings += (settings.empty() ? "" : ",") + simple("linux_new_thing", "1");
    text += ",\"settings\":[" + settings + "]";
  } else {
    text += settings + gates;
  }
  const auto grace = random_.pick(std::vector<std::size_t>{0, 0, 6, 24, 72});
  text += R"(,"scheduledActionsForRule":[{"ruleName":null,"scheduledActionConfigurations":[)"
          R"({"actionType":"block","gracePeriodHours":)" +
          std::to_string(grace) + "}]}]}";
  documents_[index] = text;
  const auto document = json::parse(text);
  policies_[index] = read_compliance_policy(document.value().root()).policy;
}

void ComplianceWorld::assign() {
  applied_.clear();
  for (const auto& policy : policies_) {
    if (!random_.chance(85)) continue;
    const auto how = random_.below(3);
    applied_.push_back({&policy, how != 1, how != 0});
  }
}

void ComplianceWorld::report() {
  const auto source = random_.chance(85) ? "agent" : random_.chance(60) ? "partner" : "osquery";
  const auto told = random_.pick(std::vector<unsigned>{99, 99, 99, 90, 30});
  last_report_ = R"({"source":")" + std::string(source) + R"(","reportedAt":")" + to_string(now_) +
                 R"(","sequence":)" + std::to_string(++sequence_) + R"(,"facts":)" +
                 facts_of(random_, good_percent_, told);
  if (random_.chance(10)) last_report_ += R"(,"systemFacts":)" + facts_of(random_, 60, 5);
  last_report_ += R"(,"discoveryScripts":{)";
  for (std::size_t i = 0; i < scripts.size(); ++i) {
    if (random_.chance(15)) continue;
    last_report_ += (last_report_.back() == '{' ? "" : ",") + quoted(scripts[i]) +
                    R"(:{"exitCode":)" + (random_.chance(5) ? "1" : "0") + R"(,"output":)" +
                    quoted(random_.chance(60) ? outputs[0] : random_.pick(outputs)) + "}";
  }
  last_report_ += "}}";
  auto parsed = parse_report(last_report_);
  // Of a report that cannot be read, nothing was told.
  if (!parsed) return;
  facts_.merge(*parsed, now_);
  reports_.emplace_back(std::move(*parsed), now_);
  has_facts_ = true;
}

void ComplianceWorld::step() {
  static const std::vector<int> minutes = {1, 30, 360, 1440, 1440, 4320, 10080, 50400};
  now_ += std::chrono::minutes(random_.pick(minutes));
  if (random_.chance(80)) report();
  if (random_.chance(8)) make_policy(random_.below(policies_.size()));
  if (random_.chance(10)) assign();
  if (random_.chance(3)) make_rules();
  if (random_.chance(20)) good_percent_ = random_.chance(50) ? 100 : 75;
}

Subject ComplianceWorld::subject() const {
  return {has_facts_ ? &facts_ : nullptr, platform_, user_, authority_};
}

Facts ComplianceWorld::facts_hiding(Fact fact) const {
  Facts facts;
  for (auto [report, received] : reports_) {
    const auto is_it = [&](const ReportedFact& one) { return one.fact == fact; };
    std::erase_if(report.facts, is_it);
    std::erase_if(report.system_facts, is_it);
    facts.merge(report, received);
  }
  return facts;
}

std::string ComplianceWorld::show() const {
  std::string text = "platform " + std::string(name_of(platform_)) + ", now " + to_string(now_);
  for (const auto& document : documents_) text += "\n" + document;
  return text + "\n" + last_report_;
}

}  // namespace sallyport::testing_support
