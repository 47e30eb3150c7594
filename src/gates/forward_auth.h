// Forward authentication: a reverse proxy holds a request and asks whether it may pass. One
// handler, four dialects, chosen by path and never by guessing:
//
//   /forward-auth/nginx     auth_request understands 2xx, 401 and 403 and drops bodies, so the
//                           answer is repeated in X-Sallyport-Answer; a named location shows it
//                           through /forward-auth/answer
//   /forward-auth/traefik   any other answer than 2xx goes to the client as it is
//   /forward-auth/caddy     likewise
//   /forward-auth/envoy/... the original path follows; only 200 lets through
//
// Granted: 200 with every identity header, empty ones too, so that the proxy overwrites what the
// client sent. Challenged: 302 to the step-up page for a browser, 401 with an RFC 9470 challenge
// for everybody else. Blocked: 403, a page or JSON, with the reason and the decision's id.
// No decision (an error): 503, which every proxy treats as closed.
// Source: authorization-apis, section 3.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "gates/decider.h"
#include "gates/forwarded.h"
#include "gates/message.h"

namespace sallyport {

struct ForwardAuthOptions {
  ProxyTrust trust;
  std::map<std::string, std::string, std::less<>>
      applications;         // lower-case host to application id
  std::string step_up_url;  // empty: browsers get the 401 page too
  std::string sign_in_url;  // where a browser without an identity is sent; empty: a 401 page
  bool allow_cors_preflight = false;
};

// Threads: any number may call; nothing changes.
class ForwardAuth {
 public:
  // REQUIRES: `decider` and the device authority outlive this.
  ForwardAuth(ForwardAuthOptions options, const Decider& decider);

  HttpResponse check(ProxyDialect dialect, const HttpRequest& request,
                     std::string_view original_path, Instant now) const;
  // For nginx: shows the person what a check said, from X-Sallyport-Answer.
  HttpResponse answer(const HttpRequest& request) const;

 private:
  ForwardAuthOptions options_;
  const Decider& decider_;
};

}  // namespace sallyport
