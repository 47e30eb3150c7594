// The members of device documents: which fact each one tells.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "device/device.h"

namespace sallyport {

enum class DeviceMember : std::uint8_t {
  id,
  device_id,
  display_name,
  is_compliant,
  is_managed,
  account_enabled,
  physical_ids,
  system_labels,
  extension_attributes,  // an object of them
  text,
};

struct DeviceMemberWord {
  std::string_view name;
  DeviceMember member;
  DeviceText text = DeviceText::model;
};

// `ownership` is the What If call's word for `deviceOwnership`.
inline constexpr std::array device_text_words = {
    DeviceMemberWord{"deviceOwnership", DeviceMember::text, DeviceText::device_ownership},
    DeviceMemberWord{"ownership", DeviceMember::text, DeviceText::device_ownership},
    DeviceMemberWord{"enrollmentProfileName", DeviceMember::text,
                     DeviceText::enrollment_profile_name},
    DeviceMemberWord{"manufacturer", DeviceMember::text, DeviceText::manufacturer},
    DeviceMemberWord{"mdmAppId", DeviceMember::text, DeviceText::mdm_app_id},
    DeviceMemberWord{"model", DeviceMember::text, DeviceText::model},
    DeviceMemberWord{"operatingSystem", DeviceMember::text, DeviceText::operating_system},
    DeviceMemberWord{"operatingSystemVersion", DeviceMember::text,
                     DeviceText::operating_system_version},
    DeviceMemberWord{"profileType", DeviceMember::text, DeviceText::profile_type},
    DeviceMemberWord{"trustType", DeviceMember::text, DeviceText::trust_type},
};

inline constexpr std::string_view extension_attribute_name = "extensionAttribute";  // then 1 to 15

std::optional<DeviceMemberWord> find_device_member(std::string_view name);
// A member of Graph's device resource from which no decision reads anything.
bool is_other_device_member(std::string_view name);

}  // namespace sallyport
