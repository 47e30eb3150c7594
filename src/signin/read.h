// A sign-in from JSON: the body of Graph's evaluate call, and what that has no place for.
//
//   {"signInIdentity":   {"@odata.type": "#microsoft.graph.userSignIn", "userId": "..."},
//    "signInContext":    {"includeApplications": ["00000003-0000-0ff1-ce00-000000000000"]},
//    "signInConditions": {"devicePlatform": "iOS", "country": "FR"},
//    "session":          {"authenticationMethods": ["password", "sms"]},
//    "appliedPoliciesOnly": true}
//
// Member names and words in any letter case. A fact is a value; null: there is none (absent);
// {"unknown": true}: it may have any value; left out: what the caller says in `missing`. A member
// nobody knows is an error: a misspelt fact must not silently be another one.
//
// signInIdentity also takes, for a user whom no directory holds or to try another membership:
// userPrincipalName, userType (`internalMember`, `internalGuest` and the other guest types), groups
// (ids the directory has, see with_described_principals), roles (ids or names), agentUser; for a
// service principal servicePrincipalType (`application`, `managedIdentity`, `agentIdentity`).
// A directory's users may be given by userPrincipalName, applications by their well-known name.
// signInContext and signInIdentity may be {"unknown": true} as a whole.
// A deviceInfo without members is one left out. `isManaged` (by an MDM, as an mdmAppId says, too)
// is ours: extension attributes are known of managed devices.
//
// "session" holds (all optional): authenticationMethods [], mfaClaim, fido2Aaguid, x509IssuerSki,
// x509PolicyOids [], primaryAuthenticatedDateTime, secondaryAuthenticatedDateTime,
// acceptedTermsOfUse [], satisfiedCustomControls [], passwordChanged, riskRemediated, tokenBound,
// hasRegisteredMethod, approvedClientApp, appProtectionPolicy, crossTenantTrust {mfa,
// compliantDevice, hybridJoinedDevice}, outage, gpsCountry, compliantNetwork, privateBrowsing (the
// browser sends no device identity), trackedTransferMethod (the flow that opened the session),
// clientAppId, confidentialClient, scopes [] (for target.h).
//
// Source: spec, sections 2 and 8.1. Threads: free.
#pragma once

#include <cstdint>
#include <memory>

#include "base/json.h"
#include "base/result.h"
#include "device/inventory.h"
#include "directory/directory.h"
#include "signin/sign_in.h"

namespace sallyport {

// What a fact is that the document leaves out.
enum class Missing : std::uint8_t {
  unknown,  // what-if: an answer that hangs on it says so
  // Graph's evaluate call: there is no such signal. The first factor was then given just now,
  // and the three parts of the body must be there.
  absent,
};

struct SignInReadOptions {
  Missing missing = Missing::unknown;
  Instant now{};
  // Null, or without users (service principals): every id is taken as one nobody described. With
  // users, an id that is not among them is an error, unless userType or groups describe it.
  const Directory* directory = nullptr;
  // Where deviceInfo.deviceId is looked up; the other members of deviceInfo then replace what the
  // inventory holds.
  const Inventory* inventory = nullptr;
};

// Owns what its SignIn points to, but for the directory's and the inventory's share.
class SignInInput {
 public:
  SignInInput();
  ~SignInInput();
  SignInInput(SignInInput&&) noexcept;
  SignInInput& operator=(SignInInput&&) noexcept;

  const SignIn& sign_in() const { return sign_in_; }
  SignIn& sign_in() { return sign_in_; }  // to add what the caller knows, such as a country
  bool applied_policies_only() const { return applied_policies_only_; }

 private:
  friend Result<SignInInput> read_sign_in(const json::Value&, const SignInReadOptions&);
  std::unique_ptr<struct SignInStorage> storage_;
  SignIn sign_in_;
  bool applied_policies_only_ = false;
};

// `where` of an error is the JSON pointer of the member. The body need not outlive the result, the
// directory and the inventory must.
[[nodiscard]] Result<SignInInput> read_sign_in(const json::Value& body,
                                               const SignInReadOptions& options);

// The directory with the groups and roles that the body gives its user and that it lacks, so that
// read_sign_in and a program compiled with it know them; the same directory when it lacks none.
std::shared_ptr<const Directory> with_described_principals(
    const json::Value& body, std::shared_ptr<const Directory> directory);

}  // namespace sallyport
