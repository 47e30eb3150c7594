// What a caller asks: who wants what, from where. The service makes a SignIn of it.
// Views belong to the caller. A fact the caller cannot know stays unknown; one it looked for and
// did not find (no client certificate) is absent.
#pragma once

#include <span>
#include <string_view>

#include "base/instant.h"
#include "base/ip_address.h"
#include "policy/words.h"
#include "signin/fact.h"
#include "signin/sign_in.h"

namespace sallyport {

struct SignInRequest {
  std::string_view gate;  // `forward-auth`, `authzen`: recorded
  IdentityKind identity = IdentityKind::user;
  std::string_view subject;  // object id or userPrincipalName; object or app id of a workload
  TargetKind target = TargetKind::applications;
  std::string_view resource;  // an application id, an action's urn, `c1`
  Fact<IpAddress> ip_address;
  Fact<std::string_view> device;    // the device's id
  std::string_view device_refused;  // why a certificate that was shown does not count: recorded
  Fact<Platform> platform;
  Fact<ClientApp> client_app;
  std::string_view user_agent;
  // Words of RFC 8176 (`pwd`, `otp`, `mfa`) or Graph's methods; a word that is neither proves
  // nothing.
  Fact<std::span<const std::string_view>> methods;
  Fact<Instant> authenticated_at;
};

}  // namespace sallyport
