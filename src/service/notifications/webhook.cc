#include "service/notifications/webhook.h"

#include <algorithm>
#include <charconv>

#include "base/digest.h"
#include "base/ip_address.h"
#include "base/text.h"

namespace sallyport {
namespace {

constexpr std::size_t url_size_max = 2048;
constexpr std::size_t token_bytes = 32;

tl::unexpected<Error> bad(std::string problem) {
  return fail(ErrorKind::invalid_argument, std::move(problem));
}

bool is_host_letter(unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '.'; }

// `host`, `host:port`, `[address]:port`
Result<void> read_authority(std::string_view text, ReceiverUrl& out) {
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

bool is_plain_text(std::string_view type) {
  return equal_ignoring_case(trim(type.substr(0, type.find(';'))), "text/plain");
}

}  // namespace

Result<ReceiverUrl> parse_receiver_url(std::string_view url) {
  if (url.size() > url_size_max) return bad("it is longer than 2048 characters");
  const bool printable_only =
      std::ranges::all_of(url, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
  if (!printable_only) return bad("it must hold printable ASCII characters and no blanks only");
  ReceiverUrl out;
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

Result<void> validate_receiver(WebhookClient& client, const std::string& url) {
  const auto token = random_text(token_bytes);
  if (!token) return tl::unexpected<Error>(token.error());
  WebhookPost post;
  post.url = url + (url.find('?') == url.npos ? "?" : "&") + "validationToken=" + *token;
  post.content_type = "text/plain; charset=utf-8";
  post.patience = validation_time;
  const auto answer = client.post(post);
  if (!answer) {
    return fail(ErrorKind::invalid_argument,
                "`" + printable(url, 200) +
                    "` did not take the validation request: " + answer.error().message);
  }
  const auto problem =
      answer->status != 200                  ? "it answered " + std::to_string(answer->status)
      : !is_plain_text(answer->content_type) ? std::string("its answer is not of type text/plain")
      : answer->body != *token ? std::string("its answer is not the validation token alone")
                               : std::string();
  if (problem.empty()) return {};
  return fail(ErrorKind::invalid_argument,
              "`" + printable(url, 200) + "` did not take the validation request: " + problem);
}

}  // namespace sallyport
