// What keeps a device from being compliant, for its user: from its verdict.
// Pure. Threads: free.
#pragma once

#include <string>
#include <vector>

#include "compliance/verdict.h"

namespace sallyport {

struct DeviceFault {
  std::string name;      // `Disk encryption`
  std::string required;  // `on`
  std::string found;     // `off`
  std::string remedy;    // what to do; empty: only an administrator can do something
};

// Empty: it is compliant.
std::vector<DeviceFault> device_faults(const compliance::Verdict& verdict);

}  // namespace sallyport
