// What is known of a device, as the device filter and the grant controls ask for it
// (spec, sections 3.4 and 4.2).
//
// A million devices have few distinct models, systems and states: everything but id, name and
// physical ids is a DeviceShape, shared by all devices that look alike, so a filter rule is
// evaluated once per shape and not per device.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"

namespace sallyport {

// One attribute: a text, nothing (null: the device has none), or not known to us.
struct DeviceAttribute {
  enum class State : std::uint8_t { absent, known, unknown };
  State state = State::absent;
  std::string text;
  friend auto operator<=>(const DeviceAttribute&, const DeviceAttribute&) = default;
  static DeviceAttribute of(std::string text) { return {State::known, std::move(text)}; }
  static DeviceAttribute unknown() { return {State::unknown, {}}; }
};

enum class DeviceText : std::uint8_t {
  device_ownership,  // Personal, Company
  enrollment_profile_name,
  manufacturer,
  mdm_app_id,
  model,
  operating_system,
  operating_system_version,
  profile_type,           // RegisteredDevice, SecureVM, Printer, Shared, IoT
  trust_type,             // AzureAD, ServerAD, Workplace
  extension_attribute_1,  // ... to 15, in order
  extension_attribute_15 = extension_attribute_1 + 14,
};
inline constexpr std::size_t device_text_count =
    static_cast<std::size_t>(DeviceText::extension_attribute_15) + 1;

enum class DeviceFlag : std::uint8_t { absent, no, yes, unknown };

struct DeviceShape {
  std::array<DeviceAttribute, device_text_count> texts;
  DeviceFlag is_compliant = DeviceFlag::absent;
  DeviceFlag is_managed = DeviceFlag::absent;  // by an MDM: extension attributes are then known
  std::vector<std::string> system_labels;
  bool system_labels_known = true;
  friend auto operator<=>(const DeviceShape&, const DeviceShape&) = default;
  const DeviceAttribute& text(DeviceText which) const {
    return texts[static_cast<std::size_t>(which)];
  }
  DeviceAttribute& text(DeviceText which) { return texts[static_cast<std::size_t>(which)]; }
};

inline constexpr std::uint32_t no_shape_index = 0xffffffff;

// A registered device; an unregistered one is the absence of a DeviceView.
// Views its inventory's, or its describer's, memory.
struct DeviceView {
  DeviceId id;
  bool id_known = true;
  std::string_view display_name;
  bool display_name_known = true;  // known and empty: the device has none
  std::span<const std::string> physical_ids;
  bool physical_ids_known = true;
  const DeviceShape* shape = nullptr;
  std::uint32_t shape_index = no_shape_index;  // in the inventory; none for a described device
  // accountEnabled. Nobody signs in with a device for which this is `no`: to a decision it is no
  // device (service/resolve.h).
  DeviceFlag enabled = DeviceFlag::yes;  // never absent
};

}  // namespace sallyport
