// The Graph-compatible REST interface: HTTP in, service calls, HTTP out. No rule lives here.
//
//   GET /v1.0/identity/conditionalAccess/policies     and likewise below /beta
//
// Every request carries a bearer token (service/tokens.h) and needs one of the permissions that its
// row names (operation.h). Errors are Graph's envelope, always. docs/api.md is for its users.
//
// Threads: any number may call. Cost: a read of one document is two look-ups in the store.
#pragma once

#include <memory>
#include <string>

#include "api/failure.h"
#include "api/operation.h"
#include "api/services.h"
#include "api/token_endpoint.h"
#include "base/instant.h"
#include "gates/message.h"

namespace sallyport::api {

struct Options {
  std::string public_url;  // https://ca.example.org, without a final slash; empty: the Host header
  std::string tenant_id;   // a GUID; empty: one of this store's own
  RateLimit limit;         // of each token
  std::string analysis_program;  // the sallyport to run analyses with; empty: none can be run
};

inline constexpr std::size_t body_max = 1024 * 1024;

class Api {
 public:
  // REQUIRES: store, tenant, webhooks and judging outlive this.
  Api(Options options, Store& store, LiveTenant& tenant, WebhookClient& webhooks, Judging& judging);
  ~Api();
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  // With what test messages are sent; without it they are refused.
  // REQUIRES: called before anything is handled.
  void send_mail_by(std::unique_ptr<Mailer> mailer, std::string sender) {
    services_.test_messages = std::make_unique<TestMessages>(std::move(mailer), std::move(sender));
  }

  // What is below /v1.0 and /beta.
  HttpResponse handle(const HttpRequest& request, Instant now);
  // The answer to what could not be read as a request, in the same envelope.
  static HttpResponse refusal(int status, std::string_view message, Instant now);
  // /{tenant}/oauth2/v2.0/token and /{tenant}/v2.0/.well-known/openid-configuration
  HttpResponse token(const HttpRequest& request, Instant now);
  HttpResponse discovery(const HttpRequest& request) const;
  // /openapi.json, and a page to read it.
  HttpResponse openapi(const HttpRequest& request) const;
  static HttpResponse openapi_page(const HttpRequest& request);
  // Called often; once a minute writes down which tokens were used and forgets what has expired.
  [[nodiscard]] Result<void> tick(Instant now);
  const std::string& tenant_id() const { return services_.tenant_id; }

 private:
  OrFailure<Caller> authenticate(const HttpRequest& request, Instant now);
  std::string base_url(const HttpRequest& http) const;
  Replied answer(const HttpRequest& http, const std::string& correlation_id, Instant now);

  Options options_;
  Services services_;
  TokenEndpoint token_endpoint_;
  Instant tidied_at_{};  // of the thread that ticks
};

}  // namespace sallyport::api
