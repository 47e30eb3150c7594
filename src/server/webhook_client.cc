#include "server/webhook_client.h"

#include <algorithm>

#include "web/http_client.h"

namespace sallyport {
namespace {

constexpr std::size_t answer_body_max = 64 * 1024;

Result<void> may_reach(const std::vector<CidrRange>& allowed, const IpAddress& address, bool tls) {
  const auto holds = [&](const CidrRange& range) { return range.contains(address); };
  if (tls ? is_public(address) || std::ranges::any_of(allowed, holds) : is_loopback(address)) {
    return {};
  }
  return fail(ErrorKind::denied,
              tls ? "nothing is sent to addresses inside the network; an administrator can "
                    "name those that may be, as `notifications.allowed_addresses`"
                  : "plain http goes to this machine alone");
}

class HttpWebhookClient final : public WebhookClient {
 public:
  HttpWebhookClient(bool http_to_loopback, std::unique_ptr<HttpClient> client)
      : http_to_loopback_(http_to_loopback), client_(std::move(client)) {}

  Result<void> check(const HttpUrl& url) const override {
    if (url.tls || http_to_loopback_) return {};
    return fail(ErrorKind::invalid_argument, "the URL of a receiver must begin with https://");
  }

  Result<WebhookAnswer> post(const WebhookPost& post) override {
    auto url = parse_http_url(post.url);
    if (!url) return tl::unexpected<Error>(url.error());
    if (auto allowed = check(*url); !allowed) return tl::unexpected<Error>(allowed.error());
    OutgoingRequest request;
    request.url = std::move(*url);
    request.headers = {{"Content-Type", post.content_type}};
    request.body = post.body;
    request.patience = post.patience;
    auto answer = client_->send(request);
    if (!answer) return tl::unexpected<Error>(answer.error());
    return WebhookAnswer{answer->status, std::string(answer->header("Content-Type")),
                         std::move(answer->body)};
  }

 private:
  const bool http_to_loopback_;
  const std::unique_ptr<HttpClient> client_;
};

}  // namespace

Result<std::unique_ptr<WebhookClient>> make_webhook_client(WebhookOptions options) {
  HttpClientOptions http;
  http.authorities_file = std::move(options.authorities);
  http.answer_max = answer_body_max;
  http.may_reach = [allowed = std::move(options.allowed_addresses)](const IpAddress& address,
                                                                    bool tls) {
    return may_reach(allowed, address, tls);
  };
  auto client = HttpClient::make(std::move(http));
  if (!client) return tl::unexpected<Error>(client.error());
  return std::unique_ptr<WebhookClient>(
      std::make_unique<HttpWebhookClient>(options.http_to_loopback, std::move(*client)));
}

}  // namespace sallyport
