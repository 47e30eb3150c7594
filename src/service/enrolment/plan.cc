#include "service/enrolment/plan.h"

#include "service/audit.h"
#include "service/enrolment/records.h"

namespace sallyport {

Error token_refused(std::string_view why) {
  return {ErrorKind::denied, "the enrolment token " + std::string(why), {}};
}

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

Result<std::optional<VersionedDocument>> get_if_there(Draft& draft, std::string_view kind,
                                                      std::string_view id) {
  auto document = draft.get(kind, id);
  if (document) return std::optional(std::move(*document));
  if (document.error().kind == ErrorKind::not_found) return std::optional<VersionedDocument>();
  return failed(document.error());
}

Result<StoredCertificate> certificate_in(Draft& draft, std::string_view serial) {
  const auto document = draft.get(device_certificate_kind, serial);
  if (!document) return failed(document.error());
  auto certificate = read_device_certificate(serial, document->json);
  if (!certificate) return failed(certificate.error());
  return StoredCertificate{std::move(*certificate), document->version};
}

AuditRecord audit_of(const Caller& caller, Instant now, std::string_view activity,
                     std::string_view operation, const DeviceCertificate& certificate,
                     std::string_view reason) {
  const auto text = write_device_certificate(certificate);
  const auto document = json::parse(text);
  const auto* root = document ? &document->root() : nullptr;
  return make_audit(caller, now,
                    {activity, "Device", operation, "Device", certificate.device_id,
                     certificate.serial, nullptr, root, reason});
}

}  // namespace sallyport
