#include "compliance/custom_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <set>

#include "base/text.h"

namespace sallyport::compliance {
namespace {

using json::Pointer;
using json::Value;

constexpr std::array<std::string_view, 6> operator_names = {
    "IsEquals", "NotEquals", "GreaterThan", "GreaterEquals", "LessThan", "LessEquals"};
constexpr std::array<std::string_view, 6> type_names = {"Boolean", "Int64",    "Double",
                                                        "String",  "DateTime", "Version"};
constexpr std::string_view languages[] = {"cs_CZ", "da_DK", "de_DE", "el_GR", "en_US", "es_ES",
                                          "fi_FI", "fr_FR", "hu_HU", "it_IT", "ja_JP", "ko_KR",
                                          "nb_NO", "nl_NL", "pl_PL", "pt_BR", "ro_RO", "ru_RU",
                                          "sv_SE", "tr_TR", "zh_CN", "zh_TW"};

// Ours: the service does not tell how long its texts may be.
constexpr std::size_t setting_name_max = 128;
constexpr std::size_t operand_max = 1024;
constexpr std::size_t url_max = 2048;
constexpr std::size_t title_max = 256;
constexpr std::size_t description_max = 4096;

std::string quoted(std::string_view text) { return '`' + printable(text) + '`'; }

std::optional<double> parse_real(std::string_view text) {
  double real = 0;
  const char* const end = text.data() + text.size();
  const auto [next, error] = std::from_chars(text.data(), end, real);
  if (error != std::errc() || next != end || !std::isfinite(real)) return std::nullopt;
  return real;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [next, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || next != end) return std::nullopt;
  return number;
}

class RuleReader {
 public:
  RuleReader(const Value& rule, const Pointer& at, std::vector<RulesError>& errors)
      : rule_(rule), at_(at), errors_(errors) {}

  CustomRule read() {
    text("SettingName", "settingName", setting_name_max, out_.setting_name);
    read_operator();
    read_type();
    read_operand();
    read_url();
    read_remediations();
    return std::move(out_);
  }

 private:
  void error(std::string_view code, std::string message, std::string_view member) {
    errors_.push_back({code, std::move(message), at_.member(member).text()});
  }
  const Value* find(std::string_view name) const {
    const auto* found = rule_.find(name);
    return found == nullptr || found->is_null() ? nullptr : found;
  }

  void text(std::string_view member, std::string_view code, std::size_t most, std::string& out) {
    const auto* found = find(member);
    if (found == nullptr) {
      error(code_of(code, "Missing"), quoted(member) + " must be given", member);
    } else if (!found->is_string() || found->text().empty()) {
      error(code_of(code, "Invalid"), quoted(member) + " must be a text", member);
    } else if (found->text().size() > most) {
      error(code_of(code, "TooLarge"),
            quoted(member) + " is longer than " + std::to_string(most) + " bytes", member);
    } else {
      out = found->text();
    }
  }

  // Graph's words, which live as long as the program.
  static std::string_view code_of(std::string_view of, std::string_view what) {
    static constexpr std::string_view codes[] = {
        "settingNameMissing", "settingNameInvalid", "settingNameTooLarge",
        "titleMissing",       "titleInvalid",       "titleTooLarge",
        "descriptionMissing", "descriptionInvalid", "descriptionTooLarge"};
    for (const auto code : codes) {
      if (code.starts_with(of) && code.ends_with(what)) return code;
    }
    return "unknown";
  }

  void read_operator() {
    const auto* found = find("Operator");
    if (found == nullptr) return error("operatorMissing", "`Operator` must be given", "Operator");
    const auto name = std::ranges::find(operator_names, found->text());
    if (name == operator_names.end()) {
      return error("operatorNotSupported",
                   quoted(found->text()) +
                       " is no operator of rules; use `IsEquals`, `NotEquals`, "
                       "`GreaterThan`, `GreaterEquals`, `LessThan` or "
                       "`LessEquals`",
                   "Operator");
    }
    out_.op = static_cast<RuleOperator>(name - operator_names.begin());
    has_operator_ = true;
  }

  void read_type() {
    const auto* found = find("DataType");
    if (found == nullptr) return error("datatypeMissing", "`DataType` must be given", "DataType");
    const auto name = std::ranges::find_if(
        type_names, [&](std::string_view one) { return equal_ignoring_case(one, found->text()); });
    if (name == type_names.end()) {
      return error("datatypeNotSupported",
                   quoted(found->text()) +
                       " is no data type of rules; use `Boolean`, `Int64`, "
                       "`Double`, `String`, `DateTime` or `Version`",
                   "DataType");
    }
    out_.type = static_cast<RuleDataType>(name - type_names.begin());
    has_type_ = true;
    const bool has_order = out_.type != RuleDataType::boolean && out_.type != RuleDataType::string;
    if (has_operator_ && !has_order && out_.op > RuleOperator::not_equals) {
      error("operatorDataTypeCombinationNotSupported",
            "a " + std::string(name_of(out_.type)) + " has no order; use `IsEquals` or `NotEquals`",
            "Operator");
    }
  }

