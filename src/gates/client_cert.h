// The device behind a client certificate, from the connection or from a proxy's header.
//
// Accepted header forms:
//   X-Client-Cert                  PEM with %XX escapes (nginx $ssl_client_escaped_cert), or
//                                  base64 of the DER form (Caddy)
//   X-Forwarded-Tls-Client-Cert    Traefik: base64 without PEM lines, a chain joined by commas
//   X-Forwarded-Client-Cert        Envoy (XFCC): Hash=..;Cert="<escaped PEM>", elements joined by
//                                  commas; the last element is the peer of the trusted proxy
//
// The certificate must chain to the configured device authority, whatever the proxy already
// checked. The device's id is the URI `urn:sallyport:device:<id>` among its subject alternative
// names, else a subject common name that is a GUID (as MDM enrolment issues them).
//
// Threads: any number may use a DeviceAuthority. Cost: one signature check, about 100 us; answers
// are kept for the certificates seen last.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"

namespace sallyport {

class DeviceAuthority {
 public:
  // `pem`: one or more authority certificates.
  [[nodiscard]] static Result<DeviceAuthority> from_pem(std::string_view pem);
  DeviceAuthority(DeviceAuthority&&) noexcept;
  DeviceAuthority& operator=(DeviceAuthority&&) noexcept;
  ~DeviceAuthority();

  // The id of the device that holds this certificate. denied: not from this authority, expired,
  // not for client authentication, names no device.
  [[nodiscard]] Result<std::string> device_of(std::string_view der, Instant now) const;

 private:
  struct State;
  explicit DeviceAuthority(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

enum class CertHeader : std::uint8_t { escaped, traefik, xfcc };

// The certificate in a header, as DER. An empty header (no certificate was shown) is an empty one.
[[nodiscard]] Result<std::string> read_cert_header(CertHeader form, std::string_view value);

}  // namespace sallyport
