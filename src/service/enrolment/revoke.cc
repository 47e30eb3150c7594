// A certificate counts for nothing from now on.
#include "base/id.h"
#include "base/text.h"
#include "service/audit.h"
#include "service/enrolment/enrol.h"
#include "service/enrolment/records.h"

namespace sallyport {
namespace {

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

constexpr int attempts_max = 5;  // while certificates are renewed meanwhile

struct Found {
  std::vector<std::string> serials;
  // The device's record, written back as it is: what is issued to the device meanwhile makes it a
  // conflict, and the certificate is found the next time.
  std::vector<Write> writes;
};

Result<Found> find(Store& store, std::string_view wanted) {
  Found found;
  const auto id = to_lower(wanted);
  if (!parse_guid(id)) {
    found.serials.push_back(id);
    return found;
  }
  const auto document = store.get(device_enrolment_kind, id);
  if (!document) {
    if (document.error().kind != ErrorKind::not_found) return failed(document.error());
    return fail(ErrorKind::not_found, "no device with this id has enrolled", std::string(wanted));
  }
  auto enrolment = read_device_enrolment(*document);
  if (!enrolment) return failed(enrolment.error());
  found.serials = std::move(enrolment->certificates);
  found.writes.push_back({document->kind, document->id, document->json, document->version});
  return found;
}

Result<std::size_t> revoke_once(Store& store, std::string_view serial_or_device,
                                RevocationReason reason, const Caller& caller, Instant now) {
  auto found = find(store, serial_or_device);
  if (!found) return failed(found.error());
  std::vector<AuditRecord> audits;
  for (const auto& serial : found->serials) {
    const auto document = store.get(device_certificate_kind, serial);
    if (!document) {
      if (document.error().kind != ErrorKind::not_found) return failed(document.error());
      return fail(ErrorKind::not_found, "no certificate has this serial number", serial);
    }
    auto certificate = read_device_certificate(serial, document->json);
    if (!certificate) return failed(certificate.error());
    if (certificate->state == CertificateState::revoked) continue;
    revoke(*certificate, reason, now);
    const auto text = write_device_certificate(*certificate);
    const auto before = json::parse(document->json);
    const auto after = json::parse(text);
    if (!before || !after) return fail(ErrorKind::internal, "this document is damaged", serial);
    audits.push_back(make_audit(
        caller, now,
        {"Revoke device certificate", "Device", "Update", "Device", certificate->device_id, serial,
         &before->root(), &after->root(), name_of(reason)}));
    found->writes.push_back({document->kind, document->id, text, document->version});
  }
  if (audits.empty()) return std::size_t{0};
  const auto written = store.write(found->writes, audits);
  if (!written) return failed(written.error());
  return audits.size();
}

}  // namespace

Result<std::size_t> revoke_certificates(Store& store, std::string_view serial_or_device,
                                        RevocationReason reason, const Caller& caller,
                                        Instant now) {
  Result<std::size_t> done;
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    done = revoke_once(store, serial_or_device, reason, caller, now);
    if (done || done.error().kind != ErrorKind::conflict) break;
  }
  return done;
}

}  // namespace sallyport
