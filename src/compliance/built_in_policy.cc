#include "compliance/built_in_policy.h"

namespace sallyport::compliance {
namespace {

constexpr SettingRow row(std::string_view member, Fact fact, SettingTest test,
                         std::string_view name, std::string_view remedy) {
  return {member, bit_of(PolicyType::built_in), SettingType::boolean, fact, test, name, remedy};
}

constexpr SettingRow has_policy_row =
    row("RequireDeviceCompliancePolicyAssigned", Fact::operating_system, SettingTest::never,
        "Has a compliance policy", "Ask your administrator to assign a compliance policy to you");
constexpr SettingRow keeps_contact_row =
    row("RequireRemainContact", Fact::operating_system, SettingTest::never, "Is active",
        "Connect the device to the network, and have it check in");
constexpr SettingRow user_exists_row =
    row("RequireUserExistence", Fact::operating_system, SettingTest::never, "Enrolled user exists",
        "Ask your administrator: the user this device was enrolled by may not use it any more");
constexpr SettingRow partner_row =
    row("RequirePartnerCompliance", Fact::partner_compliant, SettingTest::holds,
        "Compliance partner", "Open the app of the compliance partner, and do what it asks for");
constexpr SettingRow configuration_manager_row = row(
    "RequireConfigurationManagerCompliance", Fact::configuration_manager_compliant,
    SettingTest::holds, "Configuration Manager", "Open Software Center, and do what it asks for");

Setting setting_of(const SettingRow& row, std::uint64_t hash) {
  Setting setting;
  setting.row = &row;
  setting.key = "DefaultDeviceCompliancePolicy." + std::string(row.member);
  setting.hash = hash;
  setting.number = 1;
  return setting;
}

}  // namespace

const Setting has_policy_setting = setting_of(has_policy_row, 2);
const Setting keeps_contact_setting = setting_of(keeps_contact_row, 4);
const Setting user_exists_setting = setting_of(user_exists_row, 6);
const Setting partner_setting = setting_of(partner_row, 8);
const Setting configuration_manager_setting = setting_of(configuration_manager_row, 10);

}  // namespace sallyport::compliance
