#include "service/notifications/change_subscription.h"

#include "base/id.h"
#include "service/audit.h"
#include "service/document_names.h"

namespace sallyport {
namespace {

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

// A caller sees no difference between one that is not there and one that is somebody else's.
Error no_such() { return {ErrorKind::not_found, "there is no such subscription", {}}; }

Result<Subscription> read_found(const Result<VersionedDocument>& document) {
  if (document) return read_subscription(*document);
  return failed(document.error().kind == ErrorKind::not_found ? no_such() : document.error());
}

Result<Subscription> read_own(const ChangeContext& context, Draft& draft, std::string_view id) {
  auto found = read_found(draft.get(subscription_kind, store_id(id)));
  if (found && found->owner != owner_of(context.caller)) return failed(no_such());
  return found;
}

}  // namespace

AuditRecord audit_subscription(const Caller& caller, Instant now, std::string_view operation,
                               const Subscription* before, const Subscription* after,
                               std::string_view reason) {
  const auto parsed = [](const Subscription* one) {
    return one == nullptr ? Result<json::Document>(json::Document())
                          : json::parse(show_subscription(*one, true));
  };
  const auto was = parsed(before), is = parsed(after);
  const auto& one = after == nullptr ? *before : *after;
  return make_audit(caller, now,
                    {std::string(operation) + " subscription", "ApplicationManagement", operation,
                     "Other", one.id, one.resource, before == nullptr ? nullptr : &was->root(),
                     after == nullptr ? nullptr : &is->root(), reason});
}

Result<Subscription> create_subscription(const ChangeContext& context, Subscription wanted) {
  wanted.id = to_string(random_guid());
  const auto done = context.queue.run([&](Draft& draft) -> Result<void> {
    const auto count = draft.count(subscription_kind);
    if (!count) return failed(count.error());
    if (*count >= subscriptions_max) {
      return fail(ErrorKind::invalid_argument, "there are " + std::to_string(subscriptions_max) +
                                                   " subscriptions already, which is as many as "
                                                   "there may be");
    }
    const auto after = wanted.what->kind.empty() ? draft.last_sign_in() : draft.last_sequence();
    if (!after) return failed(after.error());
    wanted.started_after = *after;
    draft.write(
        {std::string(subscription_kind), wanted.id, write_subscription(wanted), Version{0}});
    draft.audit(audit_subscription(context.caller, context.now, "Add", nullptr, &wanted));
    return {};
  });
  if (!done) return failed(done.error());
  return wanted;
}

Result<Subscription> find_subscription(Store& store, std::string_view id) {
  return read_found(store.get(subscription_kind, store_id(id)));
}

Result<std::vector<Subscription>> list_subscriptions(Store& store) {
  const auto documents = store.list(subscription_kind, "", subscriptions_max);
  if (!documents) return failed(documents.error());
  std::vector<Subscription> out;
  for (const auto& document : *documents) {
    if (auto one = read_subscription(document)) out.push_back(std::move(*one));
  }
  return out;
}

Result<Subscription> change_subscription(const ChangeContext& context, std::string_view id,
                                         const SubscriptionEdit& change) {
  Subscription after;
  const auto done = context.queue.run([&](Draft& draft) -> Result<void> {
    const auto was = read_own(context, draft, id);
    if (!was) return failed(was.error());
    after = *was;
    if (auto changed = change(after); !changed) return changed;
    draft.write(
        {std::string(subscription_kind), after.id, write_subscription(after), was->version});
    draft.audit(audit_subscription(context.caller, context.now, "Update", &*was, &after));
    return {};
  });
  if (!done) return failed(done.error());
  return after;
}

Result<void> remove_subscription(const ChangeContext& context, std::string_view id) {
  const auto done = context.queue.run([&](Draft& draft) -> Result<void> {
    const auto was = read_own(context, draft, id);
    if (!was) return failed(was.error());
    draft.write({std::string(subscription_kind), was->id, std::nullopt, was->version});
    draft.audit(audit_subscription(context.caller, context.now, "Delete", &*was, nullptr));
    return {};
  });
  if (!done) return failed(done.error());
  return {};
}

}  // namespace sallyport
