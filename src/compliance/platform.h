// Platforms as compliance policies tell them apart: a policy's type is for exactly one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::compliance {

enum class Platform : std::uint8_t {
  unknown,
  windows10,
  windows81,
  windows_phone81,
  windows10_mobile,
  ios,
  macos,
  android,               // managed by device administrator
  android_work_profile,  // personally owned, with a work profile
  android_device_owner,  // fully managed, dedicated, or corporate-owned with a work profile
  android_aosp,
  linux,
};
// Graph's words where it has one: `windows10AndLater`, `macOS`, `androidWorkProfile`.
std::string_view name_of(Platform platform);
std::optional<Platform> parse_platform(std::string_view word);  // any letter case
// From what the device says it runs: `Linux`, `Windows`, `iPadOS`. Android alone does not tell how
// it is managed: a device that is not told otherwise is taken to be fully managed.
Platform platform_of(std::string_view operating_system);

}  // namespace sallyport::compliance
