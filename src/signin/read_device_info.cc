#include <array>

#include "signin/read_parts.h"

namespace sallyport {
namespace {

struct AttributeName {
  std::string_view name;
  DeviceText attribute;
};
constexpr std::array attribute_names = {
    AttributeName{"ownership", DeviceText::device_ownership},
    AttributeName{"enrollmentProfileName", DeviceText::enrollment_profile_name},
    AttributeName{"manufacturer", DeviceText::manufacturer},
    AttributeName{"mdmAppId", DeviceText::mdm_app_id},
    AttributeName{"model", DeviceText::model},
    AttributeName{"operatingSystem", DeviceText::operating_system},
    AttributeName{"operatingSystemVersion", DeviceText::operating_system_version},
    AttributeName{"profileType", DeviceText::profile_type},
    AttributeName{"trustType", DeviceText::trust_type},
};

// A member that is there replaces what is held of the device.
void read_attribute(ObjectReader& device, std::string_view name, DeviceAttribute& attribute) {
  if (device.take(name) == nullptr) return;
  const auto fact = device.fact<std::string>(
      name, [](std::string_view text) { return std::optional<std::string>(text); }, "a text");
  attribute = fact.is_unknown()  ? DeviceAttribute::unknown()
              : fact.is_absent() ? DeviceAttribute{}
                                 : DeviceAttribute::of(*fact);
}

void read_flag(ObjectReader& device, std::string_view name, DeviceFlag& flag) {
  if (device.take(name) == nullptr) return;
  const auto fact = device.flag_fact(name);
  flag = fact.is_unknown()  ? DeviceFlag::unknown
         : fact.is_absent() ? DeviceFlag::absent
         : *fact            ? DeviceFlag::yes
                            : DeviceFlag::no;
}

void read_list(ObjectReader& device, std::string_view name, std::vector<std::string>& list,
               bool& known) {
  const auto texts = device.texts(name);
  if (!texts.told && !texts.unknown) return;
  known = texts.told;
  list.assign(texts.items.begin(), texts.items.end());
}

DeviceShape shape_of_nothing(Missing missing) {
  DeviceShape shape;
  if (missing == Missing::absent) return shape;
  shape.texts.fill(DeviceAttribute::unknown());
  shape.is_compliant = DeviceFlag::unknown;
  shape.is_managed = DeviceFlag::unknown;
  shape.system_labels_known = false;
  return shape;
}

DeviceView device_of_nothing(Missing missing) {
  DeviceView view;
  view.id_known = view.display_name_known = view.physical_ids_known = missing == Missing::absent;
  return view;
}

void read_shape(ObjectReader& device, DeviceShape& shape) {
  for (const auto& [name, attribute] : attribute_names) {
    read_attribute(device, name, shape.text(attribute));
  }
  for (unsigned i = 0; i < 15; ++i) {
    const auto which =
        static_cast<DeviceText>(static_cast<unsigned>(DeviceText::extension_attribute_1) + i);
    read_attribute(device, "extensionAttribute" + std::to_string(i + 1), shape.text(which));
  }
  read_flag(device, "isCompliant", shape.is_compliant);
  // Who has an MDM is managed by it.
  if (shape.text(DeviceText::mdm_app_id).state == DeviceAttribute::State::known) {
    shape.is_managed = DeviceFlag::yes;
  }
  read_flag(device, "isManaged", shape.is_managed);
  read_list(device, "systemLabels", shape.system_labels, shape.system_labels_known);
}

bool is_left_out(const json::Value* value) {
  return value == nullptr || (value->is_object() && value->members().empty());
}

}  // namespace

void read_device_info(const json::Value* value, const json::Pointer& where, ReadParts& parts) {
  Fact<DeviceView>& device = parts.sign_in.device;
  if (is_left_out(value)) {
    if (parts.options.missing == Missing::absent) device = Fact<DeviceView>::absent();
    return;
  }
  if (value->is_null()) {
    device = Fact<DeviceView>::absent();
    return;
  }
  if (is_unknown(*value)) return;
  ObjectReader info(value, where, parts.options.missing, parts.error);
  SignInStorage& storage = parts.storage;
  DeviceView view = device_of_nothing(parts.options.missing);
  storage.shape = shape_of_nothing(parts.options.missing);
  if (const auto id = info.text("deviceId")) {
    view.id = DeviceId::of(*id);
    view.id_known = true;
    const auto held = parts.options.inventory == nullptr ? std::optional<DeviceView>()
                                                         : parts.options.inventory->find(view.id);
    if (held) {
      view = *held;
      storage.shape = *held->shape;
    }
    if (held && value->members().size() == 1) {
      // As at a door (service/resolve.h). Who describes a device says how it was, or might be.
      if (held->enabled == DeviceFlag::yes) device = *held;
      if (held->enabled == DeviceFlag::no) device = Fact<DeviceView>::absent();
      return;
    }
  }
  if (const auto name = info.text("displayName")) {
    storage.device_name = *name;
    view.display_name = storage.device_name;
    view.display_name_known = true;
  }
  storage.physical_ids.assign(view.physical_ids.begin(), view.physical_ids.end());
  read_list(info, "physicalIds", storage.physical_ids, view.physical_ids_known);
  view.physical_ids = storage.physical_ids;
  read_shape(info, storage.shape);
  info.refuse_rest();
  view.shape = &storage.shape;
  view.shape_index = no_shape_index;
  device = view;
}

}  // namespace sallyport
