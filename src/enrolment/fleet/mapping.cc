#include "enrolment/fleet/mapping.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"

namespace sallyport::fleet {
namespace {

using compliance::Fact;

constexpr PlatformRow platforms[] = {
    {"darwin", macos_host, "macOS"},
    {"windows", windows_host, "Windows"},
    {"ios", ios_host, "iOS"},
    {"ipados", ios_host, "iPadOS"},
    {"android", android_host, "Android"},
    {"ubuntu", linux_host, "Linux"},
    {"debian", linux_host, "Linux"},
    {"rhel", linux_host, "Linux"},
    {"centos", linux_host, "Linux"},
    {"fedora", linux_host, "Linux"},
    {"rocky", linux_host, "Linux"},
    {"almalinux", linux_host, "Linux"},
    {"amzn", linux_host, "Linux"},
    {"sles", linux_host, "Linux"},
    {"opensuse", linux_host, "Linux"},
    {"opensuse-leap", linux_host, "Linux"},
    {"arch", linux_host, "Linux"},
    {"manjaro", linux_host, "Linux"},
    {"linuxmint", linux_host, "Linux"},
    {"pop", linux_host, "Linux"},
    {"kali", linux_host, "Linux"},
    {"gentoo", linux_host, "Linux"},
    {"nixos", linux_host, "Linux"},
    {"tuxedo", linux_host, "Linux"},
    {"neon", linux_host, "Linux"},
    {"linux", linux_host, "Linux"},
};

// Fleet's members, and what they are here. What a host does not have stays unknown.
constexpr MemberRow members[] = {
    {"computer_name", any_host, Reading::text, Fact::device_name},
    {"hardware_vendor", any_host, Reading::text, Fact::manufacturer},
    {"hardware_model", any_host, Reading::text, Fact::model},
    {"hardware_serial", any_host, Reading::text, Fact::serial_number},
    {"platform", linux_host, Reading::text, Fact::distribution},
    {"os_version", any_host, Reading::version, Fact::os_version},
    {"build", macos_host, Reading::text, Fact::os_build_version},

    // Fleet looks at FileVault, and at BitLocker of drive C. Of Linux it looks at `/` alone, which
    // is not every disk: there a Fleet policy has to tell.
    {"disk_encryption_enabled", macos_host | windows_host, Reading::truth, Fact::storage_encrypted},
    {"disk_encryption_enabled", linux_host, Reading::never_true, Fact::storage_encrypted},
};

// What firmware says that nobody has filled in; compared in small letters.
constexpr std::string_view placeholders[] = {
    "to be filled by o.e.m.",
    "default string",
    "system serial number",
    "not specified",
    "not applicable",
    "not available",
    "unknown",
    "invalid",
    "chassis serial number",
    "serial number",
    "0123456789",
    "1234567890",
    "123456789",
    "12345678",
    "01234567890123456789",
    // A board's UUID, seen on many of them.
    "03000200-0400-0500-0006-000700080009",
};
constexpr std::size_t letters_min = 5;  // as short as a serial number may be

bool is_version(std::string_view word) {
  return !word.empty() && std::isdigit(static_cast<unsigned char>(word.front())) != 0 &&
         word.back() != '.' && word.find_first_not_of("0123456789.") == word.npos;
}

bool is_windows_version(std::string_view word) {
  return word.starts_with("10.0.") || word.starts_with("6.");
}

}  // namespace

const PlatformRow* find_platform(std::string_view platform) {
  const auto found = std::ranges::find_if(platforms, [&](const PlatformRow& row) {
    return equal_ignoring_case(row.platform, platform);
  });
  return found == std::end(platforms) ? nullptr : found;
}

std::span<const MemberRow> member_rows() { return members; }

std::string_view version_in(std::string_view text, System system) {
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    if (is_version(word) && (system != windows_host || is_windows_version(word))) return word;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

bool identifies(std::string_view serial_or_uuid) {
  const auto text = to_lower(trim(serial_or_uuid));
  if (std::ranges::find(placeholders, text) != std::end(placeholders)) return false;
  std::string letters;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) letters.push_back(c);
  }
  if (letters.size() < letters_min) return false;
  return letters.find_first_not_of(letters.front()) != letters.npos;  // 00000000, ffffffff-ffff-...
}

}  // namespace sallyport::fleet
