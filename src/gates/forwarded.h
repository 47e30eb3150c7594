// What a reverse proxy tells about the request it holds: the original URL, the client's address,
// the person it signed in, the device's certificate.
//
// All of it is believed only from a configured proxy (its address, or a shared secret): anybody
// else could write the same headers. Copies of one header that differ are refused, and so are URLs
// that two programs could read differently.
// Source: authorization-apis, section 3, rules 1 and 2.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/ip_address.h"
#include "base/result.h"
#include "gates/client_cert.h"
#include "gates/message.h"
#include "signin/fact.h"

namespace sallyport {

enum class ProxyDialect : std::uint8_t { nginx, traefik, caddy, envoy };
std::string_view name_of(ProxyDialect dialect);

struct ProxyTrust {
  std::vector<CidrRange> addresses;
  std::string secret;  // of the header X-Sallyport-Secret; empty: addresses alone count
  std::string user_header = "Remote-User";
  std::string methods_header;           // proofs the proxy's sign-in asked for; empty: never told
  std::string authenticated_at_header;  // when; RFC 3339 or seconds since 1970; empty: never told
  const DeviceAuthority* device_authority = nullptr;  // null: certificates are not looked at
};

// The original URL in the one form that decisions use: lower-case host without its scheme's default
// port or a final dot, path as it came.
struct OriginalUrl {
  std::string scheme;  // http, https, ws, wss
  std::string host;    // without port
  std::string port;    // empty: the scheme's own
  std::string path_and_query;
  std::string text() const;
};

// Refused: another scheme, user information, an encoded slash, backslash or NUL, `;`, `.` and `..`
// segments in any spelling, control characters.
[[nodiscard]] Result<OriginalUrl> parse_original_url(std::string_view text);

struct Forwarded {
  std::string method;
  OriginalUrl url;
  std::string user;  // empty: the proxy signed nobody in
  Fact<IpAddress> client;
  Fact<std::string> device;    // absent: no certificate; unknown: not looked at
  std::string device_refused;  // why a certificate that was shown does not count
  Fact<std::vector<std::string>> methods;
  Fact<Instant> authenticated_at;
};

[[nodiscard]] bool is_trusted(const HttpRequest& request, const ProxyTrust& trust);

// The certificate in a trusted proxy's header, as DER; empty: none was shown. What the proxy found
// when it verified, if it says so in X-Client-Cert-Verify (nginx $ssl_client_verify: SUCCESS, NONE,
// FAILED:reason), counts too. invalid_argument: headers that conflict. denied: no certificate, or
// the proxy refused it.
[[nodiscard]] Result<std::string> read_forwarded_certificate(const HttpRequest& request,
                                                             std::string_view name,
                                                             CertHeader form);

// `original_path`: for Envoy, whose check request has the original path behind our prefix.
// invalid_argument: untrusted peer, missing or conflicting headers. denied: an ambiguous URL.
[[nodiscard]] Result<Forwarded> read_forwarded(ProxyDialect dialect, const HttpRequest& request,
                                               std::string_view original_path,
                                               const ProxyTrust& trust, Instant now);

}  // namespace sallyport
