// The device behind a client certificate, from the connection or from a proxy's header.
//
// Accepted header forms:
//   X-Client-Cert                  PEM with %XX escapes (nginx $ssl_client_escaped_cert), or
//                                  base64 of the DER form (Caddy)
//   X-Forwarded-Tls-Client-Cert    Traefik: base64 without PEM lines, a chain joined by commas
//   X-Forwarded-Client-Cert        Envoy (XFCC): Hash=..;Cert="<escaped PEM>", elements joined by
//                                  commas; the last element is the peer of the trusted proxy
//   Client-Cert                    RFC 9440: base64 of the DER form between colons
//
// The certificate must chain to the configured device authority, whatever the proxy already
// checked. The device's id is the URI `urn:uuid:<id>` or `urn:sallyport:device:<id>` among its
// subject alternative names, else a subject common name that is a GUID (as MDM enrolment issues
// them). A certificate of our own authority must besides be on record by its serial number, not
// revoked, and issued to the device that it names; that it was shown is noted, for the older ones
// that it supersedes end then.
//
// Threads: any number may use a DeviceAuthority. Cost: one signature check, about 100 us; answers
// are kept for the certificates seen last.
#pragma once

#include <ctime>
#include <memory>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "enrolment/authority.h"
#include "enrolment/certificate_index.h"

namespace sallyport {

// The `where` of a refusal, for who answers the two unlike the others.
inline constexpr std::string_view certificate_revoked = "revoked";
inline constexpr std::string_view certificate_of_another = "claimed";  // its device is another's

class DeviceAuthority {
 public:
  // `pem`: one or more authority certificates.
  [[nodiscard]] static Result<DeviceAuthority> from_pem(std::string_view pem);
  // Trusts our own authority besides. REQUIRES: `records` outlives this.
  void trust(const IssuingAuthority& own, const CertificateIndex& records);
  // With our own alone.
  static DeviceAuthority of(const IssuingAuthority& own, const CertificateIndex& records);
  DeviceAuthority(DeviceAuthority&&) noexcept;
  DeviceAuthority& operator=(DeviceAuthority&&) noexcept;
  ~DeviceAuthority();

  // The id of the device that holds this certificate. denied: not from this authority, expired,
  // not for client authentication, names no device, revoked, issued to another device.
  [[nodiscard]] Result<std::string> device_of(std::string_view der, Instant now) const {
    return holder_of(der, now).map([](const Holder& holder) { return holder.device; });
  }
  struct Holder {
    std::string device;
    std::string serial;  // of a certificate that our own authority issued; else empty
  };
  [[nodiscard]] Result<Holder> holder_of(std::string_view der, Instant now) const;

 private:
  struct State;
  struct Remembered;
  explicit DeviceAuthority(std::unique_ptr<State> state);
  Result<Remembered> verify(std::string_view der, std::time_t time) const;
  std::unique_ptr<State> state_;
};

enum class CertHeader : std::uint8_t { escaped, traefik, xfcc, rfc9440 };

// The certificate in a header, as DER. An empty header (no certificate was shown) is an empty one.
[[nodiscard]] Result<std::string> read_cert_header(CertHeader form, std::string_view value);

}  // namespace sallyport
