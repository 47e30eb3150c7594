#include "service/notifications/notification.h"

#include <functional>

#include "base/json.h"

namespace sallyport {
namespace {

constexpr std::size_t looked_at_max = 2000;

struct Event {
  Sequence sequence = 0;
  std::string_view id;
  std::string_view change_type;  // empty: the subscriber does not want to know
  bool has_etag = false;
};

// The word under which the subscriber is told of this change.
std::string_view word_for(const Subscription& subscription, const Change& change) {
  const auto& types = subscription.types;
  if (change.removed) return types.deleted ? "deleted" : "";
  if (!change.created) return types.updated ? "updated" : "";
  if (types.created) return "created";
  return types.updated && subscription.what->creation_is_update ? "updated" : "";
}

class Body {
 public:
  Body(const Subscription& subscription, std::string_view tenant_id)
      : subscription_(subscription), tenant_id_(tenant_id), w_(batch_.body) {
    w_.begin_object();
    w_.key("value");
    w_.begin_array();
  }

  // False: this one does not fit any more.
  bool take(const Event& event) {
    if (batch_.count == notifications_of_a_post_max) {
      batch_.more = true;
      return false;
    }
    batch_.reached = event.sequence;
    if (event.change_type.empty()) return true;
    ++batch_.count;
    write(event);
    return true;
  }

  NotificationBatch finish() {
    w_.end_array();
    w_.end_object();
    if (batch_.count == 0) batch_.body.clear();
    return std::move(batch_);
  }
  void set_more(bool more) { batch_.more = batch_.more || more; }
  void set_reached(Sequence reached) { batch_.reached = reached; }

 private:
  void write(const Event& event) {
    const auto place = std::string(subscription_.what->path) + '/' + std::string(event.id);
    w_.begin_object();
    w_.member("id", subscription_.id + '.' + std::to_string(event.sequence));
    w_.member("subscriptionId", subscription_.id);
    w_.member("subscriptionExpirationDateTime", to_string(subscription_.expires));
    w_.key("clientState");
    subscription_.client_state.empty() ? w_.null() : w_.value(subscription_.client_state);
    w_.member("changeType", event.change_type);
    w_.member("resource", place);
    w_.member("tenantId", tenant_id_);
    w_.key("resourceData");
    w_.begin_object();
    w_.member("@odata.type", "#" + std::string(subscription_.what->type));
    w_.member("@odata.id", place);
    if (event.has_etag) w_.member("@odata.etag", "W/\"" + std::to_string(event.sequence) + "\"");
    w_.member("id", event.id);
    w_.end_object();
    w_.end_object();
  }

  const Subscription& subscription_;
  std::string_view tenant_id_;
  NotificationBatch batch_;
  json::Writer w_;
};

}  // namespace

Result<NotificationBatch> next_notifications(Store& store, const Subscription& subscription,
                                             Sequence after, std::string_view tenant_id) {
  Body body(subscription, tenant_id);
  body.set_reached(after);
  if (subscription.what->kind.empty()) {
    const auto records = store.sign_ins_after(after, notifications_of_a_post_max);
    if (!records) return tl::unexpected<Error>(records.error());
    for (const auto& record : *records) {
      body.take({record.sequence, record.decision_id, "created", false});
    }
    body.set_more(records->size() == notifications_of_a_post_max);
    return body.finish();
  }
  const auto changes = store.changes_after(after, looked_at_max);
  if (!changes) return tl::unexpected<Error>(changes.error());
  for (const auto& change : *changes) {
    const bool meant = change.kind == subscription.what->kind &&
                       (subscription.object_id.empty() || change.id == subscription.object_id);
    const auto word = meant ? word_for(subscription, change) : std::string_view();
    if (!body.take({change.sequence, change.id, word, !change.removed})) break;
  }
  body.set_more(changes->size() == looked_at_max);
  return body.finish();
}

Result<Sequence> end_of_feed(Store& store, const Subscription& subscription) {
  return subscription.what->kind.empty() ? store.last_sign_in() : store.last_sequence();
}

}  // namespace sallyport
