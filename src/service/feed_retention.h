// Keeps the change feed from growing with every check-in: of what devices and the server itself
// write again and again, old changes are forgotten that a later one of the same document has
// followed. What administrators change stays in the feed, whole.
//
// Whoever reads on from that far back (a delta query of devices, a subscription) is told that a
// device was updated once, not each time.
#pragma once

#include "store/store.h"

namespace sallyport {

// Threads: one.
class FeedRetention {
 public:
  static constexpr Sequence kept = 1'000'000;  // the newest changes, whatever has followed them

  // Looks at so many; fewer means that there are no more for now.
  [[nodiscard]] Result<std::size_t> forget(Store& store, std::size_t count_max,
                                           Sequence keep = kept);

 private:
  Sequence looked_at_ = 0;
};

}  // namespace sallyport
