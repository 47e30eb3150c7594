#include "service/fleet/known_device.h"

#include <algorithm>

#include "enrolment/osquery/osquery.h"
#include "service/managed_devices/record.h"

namespace sallyport {
namespace {

// More of one serial number are as good as two.
constexpr std::size_t records_max = 16;

}  // namespace

Result<std::vector<Guid>> find_known_devices(Store& store, const fleet::Host& host) {
  std::vector<Guid> devices;
  const auto add = [&](std::string_view id) {
    const auto device = parse_guid(id);
    if (device && std::ranges::find(devices, *device) == devices.end()) devices.push_back(*device);
  };
  if (!host.serial.empty()) {
    ValueRange range;
    range.member = "serialNumber";
    range.from = host.serial;
    range.upto = host.serial;
    const auto found = store.find(managed_device_kind, range, records_max);
    if (!found) return tl::unexpected<Error>(found.error());
    for (const auto& one : *found) {
      const auto record = json::parse(one.json);
      if (!record || is_released(record->root())) continue;
      if (const auto* id = record->root().find("azureADDeviceId")) add(id->text());
    }
  }
  if (!host.uuid.empty()) {
    const auto known = osquery::device_of_host(store, host.uuid);
    if (!known) return tl::unexpected<Error>(known.error());
    add(*known);
  }
  return devices;
}

}  // namespace sallyport
