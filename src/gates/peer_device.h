// Which device a request comes from, where the device itself asks: enrolment's renewal, check-ins.
//
// By the client certificate of the connection; behind a proxy that ends TLS, by the one header in
// which that proxy says it, and from nobody else. There is no default for that header: a client
// could send it through a proxy that neither sets nor removes it, and certificates are no secret.
//
// Threads: any number may call.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "gates/client_cert.h"
#include "gates/forwarded.h"
#include "gates/message.h"

namespace sallyport {

// The form in which a header of this name holds a certificate; nothing for other headers.
std::optional<CertHeader> cert_header_of(std::string_view name);

class PeerDevices {
 public:
  // `header`: empty: no proxy tells. REQUIRES: both outlive this.
  PeerDevices(const DeviceAuthority& authority, const ProxyTrust& trust, std::string header)
      : authority_(authority), trust_(trust), header_(std::move(header)) {}

  // Nothing: no certificate was shown. denied: the one that was does not count, and why.
  // invalid_argument: the header is malformed, or there are several.
  [[nodiscard]] Result<std::optional<DeviceAuthority::Holder>> holder(const HttpRequest& request,
                                                                      Instant now) const;
  // Whether nobody could listen: TLS, this machine, or a trusted proxy.
  bool is_confidential(const HttpRequest& request) const;

 private:
  Result<std::string> shown(const HttpRequest& request) const;
  const DeviceAuthority& authority_;
  const ProxyTrust& trust_;
  std::string header_;
};

}  // namespace sallyport
