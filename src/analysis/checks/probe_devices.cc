#include "analysis/checks/probe_devices.h"

namespace sallyport {
namespace {

DeviceShape shape_of(Probe probe) {
  DeviceShape shape;
  const auto set = [&](DeviceText which, const char* text) {
    shape.text(which) = DeviceAttribute::of(text);
  };
  // A rule may ask for more than its probe says of itself: that is then not known.
  for (auto& text : shape.texts) text = DeviceAttribute::unknown();
  shape.system_labels_known = false;
  const bool hybrid = probe == Probe::hybrid_joined || probe == Probe::hybrid_compliant;
  const bool compliant = probe == Probe::compliant || probe == Probe::hybrid_compliant;
  shape.is_compliant = compliant ? DeviceFlag::yes : DeviceFlag::no;
  shape.is_managed = probe == Probe::registered ? DeviceFlag::no : DeviceFlag::yes;
  set(DeviceText::device_ownership, probe == Probe::registered ? "Personal" : "Company");
  set(DeviceText::trust_type, hybrid                       ? "ServerAD"
                              : probe == Probe::registered ? "Workplace"
                                                           : "AzureAD");
  return shape;
}

Truth matches(const FilterRule& rule, Probe probe) {
  if (probe == Probe::unregistered) return rule.matches(nullptr);
  const auto shape = shape_of(probe);
  DeviceView device;
  device.id_known = false;
  device.display_name_known = false;
  device.physical_ids_known = false;
  device.shape = &shape;
  return rule.matches(&device);
}

}  // namespace

Truth applies_to(const CheckedPolicy& p, Probe probe) {
  const auto& devices = p.policy.conditions.devices;
  if (!devices) return Truth::yes;
  if (!devices->filter) {
    const bool excluded = (devices->exclude_compliant &&
                           (probe == Probe::compliant || probe == Probe::hybrid_compliant)) ||
                          (devices->exclude_domain_joined &&
                           (probe == Probe::hybrid_joined || probe == Probe::hybrid_compliant));
    return excluded ? Truth::no : Truth::yes;
  }
  if (!devices->filter->rule) return Truth::yes;
  const auto matched = matches(*devices->filter->rule, probe);
  return devices->filter->mode == FilterMode::include ? matched : negate(matched);
}

bool selects_unmanaged_devices(const CheckedPolicy& p) {
  return applies_to(p, Probe::unregistered) == Truth::yes &&
         applies_to(p, Probe::registered) == Truth::yes &&
         applies_to(p, Probe::hybrid_compliant) == Truth::no;
}

}  // namespace sallyport
