// What clients do to their subscriptions: each is audited, and on the disk when the call returns.
// Threads: any number may call.
#pragma once

#include <string_view>
#include <vector>

#include "service/change_document.h"
#include "service/notifications/subscription.h"

namespace sallyport {

// Makes it, with an id and beginning now. Errors: invalid_argument when there are too many.
[[nodiscard]] Result<Subscription> create_subscription(const ChangeContext& context,
                                                       Subscription wanted);
[[nodiscard]] Result<Subscription> find_subscription(Store& store, std::string_view id);
// Those that can be read: a damaged one stops no other.
[[nodiscard]] Result<std::vector<Subscription>> list_subscriptions(Store& store);
// Errors of the two below: not_found, for a subscription of somebody else, too.
// `change` alters the newest version; may be called several times.
using SubscriptionEdit = std::function<Result<void>(Subscription&)>;
[[nodiscard]] Result<Subscription> change_subscription(const ChangeContext& context,
                                                       std::string_view id,
                                                       const SubscriptionEdit& change);
[[nodiscard]] Result<void> remove_subscription(const ChangeContext& context, std::string_view id);

// An entry of the audit log for what becomes of a subscription.
AuditRecord audit_subscription(const Caller& caller, Instant now, std::string_view operation,
                               const Subscription* before, const Subscription* after,
                               std::string_view reason = {});

}  // namespace sallyport
