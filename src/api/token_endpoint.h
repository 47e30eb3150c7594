// OAuth 2.0 client credentials (RFC 6749, section 4.4), where Microsoft's libraries look for them:
//
//   POST /{tenant}/oauth2/v2.0/token                        client id with secret or assertion
//   GET  /{tenant}/v2.0/.well-known/openid-configuration    where that is
//
// A client's token holds the permissions the client was registered with, for an hour; `scope` is
// taken as `.default`, whatever it names. An assertion is taken once.
// Threads: any number may call.
#pragma once

#include <string>

#include "base/instant.h"
#include "gates/message.h"
#include "service/tokens.h"

namespace sallyport::api {

inline constexpr std::size_t token_body_max = 64 * 1024;

class TokenEndpoint {
 public:
  explicit TokenEndpoint(Tokens& tokens) : tokens_(tokens) {}

  // `base`: https://host
  HttpResponse token(const HttpRequest& request, const std::string& base, Instant now);
  static HttpResponse discovery(const HttpRequest& request, const std::string& base,
                                const std::string& tenant_id);

 private:
  Result<Credential> authenticate(const HttpRequest& request, const std::string& audience,
                                  Instant now);

  Tokens& tokens_;
};

}  // namespace sallyport::api
