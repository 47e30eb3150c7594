// Devices on which filters are tried: what a rule selects is found out by evaluating it, never by
// looking at its text. Internal to the checks.
#pragma once

#include <cstdint>

#include "analysis/checks/input.h"
#include "device/device.h"

namespace sallyport {

enum class Probe : std::uint8_t {
  unregistered,
  registered,     // by its owner, not managed
  joined,         // to the directory, managed, not compliant
  compliant,      // joined and compliant
  hybrid_joined,  // not compliant
  hybrid_compliant,
};

// Whether the policy's device filter lets it apply to the probe: yes where there is no filter.
Truth applies_to(const CheckedPolicy& p, Probe probe);

// It applies to devices that nobody manages, and leaves those alone that are managed in every way.
bool selects_unmanaged_devices(const CheckedPolicy& p);

}  // namespace sallyport
