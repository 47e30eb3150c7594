// The policy that every device has: it keeps in touch, its user exists, somebody asks something of
// it (spec, section 2.2). Internal to compliance/.
#pragma once

#include "compliance/setting.h"

namespace sallyport::compliance {

extern const Setting has_policy_setting;  // only where secureByDefault asks for it
extern const Setting keeps_contact_setting;
extern const Setting user_exists_setting;  // of devices that have a user
extern const Setting partner_setting;      // of devices a compliance partner judges
extern const Setting configuration_manager_setting;

inline constexpr std::string_view built_in_policy_id = "default";
inline constexpr std::string_view built_in_policy_name = "Built-in device compliance policy";

}  // namespace sallyport::compliance
