// What the plans of enrolment share; seen by its .cc files only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "service/enrolment/enrol.h"

namespace sallyport {

// What is made once, however often the plan is made.
struct Enrolment::Order {
  const Enrollee& enrollee;
  Instant now;
  std::string token_key;
  std::string serial;
  std::string new_device;  // the id of a device to be made
  Caller caller;
  std::string device;  // the id of the device the certificate is for
};

inline tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

Error token_refused(std::string_view why);
// The device itself must still be one that may come in.
[[nodiscard]] Result<void> check_device(Store& store, const std::string& id);

// The document, or nothing when there is none.
[[nodiscard]] Result<std::optional<VersionedDocument>> get_if_there(Draft& draft,
                                                                    std::string_view kind,
                                                                    std::string_view id);

struct StoredCertificate {
  DeviceCertificate certificate;
  Version version = 0;
};

[[nodiscard]] Result<StoredCertificate> certificate_in(Draft& draft, std::string_view serial);

AuditRecord audit_of(const Caller& caller, Instant now, std::string_view activity,
                     std::string_view operation, const DeviceCertificate& certificate,
                     std::string_view reason = {});

}  // namespace sallyport
