// The verdict on one device: what was asked of it, what it reported, since when, and what its user
// can do. The answer to a check-in, the agent's `status`, the page at a shut door and the states of
// the REST interface are all made from it.
//
// A value that owns its words. The judge gives a Judgement (judge.h), which is quick to make and
// views the policies; explain() turns that into this. Source: spec, sections 2 and 2.4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/json.h"
#include "compliance/fact.h"

namespace sallyport::compliance {

// Of a device. Graph's numbers; note the small c of `noncompliant`.
enum class ComplianceState : std::uint8_t {
  unknown = 0,
  compliant = 1,
  noncompliant = 2,
  conflict = 3,
  error = 4,
  in_grace_period = 254,
  config_manager = 255,
};
std::string_view name_of(ComplianceState state);
std::optional<ComplianceState> parse_compliance_state(std::string_view word);  // any letter case

// Of a policy or a setting on a device. Graph's numbers and spelling: `nonCompliant`.
enum class ComplianceStatus : std::uint8_t {
  unknown = 0,
  not_applicable = 1,
  compliant = 2,
  remediated = 3,
  non_compliant = 4,
  error = 5,
  conflict = 6,
  not_assigned = 7,
};
std::string_view name_of(ComplianceStatus status);
std::optional<ComplianceStatus> parse_compliance_status(std::string_view word);

struct SettingVerdict {
  std::string setting;   // `Windows10CompliancePolicy.BitLockerEnabled`
  std::string name;      // `BitLocker`
  std::string required;  // `on`
  std::string reported;  // `off`; `not reported`
  ComplianceStatus status = ComplianceStatus::unknown;
  bool system_account = false;  // judged for the system account, not for the signed-in user
  Instant since{};
  std::optional<Source> source;
  int error_code = 0;             // 65007 to 65010 of a discovery script
  std::string error_description;  // what the device answered instead
  std::string remedy;             // in the user's words; empty when there is nothing to do
  std::string more_info_url;      // of a custom rule
};

struct PolicyVerdict {
  std::string id;
  std::string display_name;
  std::string type;  // `windows10CompliancePolicy`
  ComplianceStatus status = ComplianceStatus::unknown;
  bool in_grace = false;  // not compliant, and its grace period is not over
  Instant since{};
  std::optional<Instant> noncompliant_since;  // where all its actions count from
  std::optional<Instant> grace_until;
  std::vector<SettingVerdict> settings;
};

struct Verdict {
  ComplianceState state = ComplianceState::unknown;
  bool is_compliant = false;  // what conditional access sees
  Instant evaluated_at{};
  Instant since{};
  std::optional<Instant> grace_until;
  std::optional<Instant> valid_until;  // none: the device was never heard of
  std::vector<PolicyVerdict> policies;
};

void write_verdict(const Verdict& verdict, json::Writer& writer);
std::string to_json(const Verdict& verdict);

// Whether two verdicts, as to_json writes them, differ in nothing but when they were made and until
// when they hold, which moves with every report.
bool tells_the_same(std::string_view a, std::string_view b);

}  // namespace sallyport::compliance
