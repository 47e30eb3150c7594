// The table of settings: everything a compliance policy can ask for. One row says which member of
// which policies it is, what values it may have, which fact it is judged by, how the two are
// compared, and the words for people. Documents, verdicts and the judge all go by it, so a new
// setting is a row. Source: spec, section 4.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "compliance/compliance_policy.h"
#include "compliance/fact.h"

namespace sallyport::compliance {

enum class SettingType : std::uint8_t {
  boolean,  // asks for something when true
  integer,
  word,     // asks for something unless it is a word such as `deviceDefault`
  version,  // dotted numbers
  build,    // Apple's
  date,     // `2025-02-01`, `February 1, 2025`
  builds,   // ranges of versions, one of which must hold
  wsl,      // allowed distributions within Windows
  apps,     // that must not be there
  distros,  // of the settings catalogue: allowed distributions
  script,   // custom compliance: each of its rules is a setting
  opaque,   // a text that only the service understands
};

// How the fact is compared with what is required.
enum class SettingTest : std::uint8_t {
  holds,          // a boolean fact is true
  holds_not,      // ... is false
  at_least,       // a number, or the rank of a word
  at_most,        // a number
  at_most_not_0,  // ... where 0 means never; required 0 means at once, which is within a minute
  version_at_least,
  version_at_most,
  build_at_least,
  build_at_most,
  date_at_least,
  present,         // a text that is not empty
  in_builds,       // a version within one of the ranges
  wsl_allowed,     // every distribution within one of the ranges
  apps_absent,     // no app of the list
  distro_named,    // the distribution is in the list
  distro_minimum,  // ... and not older than the entry allows
  distro_maximum,  // ... and not newer
  threat_at_most,  // the partner's level, by way of its connector
  custom,          // a rule over what a script printed
  never,           // nothing meets it
  cannot_tell,     // not judged here: stays unknown
};

struct SettingRow {
  std::string_view member;  // Graph's member, or the setting definition's id
  std::uint32_t types = 0;  // bit i: PolicyType i has it
  SettingType type = SettingType::boolean;
  Fact fact = Fact::operating_system;
  SettingTest test = SettingTest::holds;
  std::string_view name;    // for people: `Disk encryption`
  std::string_view remedy;  // what the user can do; `{required}` is filled in
  std::int64_t least = 0;   // of an integer
  std::int64_t most = 0x7fffffff;
  std::span<const std::string_view> words = {};  // of a word, the ones Graph knows
  std::string_view gate = {};  // a boolean member without which this one asks for nothing
  // A number where the document's own is none: the rank a boolean asks for, `hardwareBacked`'s.
  std::int64_t bound = 1;
  bool absence_fails = false;   // `notApplicable` is as good as false: no TPM, no Secure Boot
  bool at_next_change = false;  // macOS: holds from the next change of the password on
  bool on_phones_only = false;  // a desktop is not asked
};

std::span<const SettingRow> setting_rows();
// The row of a member, for a type; null when the type has no such setting. Exact spelling.
const SettingRow* find_setting(PolicyType type, std::string_view member);

// For the parts of a setting that are judged on their own.
extern const SettingRow custom_rule_row;
extern const SettingRow distro_minimum_row;
extern const SettingRow distro_maximum_row;
// For what is configured and not understood: nobody can say that it is met.
extern const SettingRow not_understood_row;

constexpr std::uint32_t bit_of(PolicyType type) { return 1U << static_cast<unsigned>(type); }

// Words that ask for nothing: `deviceDefault`, `notConfigured`, `unavailable`.
bool asks_for_nothing(std::string_view word);

// What is required, in words: `on`, `at least 8`, `22.04 or newer`.
std::string required_words(const Setting& setting);

}  // namespace sallyport::compliance
