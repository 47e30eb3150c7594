// The client that posts notifications to their receivers, over HTTPS.
//
// A receiver's URL is chosen by whoever may subscribe, so what it can make us do is bounded,
// besides what web/http_client.h bounds: addresses inside the network (loopback, private,
// link-local, where clouds keep their metadata) are refused unless the administrator named them.
//
// Threads: any number may call. Cost: a connection a post.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/ip_address.h"
#include "service/notifications/webhook.h"

namespace sallyport {

struct WebhookOptions {
  std::vector<CidrRange> allowed_addresses;  // although they are not public
  bool http_to_loopback = false;             // plain http, to this machine alone
  std::string authorities;  // a PEM path: trusted besides those of the system; may be empty
};

// Errors: the authorities cannot be read.
[[nodiscard]] Result<std::unique_ptr<WebhookClient>> make_webhook_client(WebhookOptions options);

}  // namespace sallyport
