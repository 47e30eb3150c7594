// A judgement in words: for administrators what was asked and told, for the user what to do.
#include <algorithm>

#include "compliance/built_in_policy.h"
#include "compliance/judge.h"
#include "compliance/setting.h"

namespace sallyport::compliance {
namespace {

constexpr std::size_t entries_shown_max = 5;

std::optional<Instant> instant_or_none(Seconds at) {
  if (at == 0) return std::nullopt;
  return instant_of(at);
}

std::string with_required(std::string_view text, std::string_view required) {
  constexpr std::string_view token = "{required}";
  const auto at = text.find(token);
  if (at == std::string_view::npos) return std::string(text);
  return std::string(text.substr(0, at)) + std::string(required) +
         std::string(text.substr(at + token.size()));
}

// `a, b and 3 more`
template <class Words>
std::string listed(const std::vector<Range>& ranges, Words words) {
  std::string out;
  const auto shown = std::min(ranges.size(), entries_shown_max);
  for (std::size_t i = 0; i < shown; ++i) out += (i == 0 ? "" : ", ") + words(ranges[i]);
  if (ranges.size() > shown) out += " and " + std::to_string(ranges.size() - shown) + " more";
  return out.empty() ? "none" : out;
}

std::string bounds_of(const Range& range) {
  if (range.low.empty() && range.high.empty()) return {};
  if (range.high.empty()) return range.low + " or newer";
  if (range.low.empty()) return range.high + " or older";
  return range.low + " to " + range.high;
}

std::string named_bounds(const Range& range) {
  const auto bounds = bounds_of(range);
  return bounds.empty() ? range.name : range.name.empty() ? bounds : range.name + ' ' + bounds;
}

std::string rule_words(const CustomRule& rule) {
  switch (rule.op) {
    case RuleOperator::is_equals: return rule.operand;
    case RuleOperator::not_equals: return "not " + rule.operand;
    case RuleOperator::greater_than: return "more than " + rule.operand;
    case RuleOperator::greater_equals: return "at least " + rule.operand;
    case RuleOperator::less_than: return "less than " + rule.operand;
    case RuleOperator::less_equals: return "at most " + rule.operand;
  }
  return {};
}

std::string bound_words(const Setting& setting) {
  if (!setting.text.empty()) return setting.text;
  const auto& scale = row_of(setting.row->fact).scale;
  if (!scale.empty()) {
    return std::string(word_of(scale, static_cast<std::int32_t>(setting.number)));
  }
  return std::to_string(setting.number);
}

std::string known_words(const SettingRow& row, const FactView& fact) {
  const auto& of = row_of(row.fact);
  switch (of.type) {
    case FactType::boolean:
      if (row.test == SettingTest::holds_not) return fact.number != 0 ? "yes" : "no";
      return fact.number != 0 ? "on" : "off";
    case FactType::integer:
      return fact.number == 0 && row.test == SettingTest::at_most_not_0
                 ? "never"
                 : std::to_string(fact.number);
    case FactType::word:
      return std::string(word_of(of.scale, static_cast<std::int32_t>(fact.number)));
    case FactType::text:
    case FactType::version:
    case FactType::date: return fact.text.empty() ? "none" : std::string(fact.text);
    case FactType::texts:
    case FactType::versions:
    case FactType::levels: break;
  }
  std::string out(fact.text);
  if (out.starts_with('\t')) out.erase(0, 1);
  std::ranges::replace(out, '\t', ' ');
  for (std::size_t at = 0; (at = out.find('\n', at)) != std::string::npos; at += 2) {
    out.replace(at, 1, ", ");
  }
  constexpr std::size_t length_max = 400;
  if (out.size() > length_max) out.replace(length_max, std::string::npos, " ...");
  return out.empty() ? "none" : out;
}

std::string reported_words(const SettingRow& row, const FactView& fact) {
  switch (fact.state) {
    case FactState::unknown: return "not reported";
    case FactState::error: return "could not be found out";
    case FactState::not_applicable: return "this device has none";
    case FactState::known: return known_words(row, fact);
  }
  return {};
}

class Explainer {
 public:
  Explainer(const Judgement& judgement, const Subject& subject)
      : judgement_(judgement), subject_(subject) {
    user_.fill({});
    system_.fill({});
    if (subject.facts == nullptr) return;
    const auto oldest = instant_of(judgement.facts_from);
    subject.facts->fill(user_, Account::user, oldest);
    subject.facts->fill(system_, Account::system, oldest);
  }

  Verdict verdict() const {
    Verdict out;
    out.state = judgement_.state;
    out.is_compliant = judgement_.is_compliant;
    out.evaluated_at = judgement_.evaluated_at;
    out.since = instant_of(judgement_.since);
    out.grace_until = instant_or_none(judgement_.grace_until);
    out.valid_until = instant_or_none(judgement_.valid_until);
    for (const auto& policy : judgement_.policies) out.policies.push_back(policy_verdict(policy));
    return out;
  }

 private:
  PolicyVerdict policy_verdict(const PolicyJudgement& judged) const {
    PolicyVerdict out;
    if (judged.policy == nullptr) {
      out.id = built_in_policy_id;
      out.display_name = built_in_policy_name;
      out.type = name_of(PolicyType::built_in);
    } else {
      out.id = judged.policy->id_text;
      out.display_name = judged.policy->display_name;
      out.type = name_of(judged.policy->type);
    }
    out.status = judged.status;
    out.in_grace = judged.in_grace;
    out.since = instant_of(judged.since);
    out.noncompliant_since = instant_or_none(judged.noncompliant_since);
    out.grace_until = instant_or_none(judged.grace_until);
    for (std::uint32_t i = 0; i < judged.setting_count; ++i) {
      out.settings.push_back(setting_verdict(judgement_.settings[judged.first_setting + i]));
    }
    return out;
  }

