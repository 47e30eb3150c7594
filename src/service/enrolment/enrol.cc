#include "service/enrolment/enrol.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/id.h"
#include "base/text.h"
#include "service/audit.h"
#include "service/compliance/posture.h"
#include "service/enrolment/records.h"

namespace sallyport {
namespace {

constexpr std::chrono::minutes clock_difference{5};  // a device's clock may be behind ours
constexpr std::size_t name_size_max = 120;

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

Error token_refused(std::string_view why) {
  return {ErrorKind::denied, "the enrolment token " + std::string(why), {}};
}

Write new_document(std::string_view kind, std::string id, std::string json) {
  return {std::string(kind), std::move(id), std::move(json), Version{0}};
}

// The document, or nothing when there is none.
Result<std::optional<VersionedDocument>> get_if_there(Draft& draft, std::string_view kind,
                                                      std::string_view id) {
  auto document = draft.get(kind, id);
  if (document) return std::optional(std::move(*document));
  if (document.error().kind == ErrorKind::not_found) return std::optional<VersionedDocument>();
  return failed(document.error());
}

AuditRecord audit_of(const Caller& caller, Instant now, std::string_view activity,
                     std::string_view operation, const DeviceCertificate& certificate,
                     std::string_view reason = {}) {
  const auto text = write_device_certificate(certificate);
  const auto document = json::parse(text);
  const auto* root = document ? &document->root() : nullptr;
  return make_audit(caller, now,
                    {activity, "Device", operation, "Device", certificate.device_id,
                     certificate.serial, nullptr, root, reason});
}

struct StoredCertificate {
  DeviceCertificate certificate;
  Version version = 0;
};

Result<StoredCertificate> certificate_in(Draft& draft, std::string_view serial) {
  const auto document = draft.get(device_certificate_kind, serial);
  if (!document) return failed(document.error());
  auto certificate = read_device_certificate(serial, document->json);
  if (!certificate) return failed(certificate.error());
  return StoredCertificate{std::move(*certificate), document->version};
}

void rewrite(const StoredCertificate& stored, Draft& draft) {
  const auto& certificate = stored.certificate;
  draft.write({std::string(device_certificate_kind), certificate.serial,
               write_device_certificate(certificate), stored.version});
}

void revoke(StoredCertificate& stored, RevocationReason reason, const Caller& caller, Instant now,
            Draft& draft) {
  revoke(stored.certificate, reason, now);
  rewrite(stored, draft);
  draft.audit(audit_of(caller, now, "Revoke device certificate", "Update", stored.certificate,
                       name_of(reason)));
}

// Certificates that are over need no revoking.
Result<void> forget_over(Instant now, Draft& draft, std::vector<std::string>& serials) {
  std::vector<std::string> left;
  for (auto& serial : serials) {
    const auto stored = certificate_in(draft, serial);
    if (!stored) return failed(stored.error());
    if (stored->certificate.not_after >= now) left.push_back(std::move(serial));
  }
  serials = std::move(left);
  return {};
}

// The device itself must still be one that may come in.
Result<void> check_device(Store& store, const std::string& id) {
  const auto document = find_device_document(store, id);
  if (!document) {
    if (document.error().kind != ErrorKind::not_found) return failed(document.error());
    return fail(ErrorKind::denied, "the device was removed from the directory");
  }
  const auto parsed = json::parse(document->json);
  const auto* enabled = parsed ? parsed->root().find("accountEnabled") : nullptr;
  if (enabled == nullptr || enabled->is_null() || enabled->truth()) return {};
  return fail(ErrorKind::denied, "the device is disabled");
}

}  // namespace

struct Enrolment::Order {
  const Enrollee& enrollee;
  Instant now;
  std::string token_key;
  std::string serial;
  std::string new_device;  // the id of a device to be made
  Caller caller;
  std::string device;  // the id of the device the certificate is for
};

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
  // A device that was set up anew counts its reports from the beginning.
  const auto posture = get_if_there(draft, posture_kind, keys.device_id);
  if (!posture) return failed(posture.error());
  if (*posture) {
    draft.write({(*posture)->kind, (*posture)->id, std::nullopt, (*posture)->version});
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

Result<void> Enrolment::plan_certificate(const Order& order, const std::string& device,
                                         const std::string& user, Draft& draft,
                                         DeviceCertificate& out) {
  const auto& enrollee = order.enrollee;
  CertificateOrder wanted;
  wanted.public_key = enrollee.request.public_key;
  wanted.device_id = device;
  wanted.serial = order.serial;
  wanted.not_before = std::chrono::floor<std::chrono::seconds>(order.now - clock_difference);
  wanted.not_after = std::min<Instant>(
      std::chrono::floor<std::chrono::seconds>(order.now + rules_.certificate_life),
      authority_.not_after());
  wanted.base_url = rules_.base_url;
  if (wanted.not_after <= order.now) {
    return fail(ErrorKind::unavailable, "the certificate of the device authority has expired");
  }
  auto der = authority_.issue(wanted);
  if (!der) return failed(der.error());
  out.serial = order.serial;
  out.issuer = authority_.name();
  out.device_id = device;
  out.thumbprint = sha256_hex(*der);
  out.key_hash = enrollee.request.key_hash;
  out.not_before = wanted.not_before;
  out.not_after = wanted.not_after;
  out.enrolled_by = enrollee.protocol;
  out.key_protection = enrollee.key_protection;
  out.evidence = enrollee.evidence;
  out.user_id = user;
  out.der = std::move(*der);
  draft.write(new_document(device_certificate_kind, out.serial, write_device_certificate(out)));
  draft.audit(audit_of(order.caller, order.now, "Issue device certificate", "Add", out));

  const auto document = get_if_there(draft, device_enrolment_kind, device);
  if (!document) return failed(document.error());
  DeviceEnrolment enrolment;
  if (*document) {
    auto read = read_device_enrolment(**document);
    if (!read) return failed(read.error());
    enrolment = std::move(*read);
    if (auto kept = forget_over(order.now, draft, enrolment.certificates); !kept) return kept;
  }
  if (!user.empty()) enrolment.user_id = user;
  enrolment.certificates.push_back(out.serial);
  draft.write({std::string(device_enrolment_kind), device, write_device_enrolment(enrolment),
               *document ? (*document)->version : Version{0}});
  if (!enrollee.transaction_id.empty()) {
    draft.write({std::string(scep_transaction_kind), sha256_hex(enrollee.transaction_id),
                 write_texts("serials", {out.serial}), std::nullopt});
  }
  return {};
}

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

Result<DeviceCertificate> Enrolment::renew(const Enrollee& enrollee, std::string_view serial,
                                           Instant now) {
  const auto next = random_serial();
  if (!next) return failed(next.error());
  Order order{enrollee, now, {}, *next, {}, {}, {}};
  order.caller.kind = CallerKind::application;
  order.caller.ip_address = enrollee.ip_address;
  DeviceCertificate out;
  return run([&](Draft& draft) { return plan_renewal(order, serial, draft, out); }, now, out);
}

Result<void> Enrolment::plan_renewal(const Order& given, std::string_view serial, Draft& draft,
                                     DeviceCertificate& out) {
  Order order = given;
  const auto now = order.now;
  auto stored = certificate_in(draft, serial);
  if (!stored) {
    if (stored.error().kind != ErrorKind::not_found) return failed(stored.error());
    return fail(ErrorKind::denied, "the certificate is not on record");
  }
  auto& old = stored->certificate;
  if (!old.is_valid(now)) {
    return fail(ErrorKind::denied, old.state == CertificateState::revoked
                                       ? "the certificate was revoked"
                                       : "the certificate is not valid at this time");
  }
  const auto& request = order.enrollee.request;
  if (auto same = check_same_names(request, old.der); !same) return same;
  if (auto known = check_device(store_, old.device_id); !known) return known;
  order.caller.id = old.device_id;
  order.caller.name = "device";
  order.caller.user_id = old.user_id;
  if (!old.renewed_by.empty()) {
    auto next = certificate_in(draft, old.renewed_by);
    if (!next) return failed(next.error());
    const bool active = next->certificate.state == CertificateState::active;
    if (active && next->certificate.key_hash == request.key_hash) {  // asked once more
      out = std::move(next->certificate);
      return {};
    }
    // Whoever asks for another has lost that one: a device has one certificate to go on with.
    if (active) revoke(*next, RevocationReason::superseded, order.caller, now, draft);
  } else if (now < old.not_after - rules_.renewal_window) {
    return fail(ErrorKind::conflict, "the certificate can be renewed from " +
                                         to_string(old.not_after - rules_.renewal_window) + " on");
  }
  out = {};
  out.renews = old.serial;
  Enrollee enrollee = order.enrollee;
  if (request.key_hash == old.key_hash && enrollee.evidence.empty()) {
    enrollee.key_protection = old.key_protection;
    enrollee.evidence = old.evidence;
  }
  const Order own{enrollee, now, {}, order.serial, {}, order.caller, old.device_id};
  if (auto planned = plan_certificate(own, old.device_id, old.user_id, draft, out); !planned) {
    return planned;
  }
  old.renewed_by = out.serial;
  rewrite(*stored, draft);
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
