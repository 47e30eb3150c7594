// What a subscriber is told about the subscription itself, at its lifecycleNotificationUrl:
//   reauthorizationRequired   it, or the token it was made with, is about to expire
//   subscriptionRemoved       it has expired, or its token may not read the resource any more
//   missed                    notifications could not be delivered and were given up
//
// A letter is a document of the store, written together with what it tells of and removed when it
// has arrived, so none is lost. Threads: free.
#pragma once

#include <string>
#include <string_view>

#include "service/notifications/subscription.h"

namespace sallyport {

inline constexpr std::string_view letter_kind = "sallyport.lifecycleNotification";

enum class LifecycleEvent : std::uint8_t { reauthorization_required, subscription_removed, missed };

struct Letter {
  std::string id;
  std::string url;
  std::string body;  // what is posted
  Instant since{};
};

// REQUIRES: the subscription has a lifecycle URL.
Write letter_to(const Subscription& subscription, LifecycleEvent event, std::string_view tenant_id,
                Instant now);
[[nodiscard]] Result<Letter> read_letter(const VersionedDocument& document);

}  // namespace sallyport
