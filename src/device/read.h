// Devices in Graph's JSON: the `device` resource, and the What If call's `deviceInfo`, which names
// some members otherwise (`ownership`, extension attributes beside the rest; spec, section 8.1).
// Both are read by one reader, in any letter case.
#pragma once

#include <vector>

#include "base/finding.h"
#include "base/json.h"
#include "base/result.h"
#include "device/device.h"
#include "device/inventory.h"

namespace sallyport {

// What a member that is not there means. A member that is null is always absent.
enum class MissingMember : unsigned char { absent, unknown };

struct DescribedDevice {
  Device device;
  bool has_id = false;  // no: device.id is all zeros
  bool id_known = true;
  bool display_name_known = true;
  bool physical_ids_known = true;
  DeviceView view() const;  // valid as long as this, unchanged
};

// The id is `deviceId`, which policies and certificates name; without one, the object's `id`.
// A member of the wrong type becomes unknown and an error finding, so that it satisfies nothing;
// a member that Graph does not have is a note.
// Errors: invalid_argument, `where` a JSON pointer, for what is no object or says a thing twice.
[[nodiscard]] Result<DescribedDevice> read_device(const json::Value& value, const json::Pointer& at,
                                                  MissingMember missing,
                                                  std::vector<Finding>* findings = nullptr);

// As a `device` resource. What is unknown is left out and what is absent is null, so reading it
// with MissingMember::unknown gives the same device.
void write_device(json::Writer& writer, const DeviceView& device);

}  // namespace sallyport
