// What the agent's requests to its server have in common. Threads: free.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "web/http_client.h"

namespace sallyport::agent {

// Below the server's URL. Errors: it is no URL, or no https://.
[[nodiscard]] Result<HttpUrl> url_of(const std::string& server, std::string_view path);
// {"error": {"message": ...}}, or whatever else a server says.
std::string words_of(const OutgoingAnswer& answer);

}  // namespace sallyport::agent
