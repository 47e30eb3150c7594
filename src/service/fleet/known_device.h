// Which of our devices a host of Fleet is: the one whose record has its serial number, or that
// reported to us by osquery with its hardware UUID before. Never by its name, which its user
// chooses; and where two answers are possible, none is taken.
// Threads: free. Cost: two look-ups by an index.
#pragma once

#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "enrolment/fleet/host.h"
#include "store/store.h"

namespace sallyport {

// None: it is not known here. Several: it cannot be told which. Devices that were retired or wiped
// are not among them.
[[nodiscard]] Result<std::vector<Guid>> find_known_devices(Store& store, const fleet::Host& host);

}  // namespace sallyport
