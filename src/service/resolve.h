// From a request to the facts of a sign-in, as far as this tenant knows them.
//
// A user the tenant does not know is not one without groups: those facts are unknown. A device it
// does not know is an unregistered one, unless no devices are known at all; so is one that is
// disabled there. An account that is disabled there signs in nowhere. What no part of this version
// can observe (risk, terms of use, the flow) is absent, as for a sign-in at which no such
// signal was seen; a source that is there and failed is unknown.
#pragma once

#include <functional>
#include <optional>

#include "base/result.h"
#include "service/sign_in_request.h"
#include "service/tenant_state.h"

namespace sallyport {

// The country of an address, from a database; empty when none is configured: unknown then.
using CountryLookup = std::function<Result<std::optional<Country>>(const IpAddress&)>;

// Where a resolved sign-in keeps what its SignIn views. Neither copied nor moved.
struct ResolvedSignIn {
  ResolvedSignIn() = default;
  ResolvedSignIn(const ResolvedSignIn&) = delete;
  ResolvedSignIn& operator=(const ResolvedSignIn&) = delete;
  SignIn sign_in;
  ApplicationId application;
  std::string_view device_refused;   // why a device that was shown does not count: recorded
  std::string_view account_refused;  // why nobody signs in with this account, whatever policies say
};

// A hint for who knows requests ahead: what resolve will look up is fetched meanwhile.
void expect(const SignInRequest& request, const TenantState& state);

// Fails when the request names something that cannot be: an unknown action, context `c123`.
// The result views `request` and `state`.
[[nodiscard]] Result<void> resolve(const SignInRequest& request, const TenantState& state,
                                   const CountryLookup& country, Instant now, ResolvedSignIn& into);

}  // namespace sallyport
