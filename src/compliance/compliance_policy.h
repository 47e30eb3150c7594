// A compliance policy, read into the view the judge goes by: of the settings only those that ask
// for something, each with its row of the table (setting.h) and its bound ready to compare with.
//
// The document itself stays as it is with whoever keeps it: nothing of it is lost here.
// Source: spec, sections 1.1 to 1.5, and 4. Threads: a value; may be read by any number.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/dialect.h"
#include "base/finding.h"
#include "base/id.h"
#include "base/instant.h"
#include "base/json.h"
#include "base/result.h"
#include "compliance/custom_rules.h"
#include "compliance/platform.h"
#include "compliance/report.h"
#include "compliance/version.h"

namespace sallyport::compliance {

enum class PolicyType : std::uint8_t {
  windows10,
  windows81,
  windows_phone81,
  windows10_mobile,
  ios,
  macos,
  android,
  android_work_profile,
  android_for_work,
  android_device_owner,
  aosp_device_owner,
  linux,     // a deviceManagementCompliancePolicy, of the settings catalogue
  built_in,  // defaultDeviceCompliancePolicy
};
inline constexpr std::size_t policy_type_count = static_cast<std::size_t>(PolicyType::built_in) + 1;
std::string_view name_of(PolicyType type);  // Graph's: `windows10CompliancePolicy`
// With or without `#microsoft.graph.`, in any letter case.
std::optional<PolicyType> parse_policy_type(std::string_view odata_type);
Platform platform_of(PolicyType type);

struct SettingRow;  // setting.h

// `name` from `low` to `high`: a range of builds, a distribution with its versions, an app by id.
struct Range {
  std::string name;
  std::string low;   // empty: no bound
  std::string high;  // empty: no bound
  Version low_version;
  Version high_version;
};

// One setting that asks for something. What the judge looks at every time comes first.
struct Setting {
  const SettingRow* row = nullptr;
  std::uint64_t hash = 0;   // of policy and key
  std::int64_t number = 0;  // an integer, a boolean, or the rank of a word
  bool understood = true;   // false: nobody can say whether it is met
  Version version;          // of `text`, when the row compares versions
  Instant date{};           // of `text`, when it compares dates
  std::string key;          // as verdicts name it: `MacOSCompliancePolicy.FirewallEnabled`
  std::string text;         // a version, build, date or word, as written
  std::vector<Range> ranges;
  std::shared_ptr<const CustomRule> rule;
  ScriptId script;  // that the rule is about
};

enum class ActionType : std::uint8_t {
  no_action,
  notification,
  block,
  retire,
  wipe,
  remove_resource_access_profiles,
  push_notification,
  remote_lock,
};
std::string_view name_of(ActionType type);  // `pushNotification`
std::optional<ActionType> parse_action_type(std::string_view word);

struct ScheduledAction {
  std::string id;
  ActionType type = ActionType::no_action;
  int grace_hours = 0;
  std::string notification_template_id;  // empty: none
  std::vector<std::string> cc_groups;
};
inline constexpr int grace_hours_max = 8760;
inline constexpr std::size_t scheduled_actions_max = 100;

enum class AssignmentTarget : std::uint8_t {
  group,
  excluded_group,
  all_devices,
  all_users,
  collection,  // of Configuration Manager: nobody here knows who is in it
  unknown,
};
enum class FilterMode : std::uint8_t { none, include, exclude };

struct Assignment {
  AssignmentTarget target = AssignmentTarget::unknown;
  GroupId group;
  FilterMode filter_mode = FilterMode::none;
  Guid filter;  // an assignment filter's id
};

struct CompliancePolicy {
  PolicyId id;
  std::string id_text;  // as written
  std::string display_name;
  PolicyType type = PolicyType::built_in;
  std::optional<Instant> last_modified;
  std::uint32_t edition = 0;  // of its settings: another after every edit that changes them
  std::vector<Setting> settings;
  int grace_hours = 0;                   // of its `block` action
  std::vector<ScheduledAction> actions;  // all but `block`
  bool assignments_known = false;  // false: the document does not tell, as exports without $expand
  std::vector<Assignment> assignments;
};

struct CompliancePolicyReading {
  CompliancePolicy policy;
  std::vector<Finding> findings;  // pointer and offset; file and line are the loader's
};

// A policy of any type. A reading never fails: what it cannot understand asks for something that
// nothing meets, and is a finding. In the strict dialect, that of the REST interface, errors say
// what the service refuses.
CompliancePolicyReading read_compliance_policy(const json::Value& document,
                                               Dialect dialect = Dialect::lenient);

// Whether a document is one: by its @odata.type, else by members that nothing else has.
bool is_compliance_policy(const json::Value& document);

// In Graph's spelling and order; what is not known is kept. Writing what was written changes
// nothing. REQUIRES: `document` and `arena` outlive the result.
json::Value canonical_compliance_policy(const json::Value& document, json::Arena& arena,
                                        std::vector<Finding>* findings = nullptr,
                                        Dialect dialect = Dialect::lenient);

}  // namespace sallyport::compliance
