#include "service/notifications/lifecycle.h"

#include "base/id.h"
#include "base/json.h"

namespace sallyport {
namespace {

std::string_view word_of(LifecycleEvent event) {
  switch (event) {
    case LifecycleEvent::reauthorization_required: return "reauthorizationRequired";
    case LifecycleEvent::subscription_removed: return "subscriptionRemoved";
    case LifecycleEvent::missed: break;
  }
  return "missed";
}

}  // namespace

Write letter_to(const Subscription& subscription, LifecycleEvent event, std::string_view tenant_id,
                Instant now) {
  std::string text;
  json::Writer w(text);
  w.begin_object();
  w.member("url", subscription.lifecycle_url);
  w.member("since", to_string(now));
  w.key("body");
  w.begin_object();
  w.key("value");
  w.begin_array();
  w.begin_object();
  w.member("subscriptionId", subscription.id);
  w.member("subscriptionExpirationDateTime", to_string(subscription.expires));
  w.member("tenantId", tenant_id);
  w.key("clientState");
  subscription.client_state.empty() ? w.null() : w.value(subscription.client_state);
  w.member("lifecycleEvent", word_of(event));
  w.end_object();
  w.end_array();
  w.end_object();
  w.end_object();
  return {std::string(letter_kind), to_string(random_guid()), std::move(text), Version{0}};
}

Result<Letter> read_letter(const VersionedDocument& document) {
  const auto parsed = json::parse(document.json);
  const auto* url = parsed ? parsed->root().find("url") : nullptr;
  const auto* body = parsed ? parsed->root().find("body") : nullptr;
  const auto* since = parsed ? parsed->root().find("since") : nullptr;
  const auto at = since == nullptr ? std::nullopt : parse_instant(since->text());
  if (url == nullptr || body == nullptr || !at) {
    return fail(ErrorKind::internal, "this document is damaged", document.kind + "/" + document.id);
  }
  return Letter{document.id, std::string(url->text()), json::write(*body), *at};
}

}  // namespace sallyport
