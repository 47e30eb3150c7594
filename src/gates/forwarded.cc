#include "gates/forwarded.h"

#include <algorithm>
#include <charconv>

#include "base/digest.h"
#include "base/text.h"

namespace sallyport {
namespace {

using Single = Result<std::optional<std::string_view>>;

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  });
}

tl::unexpected<Error> ambiguous(std::string_view what) {
  return fail(ErrorKind::denied,
              "the address of the page is ambiguous: it holds " + std::string(what));
}

Result<void> check_path(std::string_view path_and_query) {
  const auto path = path_and_query.substr(0, path_and_query.find_first_of("?#"));
  for (const char c : path_and_query)
    if (static_cast<unsigned char>(c) < 0x21 || c == 0x7f) return ambiguous("control characters");
  std::string decoded;
  auto plain = path;  // what the path says once it is decoded
  if (path.find('%') != path.npos) {
    auto once = percent_decode(path);
    if (!once) return ambiguous("a broken % escape");
    decoded = std::move(*once);
    plain = decoded;
    const auto lower = to_lower(path);
    // Twice-encoded ones too: `%252f` is `%2f` to whoever decodes once more.
    for (const auto& text : {std::string_view(lower), plain})
      for (const std::string_view escape : {"%2f", "%5c", "%00", "%2F", "%5C"})
        if (text.find(escape) != text.npos) return ambiguous("an encoded slash, backslash or NUL");
  }
  for (const char c : plain) {
    if (c == '\\') return ambiguous("a backslash");
    if (c == '\0') return ambiguous("a NUL");
    if (c == ';') return ambiguous("`;` in its path");
  }
  auto rest = plain;
  while (!rest.empty()) {
    const auto end = rest.find('/');
    const auto segment = rest.substr(0, end);
    if (segment == "." || segment == "..") return ambiguous("`.` or `..` segments");
    if (end == rest.npos) break;
    rest.remove_prefix(end + 1);
  }
  return {};
}

Result<OriginalUrl> make_url(std::string_view scheme, std::string_view authority,
                             std::string_view path_and_query) {
  OriginalUrl url;
  url.scheme = to_lower(scheme);
  if (url.scheme != "http" && url.scheme != "https" && url.scheme != "ws" && url.scheme != "wss")
    return fail(ErrorKind::invalid_argument,
                "the forwarded scheme is neither http nor https: `" + printable(scheme) + "`");
  auto host = authority;
  std::string_view port;
  if (!authority.empty() && authority.front() == '[') {
    const auto end = authority.find(']');
    if (end == authority.npos || !parse_ip_address(authority.substr(1, end - 1)))
      return fail(ErrorKind::invalid_argument,
                  "the forwarded host is not one: `" + printable(authority) + "`");
    host = authority.substr(0, end + 1);
    port = authority.substr(end + 1);
    if (!port.empty() && port.front() != ':')
      return fail(ErrorKind::invalid_argument,
                  "the forwarded host is not one: `" + printable(authority) + "`");
  } else if (const auto colon = authority.find(':'); colon != authority.npos) {
    host = authority.substr(0, colon);
    port = authority.substr(colon);
  }
  if (!port.empty()) port.remove_prefix(1);
  const bool host_is_well_formed =
      !host.empty() && host.size() <= 255 && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '_' || c == '[' || c == ']' || c == ':';
      });
  const bool port_is_number = port.size() <= 5 && std::all_of(port.begin(), port.end(), [](char c) {
                                return c >= '0' && c <= '9';
                              });
  if (!host_is_well_formed || !port_is_number)
    return fail(ErrorKind::invalid_argument,
                "the forwarded host is not one: `" + printable(authority) + "`");
  url.host = to_lower(host);
  if (url.host.size() > 1 && url.host.back() == '.') url.host.pop_back();
  const bool plain = url.scheme == "http" || url.scheme == "ws";
  if (port != (plain ? "80" : "443")) url.port = port;
  url.path_and_query = path_and_query.empty() ? "/" : std::string(path_and_query);
  if (url.path_and_query.front() != '/') return ambiguous("no `/` at the start of its path");
  if (const auto checked = check_path(url.path_and_query); !checked)
    return tl::unexpected<Error>(checked.error());
  return url;
}

Result<std::string_view> required(const HttpRequest& request, std::string_view name) {
  const Single found = single_header(request, name);
  if (!found) return tl::unexpected<Error>(found.error());
  if (!*found || (*found)->empty())
    return fail(ErrorKind::invalid_argument,
                "header `" + std::string(name) +
                    "` is missing: the proxy must send it (see `sallyport snippet`)");
  return **found;
}

