// The Simple Certificate Enrolment Protocol (RFC 8894) at /scep, also over plain HTTP, since its
// messages protect themselves:
//
//   GET  ?operation=GetCACaps, GetCACert
//   POST ?operation=PKIOperation, or GET with message=BASE64
//
// PKCSReq (the challenge password is the enrolment token), RenewalReq (signed with the certificate
// that is to be renewed), CertPoll, and for who has a certificate of ours GetCert and GetCRL. What
// is refused is refused with the failInfo that RFC 8894 gives it, and with its reason as text.
//
// Threads: any number may call. It waits for the disk.
#pragma once

#include "base/instant.h"
#include "enrolment/scep_message.h"
#include "gates/client_cert.h"
#include "gates/message.h"
#include "gates/pki.h"
#include "service/enrolment/enrol.h"

namespace sallyport {

class Scep {
 public:
  // REQUIRES: all but the codec outlive this.
  Scep(ScepCodec codec, Enrolment& enrolment, const DeviceAuthority& devices, Pki& pki)
      : codec_(std::move(codec)), enrolment_(enrolment), devices_(devices), pki_(pki) {}
  HttpResponse handle(const HttpRequest& request, Instant now);

 private:
  using Answer = tl::expected<std::string, ScepRefusal>;  // a certs-only PKCS#7
  HttpResponse operate(std::string_view message, const std::string& ip_address, Instant now);
  // `problem`: set when it is ours, and not the client's.
  Answer act(const ScepRequest& request, const std::string& ip_address, Instant now,
             std::optional<Error>& problem);
  Result<std::string> enrol(const ScepRequest& request, const std::string& ip_address, Instant now);
  Result<std::string> find(const ScepRequest& request, Instant now);

  ScepCodec codec_;
  Enrolment& enrolment_;
  const DeviceAuthority& devices_;
  Pki& pki_;
};

}  // namespace sallyport
