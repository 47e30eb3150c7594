#include "service/enrolment/enrol.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "base/id.h"
#include "base/text.h"
#include "service/audit.h"
#include "service/enrolment/new_device.h"
#include "service/enrolment/records.h"

namespace sallyport {
namespace {

constexpr std::chrono::minutes clock_difference{5};  // a device's clock may be behind ours

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

Error token_refused(std::string_view why) {
  return {ErrorKind::denied, "the enrolment token " + std::string(why), {}};
}

Write new_document(std::string_view kind, std::string id, std::string json) {
  return {std::string(kind), std::move(id), std::move(json), Version{0}};
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

Result<void> Enrolment::plan_device(const Order& order, const EnrolmentToken& token, Draft& draft) {
  if (!token.device_id.empty()) {
    const auto device = find_device_document(store_, token.device_id);
    if (device) return {};
    if (device.error().kind != ErrorKind::not_found) return failed(device.error());
    return failed(token_refused("is for a device that was removed"));
  }
  const auto& enrollee = order.enrollee;
  NewDevice device;
  device.id = order.device;
  device.name = enrollee.device_name.empty() ? enrollee.request.common_name : enrollee.device_name;
  device.operating_system = enrollee.operating_system;
  device.user_id = token.user_id;
  device.ownership = token.ownership;
  if (auto counted = plan_device_limit(device, rules_.devices_per_user_max, draft); !counted) {
    return counted;
  }
  return plan_new_device(queue_, order.caller, order.now, device, draft);
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