  SettingVerdict setting_verdict(const SettingJudgement& judged) const {
    const auto& setting = *judged.setting;
    const auto& row = *setting.row;
    SettingVerdict out;
    out.setting = setting.key;
    out.name = row.name;
    out.required = required_words(setting);
    out.status = judged.status;
    out.system_account = judged.system_account;
    out.since = instant_of(judged.since);
    out.source = judged.source;
    out.error_code = judged.error_code;
    if (setting.rule) {
      add_rule_words(*setting.rule, setting.script, out);
      return out;
    }
    const auto& table = judged.system_account ? system_ : user_;
    const auto& fact = table[static_cast<std::size_t>(row.fact)];
    const bool has_fact = row.test != SettingTest::never && row.test != SettingTest::cannot_tell;
    out.reported = has_fact ? reported_words(row, fact) : contact_words(setting, judged);
    if (fact.state == FactState::error && has_fact) out.error_description = fact.text;
    out.remedy = remedy(row, judged.status, out.required, has_fact);
    return out;
  }

  static std::string remedy(const SettingRow& row, ComplianceStatus status,
                            std::string_view required, bool has_fact) {
    switch (status) {
      case ComplianceStatus::non_compliant: return with_required(row.remedy, required);
      case ComplianceStatus::error:
        return "Have the device check in again; it could not find this out. If that does not "
               "help, ask your administrator";
      case ComplianceStatus::unknown:
        if (!has_fact) return std::string(row.remedy);
        return "Have the device check in: it has not reported this";
      default: return {};
    }
  }

  // Of settings that no fact tells: of the built-in policy, and what is not understood.
  std::string contact_words(const Setting& setting, const SettingJudgement& judged) const {
    if (&setting == &keeps_contact_setting) {
      const auto contact =
          subject_.facts == nullptr ? std::nullopt : subject_.facts->last_contact();
      // By the day: what is told should not differ with every contact.
      return contact ? "last heard of on " + to_string(*contact).substr(0, 10) : "never heard of";
    }
    switch (judged.status) {
      case ComplianceStatus::compliant: return "yes";
      case ComplianceStatus::non_compliant: return "no";
      default: return "not known";
    }
  }

  void add_rule_words(const CustomRule& rule, ScriptId script, SettingVerdict& out) const {
    std::string actual = "not reported";
    if (const auto value = printed(rule, script)) actual = *value;
    out.reported = actual;
    const auto words = words_of(rule, actual);
    out.name = rule.setting_name;
    out.more_info_url = rule.more_info_url;
    switch (out.error_code) {
      case script_failed: out.error_description = "the discovery script failed"; break;
      case setting_missing:
        out.error_description = "the discovery script printed no `" + rule.setting_name + "`";
        break;
      case output_invalid:
        out.error_description = "the discovery script printed something else than a JSON object";
        break;
      case wrong_data_type:
        out.error_description =
            "the discovery script printed no " + std::string(name_of(rule.type));
        break;
      default: break;
    }
    if (out.status == ComplianceStatus::non_compliant) {
      out.remedy = words.title + ": " + words.description;
    } else {
      out.remedy = remedy(custom_rule_row, out.status, {}, true);
    }
  }

  std::optional<std::string> printed(const CustomRule& rule, ScriptId script) const {
    if (subject_.facts == nullptr) return std::nullopt;
    for (const auto& result : subject_.facts->scripts(instant_of(judgement_.facts_from))) {
      if (result.script != script) continue;
      const auto document = json::parse(result.output);
      const auto* value = document ? document->root().find(rule.setting_name) : nullptr;
      if (value == nullptr) return std::nullopt;
      constexpr std::size_t length_max = 200;
      auto text = value->is_string() ? std::string(value->text()) : json::write(*value);
      return text.substr(0, length_max);
    }
    return std::nullopt;
  }

  const Judgement& judgement_;
  const Subject& subject_;
  FactTable user_;
  FactTable system_;
};

}  // namespace

std::string required_words(const Setting& setting) {
  if (setting.rule) return rule_words(*setting.rule);
  switch (setting.row->test) {
    case SettingTest::holds: return "on";
    case SettingTest::holds_not: return "no";
    case SettingTest::at_least: return "at least " + bound_words(setting);
    case SettingTest::at_most:
    case SettingTest::threat_at_most:
      return setting.row->type == SettingType::boolean ? "none" : "at most " + bound_words(setting);
    case SettingTest::at_most_not_0:
      return "at most " + std::to_string(std::max<std::int64_t>(setting.number, 1));
    case SettingTest::version_at_least:
    case SettingTest::build_at_least:
    case SettingTest::date_at_least: return setting.text + " or newer";
    case SettingTest::version_at_most:
    case SettingTest::build_at_most: return setting.text + " or older";
    case SettingTest::present: return "present";
    case SettingTest::in_builds: return listed(setting.ranges, bounds_of);
    case SettingTest::wsl_allowed: return listed(setting.ranges, named_bounds);
    case SettingTest::apps_absent:
      return "without " + listed(setting.ranges, [](const Range& app) {
               return app.name.empty() ? app.low : app.name;
             });
    case SettingTest::distro_named:
    case SettingTest::distro_minimum:
    case SettingTest::distro_maximum: return listed(setting.ranges, named_bounds);
    case SettingTest::custom:
    case SettingTest::never: return "yes";
    case SettingTest::cannot_tell: return "not understood";
  }
  return {};
}

Verdict explain(const Judgement& judgement, const Subject& subject) {
  return Explainer(judgement, subject).verdict();
}

}  // namespace sallyport::compliance
