// A subscription: somebody's wish to be told, at a URL of theirs, what changes of a resource.
// Graph's subscription in JSON; what only this server knows of one stands in its member
// `sallyport` and is not shown.
//
// Threads: free.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/json.h"
#include "base/result.h"
#include "service/caller.h"
#include "store/store.h"

namespace sallyport {

// What can be subscribed to: all of it, or one by its id.
struct SubscribableResource {
  std::string_view path;  // `users`
  std::string_view kind;  // in the store; empty: the sign-in log
  std::string_view type;  // `microsoft.graph.user`
  // Graph tells of a new user or group as `updated`; who asks for `created` is told so.
  bool creation_is_update = false;
};

inline constexpr std::chrono::minutes subscription_life_max{41'760};  // as Graph's of users
inline constexpr std::size_t subscriptions_max = 100;
inline constexpr std::size_t client_state_size_max = 128;

inline constexpr std::string_view subscription_kind = "sallyport.subscription";

struct ChangeTypes {
  bool created = false;
  bool updated = false;
  bool deleted = false;
};

struct Subscription {
  std::string id;
  Version version = 0;  // as it was read
  const SubscribableResource* what = nullptr;
  std::string object_id;  // empty: all
  std::string resource;   // as it was written
  std::string change_type;
  ChangeTypes types;
  std::string client_state;
  std::string notification_url;
  std::string lifecycle_url;  // empty: none
  Instant expires{};
  std::string tls_version;

  std::string owner;                     // the user a token speaks for, else the token or client
  std::string credential;                // the token or client by which it was made or renewed last
  std::vector<std::string> permissions;  // any of these lets read the resource
  Instant renewed{};
  Sequence started_after = 0;  // in the feed of changes, or of sign-ins
};

// The user the caller speaks for, or the caller.
std::string owner_of(const Caller& caller);

// `users`, `/users/{id}`, `users('{id}')`, also with `v1.0/` before it. Nothing: it cannot be
// subscribed to.
struct NamedResource {
  const SubscribableResource* what = nullptr;
  std::string object_id;
};
std::optional<NamedResource> parse_subscribed_resource(std::string_view text);

// What a client wants, all but `sallyport` and id. Errors: invalid_argument, as an administrator is
// told.
[[nodiscard]] Result<Subscription> read_wanted_subscription(const json::Value& body, Instant now);
// `expirationDateTime` and `notificationUrl` of it anew, as PATCH has it.
[[nodiscard]] Result<void> renew(Subscription& subscription, const json::Value& patch, Instant now);

// Between the store and memory.
[[nodiscard]] Result<Subscription> read_subscription(const VersionedDocument& document);
std::string write_subscription(const Subscription& subscription);
// As its owner sees it; others do not see the client state, which is how the owner knows us.
std::string show_subscription(const Subscription& subscription, bool to_owner);

}  // namespace sallyport
