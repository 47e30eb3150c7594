// /subscriptions: who is told of changes, and where (service/notifications/).
//
// A subscription belongs to whoever made it, and needs the permission to read what it is about: the
// one by which the resource's own row is read. The receiver is asked first whether it wants to be
// told.
#include "api/answers.h"
#include "api/list.h"
#include "api/path.h"
#include "api/resources.h"
#include "api/route.h"
#include "api/services.h"
#include "service/notifications/change_subscription.h"

namespace sallyport::api {
namespace {

using odata::PropertyKind;

constexpr std::string_view read_all[] = {"Subscription.Read.All"};
// Each holds a thread for as long as a receiver may take.
constexpr int validations_max = 4;
constexpr int retry_after_seconds = 5;

constexpr odata::Property properties[] = {
    {.path = "id", .kind = PropertyKind::guid, .sortable = true},
    {.path = "resource"},
    {.path = "applicationId"},
    {.path = "changeType"},
    {.path = "clientState"},
    {.path = "notificationUrl"},
    {.path = "lifecycleNotificationUrl"},
    {.path = "expirationDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "creatorId"},
    {.path = "includeResourceData", .kind = PropertyKind::boolean},
    {.path = "latestSupportedTlsVersion"},
};
constexpr odata::Schema schema{.type = "microsoft.graph.subscription", .properties = properties};
constexpr Resource subscriptions{.path = "/subscriptions",
                                 .context = "subscriptions",
                                 .type = "microsoft.graph.subscription",
                                 .kind = subscription_kind,
                                 .schema = &schema,
                                 .error_style = ErrorStyle::directory};

Result<Shown> shown(const Call& call, const Subscription& one) {
  const bool own = one.owner == owner_of(call.caller);
  return call.services.reader.show(
      {std::string(subscription_kind), one.id, show_subscription(one, own), 0});
}

Replied one_subscription(const Call& call, const Result<Subscription>& one, int status) {
  if (!one) return failed(call, one.error());
  const auto document = shown(call, *one);
  if (!document) return failed(call, document.error());
  auto reply = entity(call, **document, "subscriptions/$entity");
  if (reply) reply->status = status;
  if (reply && status == 201)
    reply->location = std::string(call.base) + "/subscriptions/" + one->id;
  return reply;
}

// The permissions that let read the resource; refused when the caller has none of them.
OrFailure<std::vector<std::string>> read_permissions(const Call& call, const Subscription& one) {
  const auto segments = split_path("/" + std::string(one.what->path));
  if (!segments) return tl::unexpected<Failure>(segments.error());
  const auto route = find_route("GET", *segments);
  if (!route) return tl::unexpected<Failure>(route.error());
  const auto permissions = route->operation->permissions;
  if (call.caller.may_any(permissions))
    return std::vector<std::string>(permissions.begin(), permissions.end());
  std::string wanted;
  for (const auto permission : permissions) {
    wanted += (wanted.empty() ? "" : " or ") + std::string(permission);
  }
  return failed(call, {ErrorKind::denied,
                       "subscribing to `" + one.resource + "` needs the permission " + wanted +
                           "; the token does not have it",
                       {}});
}

OrFailure<void> check_object(const Call& call, const Subscription& one) {
  if (one.object_id.empty()) return {};
  const auto found = call.services.store.get(one.what->kind, one.object_id);
  if (found) return {};
  if (found.error().kind != ErrorKind::not_found) return failed(call, found.error());
  return refuse(404, "Request_ResourceNotFound", "`" + one.resource + "` does not exist");
}

// Asks the receivers; REQUIRES: the URLs are well-formed.
OrFailure<void> validate(const Call& call, std::initializer_list<std::string> urls) {
  auto& services = call.services;
  for (const auto& url : urls) {
    const auto parsed = parse_http_url(url);
    const auto allowed = parsed ? services.webhooks.check(*parsed) : Result<void>();
    if (!allowed) return failed(call, allowed.error());
  }
  struct Slot {
    explicit Slot(std::atomic<int>& a_count) : count(a_count), taken(++count <= validations_max) {}
    ~Slot() { --count; }
    std::atomic<int>& count;
    const bool taken;
  } const slot(services.validations);
  if (!slot.taken) {
    return tl::unexpected<Failure>(
        Failure{503,
                "ServiceUnavailable",
                "other receivers are being validated; ask again in a moment",
                {},
                retry_after_seconds});
  }
  for (const auto& url : urls) {
    if (const auto valid = validate_receiver(services.webhooks, url); !valid) {
      return refuse(400, "ValidationError", valid.error().message);
    }
  }
  return {};
}

Replied create(const Call& call) {
  auto wanted = read_wanted_subscription(call.body, call.now);
  if (!wanted) return failed(call, wanted.error());
  auto permissions = read_permissions(call, *wanted);
  if (!permissions) return tl::unexpected<Failure>(permissions.error());
  if (auto there = check_object(call, *wanted); !there) {
    return tl::unexpected<Failure>(there.error());
  }
  const auto& lifecycle = wanted->lifecycle_url;
  const auto valid = lifecycle.empty() || lifecycle == wanted->notification_url
                         ? validate(call, {wanted->notification_url})
                         : validate(call, {wanted->notification_url, lifecycle});
  if (!valid) return tl::unexpected<Failure>(valid.error());
  wanted->owner = owner_of(call.caller);
  wanted->credential = call.caller.id;
  wanted->permissions = std::move(*permissions);
  return one_subscription(call, create_subscription(change_context(call), std::move(*wanted)), 201);
}

// Whose it is, or who may read all.
bool may_see(const Call& call, const Subscription& one) {
  return one.owner == owner_of(call.caller) || call.caller.may_any(read_all);
}

Replied list(const Call& call) {
  const auto all = list_subscriptions(call.services.store);
  if (!all) return failed(call, all.error());
  std::vector<Shown> rows;
  for (const auto& one : *all) {
    if (!may_see(call, one)) continue;
    auto row = shown(call, one);
    if (!row) return failed(call, row.error());
    rows.push_back(std::move(*row));
  }
  return list_of(call, rows, subscriptions.context);
}

Replied get(const Call& call) {
  auto one = find_subscription(call.services.store, call.key());
  if (one && !may_see(call, *one)) return failed(call, {ErrorKind::not_found, {}, {}});
  return one_subscription(call, one, 200);
}

// With the caller's token from now on, whichever it was made with.
Result<void> reauthorise(const Call& call, Subscription& one,
                         const std::vector<std::string>& permissions) {
  one.credential = call.caller.id;
  one.permissions = permissions;
  one.renewed = call.now;
  return {};
}

// Whose it is and what lets read it; then what is to be changed.
Replied change(const Call& call, const json::Value* patch) {
  const auto one = find_subscription(call.services.store, call.key());
  if (!one) return failed(call, one.error());
  if (one->owner != owner_of(call.caller)) return failed(call, {ErrorKind::not_found, {}, {}});
  const auto permissions = read_permissions(call, *one);
  if (!permissions) return tl::unexpected<Failure>(permissions.error());
  if (patch != nullptr) {
    auto after = *one;
    if (const auto good = renew(after, *patch, call.now); !good) return failed(call, good.error());
    if (after.notification_url != one->notification_url) {
      if (const auto valid = validate(call, {after.notification_url}); !valid) {
        return tl::unexpected<Failure>(valid.error());
      }
    }
  }
  const auto changed =
      change_subscription(change_context(call), call.key(), [&](Subscription& now) -> Result<void> {
        if (patch != nullptr) {
          if (auto renewed = renew(now, *patch, call.now); !renewed) return renewed;
        }
        return reauthorise(call, now, *permissions);
      });
  return one_subscription(call, changed, 200);
}

Replied update(const Call& call) { return change(call, &call.body); }

Replied nothing() {
  Reply reply;
  reply.status = 204;
  return reply;
}

Replied reauthorize(const Call& call) {
  const auto changed = change(call, nullptr);
  if (!changed) return tl::unexpected<Failure>(changed.error());
  return nothing();
}

Replied remove(const Call& call) {
  const auto removed = remove_subscription(change_context(call), call.key());
  if (!removed) return failed(call, removed.error());
  return nothing();
}

// Each needs a token; what it may is found out by what the subscription is about, and whose it is.
constexpr Operation row(std::string_view method, std::string_view path,
                        Replied (*answer)(const Call&), BodyRule body, int success,
                        std::string_view summary) {
  Operation operation{method, path, &subscriptions, {}, answer, body, success, summary};
  operation.any_caller = true;
  operation.in_batch = false;
  return operation;
}

constexpr std::string_view all = "/subscriptions";
constexpr std::string_view one = "/subscriptions/{id}";

const Operation rows[] = {
    row("GET", all, list, BodyRule::none, 200, "List one's subscriptions"),
    row("POST", all, create, BodyRule::required, 201,
        "Be told of changes; needs the permission to read what it is about"),
    row("GET", one, get, BodyRule::none, 200, "Get a subscription"),
    row("PATCH", one, update, BodyRule::required, 200, "Renew a subscription"),
    row("DELETE", one, remove, BodyRule::none, 204, "Be told no more"),
    row("POST", "/subscriptions/{id}/reauthorize", reauthorize, BodyRule::optional, 204,
        "Go on with this token"),
};

}  // namespace

std::span<const Operation> subscription_operations() { return rows; }

}  // namespace sallyport::api