  void read_operand() {
    const auto* found = find("Operand");
    if (found == nullptr) return error("operandMissing", "`Operand` must be given", "Operand");
    if (found->is_boolean()) {
      out_.operand = found->truth() ? "true" : "false";
    } else {
      out_.operand = found->text();
    }
    if (out_.operand.size() > operand_max) {
      out_.operand.clear();
      return error("operandTooLarge", "`Operand` is longer than 1024 bytes", "Operand");
    }
    if (has_type_ && !fits(*found)) {
      error("operandInvalid", quoted(out_.operand) + " is no " + std::string(name_of(out_.type)),
            "Operand");
    }
  }

  bool fits(const Value& operand) {
    if (operand.is_array() || operand.is_object()) return false;
    switch (out_.type) {
      case RuleDataType::boolean:
        out_.integer = operand.truth() ? 1 : 0;
        return operand.is_boolean();
      case RuleDataType::int64: {
        const auto number = parse_integer(out_.operand);
        out_.integer = number.value_or(0);
        return number.has_value() && !operand.is_boolean();
      }
      case RuleDataType::real: {
        const auto number = parse_real(out_.operand);
        out_.real = number.value_or(0);
        return number.has_value() && !operand.is_boolean();
      }
      case RuleDataType::string: return operand.is_string();
      case RuleDataType::date_time: {
        const auto date = parse_instant(out_.operand);
        out_.date = date.value_or(Instant{});
        return date.has_value();
      }
      case RuleDataType::version: {
        const auto version = parse_version(out_.operand);
        out_.version = version.value_or(Version{});
        return version.has_value();
      }
    }
    return false;
  }

  void read_url() {
    const auto* found = find("MoreInfoUrl");
    if (found == nullptr) found = find("MoreInfoURL");
    if (found == nullptr) {
      return error("moreInfoUriMissing", "`MoreInfoUrl` must be given", "MoreInfoUrl");
    }
    const auto url = found->text();
    const bool web = url.starts_with("https://") || url.starts_with("http://");
    const bool plain = std::ranges::none_of(
        url, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '<'; });
    if (url.size() > url_max) {
      return error("moreInfoUriTooLarge", "`MoreInfoUrl` is longer than 2048 bytes", "MoreInfoUrl");
    }
    if (!found->is_string() || !web || !plain) {
      return error("moreInfoUriInvalid", "`MoreInfoUrl` must be a web address", "MoreInfoUrl");
    }
    out_.more_info_url = url;
  }

  void read_remediations() {
    const auto* list = find("RemediationStrings");
    if (list == nullptr || list->items().empty()) {
      return error("remediationStringsMissing",
                   "`RemediationStrings` must hold at least the words for `en_US`",
                   "RemediationStrings");
    }
    const auto list_at = at_.member("RemediationStrings");
    std::set<std::string> seen;
    for (std::size_t i = 0; i < list->items().size(); ++i) {
      remediation(list->items()[i], list_at.item(i), seen);
    }
    if (!seen.contains("en_US")) {
      error("englishLocaleMissing", "one entry of `RemediationStrings` must be for `en_US`",
            "RemediationStrings");
    }
  }

  void remediation(const Value& item, const Pointer& at, std::set<std::string>& seen) {
    RuleReader part(item, at, errors_);
    RuleRemediation words;
    part.text("Title", "title", title_max, words.title);
    part.text("Description", "description", description_max, words.description);
    const auto* language = part.find("Language");
    const auto written = language == nullptr ? std::string_view{} : language->text();
    const auto known = std::ranges::find_if(
        languages, [&](std::string_view one) { return equal_ignoring_case(one, written); });
    if (known == std::end(languages)) {
      return part.error("unrecognizedLocale", quoted(written) + " is no language of rules",
                        "Language");
    }
    words.language = *known;
    if (!seen.insert(words.language).second) {
      return part.error("duplicateLocales", quoted(written) + " stands here twice", "Language");
    }
    out_.remediations.push_back(std::move(words));
  }

