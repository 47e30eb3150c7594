// Device filters, tried on devices (spec, analysis checks, CND-11, and CND-14 for platforms).
#include <algorithm>

#include "analysis/checks/checks.h"
#include "analysis/checks/probe_devices.h"
#include "analysis/checks/vocabulary.h"

namespace sallyport {
namespace {

constexpr std::string_view rule = "/conditions/devices/deviceFilter/rule";

std::vector<std::string_view> systems_of(Platform platform) {
  switch (platform) {
    case Platform::android: return {"Android", "AndroidForWork", "AndroidEnterprise"};
    case Platform::ios: return {"iOS", "iPhone", "iPad", "iPadOS"};
    case Platform::windows: return {"Windows"};
    case Platform::windows_phone: return {"WindowsPhone", "Windows Phone"};
    case Platform::mac_os: return {"macOS", "MacMDM", "MacOS X"};
    case Platform::linux: return {"Linux"};
  }
  return {};
}

// No device of the platforms that the policy is for can meet its filter, nor an unregistered one.
bool contradicts_platforms(const CheckedPolicy& p) {
  const auto& platforms = p.policy.conditions.platforms;
  if (!platforms || platforms->include.all || platforms->include.empty() ||
      platforms->include.unknown || applies_to(p, Probe::unregistered) != Truth::no) {
    return false;
  }
  const auto& filter = *p.policy.conditions.devices->filter;
  for (auto bits = platforms->include.bits; bits != 0; bits &= bits - 1) {
    unsigned number = 0;
    while ((bits >> number & 1U) == 0) ++number;
    for (const auto system : systems_of(static_cast<Platform>(number))) {
      DeviceShape shape;
      for (auto& text : shape.texts) text = DeviceAttribute::unknown();
      shape.is_compliant = DeviceFlag::unknown;
      shape.is_managed = DeviceFlag::unknown;
      shape.system_labels_known = false;
      shape.text(DeviceText::operating_system) = DeviceAttribute::of(std::string(system));
      DeviceView device;
      device.id_known = device.display_name_known = device.physical_ids_known = false;
      device.shape = &shape;
      const auto matched = filter.rule->matches(&device);
      const auto applies = filter.mode == FilterMode::include ? matched : negate(matched);
      if (applies != Truth::no) return false;
    }
  }
  return true;
}

}  // namespace

void check_device_filters(const CheckInput& in, FindingList& findings) {
  for (const auto& p : in.policies) {
    const auto& devices = p.policy.conditions.devices;
    if (p.off() || !devices || !devices->filter || !devices->filter->rule) continue;
    const bool excludes = devices->filter->mode == FilterMode::exclude;
    if (applies_to(p, Probe::unregistered) == Truth::no && (excludes || blocks(p))) {
      findings.add("CND-11", p, rule,
                   excludes ? "the filter excludes unregistered devices, too, as they have no "
                              "attributes"
                            : "the filter leaves unregistered devices out, so they are not "
                              "blocked");
    }
    if (contradicts_platforms(p)) {
      findings.add("CND-14", p, rule,
                   "no device of this policy's platforms can meet its filter, so it never applies");
    }
  }
}

}  // namespace sallyport
