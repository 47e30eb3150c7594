// What the readers of a compliance policy share: the policy being made, and what is said of the
// document. Internal to compliance/.
#pragma once

#include <string>
#include <string_view>

#include "base/canonical.h"
#include "base/json.h"
#include "base/text.h"
#include "compliance/compliance_policy.h"
#include "compliance/setting.h"

namespace sallyport::compliance {

inline std::string quoted(std::string_view text) { return '`' + printable(text) + '`'; }

inline std::string_view text_in(const json::Value& object, std::string_view name) {
  const auto* found = object.find(name);
  return found == nullptr ? std::string_view{} : found->text();
}

// Set: there, and not null.
inline const json::Value* set_in(const json::Value& object, std::string_view name) {
  const auto* found = object.find(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

class PolicyReader {
 public:
  PolicyReader(CompliancePolicy& policy, Remarks& remarks) : policy_(policy), remarks_(remarks) {}

  CompliancePolicy& policy() { return policy_; }
  bool strict() const { return remarks_.strict(); }

  // A setting of this row; `part` tells settings of one member apart.
  Setting& add(const SettingRow& row, std::string_view member, std::string_view part = {});
  // Something is asked for, and nobody can say what: nothing meets it.
  void add_not_understood(std::string_view member);
  // Whatever its text is, another text is another edition.
  void count_edition(std::string_view member, const json::Value& value);

  void error(std::string_view code, std::string message, const json::Pointer& at,
             const json::Value& value) {
    remarks_.add(Severity::error, code, std::move(message), at, value.offset());
  }
  void warn(std::string_view code, std::string message, const json::Pointer& at,
            const json::Value& value) {
    remarks_.add(Severity::warning, code, std::move(message), at, value.offset());
  }

 private:
  CompliancePolicy& policy_;
  Remarks& remarks_;
};

// typed_settings.cc: the members of a policy with a type of its own.
void read_typed_settings(const json::Value& document, PolicyReader& reader);
// settings_catalog.cc: the settings of a deviceManagementCompliancePolicy.
void read_catalog_settings(const json::Value& document, PolicyReader& reader);
// custom_rules: base64 of a rules file, or the file itself.
void read_script_rules(std::string_view content, ScriptId script, std::string_view member,
                       const json::Pointer& at, const json::Value& value, PolicyReader& reader);
// actions_and_assignments.cc
void read_scheduled_actions(const json::Value& document, PolicyReader& reader);
void read_assignments(const json::Value& document, PolicyReader& reader);

std::optional<Instant> parse_patch_date(std::string_view text);

}  // namespace sallyport::compliance