Result<std::string_view> optional_header(const HttpRequest& request, std::string_view name) {
  const Single found = single_header(request, name);
  if (!found) return tl::unexpected<Error>(found.error());
  return found->value_or(std::string_view());
}

struct MethodAndUrl {
  std::string method;
  OriginalUrl url;
};

Result<MethodAndUrl> with_method(std::string_view method, Result<OriginalUrl> url) {
  if (!url) return tl::unexpected<Error>(std::move(url.error()));
  if (!is_token(method))
    return fail(ErrorKind::invalid_argument, "the forwarded method is not one");
  return MethodAndUrl{std::string(method), std::move(*url)};
}

Result<MethodAndUrl> read_nginx(const HttpRequest& request) {
  const auto url = required(request, "X-Original-URL");
  if (!url) return tl::unexpected<Error>(url.error());
  const auto method = required(request, "X-Original-Method");
  if (!method) return tl::unexpected<Error>(method.error());
  return with_method(*method, parse_original_url(*url));
}

Result<MethodAndUrl> read_x_forwarded(const HttpRequest& request) {
  std::string_view values[4];
  std::size_t i = 0;
  for (const std::string_view name :
       {"X-Forwarded-Method", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Uri"}) {
    const auto value = required(request, name);
    if (!value) return tl::unexpected<Error>(value.error());
    values[i++] = *value;
  }
  return with_method(values[0], make_url(values[1], values[2], values[3]));
}

Result<MethodAndUrl> read_envoy(const HttpRequest& request, std::string_view original_path) {
  const auto scheme = required(request, "X-Forwarded-Proto");
  if (!scheme) return tl::unexpected<Error>(scheme.error());
  const auto host = required(request, "Host");
  if (!host) return tl::unexpected<Error>(host.error());
  return with_method(request.method, make_url(*scheme, *host, original_path));
}

bool contains(const std::vector<CidrRange>& ranges, const IpAddress& address) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const CidrRange& r) { return r.contains(address); });
}

// The nearest address that is not one of our proxies: each proxy appends the peer it saw, so what
// stands further left was the client's own claim.
Result<Fact<IpAddress>> read_client(const HttpRequest& request, const ProxyTrust& trust) {
  std::vector<std::string_view> entries;
  for (const auto& h : request.headers) {
    if (!equal_ignoring_case(h.name, "x-forwarded-for")) continue;
    std::string_view rest = h.value;
    while (true) {
      const auto comma = rest.find(',');
      if (const auto entry = trim(rest.substr(0, comma)); !entry.empty()) entries.push_back(entry);
      if (comma == rest.npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  Fact<IpAddress> client;  // unknown: the proxy did not say
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    auto text = *entry;
    if (text.front() == '[' && text.find(']') != text.npos)
      text = text.substr(1, text.find(']') - 1);
    const auto address = parse_ip_address(text);
    if (!address)
      return fail(ErrorKind::invalid_argument,
                  "header `X-Forwarded-For` holds `" + printable(*entry) + "`, not an address");
    client = *address;
    if (!contains(trust.addresses, *address)) break;
  }
  return client;
}

Result<void> read_device(ProxyDialect dialect, const HttpRequest& request, const ProxyTrust& trust,
                         Instant now, Forwarded& out) {
  if (trust.device_authority == nullptr) return {};
  static constexpr std::string_view names[] = {"X-Client-Cert", "X-Forwarded-Tls-Client-Cert",
                                               "X-Client-Cert", "X-Forwarded-Client-Cert"};
  static constexpr CertHeader forms[] = {CertHeader::escaped, CertHeader::traefik,
                                         CertHeader::escaped, CertHeader::xfcc};
  const auto at = static_cast<std::size_t>(dialect);
  out.device = Fact<std::string>::absent();
  const auto der = read_forwarded_certificate(request, names[at], forms[at]);
  if (!der) {
    if (der.error().kind == ErrorKind::invalid_argument) return tl::unexpected<Error>(der.error());
    out.device_refused = der.error().message;
    return {};
  }
  if (der->empty()) return {};
  auto device = trust.device_authority->device_of(*der, now);
  if (device) {
    out.device = std::move(*device);
  } else {
    out.device_refused = device.error().message;
  }
  return {};
}

std::optional<Instant> parse_moment(std::string_view text) {
  if (const auto instant = parse_instant(text)) return instant;
  std::int64_t seconds = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, seconds);
  // Until the year 9999; beyond it a sum of microseconds could overflow.
  if (read.ec != std::errc() || read.ptr != end || seconds < 0 || seconds > 253402300799)
    return std::nullopt;
  return Instant(std::chrono::seconds(seconds));
}

Result<void> read_proofs(const HttpRequest& request, const ProxyTrust& trust, Forwarded& out) {
  if (!trust.methods_header.empty()) {
    const auto value = optional_header(request, trust.methods_header);
    if (!value) return tl::unexpected<Error>(value.error());
    std::vector<std::string> methods;
    std::string_view rest = *value;
    while (!rest.empty()) {
      const auto end = rest.find_first_of(", ");
      if (end != 0) methods.emplace_back(rest.substr(0, end));
      rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
    }
    out.methods = std::move(methods);
  }
  if (!trust.authenticated_at_header.empty()) {
    const auto value = optional_header(request, trust.authenticated_at_header);
    if (!value) return tl::unexpected<Error>(value.error());
    out.authenticated_at = Fact<Instant>::absent();
    if (!value->empty()) {
      const auto moment = parse_moment(*value);
      if (!moment)
        return fail(ErrorKind::invalid_argument, "header `" + trust.authenticated_at_header +
                                                     "` holds `" + printable(*value) +
                                                     "`, not a time");
      out.authenticated_at = *moment;
    }
  }
  return {};
}

}  // namespace

