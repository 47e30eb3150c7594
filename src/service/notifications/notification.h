// What a subscriber is told: changes and sign-ins behind a place in their feed, as Graph's
// changeNotificationCollection. Threads: free.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "service/notifications/subscription.h"

namespace sallyport {

inline constexpr std::size_t notifications_of_a_post_max = 100;

struct NotificationBatch {
  std::string body;  // what to post; empty: nothing in this stretch is of interest
  std::size_t count = 0;
  Sequence reached = 0;  // the feed was looked at up to here
  bool more = false;     // there may be more behind it
};

// Equal feeds give equal bytes; the id of a notification is that of the subscription and the number
// of the change, so a receiver that is told twice can know.
[[nodiscard]] Result<NotificationBatch> next_notifications(Store& store,
                                                           const Subscription& subscription,
                                                           Sequence after,
                                                           std::string_view tenant_id);
// The end of the feed that the subscription follows.
[[nodiscard]] Result<Sequence> end_of_feed(Store& store, const Subscription& subscription);

}  // namespace sallyport
