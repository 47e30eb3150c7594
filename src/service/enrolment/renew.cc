// A device that has a certificate gets the next one, and once that is used the older ones end.
#include <utility>

#include "base/id.h"
#include "service/enrolment/plan.h"
#include "service/enrolment/records.h"

namespace sallyport {
namespace {

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

}  // namespace

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

Result<void> Enrolment::end_superseded(std::string_view serial, Instant now) {
  const auto plan = [&](Draft& draft) -> Result<void> {
    auto used = certificate_in(draft, serial);
    if (!used) return failed(used.error());
    auto& newer = used->certificate;
    if (newer.state != CertificateState::active || newer.supersedes.empty()) return {};
    Caller caller;
    caller.kind = CallerKind::application;
    caller.id = newer.device_id;
    caller.name = "device";
    caller.user_id = newer.user_id;
    for (const auto& one : std::exchange(newer.supersedes, {})) {
      auto older = certificate_in(draft, one);
      if (!older) return failed(older.error());
      if (older->certificate.state != CertificateState::active) continue;
      revoke(*older, RevocationReason::superseded, caller, now, draft);
    }
    rewrite(*used, draft);
    return {};
  };
  if (auto done = queue_.run(plan); !done) return failed(done.error());
  return index_.refresh(now);
}

}  // namespace sallyport
