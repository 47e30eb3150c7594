// The certificate itself, and the records of it: of the certificate, its device, its transaction.
#include <algorithm>

#include "base/digest.h"
#include "service/enrolment/plan.h"
#include "service/enrolment/records.h"

namespace sallyport {
namespace {

constexpr std::chrono::minutes clock_difference{5};  // a device's clock may be behind ours

Write new_document(std::string_view kind, std::string id, std::string json) {
  return {std::string(kind), std::move(id), std::move(json), Version{0}};
}

// Certificates that are over need no revoking. Of the others, those that are still good.
Result<std::vector<std::string>> forget_over(Instant now, Draft& draft,
                                             std::vector<std::string>& serials) {
  std::vector<std::string> left;
  std::vector<std::string> good;
  for (auto& serial : serials) {
    const auto stored = certificate_in(draft, serial);
    if (!stored) return failed(stored.error());
    if (stored->certificate.not_after < now) continue;
    if (stored->certificate.state == CertificateState::active) good.push_back(serial);
    left.push_back(std::move(serial));
  }
  serials = std::move(left);
  return good;
}

}  // namespace

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
  const auto document = get_if_there(draft, device_enrolment_kind, device);
  if (!document) return failed(document.error());
  DeviceEnrolment enrolment;
  if (*document) {
    auto read = read_device_enrolment(**document);
    if (!read) return failed(read.error());
    enrolment = std::move(*read);
    auto good = forget_over(order.now, draft, enrolment.certificates);
    if (!good) return failed(good.error());
    out.supersedes = std::move(*good);
  }
  draft.write(new_document(device_certificate_kind, out.serial, write_device_certificate(out)));
  draft.audit(audit_of(order.caller, order.now, "Issue device certificate", "Add", out));

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

}  // namespace sallyport
