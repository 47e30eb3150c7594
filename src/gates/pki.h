// What anybody may ask about device certificates, over plain HTTP too, since all of it is signed:
//
//   GET  /pki/device-authority.cer   the authority's certificate, DER
//   GET  /pki/device.crl             the revocation list
//   POST /pki/ocsp, GET /pki/ocsp/BASE64   OCSP (RFC 6960, appendix A)
//
// A list is kept until something is revoked, at the longest for an hour, and may be used for a day;
// an OCSP answer may be used for an hour. Doors of this server need neither: they know at once.
//
// Threads: any number may call. A new list is numbered in the store, so it waits for the disk.
#pragma once

#include <mutex>
#include <string>

#include "base/instant.h"
#include "enrolment/authority.h"
#include "enrolment/certificate_index.h"
#include "gates/message.h"
#include "store/store.h"

namespace sallyport {

class Pki {
 public:
  // REQUIRES: all outlive this.
  Pki(Store& store, const IssuingAuthority& authority, const CertificateIndex& index)
      : store_(store), authority_(authority), index_(index) {}

  HttpResponse certificate() const;
  HttpResponse revocation_list(Instant now);
  HttpResponse ocsp(const HttpRequest& request, Instant now) const;
  [[nodiscard]] Result<std::string> current_list(Instant now);  // DER

 private:
  Store& store_;
  const IssuingAuthority& authority_;
  const CertificateIndex& index_;
  std::mutex mutex_;  // guards the three below
  std::string list_;
  Instant made_{};
  std::uint64_t revocations_ = 0;  // what the index said when it was made
};

}  // namespace sallyport
