#include "device/filter_words.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"

namespace sallyport {
namespace {

constexpr std::uint8_t bit(FilterOperator op) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(op));
}

constexpr std::uint8_t equality = bit(FilterOperator::eq);
constexpr std::uint8_t identity = equality | bit(FilterOperator::in);
constexpr std::uint8_t collection = bit(FilterOperator::contains);
constexpr std::uint8_t all_ten =
    identity | collection | bit(FilterOperator::starts_with) | bit(FilterOperator::ends_with);

constexpr FilterPropertyWord text_word(std::string_view name, DeviceText text,
                                       std::uint8_t operators) {
  return {name, FilterProperty::text, text, operators};
}

constexpr DeviceText extension(int number) {
  return static_cast<DeviceText>(static_cast<int>(DeviceText::extension_attribute_1) + number - 1);
}

constexpr std::array property_words = {
    FilterPropertyWord{"deviceId", FilterProperty::device_id, DeviceText::model, identity},
    FilterPropertyWord{"displayName", FilterProperty::display_name, DeviceText::model, all_ten},
    FilterPropertyWord{"isCompliant", FilterProperty::is_compliant, DeviceText::model, equality},
    FilterPropertyWord{"physicalIds", FilterProperty::physical_ids, DeviceText::model, collection},
    FilterPropertyWord{"systemLabels", FilterProperty::system_labels, DeviceText::model,
                       collection},
    text_word("deviceOwnership", DeviceText::device_ownership, equality),
    text_word("enrollmentProfileName", DeviceText::enrollment_profile_name, all_ten),
    text_word("manufacturer", DeviceText::manufacturer, all_ten),
    text_word("mdmAppId", DeviceText::mdm_app_id, identity),
    text_word("model", DeviceText::model, all_ten),
    text_word("operatingSystem", DeviceText::operating_system, all_ten),
    text_word("operatingSystemVersion", DeviceText::operating_system_version, all_ten),
    text_word("profileType", DeviceText::profile_type, equality),
    text_word("trustType", DeviceText::trust_type, equality),
    text_word("extensionAttribute1", extension(1), all_ten),
    text_word("extensionAttribute2", extension(2), all_ten),
    text_word("extensionAttribute3", extension(3), all_ten),
    text_word("extensionAttribute4", extension(4), all_ten),
    text_word("extensionAttribute5", extension(5), all_ten),
    text_word("extensionAttribute6", extension(6), all_ten),
    text_word("extensionAttribute7", extension(7), all_ten),
    text_word("extensionAttribute8", extension(8), all_ten),
    text_word("extensionAttribute9", extension(9), all_ten),
    text_word("extensionAttribute10", extension(10), all_ten),
    text_word("extensionAttribute11", extension(11), all_ten),
    text_word("extensionAttribute12", extension(12), all_ten),
    text_word("extensionAttribute13", extension(13), all_ten),
    text_word("extensionAttribute14", extension(14), all_ten),
    text_word("extensionAttribute15", extension(15), all_ten),
};

constexpr FilterPropertyWord attribute_word = {"CustomSecurityAttribute",
                                               FilterProperty::custom_security_attribute,
                                               DeviceText::model, all_ten};

constexpr std::array operator_words = {
    FilterOperatorWord{"eq", FilterOperator::eq, false},
    FilterOperatorWord{"ne", FilterOperator::eq, true},
    FilterOperatorWord{"startsWith", FilterOperator::starts_with, false},
    FilterOperatorWord{"notStartsWith", FilterOperator::starts_with, true},
    FilterOperatorWord{"endsWith", FilterOperator::ends_with, false},
    FilterOperatorWord{"notEndsWith", FilterOperator::ends_with, true},
    FilterOperatorWord{"contains", FilterOperator::contains, false},
    FilterOperatorWord{"notContains", FilterOperator::contains, true},
    FilterOperatorWord{"in", FilterOperator::in, false},
    FilterOperatorWord{"notIn", FilterOperator::in, true},
};

template <class Words>
auto find_word(const Words& words, std::string_view name) -> const typename Words::value_type* {
  const auto found = std::find_if(words.begin(), words.end(), [&](const auto& word) {
    return equal_ignoring_case(word.name, name);
  });
  return found == words.end() ? nullptr : &*found;
}

}  // namespace

const FilterPropertyWord* find_device_property(std::string_view name) {
  return find_word(property_words, name);
}

const FilterPropertyWord& word_of(const FilterComparison& comparison) {
  return *std::find_if(property_words.begin(), property_words.end(), [&](const auto& word) {
    return word.property == comparison.property &&
           (word.property != FilterProperty::text || word.text == comparison.text);
  });
}

const FilterPropertyWord& custom_security_attribute_word() { return attribute_word; }

const FilterOperatorWord* find_filter_operator(std::string_view name) {
  return find_word(operator_words, name);
}

std::string_view name_of(FilterOperator op, bool negative) {
  return operator_words[2 * static_cast<std::size_t>(op) + (negative ? 1 : 0)].name;
}

bool is_group_operator(std::string_view name) {
  constexpr std::array<std::string_view, 6> names = {"any", "all", "match", "notMatch", "ge", "le"};
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view known) { return equal_ignoring_case(known, name); });
}

std::string list_operators(const FilterPropertyWord& word) {
  std::vector<std::string> names;
  for (const auto& known : operator_words) {
    if (word.allows(known.op)) names.push_back("`-" + std::string(known.name) + "`");
  }
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 < names.size() ? ", " : " and ";
    out += names[i];
  }
  return out;
}

}  // namespace sallyport
