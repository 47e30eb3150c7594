// Enrolment over Secure Transport (RFC 7030), below /.well-known/est, with or without a label:
//
//   GET  cacerts          the device authority's certificates, certs-only PKCS#7
//   POST simpleenroll     HTTP Basic, any user name, the enrolment token as password
//   POST simplereenroll   by the certificate that is to be renewed
//   GET  csrattrs         204: a request needs nothing in particular
//   POST serverkeygen, fullcmc   501: keys are made where they stay
//
// What a device says of itself may come along: `Sallyport-Device-Name`, and
// `Sallyport-Operating-System` (Linux, Windows, ...). What proves that its key is in a TPM:
// `Sallyport-Key-Attestation` (docs/enrolment.md).
//
// Threads: any number may call. It waits for the disk.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.h"
#include "enrolment/attestation.h"
#include "gates/message.h"
#include "gates/peer_device.h"
#include "service/enrolment/enrol.h"

namespace sallyport {

inline constexpr std::string_view est_prefix = "/.well-known/est/";
inline constexpr std::size_t est_body_max = 64 * 1024;

class Est {
 public:
  // `tpm`: null: attestations are not looked at, and no key counts as a TPM's. REQUIRES: all
  // outlive this.
  Est(Enrolment& enrolment, const PeerDevices& peers, const TpmAuthorities* tpm)
      : enrolment_(enrolment), peers_(peers), tpm_(tpm) {}
  HttpResponse handle(const HttpRequest& request, Instant now) const;

 private:
  HttpResponse certificates() const;
  HttpResponse enroll(const HttpRequest& request, Instant now) const;
  HttpResponse renew(const HttpRequest& request, Instant now) const;
  Result<Enrollee> read_enrollee(const HttpRequest& request, Instant now) const;
  Enrolment& enrolment_;
  const PeerDevices& peers_;
  const TpmAuthorities* tpm_;
};

}  // namespace sallyport