std::string_view name_of(ProxyDialect dialect) {
  static constexpr std::string_view names[] = {"nginx", "traefik", "caddy", "envoy"};
  return names[static_cast<std::size_t>(dialect)];
}

std::string OriginalUrl::text() const {
  std::string out = scheme == "ws" ? "http" : scheme == "wss" ? "https" : scheme;
  out += "://";
  out += host;
  if (!port.empty()) out += ':' + port;
  return out + path_and_query;
}

Result<OriginalUrl> parse_original_url(std::string_view text) {
  const auto colon = text.find("://");
  if (colon == text.npos)
    return fail(ErrorKind::invalid_argument,
                "the forwarded URL is not a full one: `" + printable(text) + "`");
  const auto rest = text.substr(colon + 3);
  const auto slash = rest.find_first_of("/?#\\");
  const auto authority = rest.substr(0, slash);
  if (authority.find('@') != authority.npos)
    return fail(ErrorKind::invalid_argument, "the forwarded URL holds user information");
  return make_url(text.substr(0, colon), authority,
                  slash == rest.npos ? std::string_view("/") : rest.substr(slash));
}

Result<std::string> read_forwarded_certificate(const HttpRequest& request, std::string_view name,
                                               CertHeader form) {
  const auto value = optional_header(request, name);
  if (!value) return tl::unexpected<Error>(value.error());
  const auto verified = optional_header(request, "X-Client-Cert-Verify");
  if (!verified) return tl::unexpected<Error>(verified.error());
  const auto word = trim(*verified);
  if (word == "NONE") return std::string();
  if (!word.empty() && word != "SUCCESS") {
    const auto colon = word.find(':');
    return fail(
        ErrorKind::denied,
        "the proxy refused the client certificate" +
            (colon == word.npos ? std::string() : ": " + printable(word.substr(colon + 1))));
  }
  return read_cert_header(form, *value);
}

bool is_trusted(const HttpRequest& request, const ProxyTrust& trust) {
  if (contains(trust.addresses, request.peer)) return true;
  if (trust.secret.empty()) return false;
  return equal_in_constant_time(request.header("X-Sallyport-Secret"), trust.secret);
}

Result<Forwarded> read_forwarded(ProxyDialect dialect, const HttpRequest& request,
                                 std::string_view original_path, const ProxyTrust& trust,
                                 Instant now) {
  if (!is_trusted(request, trust))
    return fail(ErrorKind::invalid_argument,
                "`" + to_string(request.peer) +
                    "` is no trusted proxy: add its address to `trusted_proxies`, or let it send "
                    "the shared secret");
  auto target = dialect == ProxyDialect::nginx   ? read_nginx(request)
                : dialect == ProxyDialect::envoy ? read_envoy(request, original_path)
                                                 : read_x_forwarded(request);
  if (!target) return tl::unexpected<Error>(std::move(target.error()));
  Forwarded out;
  out.method = std::move(target->method);
  out.url = std::move(target->url);
  const auto user = optional_header(request, trust.user_header);
  if (!user) return tl::unexpected<Error>(user.error());
  if (!is_utf8(*user)) {
    return fail(ErrorKind::invalid_argument, "header `" + trust.user_header + "` is not UTF-8");
  }
  out.user = trim(*user);
  auto client = read_client(request, trust);
  if (!client) return tl::unexpected<Error>(std::move(client.error()));
  out.client = *client;
  if (const auto read = read_device(dialect, request, trust, now, out); !read)
    return tl::unexpected<Error>(read.error());
  if (const auto read = read_proofs(request, trust, out); !read)
    return tl::unexpected<Error>(read.error());
  return out;
}

}  // namespace sallyport
