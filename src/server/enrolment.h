// Devices becoming known, wired: the device authority, what it has given out, and the paths below
// which devices ask.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gates/client_cert.h"
#include "gates/est.h"
#include "gates/peer_device.h"
#include "gates/pki.h"
#include "gates/scep.h"
#include "server/config.h"
#include "server/router.h"
#include "server/workers.h"

namespace sallyport {

// Whom the configuration believes what it says of clients.
ProxyTrust proxy_trust(const Config& config);

class EnrolmentRoom {
 public:
  // REQUIRES: store and tenant outlive this.
  [[nodiscard]] static Result<std::unique_ptr<EnrolmentRoom>> open(const Config& config,
                                                                   Store& store, LiveTenant& tenant,
                                                                   Instant (*clock)());
  ~EnrolmentRoom() { index_.stop(); }
  EnrolmentRoom(const EnrolmentRoom&) = delete;
  EnrolmentRoom& operator=(const EnrolmentRoom&) = delete;
  // From now on `authority` knows our own certificates, too.
  void vouch_to(std::optional<DeviceAuthority>& authority) const;
  // REQUIRES: the workers outlive the router's use.
  void add_routes(Router& router, Workers& workers, Instant (*clock)());
  const std::string& authority_pem() const { return authority_.certificate_pem(); }
  const PeerDevices& peers() const { return peers_; }
  Enrolment& enrolment() { return enrolment_; }

 private:
  EnrolmentRoom(const Config& config, Store& store, LiveTenant& tenant, IssuingAuthority authority,
                std::optional<TpmAuthorities> tpm);

  IssuingAuthority authority_;
  std::optional<TpmAuthorities> tpm_;
  CertificateIndex index_;
  Enrolment enrolment_;
  ProxyTrust trust_;
  DeviceAuthority devices_;
  PeerDevices peers_;
  Est est_;
  Pki pki_;
  std::optional<Scep> scep_;  // none: switched off
};

}  // namespace sallyport
