#include "web/url.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/ip_address.h"
#include "base/text.h"

namespace sallyport {
namespace {

constexpr std::size_t url_size_max = 2048;

tl::unexpected<Error> bad(std::string problem) {
  return fail(ErrorKind::invalid_argument, std::move(problem));
}

bool is_host_letter(unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '.'; }

// `host`, `host:port`, `[address]:port`
Result<void> read_authority(std::string_view text, HttpUrl& out) {
  if (text.find('@') != text.npos) return bad("it must not hold a user name");
  std::string_view port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return bad("its address has no `]`");
    out.host = text.substr(1, end - 1);
    if (!parse_ip_address(out.host)) return bad("what stands in brackets is no address");
    port = text.substr(end + 1);
  } else {
    const auto colon = text.find(':');
    out.host = text.substr(0, colon);
    port = colon == text.npos ? std::string_view() : text.substr(colon);
    const bool good = !out.host.empty() && out.host.size() <= 253 &&
                      std::ranges::all_of(out.host, is_host_letter);
    if (!good) return bad("its host must be a name or an address");
  }
  out.port = out.tls ? 443 : 80;
  if (port.empty()) return {};
  const auto digits = port.substr(1);
  const auto* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, out.port);
  if (port.front() != ':' || read.ec != std::errc() || read.ptr != end || out.port == 0) {
    return bad("its port must be a number from 1 to 65535");
  }
  return {};
}

}  // namespace

Result<HttpUrl> parse_http_url(std::string_view url) {
  if (url.size() > url_size_max) return bad("it is longer than 2048 characters");
  const bool printable_only =
      std::ranges::all_of(url, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
  if (!printable_only) return bad("it must hold printable ASCII characters and no blanks only");
  HttpUrl out;
  const auto scheme_end = url.find("://");
  const auto scheme = scheme_end == url.npos ? std::string_view() : url.substr(0, scheme_end);
  out.tls = equal_ignoring_case(scheme, "https");
  if (!out.tls && !equal_ignoring_case(scheme, "http")) {
    return bad("it must begin with https://");
  }
  auto rest = url.substr(scheme_end + 3);
  if (rest.find_first_of("#\\") != rest.npos) return bad("it must not hold `#` or `\\`");
  const auto path = rest.find_first_of("/?");
  if (auto read = read_authority(rest.substr(0, path), out); !read) {
    return tl::unexpected<Error>(read.error());
  }
  rest = path == rest.npos ? std::string_view() : rest.substr(path);
  out.target = (rest.starts_with('/') ? "" : "/") + std::string(rest);
  return out;
}

}  // namespace sallyport
