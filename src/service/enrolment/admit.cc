// Devices that prove themselves by something else than a certificate of ours: osquery's hosts.
#include "base/id.h"
#include "service/enrolment/enrol.h"
#include "service/enrolment/plan.h"
#include "service/enrolment/records.h"

namespace sallyport {
Result<osquery::Enrolled> Enrolment::admit(const Enrollee& enrollee, std::string_view token,
                                           const osquery::Enrolled& before, Instant now) {
  Order order{enrollee, now, enrolment_token_key(token), {}, to_string(random_guid()), {}, {}};
  order.caller.kind = CallerKind::application;
  order.caller.ip_address = enrollee.ip_address;
  osquery::Enrolled out;
  const auto done =
      queue_.run([&](Draft& draft) { return plan_admission(order, before, draft, out); });
  if (!done) return failed(done.error());
  return out;
}

// What a host calls itself is no secret: a colleague with a token of their own could take its
// place. Who is let in is the owner, or has a token that an administrator made for that device.
Result<void> Enrolment::check_owner(const osquery::Enrolled& before,
                                    const osquery::Enrolled& wanted, Draft& draft) {
  if (before.device_id.empty() || before.owner == wanted.owner) return {};
  const auto record = read_record(draft, before.device_id);
  if (!record) {
    return record.error().kind == ErrorKind::not_found ? Result<void>() : failed(record.error());
  }
  if (!record->device || is_released(record->document.root())) return {};
  return fail(ErrorKind::conflict,
              "this host identifier is enrolled for another owner, as the device `" +
                  before.device_id +
                  "`; an administrator retires or deletes that device, or ends its key with "
                  "`sallyport device revoke " +
                  before.device_id + "`, and the host can enrol");
}

Result<void> Enrolment::plan_admission(const Order& given, const osquery::Enrolled& before,
                                       Draft& draft, osquery::Enrolled& out) {
  Order order = given;
  EnrolmentToken token;
  std::optional<VersionedDocument> document;
  if (order.token_key.empty()) {
    token.id = token.name = "osquery";
    token.ownership = Ownership::corporate;
    // A device that was removed may come back as another; a disabled one may not. What has been a
    // user's is the company's as another, too.
    const auto there = get_if_there(draft, "device", before.device_id);
    if (!there) return failed(there.error());
    if (*there && before.owner.empty()) token.device_id = before.device_id;
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
  order.device = token.device_id.empty() ? order.new_device : token.device_id;
  out = {order.device, token.user_id};
  const bool by_own_token = document && order.device == before.device_id;
  if (auto owns = check_owner(before, out, draft); !owns && !by_own_token) return owns;
  if (!token.device_id.empty()) {
    if (auto known_good = check_device(store_, order.device); !known_good) return known_good;
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
  token.device_id = order.device;
  draft.write({document->kind, document->id, write_enrolment_token(token), document->version});
  return {};
}

}  // namespace sallyport
