#include "analysis/proof/device_words.h"

#include <algorithm>

#include "analysis/proof/vocabulary.h"
#include "base/text.h"
#include "device/filter_words.h"

namespace sallyport::proof {
namespace {

constexpr std::string_view prefix = "device.";
constexpr char any_letters = '\x01';  // choices_device.cc

std::string replaced(std::string_view text, char from, char to) {
  std::string out(text);
  std::ranges::replace(out, from, to);
  return out;
}

std::vector<std::string> listed(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto comma = text.find(',');
    out.emplace_back(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return out;
}

}  // namespace

std::string joined_list(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& one : list) out += (out.empty() ? "" : ",") + one;
  return out;
}

Result<DeviceValue> parse_device_value(std::string_view word) {
  const auto equals = word.find('=');
  if (!word.starts_with(prefix) || equals == std::string_view::npos) {
    return unknown_word(word, "device attribute", "write it as device.model=Surface");
  }
  const auto name = word.substr(prefix.size(), equals - prefix.size());
  const auto* property = find_device_property(name);
  if (property == nullptr) {
    return unknown_word(name, "device attribute",
                        "use one of the rule language, as model, trustType, isCompliant or "
                        "extensionAttribute1");
  }
  DeviceValue out;
  out.what.property = property->property;
  out.what.text = property->text;
  const std::string value = replaced(word.substr(equals + 1), '*', any_letters);
  if (value.empty()) return out;
  if (property->property == FilterProperty::is_compliant && value != "True" && value != "False") {
    return unknown_word(value, "compliance", "use True or False");
  }
  if (property->property == FilterProperty::device_id && !parse_guid(value)) {
    return unknown_word(value, "device id", "use a GUID");
  }
  out.value = value;
  return out;
}

std::string device_word(const DeviceValue& value) {
  return std::string(prefix) + std::string(word_of(value.what).name) + '=' +
         replaced(value.value.value_or(""), any_letters, '*');
}

std::optional<std::string> device_value(const Draft& draft, const FilterComparison& what) {
  const auto unless_empty = [](std::string text) {
    return text.empty() ? std::nullopt : std::optional(std::move(text));
  };
  switch (what.property) {
    case FilterProperty::device_id:
      return draft.device.id == DeviceId() ? std::nullopt
                                           : std::optional(to_string(draft.device.id));
    case FilterProperty::display_name: return unless_empty(draft.device_name);
    case FilterProperty::is_compliant:
      if (draft.shape.is_compliant == DeviceFlag::yes) return "True";
      if (draft.shape.is_compliant == DeviceFlag::no) return "False";
      return std::nullopt;
    case FilterProperty::physical_ids: return unless_empty(joined_list(draft.physical_ids));
    case FilterProperty::system_labels: return unless_empty(joined_list(draft.shape.system_labels));
    case FilterProperty::text: {
      const DeviceAttribute& attribute = draft.shape.text(what.text);
      if (attribute.state != DeviceAttribute::State::known) return std::nullopt;
      return attribute.text;
    }
    case FilterProperty::custom_security_attribute: break;
  }
  return std::nullopt;
}

void put_device_text(Draft& draft, DeviceText which, std::string text) {
  draft.shape.text(which) = DeviceAttribute::of(std::move(text));
  if (which >= DeviceText::extension_attribute_1) draft.shape.is_managed = DeviceFlag::yes;
}

void put_device_value(Draft& draft, const DeviceValue& value) {
  if (!value.value) return;
  const std::string& text = *value.value;
  switch (value.what.property) {
    case FilterProperty::device_id: draft.device.id = DeviceId::of(text); return;
    case FilterProperty::display_name: draft.device_name = text; return;
    case FilterProperty::is_compliant:
      draft.shape.is_compliant = text == "True" ? DeviceFlag::yes : DeviceFlag::no;
      return;
    case FilterProperty::physical_ids: draft.physical_ids = listed(text); return;
    case FilterProperty::system_labels: draft.shape.system_labels = listed(text); return;
    case FilterProperty::text: put_device_text(draft, value.what.text, text); return;
    case FilterProperty::custom_security_attribute: return;
  }
}

}  // namespace sallyport::proof
