#include "gates/peer_device.h"

#include <algorithm>

#include "base/text.h"

namespace sallyport {
namespace {

struct HeaderForm {
  std::string_view name;
  CertHeader form;
};
constexpr HeaderForm header_forms[] = {{"Client-Cert", CertHeader::rfc9440},
                                       {"X-Client-Cert", CertHeader::escaped},
                                       {"X-Forwarded-Tls-Client-Cert", CertHeader::traefik},
                                       {"X-Forwarded-Client-Cert", CertHeader::xfcc}};

}  // namespace

std::optional<CertHeader> cert_header_of(std::string_view name) {
  for (const auto& one : header_forms) {
    if (equal_ignoring_case(one.name, name)) return one.form;
  }
  return std::nullopt;
}

Result<std::string> PeerDevices::shown(const HttpRequest& request) const {
  if (header_.empty() || !is_trusted(request, trust_)) {
    return std::string(request.client_certificate);
  }
  const auto lines = std::ranges::count_if(
      request.headers, [&](const Header& h) { return equal_ignoring_case(h.name, header_); });
  if (lines > 1) {
    return fail(ErrorKind::invalid_argument, "there are several headers `" + header_ + "`");
  }
  return read_forwarded_certificate(request, header_, *cert_header_of(header_));
}

Result<std::optional<DeviceAuthority::Holder>> PeerDevices::holder(const HttpRequest& request,
                                                                   Instant now) const {
  const auto der = shown(request);
  if (!der) return tl::unexpected<Error>(der.error());
  if (der->empty()) return std::optional<DeviceAuthority::Holder>();
  auto holder = authority_.holder_of(*der, now);
  if (!holder) return tl::unexpected<Error>(std::move(holder.error()));
  return std::optional(std::move(*holder));
}

bool PeerDevices::is_confidential(const HttpRequest& request) const {
  return request.tls || is_loopback(request.peer) || is_trusted(request, trust_);
}

}  // namespace sallyport
