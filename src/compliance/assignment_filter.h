// Assignment filters: a rule over what is known of a device decides whether an assignment counts
// for it (spec, section 6). Letter case counts nowhere.
//
//   (device.manufacturer -eq "Lenovo") and (device.operatingSystemVersion -ge 10.0.19045)
//
//   rule := or ; or := and { ("or" | "-or") and } ; and := term { ("and" | "-and") term }
//   term := "(" rule ")" | "-not" term | property operator value
//
// A property that is not known is null: it equals only null. Rules over apps are kept, and match no
// device. Threads: a parsed rule never changes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/dialect.h"
#include "base/finding.h"
#include "base/id.h"
#include "base/json.h"
#include "base/result.h"
#include "compliance/platform.h"

namespace sallyport::compliance {

// Graph's words for what a filter is about, and `linux`, which Graph has no filters for.
inline constexpr std::string_view filter_platforms[] = {
    "android",
    "androidForWork",
    "iOS",
    "macOS",
    "windowsPhone81",
    "windows81AndLater",
    "windows10AndLater",
    "androidWorkProfile",
    "unknown",
    "androidAOSP",
    "androidMobileApplicationManagement",
    "iOSMobileApplicationManagement",
    "windowsMobileApplicationManagement",
    "linux",
};
inline constexpr std::string_view filter_management_types[] = {"devices", "apps"};

enum class FilterProperty : std::uint8_t {
  cpu_architecture,
  device_category,
  device_name,
  device_ownership,   // Personal, Corporate
  device_trust_type,  // `Azure AD joined`, `Azure AD registered`, `Hybrid Azure AD joined`
  enrollment_profile_name,
  is_rooted,  // True, False
  manufacturer,
  model,
  operating_system_version,  // compared as a version
  os_version,                // compared as a text
  operating_system_sku,
  // Of apps; no device has them.
  app_version,
  app_device_management_type,
  app_device_manufacturer,
  app_device_model,
  app_operating_system_version,
  app_os_version,
};
inline constexpr std::size_t device_property_count =
    static_cast<std::size_t>(FilterProperty::operating_system_sku) + 1;

// None: not known, which a rule sees as null.
struct FilterableDevice {
  std::array<std::optional<std::string>, device_property_count> values;
  std::optional<std::string>& operator[](FilterProperty which) {
    return values[static_cast<std::size_t>(which)];
  }
  const std::optional<std::string>& operator[](FilterProperty which) const {
    return values[static_cast<std::size_t>(which)];
  }
};
// From the directory's word for it (`AzureAd`, `Workplace`, `ServerAd`) to the one rules compare
// with.
std::string_view filter_trust_type(std::string_view directory_word);

inline constexpr std::size_t assignment_rule_length_max = 3072;
inline constexpr std::size_t assignment_filters_max = 200;

struct AssignmentRuleNode;

class AssignmentRule {
 public:
  // `where` of an error is `column N`, from 1, in bytes. Errors: invalid_argument, too_large.
  [[nodiscard]] static Result<AssignmentRule> parse(std::string_view text);
  bool matches(const FilterableDevice& device) const;
  bool is_about_apps() const { return about_apps_; }
  const std::string& text() const { return text_; }

 private:
  AssignmentRule() = default;
  std::string text_;
  std::shared_ptr<const AssignmentRuleNode> root_;
  bool about_apps_ = false;
};

struct AssignmentFilter {
  std::string id_text;
  Guid id;
  std::string display_name;
  std::optional<AssignmentRule> rule;  // none: it could not be read, and matches nothing
  bool matches(const FilterableDevice& device) const { return rule && rule->matches(device); }
};

struct AssignmentFilterReading {
  AssignmentFilter filter;
  std::vector<Finding> findings;
};
// `deviceAndAppManagementAssignmentFilter`.
AssignmentFilterReading read_assignment_filter(const json::Value& document,
                                               Dialect dialect = Dialect::lenient);

}  // namespace sallyport::compliance
