// Devices that prove themselves by something else than a certificate of ours: osquery's hosts.
#include "base/id.h"
#include "service/enrolment/enrol.h"
#include "service/enrolment/plan.h"
#include "service/enrolment/records.h"

namespace sallyport {
Result<std::string> Enrolment::admit(const Enrollee& enrollee, std::string_view token,
                                     const std::string& known, Instant now) {
  Order order{enrollee, now, enrolment_token_key(token), {}, to_string(random_guid()), {}, {}};
  order.caller.kind = CallerKind::application;
  order.caller.ip_address = enrollee.ip_address;
  std::string device;
  const auto done =
      queue_.run([&](Draft& draft) { return plan_admission(order, known, draft, device); });
  if (!done) return failed(done.error());
  return device;
}

Result<void> Enrolment::plan_admission(const Order& given, const std::string& known, Draft& draft,
                                       std::string& device) {
  Order order = given;
  EnrolmentToken token;
  std::optional<VersionedDocument> document;
  if (order.token_key.empty()) {
    token.id = token.name = "osquery";
    token.ownership = Ownership::corporate;
    // A device that was removed may come back as another; a disabled one may not.
    const auto there = get_if_there(draft, "device", known);
    if (!there) return failed(there.error());
    if (*there) token.device_id = known;
  } else {
    auto found = get_if_there(draft, enrolment_token_kind, order.token_key);
    if (!found) return failed(found.error());
    if (!*found) return failed(token_refused("is not known; it may have been revoked"));
    document = std::move(*found);
    auto read = read_enrolment_token(*document);
    if (!read) return failed(read.error());
    token = std::move(*read);
    if (token.used && token.key_hash != order.enrollee.request.key_hash) {
      return failed(token_refused("has been used already"));
    }
    if (!token.used && order.now >= token.expires) return failed(token_refused("has expired"));
  }
  device = order.device = token.device_id.empty() ? order.new_device : token.device_id;
  if (!token.device_id.empty()) {
    if (auto known_good = check_device(store_, device); !known_good) return known_good;
    if (token.used) return {};
  }
  order.caller.id = token.id;
  order.caller.name = token.name.empty() ? "enrolment token" : token.name;
  order.caller.user_id = token.user_id;
  if (auto planned = plan_limit(order, token, draft); !planned) return planned;
  if (auto planned = plan_device(order, token, draft); !planned) return planned;
  if (!document) return {};
  token.used = order.now;
  token.key_hash = order.enrollee.request.key_hash;
  token.device_id = device;
  draft.write({document->kind, document->id, write_enrolment_token(token), document->version});
  return {};
}

}  // namespace sallyport