  const Value& rule_;
  const Pointer& at_;
  std::vector<RulesError>& errors_;
  CustomRule out_;
  bool has_operator_ = false;
  bool has_type_ = false;
};

// -1, 0 or 1; nothing when the two have no order.
template <class T>
int order_of(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

// How what was printed stands to the operand; nothing when it is of another type.
std::optional<int> compare(const CustomRule& rule, const Value& actual) {
  switch (rule.type) {
    case RuleDataType::boolean:
      if (!actual.is_boolean()) return std::nullopt;
      return order_of<std::int64_t>(actual.truth() ? 1 : 0, rule.integer);
    case RuleDataType::int64: {
      const auto number = actual.integer();
      if (!number) return std::nullopt;
      return order_of(*number, rule.integer);
    }
    case RuleDataType::real: {
      const auto number = actual.is_number() ? parse_real(actual.text()) : std::nullopt;
      if (!number) return std::nullopt;
      return order_of(*number, rule.real);
    }
    case RuleDataType::string:
      if (!actual.is_string()) return std::nullopt;
      return order_of<std::string_view>(actual.text(), rule.operand);
    case RuleDataType::date_time: {
      const auto date = actual.is_string() ? parse_instant(actual.text()) : std::nullopt;
      if (!date) return std::nullopt;
      return order_of(*date, rule.date);
    }
    case RuleDataType::version: {
      const auto version = actual.is_string() ? parse_version(actual.text()) : std::nullopt;
      if (!version) return std::nullopt;
      return order_of(*version, rule.version);
    }
  }
  return std::nullopt;
}

bool holds(RuleOperator op, int order) {
  switch (op) {
    case RuleOperator::is_equals: return order == 0;
    case RuleOperator::not_equals: return order != 0;
    case RuleOperator::greater_than: return order > 0;
    case RuleOperator::greater_equals: return order >= 0;
    case RuleOperator::less_than: return order < 0;
    case RuleOperator::less_equals: return order <= 0;
  }
  return false;
}

std::string filled(std::string_view text, std::string_view actual) {
  constexpr std::string_view token = "{ActualValue}";
  std::string out;
  while (true) {
    const auto at = text.find(token);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    out += actual;
    text.remove_prefix(at + token.size());
  }
}

}  // namespace

std::string_view name_of(RuleOperator op) { return operator_names[static_cast<std::size_t>(op)]; }
std::string_view name_of(RuleDataType type) { return type_names[static_cast<std::size_t>(type)]; }

RulesReading read_custom_rules(std::string_view text) {
  RulesReading reading;
  const auto refuse = [&](std::string_view code, std::string message, std::string pointer = {}) {
    reading.errors.push_back({code, std::move(message), std::move(pointer)});
    return reading;
  };
  if (text.empty()) return refuse("jsonFileMissing", "there is no rules file");
  if (text.size() > rules_size_max) {
    return refuse("jsonFileTooLarge", "the rules file is larger than 100 KB");
  }
  const auto decoded = decode_text(text);
  const auto document = decoded ? json::parse(*decoded)
                                : Result<json::Document>(tl::unexpected<Error>(decoded.error()));
  if (!document) return refuse("jsonFileInvalid", describe(document.error()));
  const auto* rules = document->root().find("Rules");
  if (rules == nullptr || !rules->is_array() || rules->items().empty()) {
    return refuse("rulesMissing", "the file must hold a list `Rules`", "/Rules");
  }
  if (rules->items().size() > rules_max) {
    return refuse("tooManyRulesSpecified", "there are more than 100 rules", "/Rules");
  }
  const Pointer root;
  const auto list_at = root.member("Rules");
  std::set<std::string> names;
  for (std::size_t i = 0; i < rules->items().size(); ++i) {
    const auto at = list_at.item(i);
    auto rule = RuleReader(rules->items()[i], at, reading.errors).read();
    if (!rule.setting_name.empty() && !names.insert(rule.setting_name).second) {
      refuse("duplicateRules", quoted(rule.setting_name) + " has a second rule", at.text());
    }
    reading.rules.push_back(std::move(rule));
  }
  return reading;
}

RuleOutcome judge_rule(const CustomRule& rule, const Value& output) {
  const auto* actual = output.find(rule.setting_name);
  if (actual == nullptr) return {ComplianceStatus::error, setting_missing};
  const auto order = compare(rule, *actual);
  if (!order) return {ComplianceStatus::error, wrong_data_type};
  return {holds(rule.op, *order) ? ComplianceStatus::compliant : ComplianceStatus::non_compliant,
          0};
}

RuleWords words_of(const CustomRule& rule, std::string_view actual, std::string_view language) {
  const RuleRemediation* best = nullptr;
  for (const auto& one : rule.remediations) {
    if (one.language == language || (best == nullptr && one.language == "en_US")) best = &one;
  }
  if (best == nullptr) return {};
  return {filled(best->title, actual), filled(best->description, actual)};
}

}  // namespace sallyport::compliance
