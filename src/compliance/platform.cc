#include "compliance/platform.h"

#include "base/text.h"

namespace sallyport::compliance {
namespace {

struct Word {
  std::string_view word;
  Platform platform;
};

// The first of a platform is what is written.
constexpr Word platform_words[] = {
    {"unknown", Platform::unknown},
    {"windows10AndLater", Platform::windows10},
    {"windows81AndLater", Platform::windows81},
    {"windowsPhone81", Platform::windows_phone81},
    {"windows10Mobile", Platform::windows10_mobile},
    {"iOS", Platform::ios},
    {"macOS", Platform::macos},
    {"android", Platform::android},
    {"androidWorkProfile", Platform::android_work_profile},
    {"androidForWork", Platform::android_device_owner},
    {"androidDeviceOwner", Platform::android_device_owner},
    {"androidAOSP", Platform::android_aosp},
    {"linux", Platform::linux},
};

constexpr Word system_words[] = {
    {"windows", Platform::windows10},
    {"ios", Platform::ios},
    {"ipados", Platform::ios},
    {"iphone", Platform::ios},
    {"ipad", Platform::ios},
    {"macos", Platform::macos},
    {"macmdm", Platform::macos},
    {"mac os x", Platform::macos},
    {"linux", Platform::linux},
    {"android", Platform::android_device_owner},
    {"androidenterprise", Platform::android_device_owner},
    {"androidforwork", Platform::android_work_profile},
    {"aosp", Platform::android_aosp},
    {"windows mobile", Platform::windows10_mobile},
    {"windowsphone", Platform::windows_phone81},
};

}  // namespace

std::string_view name_of(Platform platform) {
  for (const auto& row : platform_words) {
    if (row.platform == platform) return row.word;
  }
  return {};
}

std::optional<Platform> parse_platform(std::string_view word) {
  for (const auto& row : platform_words) {
    if (equal_ignoring_case(row.word, word)) return row.platform;
  }
  return std::nullopt;
}

Platform platform_of(std::string_view operating_system) {
  for (const auto& row : system_words) {
    if (equal_ignoring_case(row.word, operating_system)) return row.platform;
  }
  // `Windows 11 Pro`, `Windows Server 2022`.
  if (equal_ignoring_case(operating_system.substr(0, 8), "windows ")) return Platform::windows10;
  return Platform::unknown;
}

}  // namespace sallyport::compliance
