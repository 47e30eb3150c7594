#include "device/member_words.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace sallyport {
namespace {

constexpr std::array other_words = {
    DeviceMemberWord{"id", DeviceMember::id},
    DeviceMemberWord{"deviceId", DeviceMember::device_id},
    DeviceMemberWord{"displayName", DeviceMember::display_name},
    DeviceMemberWord{"isCompliant", DeviceMember::is_compliant},
    DeviceMemberWord{"isManaged", DeviceMember::is_managed},
    DeviceMemberWord{"accountEnabled", DeviceMember::account_enabled},
    DeviceMemberWord{"physicalIds", DeviceMember::physical_ids},
    DeviceMemberWord{"systemLabels", DeviceMember::system_labels},
    DeviceMemberWord{"extensionAttributes", DeviceMember::extension_attributes},
};

constexpr std::array<std::string_view, 28> ignored = {"alternativeSecurityIds",
                                                      "approximateLastSignInDateTime",
                                                      "complianceExpirationDateTime",
                                                      "createdDateTime",
                                                      "deletedDateTime",
                                                      "deviceCategory",
                                                      "deviceMetadata",
                                                      "deviceTemplate",
                                                      "deviceVersion",
                                                      "domainName",
                                                      "enrollmentType",
                                                      "externalSourceName",
                                                      "hostnames",
                                                      "isManagementRestricted",
                                                      "isRooted",
                                                      "kind",
                                                      "managementType",
                                                      "name",
                                                      "onPremisesLastSyncDateTime",
                                                      "onPremisesSecurityIdentifier",
                                                      "onPremisesSyncEnabled",
                                                      "platform",
                                                      "registeredOwners",
                                                      "registeredUsers",
                                                      "registrationDateTime",
                                                      "sourceType",
                                                      "status",
                                                      "extensions"};

template <class Words>
std::optional<DeviceMemberWord> find_word(const Words& words, std::string_view name) {
  // Nearly always written as Graph does, which is quickly seen.
  for (const auto& word : words) {
    if (word.name == name) return word;
  }
  for (const auto& word : words) {
    if (equal_ignoring_case(word.name, name)) return word;
  }
  return std::nullopt;
}

std::optional<DeviceMemberWord> find_extension_attribute(std::string_view name) {
  const auto prefix = name.substr(0, extension_attribute_name.size());
  if (!equal_ignoring_case(prefix, extension_attribute_name)) return std::nullopt;
  const auto digits = name.substr(prefix.size());
  int number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = error == std::errc{} && end == digits.data() + digits.size();
  if (!whole || digits.front() == '0' || number < 1 || number > 15) return std::nullopt;
  const int first = static_cast<int>(DeviceText::extension_attribute_1);
  return DeviceMemberWord{name, DeviceMember::text, static_cast<DeviceText>(first + number - 1)};
}

}  // namespace

std::optional<DeviceMemberWord> find_device_member(std::string_view name) {
  if (const auto word = find_word(other_words, name)) return word;
  if (const auto word = find_word(device_text_words, name)) return word;
  return find_extension_attribute(name);
}

bool is_other_device_member(std::string_view name) {
  return name.find('@') != std::string_view::npos ||
         std::any_of(ignored.begin(), ignored.end(),
                     [&](std::string_view known) { return equal_ignoring_case(known, name); });
}

}  // namespace sallyport
