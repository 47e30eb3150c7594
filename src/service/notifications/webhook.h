// Receivers of notifications: what their URL may be, and how something is posted to them. The
// client itself is the server's (server/webhook_client.h); tests have one of their own.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "web/url.h"

namespace sallyport {

struct WebhookPost {
  std::string url;
  std::string content_type = "application/json";
  std::string body;
  std::chrono::milliseconds patience{};  // for all of it, the looking up of the name included
};

struct WebhookAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
};

// Threads: any number may call.
class WebhookClient {
 public:
  WebhookClient() = default;
  virtual ~WebhookClient() = default;
  WebhookClient(const WebhookClient&) = delete;
  WebhookClient& operator=(const WebhookClient&) = delete;

  // Whether a URL of this form is posted to at all: plain http may not be.
  [[nodiscard]] virtual Result<void> check(const HttpUrl& url) const = 0;
  // Errors: denied for an address that nothing is posted to; unavailable for a receiver that cannot
  // be reached, is not whom its certificate says, or is too slow.
  [[nodiscard]] virtual Result<WebhookAnswer> post(const WebhookPost& post) = 0;
};

// Asks the receiver whether it wants notifications, as Graph does: it is posted a token as the
// query parameter `validationToken` and has to answer 200 and text/plain with that token within
// validation_time. So nobody can have notifications sent to somebody else.
inline constexpr std::chrono::seconds validation_time{10};
[[nodiscard]] Result<void> validate_receiver(WebhookClient& client, const std::string& url);

}  // namespace sallyport
