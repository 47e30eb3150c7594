#include "service/enrolment/osquery_devices.h"

#include "base/digest.h"
#include "base/id.h"
#include "base/text.h"
#include "service/enrolment/new_device.h"

namespace sallyport {
namespace {

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

tl::unexpected<Error> refused() {
  return fail(ErrorKind::denied, "the enroll secret is not good for this host");
}

std::string_view system_of(std::uint8_t platform) {
  switch (platform) {
    case osquery::linux_host: return "Linux";
    case osquery::macos_host: return "macOS";
    default: return "Windows";
  }
}

}  // namespace

struct OsqueryDevices::Order {
  const osquery::EnrollRequest& request;
  const std::string& known;
  Instant now;
  std::string new_device;
  std::string host_hash;  // which of all hosts may use a token again
};

bool OsqueryDevices::is_shared_secret(std::string_view secret) const {
  const auto hash = sha256_hex(secret);
  bool found = false;
  for (const auto& one : options_.secret_hashes) {
    found = equal_in_constant_time(to_lower(one), hash) || found;
  }
  return found && !secret.empty();
}

Result<std::string> OsqueryDevices::admit(const osquery::EnrollRequest& request,
                                          const std::string& known, Instant now) {
  const Order order{request, known, now, to_string(random_guid()),
                    "osquery:" + sha256_hex(to_lower(request.host_identifier))};
  std::string device;
  const auto done = queue_.run([&](Draft& draft) { return plan(order, draft, device); });
  if (!done) return failed(done.error());
  return device;
}

Result<void> OsqueryDevices::plan(const Order& order, Draft& draft, std::string& device) {
  if (is_shared_secret(order.request.secret)) {
    EnrolmentToken vouched;
    vouched.id = "osquery";
    vouched.name = "osquery secret";
    vouched.ownership = Ownership::corporate;
    // A device that was removed may come back as another; a disabled one may not.
    const auto there = get_if_there(draft, "device", order.known);
    if (!there) return failed(there.error());
    if (*there) vouched.device_id = order.known;
    return plan_device(order, vouched, draft, device);
  }
  const auto key = enrolment_token_key(order.request.secret);
  if (key.empty()) return refused();
  const auto document = get_if_there(draft, enrolment_token_kind, key);
  if (!document) return failed(document.error());
  if (!*document) return refused();
  auto token = read_enrolment_token(**document);
  if (!token) return failed(token.error());
  if (token->used ? token->key_hash != order.host_hash : order.now >= token->expires) {
    return refused();
  }
  if (auto planned = plan_device(order, *token, draft, device); !planned) return planned;
  if (token->used) return {};
  token->used = order.now;
  token->key_hash = order.host_hash;
  token->device_id = device;
  draft.write(
      {(*document)->kind, (*document)->id, write_enrolment_token(*token), (*document)->version});
  return {};
}

Result<void> OsqueryDevices::plan_device(const Order& order, const EnrolmentToken& token,
                                         Draft& draft, std::string& device) {
  device = token.device_id;
  if (!device.empty()) return check_device(store_, device);
  NewDevice made;
  made.id = device = order.new_device;
  made.name = order.request.name;
  made.operating_system = system_of(order.request.platform);
  made.user_id = token.user_id;
  made.ownership = token.ownership;
  auto counted = plan_device_limit(made, options_.devices_per_user_max, draft);
  if (!counted && counted.error().kind == ErrorKind::conflict)
    counted.error().kind = ErrorKind::denied;
  if (!counted) return counted;
  Caller caller;
  caller.kind = CallerKind::application;
  caller.id = token.id;
  caller.name = token.name.empty() ? "enrolment token" : token.name;
  caller.user_id = token.user_id;
  return plan_new_device(queue_, caller, order.now, made, draft);
}

Result<void> OsqueryDevices::report(const std::string& device_id, const compliance::Report& report,
                                    Instant now) {
  return options_.take_report(device_id, report, now);
}

}  // namespace sallyport
