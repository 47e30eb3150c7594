// What keeps a device from being compliant, for its user: from its last verdict.
// Threads: any number may call. Cost: one read of the store.
#pragma once

#include <string>
#include <vector>

#include "base/id.h"
#include "store/store.h"

namespace sallyport {

struct DeviceFault {
  std::string name;      // `Disk encryption`
  std::string required;  // `on`
  std::string found;     // `off`
  std::string remedy;    // what to do; empty: only an administrator can do something
};

// Empty: it is compliant, or was never judged.
std::vector<DeviceFault> device_faults(Store& store, DeviceId device);

}  // namespace sallyport
