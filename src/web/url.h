// The URL of a server that something is sent to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sallyport {

struct HttpUrl {
  bool tls = true;
  std::string host;  // a name or an address, without brackets
  std::uint16_t port = 443;
  std::string target;  // path and query
};

// An absolute http or https URL without user name and fragment. Errors: what is wrong with it.
[[nodiscard]] Result<HttpUrl> parse_http_url(std::string_view url);

}  // namespace sallyport
