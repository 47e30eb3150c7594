#include "compliance/policy_schema.h"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "compliance/assignment_filter.h"
#include "compliance/setting.h"

namespace sallyport::compliance {
namespace {

using schema::Member;
using schema::Object;
using schema::Shape;
using Words = std::string_view;

constexpr Words action_words[] = {
    "noAction",         "notification", "block", "retire", "wipe", "removeResourceAccessProfiles",
    "pushNotification", "remoteLock"};
constexpr Words filter_type_words[] = {"none", "include", "exclude"};
constexpr Words source_words[] = {"direct", "policySets"};
constexpr Words platform_flags[] = {"none",       "android",   "iOS",   "macOS",
                                    "windows10X", "windows10", "linux", "androidEnterprise",
                                    "aosp",       "visionOS",  "tvOS",  "unknownFutureValue"};
constexpr Words connector_states[] = {"unavailable",  "available", "enabled",
                                      "unresponsive", "notSetUp",  "error"};

constexpr Member action_members[] = {
    {"id", Shape::text},
    {"gracePeriodHours", Shape::number},
    {"actionType", Shape::word, action_words},
    {"notificationTemplateId", Shape::text},
    {"notificationMessageCCList", Shape::ids},
};
constexpr Object action{action_members};
constexpr Member rule_members[] = {
    {"id", Shape::text},
    {"ruleName", Shape::text},
    {"scheduledActionConfigurations", Shape::objects, {}, &action},
};
constexpr Object rule{rule_members};
constexpr Member target_members[] = {
    {"groupId", Shape::text},
    {"collectionId", Shape::text},
    {"deviceAndAppManagementAssignmentFilterId", Shape::text},
    {"deviceAndAppManagementAssignmentFilterType", Shape::word, filter_type_words},
};
constexpr Object target{target_members};
constexpr Member assignment_members[] = {
    {"id", Shape::text},
    {"source", Shape::word, source_words},
    {"sourceId", Shape::text},
    {"target", Shape::object, {}, &target},
};
constexpr Object assignment{assignment_members};
constexpr Member build_range_members[] = {
    {"description", Shape::text}, {"lowestVersion", Shape::text}, {"highestVersion", Shape::text}};
constexpr Object build_range{build_range_members};
constexpr Member wsl_members[] = {{"distribution", Shape::text},
                                  {"minimumOSVersion", Shape::text},
                                  {"maximumOSVersion", Shape::text}};
constexpr Object wsl_distribution{wsl_members};
constexpr Member app_members[] = {{"name", Shape::text},
                                  {"publisher", Shape::text},
                                  {"appStoreUrl", Shape::text},
                                  {"appId", Shape::text}};
constexpr Object app{app_members};
constexpr Member script_members[] = {{"displayName", Shape::any},
                                     {"deviceComplianceScriptId", Shape::text},
                                     {"rulesContent", Shape::text},
                                     {"runIntervalInMinutes", Shape::number}};
constexpr Object policy_script{script_members};

constexpr Member first_members[] = {
    {"id", Shape::text},
    {"createdDateTime", Shape::text},
    {"lastModifiedDateTime", Shape::text},
    {"displayName", Shape::text},
    {"description", Shape::text},
    {"version", Shape::number},
    {"roleScopeTagIds", Shape::ids},
};
constexpr Member last_members[] = {
    {"localActions", Shape::any},
    {"deviceCompliancePolicyScriptDefinition", Shape::any},
    {"scheduledActionsForRule", Shape::objects, {}, &rule},
    {"assignments", Shape::objects, {}, &assignment},
    {"deviceStatuses", Shape::any},
    {"userStatuses", Shape::any},
    {"deviceStatusOverview", Shape::any},
    {"userStatusOverview", Shape::any},
    {"deviceSettingStateSummaries", Shape::any},
};

// Settings of the catalogue are kept as they are: what is in them is read by settings_catalog.cc.
constexpr Member catalog_members[] = {
    {"id", Shape::text},
    {"createdDateTime", Shape::text},
    {"lastModifiedDateTime", Shape::text},
    {"name", Shape::text},
    {"description", Shape::text},
    {"platforms", Shape::flags, platform_flags},
    {"technologies", Shape::text},
    {"settingCount", Shape::number},
    {"isAssigned", Shape::boolean},
    {"creationSource", Shape::text},
    {"roleScopeTagIds", Shape::ids},
    {"settings", Shape::any},
    {"scheduledActionsForRule", Shape::objects, {}, &rule},
    {"assignments", Shape::objects, {}, &assignment},
};

constexpr Member filter_members[] = {
    {"id", Shape::text},
    {"createdDateTime", Shape::text},
    {"lastModifiedDateTime", Shape::text},
    {"displayName", Shape::text},
    {"description", Shape::text},
    {"platform", Shape::word, filter_platforms},
    {"rule", Shape::text},
    {"roleScopeTags", Shape::ids},
    {"assignmentFilterManagementType", Shape::word, filter_management_types},
    {"payloads", Shape::any},
};

constexpr Member settings_members[] = {
    {"deviceComplianceCheckinThresholdDays", Shape::number},
    {"isScheduledActionEnabled", Shape::boolean},
    {"secureByDefault", Shape::boolean},
    {"enhancedJailBreak", Shape::boolean},
    {"deviceInactivityBeforeRetirementInDay", Shape::number},
    {"ignoreDevicesForUnsupportedSettingsEnabled", Shape::boolean},
    {"androidDeviceAdministratorEnrollmentEnabled", Shape::boolean},
};

constexpr Member connector_members[] = {
    {"id", Shape::text},
    {"lastHeartbeatDateTime", Shape::text},
    {"partnerState", Shape::word, connector_states},
    {"androidEnabled", Shape::boolean},
    {"iosEnabled", Shape::boolean},
    {"windowsEnabled", Shape::boolean},
    {"macEnabled", Shape::boolean},
    {"androidDeviceBlockedOnMissingPartnerData", Shape::boolean},
    {"iosDeviceBlockedOnMissingPartnerData", Shape::boolean},
    {"windowsDeviceBlockedOnMissingPartnerData", Shape::boolean},
    {"macDeviceBlockedOnMissingPartnerData", Shape::boolean},
    {"androidMobileApplicationManagementEnabled", Shape::boolean},
    {"iosMobileApplicationManagementEnabled", Shape::boolean},
    {"windowsMobileApplicationManagementEnabled", Shape::boolean},
    {"partnerUnsupportedOsVersionBlocked", Shape::boolean},
    {"partnerUnresponsivenessThresholdInDays", Shape::number},
    {"allowPartnerToCollectIOSApplicationMetadata", Shape::boolean},
    {"allowPartnerToCollectIOSPersonalApplicationMetadata", Shape::boolean},
    {"allowPartnerToCollectIosCertificateMetadata", Shape::boolean},
    {"allowPartnerToCollectIosPersonalCertificateMetadata", Shape::boolean},
    {"microsoftDefenderForEndpointAttachEnabled", Shape::boolean},
    {"grantMobileThreatDefensePartnerRole", Shape::boolean},
    {"launchMobileThreatDefensePartnerOnSetupEnabled", Shape::boolean},
};

Member member_of(const SettingRow& row) {
  switch (row.type) {
    case SettingType::boolean: return {row.member, Shape::boolean};
    case SettingType::integer: return {row.member, Shape::number};
    case SettingType::word: return {row.member, Shape::word, row.words};
    case SettingType::builds: return {row.member, Shape::objects, {}, &build_range};
    case SettingType::wsl: return {row.member, Shape::objects, {}, &wsl_distribution};
    case SettingType::apps: return {row.member, Shape::objects, {}, &app};
    case SettingType::script: return {row.member, Shape::object, {}, &policy_script};
    case SettingType::version:
    case SettingType::build:
    case SettingType::date:
    case SettingType::opaque:
    case SettingType::distros: break;
  }
  return {row.member, Shape::text};
}

// Members and the object over them: what points into it stays where it is.
struct Shapes {
  std::array<std::vector<Member>, policy_type_count> members;
  std::array<Object, policy_type_count> objects;
};

std::unique_ptr<const Shapes> make_shapes() {
  auto shapes = std::make_unique<Shapes>();
  for (std::size_t i = 0; i < policy_type_count; ++i) {
    const auto type = static_cast<PolicyType>(i);
    auto& members = shapes->members[i];
    if (type == PolicyType::linux) {
      members.assign(std::begin(catalog_members), std::end(catalog_members));
    } else {
      members.assign(std::begin(first_members), std::end(first_members));
      const auto add = [&](const Member& member) {
        if (std::ranges::find(members, member.name, &Member::name) == members.end()) {
          members.push_back(member);
        }
      };
      for (const auto& row : setting_rows()) {
        if ((row.types & bit_of(type)) == 0) continue;
        if (!row.gate.empty()) add({row.gate, Shape::boolean});
        add(member_of(row));
      }
      members.insert(members.end(), std::begin(last_members), std::end(last_members));
    }
    shapes->objects[i] = Object{members};
  }
  return shapes;
}

constexpr Object filter_object{filter_members};
constexpr Object settings_object{settings_members};
constexpr Object connector_object{connector_members};

}  // namespace

const Object& schema_of(PolicyType type) {
  static const auto shapes = make_shapes();
  return shapes->objects[static_cast<std::size_t>(type)];
}

const Object& assignment_filter_schema() { return filter_object; }
const Object& tenant_settings_schema() { return settings_object; }
const Object& threat_connector_schema() { return connector_object; }

}  // namespace sallyport::compliance
