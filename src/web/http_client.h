// The client for HTTPS requests that go out: the server's notifications to their receivers, the
// agent's reports to its server.
//
// The certificate has to be that of the host; redirects are not followed; an answer has a bound in
// time and size; proxies of the environment are not used; what was looked up is what is connected
// to, so a name that may_reach allowed cannot lead elsewhere a moment later.
//
// Threads: any number may call. Cost: a connection a request.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"
#include "web/url.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace sallyport {

struct OutgoingRequest {
  std::string method = "POST";
  HttpUrl url;
  std::vector<std::pair<std::string, std::string>> headers;  // besides Host and Content-Length
  std::string body;
  std::chrono::milliseconds patience{};  // for all of it, the looking up of the name included
};

struct OutgoingAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string_view header(std::string_view name) const;  // the first, in any letter case
};

struct HttpClientOptions {
  std::string authorities_file;  // a PEM path: trusted besides those of the system; may be empty
  std::string authorities;       // PEM text: trusted instead of those of the system
  std::string identity;          // PEM text: a private key, its certificate and the chain
  std::shared_ptr<evp_pkey_st> key;  // the private key, when it is not in `identity`
  std::size_t answer_max = 64 * 1024;
  // Asked of every address a name has, before any is connected to; all have to be allowed.
  std::function<Result<void>(const IpAddress& address, bool tls)> may_reach;
};

class HttpClient {
 public:
  // Errors: authorities or identity cannot be used.
  [[nodiscard]] static Result<std::unique_ptr<HttpClient>> make(HttpClientOptions options);
  virtual ~HttpClient() = default;
  // Errors: what may_reach says; unavailable for a server that cannot be reached, is not whom its
  // certificate says, or is too slow.
  [[nodiscard]] virtual Result<OutgoingAnswer> send(const OutgoingRequest& request) = 0;
};

}  // namespace sallyport
