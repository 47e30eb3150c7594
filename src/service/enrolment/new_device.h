// Devices of the directory, as becoming known makes and looks at them, whichever way it came about.
// All but check_device are parts of a plan of the ChangeQueue. Threads: free.
#pragma once

#include <cstddef>
#include <string>

#include "base/instant.h"
#include "base/result.h"
#include "service/caller.h"
#include "service/change_queue.h"
#include "service/enrolment/tokens.h"

namespace sallyport {

struct NewDevice {
  std::string id;
  std::string name;              // what it says of itself; may be empty
  std::string operating_system;  // likewise
  std::string user_id;           // whose it is; empty: nobody's
  Ownership ownership = Ownership::personal;
};
// Neither managed nor compliant.
[[nodiscard]] Result<void> plan_new_device(ChangeQueue& queue, const Caller& caller, Instant now,
                                           const NewDevice& device, Draft& draft);

// Counts the device among its user's. Errors: conflict when these are too many.
[[nodiscard]] Result<void> plan_device_limit(const NewDevice& device, std::size_t devices_max,
                                             Draft& draft);

// Whether a device may still come in. Errors: denied, it was removed or disabled.
[[nodiscard]] Result<void> check_device(Store& store, const std::string& id);

// The document, or nothing when there is none.
[[nodiscard]] Result<std::optional<VersionedDocument>> get_if_there(Draft& draft,
                                                                    std::string_view kind,
                                                                    std::string_view id);

}  // namespace sallyport
