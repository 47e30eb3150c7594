// Custom compliance: rules in a JSON file, judged against what a discovery script printed.
// Source: spec, section 5. Threads: free.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/json.h"
#include "compliance/verdict.h"
#include "compliance/version.h"

namespace sallyport::compliance {

enum class RuleOperator : std::uint8_t {
  is_equals,
  not_equals,
  greater_than,
  greater_equals,
  less_than,
  less_equals,
};
std::string_view name_of(RuleOperator op);

enum class RuleDataType : std::uint8_t { boolean, int64, real, string, date_time, version };
std::string_view name_of(RuleDataType type);

struct RuleRemediation {
  std::string language;  // `en_US`
  std::string title;
  std::string description;
};

struct CustomRule {
  std::string setting_name;  // letter case counts
  RuleOperator op = RuleOperator::is_equals;
  RuleDataType type = RuleDataType::string;
  std::string operand;  // as written, without quotes
  std::int64_t integer = 0;
  double real = 0;
  Version version;
  Instant date{};
  std::string more_info_url;
  std::vector<RuleRemediation> remediations;  // one is `en_US`
};

// What is wrong with a rules file: Graph's code, and where.
struct RulesError {
  std::string_view code;  // `englishLocaleMissing`
  std::string message;
  std::string pointer;
};

inline constexpr std::size_t rules_size_max = 100 * 1024;
inline constexpr std::size_t rules_max = 100;

struct RulesReading {
  std::vector<CustomRule> rules;
  std::vector<RulesError> errors;  // none: the file is good
};
RulesReading read_custom_rules(std::string_view text);

// What comes of one rule.
struct RuleOutcome {
  ComplianceStatus status = ComplianceStatus::unknown;
  std::uint16_t error_code = 0;  // Graph's: 65007 to 65010
};
inline constexpr std::uint16_t script_failed = 65007;
inline constexpr std::uint16_t setting_missing = 65008;
inline constexpr std::uint16_t output_invalid = 65009;
inline constexpr std::uint16_t wrong_data_type = 65010;

// `output`: the root of what the script printed.
RuleOutcome judge_rule(const CustomRule& rule, const json::Value& output);

// The words for people, with `{ActualValue}` filled in.
struct RuleWords {
  std::string title;
  std::string description;
};
RuleWords words_of(const CustomRule& rule, std::string_view actual,
                   std::string_view language = "en_US");

}  // namespace sallyport::compliance
