#include "service/enrolment/enrol.h"

#include <utility>

#include "base/digest.h"
#include "base/id.h"
#include "base/text.h"
#include "service/compliance/partner_report.h"
#include "service/compliance/posture.h"
#include "service/enrolment/plan.h"
#include "service/enrolment/records.h"

namespace sallyport {
namespace {

constexpr std::size_t name_size_max = 120;

}  // namespace

Enrolment::Enrolment(Store& store, LiveTenant& tenant, const IssuingAuthority& authority,
                     CertificateIndex& index, EnrolmentRules rules)
    : store_(store),
      tenant_(tenant),
      queue_(store, tenant),
      authority_(authority),
      index_(index),
      rules_(std::move(rules)) {}

Result<DeviceCertificate> Enrolment::run(const std::function<Result<void>(Draft&)>& plan,
                                         Instant now, const DeviceCertificate& out) {
  const auto done = queue_.run(plan);
  if (!done) return failed(done.error());
  // It is on the disk; the doors are to know it before its owner does.
  if (auto known = index_.refresh(now); !known) return failed(known.error());
  return out;
}

Result<DeviceCertificate> Enrolment::enrol(const Enrollee& enrollee, std::string_view token,
                                           Instant now) {
  const auto serial = random_serial();
  if (!serial) return failed(serial.error());
  Order order{enrollee, now, enrolment_token_key(token), *serial, to_string(random_guid()), {}, {}};
  if (order.token_key.empty()) return failed(token_refused("is missing"));
  order.caller.kind = CallerKind::application;
  order.caller.ip_address = enrollee.ip_address;
  DeviceCertificate out;
  return run([&](Draft& draft) { return plan_enrolment(order, draft, out); }, now, out);
}

Result<void> Enrolment::plan_enrolment(const Order& given, Draft& draft, DeviceCertificate& out) {
  Order order = given;
  const auto document = draft.get(enrolment_token_kind, order.token_key);
  if (!document) {
    if (document.error().kind != ErrorKind::not_found) return failed(document.error());
    return failed(token_refused("is not known; it may have been revoked"));
  }
  auto token = read_enrolment_token(*document);
  if (!token) return failed(token.error());
  const auto& enrollee = order.enrollee;
  if (token->used) {
    // The same request once more: its answer was lost on the way.
    const bool same = token->key_hash == enrollee.request.key_hash &&
                      token->transaction_id == enrollee.transaction_id;
    if (!same) return failed(token_refused("has been used already"));
    auto certificate = certificate_in(draft, token->serial);
    if (!certificate) return failed(certificate.error());
    if (certificate->certificate.state != CertificateState::active) {
      return failed(token_refused("gave a certificate that was revoked"));
    }
    out = std::move(certificate->certificate);
    return {};
  }
  if (order.now >= token->expires) return failed(token_refused("has expired"));
  order.caller.id = token->id;
  order.caller.name = token->name.empty() ? "enrolment token" : token->name;
  order.caller.user_id = token->user_id;
  order.device = token->device_id.empty() ? order.new_device : token->device_id;
  const auto& claimed = enrollee.request.device_id;
  if (!claimed.empty() && claimed != order.device) {
    return fail(ErrorKind::conflict, "the certificate request claims the device id `" + claimed +
                                         "`, which this token is not for; leave it out");
  }
  if (!token->device_id.empty()) {
    if (auto known = check_device(store_, token->device_id); !known) return known;
  }
  if (auto planned = plan_limit(order, *token, draft); !planned) return planned;
  if (auto planned = plan_device(order, *token, draft); !planned) return planned;
  out = {};
  out.token_id = token->id;
  if (auto planned = plan_certificate(order, order.device, token->user_id, draft, out); !planned) {
    return planned;
  }
  token->used = order.now;
  token->serial = order.serial;
  token->key_hash = enrollee.request.key_hash;
  token->transaction_id = enrollee.transaction_id;
  draft.write({document->kind, document->id, write_enrolment_token(*token), document->version});
  return {};
}

Result<void> Enrolment::plan_limit(const Order& order, const EnrolmentToken& token, Draft& draft) {
  if (token.user_id.empty() || !token.device_id.empty()) return {};
  const auto document = get_if_there(draft, user_devices_kind, token.user_id);
  if (!document) return failed(document.error());
  std::vector<std::string> devices;
  if (*document) {
    auto listed = read_texts(**document, "devices");
    if (!listed) return failed(listed.error());
    for (auto& device : *listed) {
      const auto there = get_if_there(draft, "device", device);
      if (!there) return failed(there.error());
      if (*there) devices.push_back(std::move(device));  // those removed no longer count
    }
  }
  if (devices.size() >= rules_.devices_per_user_max) {
    return fail(ErrorKind::conflict,
                "this user has " + std::to_string(devices.size()) +
                    " devices, which is as many as one may have; remove one first");
  }
  devices.push_back(order.device);
  draft.write({std::string(user_devices_kind), token.user_id, write_texts("devices", devices),
               *document ? (*document)->version : Version{0}});
  return {};
}

// The directory's device, made when there is none, and the record of its management.
Result<void> Enrolment::plan_device(const Order& order, const EnrolmentToken& token, Draft& draft) {
  const auto& enrollee = order.enrollee;
  auto name = enrollee.device_name.empty() ? enrollee.request.common_name : enrollee.device_name;
  if (trim(name).empty() || !is_utf8(name)) name = "Device " + order.device.substr(0, 8);
  name = printable(name, name_size_max);
  if (!token.device_id.empty()) {
    const auto keys = find_device(store_, token.device_id);
    if (!keys) return failed(keys.error());
    if (keys->object.empty()) return failed(token_refused("is for a device that was removed"));
    return plan_record(order, token, *keys, name, draft);
  }
  if (auto planned = plan_new_device(order, token, name, draft); !planned) return planned;
  return plan_record(order, token, {order.device, {}, order.device}, name, draft);
}

Result<void> Enrolment::plan_record(const Order& order, const EnrolmentToken& token,
                                    const DeviceKeys& keys, const std::string& name, Draft& draft) {
  const bool corporate = token.ownership == Ownership::corporate;
  std::string text;
  json::Writer w(text);
  w.begin_object();
  w.member("deviceName", name);
  if (!order.enrollee.operating_system.empty()) {
    w.member("operatingSystem", printable(order.enrollee.operating_system, name_size_max));
  }
  w.member("managedDeviceOwnerType", corporate ? "company" : "personal");
  if (keys.object == order.new_device) {
    w.member("joinType", corporate ? "azureADJoined" : "azureADRegistered");
  }
  if (!token.user_id.empty()) {
    w.member("userId", token.user_id);
    const auto tenant = tenant_.state();
    const auto user = tenant ? tenant->directory->find_user(UserId::of(token.user_id))
                             : std::optional<UserView>();
    if (user) w.member("userPrincipalName", user->name);
  }
  w.end_object();
  const auto members = json::parse(text);
  if (!members) return failed(members.error());
  // A device that was set up anew counts its reports from the beginning, and partners' too.
  for (const auto kind : {posture_kind, partner_reports_kind}) {
    const auto told = get_if_there(draft, kind, keys.device_id);
    if (!told) return failed(told.error());
    if (*told) draft.write({(*told)->kind, (*told)->id, std::nullopt, (*told)->version});
  }
  return enrol_device(draft, order.caller, {keys, members->root(), order.now});
}

Result<void> Enrolment::plan_new_device(const Order& order, const EnrolmentToken& token,
                                        const std::string& name, Draft& draft) {
  const auto& enrollee = order.enrollee;
  const bool corporate = token.ownership == Ownership::corporate;
  std::string text;
  json::Writer w(text);
  w.begin_object();
  w.member("accountEnabled", true);
  w.member("deviceId", order.device);
  w.member("deviceOwnership", corporate ? "Company" : "Personal");
  w.member("displayName", name);
  w.member("isCompliant", false);
  w.member("isManaged", false);
  if (!enrollee.operating_system.empty()) {
    w.member("operatingSystem", printable(enrollee.operating_system, name_size_max));
  }
  w.member("profileType", "RegisteredDevice");
  w.member("registrationDateTime", to_string(order.now));
  w.member("trustType", corporate ? "AzureAd" : "Workplace");
  if (!token.user_id.empty()) {
    w.key("registeredOwners");
    w.begin_array();
    w.begin_object();
    w.member("@odata.type", "#microsoft.graph.user");
    w.member("id", token.user_id);
    w.end_object();
    w.end_array();
  }
  w.end_object();
  const auto body = json::parse(text);
  if (!body) return failed(body.error());
  const ChangeContext context{queue_, order.caller, order.now};
  const auto planned = plan_creation(context, device_type, body->root(), order.device, draft);
  if (!planned) return failed(planned.error());
  return {};
}

Result<DeviceCertificate> Enrolment::find_transaction(std::string_view transaction_id,
                                                      std::string_view key_hash) {
  const auto document = store_.get(scep_transaction_kind, sha256_hex(transaction_id));
  if (!document) return failed(document.error());
  const auto serials = read_texts(*document, "serials");
  if (!serials) return failed(serials.error());
  if (serials->empty()) return fail(ErrorKind::not_found, "this transaction gave no certificate");
  auto certificate = find_device_certificate(store_, serials->front());
  if (certificate && certificate->key_hash != key_hash) {
    return fail(ErrorKind::not_found, "this transaction gave no certificate to this key");
  }
  return certificate;
}

}  // namespace sallyport
