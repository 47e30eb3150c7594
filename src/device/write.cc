#include <string>

#include "base/json_members.h"
#include "device/member_words.h"
#include "device/read.h"

namespace sallyport {
namespace {

void write_text(json::Writer& writer, std::string_view name, const DeviceAttribute& attribute) {
  if (attribute.state == DeviceAttribute::State::unknown) return;
  writer.key(name);
  if (attribute.state == DeviceAttribute::State::known) {
    writer.value(attribute.text);
  } else {
    writer.null();
  }
}

void write_flag(json::Writer& writer, std::string_view name, DeviceFlag flag) {
  if (flag == DeviceFlag::unknown) return;
  writer.key(name);
  if (flag == DeviceFlag::absent) {
    writer.null();
  } else {
    writer.value(flag == DeviceFlag::yes);
  }
}

void write_shape(json::Writer& writer, const DeviceShape& shape) {
  write_flag(writer, "isCompliant", shape.is_compliant);
  write_flag(writer, "isManaged", shape.is_managed);
  for (const auto& word : device_text_words) {
    if (word.name != "ownership") write_text(writer, word.name, shape.text(word.text));
  }
  if (shape.system_labels_known) write_texts(writer, "systemLabels", shape.system_labels);
  writer.key("extensionAttributes");
  writer.begin_object();
  constexpr auto first = static_cast<std::size_t>(DeviceText::extension_attribute_1);
  for (auto i = first; i < device_text_count; ++i) {
    write_text(writer, std::string(extension_attribute_name) + std::to_string(i - first + 1),
               shape.texts[i]);
  }
  writer.end_object();
}

}  // namespace

void write_device(json::Writer& writer, const DeviceView& device) {
  writer.begin_object();
  if (device.id_known) {
    writer.key("deviceId");
    if (device.id == DeviceId()) {
      writer.null();
    } else {
      writer.value(to_string(device.id));
    }
  }
  if (device.display_name_known) {
    writer.key("displayName");
    if (device.display_name.empty()) {
      writer.null();
    } else {
      writer.value(device.display_name);
    }
  }
  // What is left out is enabled, so what is not known is written as what cannot be read.
  if (device.enabled == DeviceFlag::no) writer.member("accountEnabled", false);
  if (device.enabled == DeviceFlag::unknown) writer.member("accountEnabled", "unknown");
  if (device.physical_ids_known) write_texts(writer, "physicalIds", device.physical_ids);
  if (device.shape != nullptr) write_shape(writer, *device.shape);
  writer.end_object();
}

}  // namespace sallyport
