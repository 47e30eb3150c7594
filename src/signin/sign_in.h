// The facts of one sign-in, as a value: who, for what, from where, on which device, through which
// app, how risky, and what has been proven already.
//
// A default SignIn knows nothing: each fact is unknown until somebody tells it. Spans and views
// belong to the snapshot or the request it was made from and must outlive it.
// Source: spec, sections 2, 4.2 and 8.1.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/id.h"
#include "base/instant.h"
#include "base/ip_address.h"
#include "device/device.h"
#include "directory/authentication_strength.h"
#include "directory/directory.h"
#include "directory/named_location.h"
#include "policy/words.h"
#include "signin/fact.h"

namespace sallyport {

enum class IdentityKind : std::uint8_t { user, service_principal };

// What the token is asked for. A sign-in has one kind of target (spec, 2.3); `applications` may
// hold several resources, and each is checked.
enum class TargetKind : std::uint8_t { unknown, applications, user_action, authentication_context };

struct Target {
  TargetKind kind = TargetKind::unknown;
  std::span<const ApplicationId> applications;
  UserAction user_action = UserAction::register_security_info;
  std::uint8_t authentication_context = 0;  // 37 for `c37`
  // The request asks for nothing but baseline scopes and was mapped to Windows Azure Active
  // Directory (signin/target.h); recorded for the explanation.
  bool mapped_from_baseline_scopes = false;
};

// Proofs given in this session, before this decision.
struct Proofs {
  // Every method used in this session. A method a strength narrows to certain keys counts only with
  // the details below. Federated and external factors are modes like any other.
  Fact<MethodModes> methods;
  // A multifactor claim that is not derived from `methods`: Windows Hello at unlock, the home
  // tenant's claim where it is trusted. `methods` that satisfy MFA need no such claim.
  Fact<bool> mfa_claim;
  std::string_view fido2_aaguid;                  // lower case; empty: none
  std::string_view x509_issuer_ski;               // lower case
  std::span<const std::string> x509_policy_oids;  // the first five count
  Fact<Instant> primary_authenticated_at;
  Fact<Instant> secondary_authenticated_at;
  std::span<const AgreementId> accepted_terms;
  bool accepted_terms_known = false;
  std::span<const CustomControlId> custom_controls;  // satisfied in this session
  bool custom_controls_known = false;
  Fact<bool> password_changed;  // securely, after MFA, in this session
  Fact<bool> risk_remediated;
  Fact<bool> token_bound;  // the sign-in session is bound to the device (token protection)
  // Methods the person has registered; only chooses between 50076 and 50079.
  Fact<bool> has_registered_method;
};

// The claims of an external user's home tenant that this tenant accepts (spec, 4.5).
struct CrossTenantTrust {
  bool mfa = false;
  bool compliant_device = false;
  bool hybrid_joined_device = false;
};

struct SignIn {
  Instant now{};

  IdentityKind identity = IdentityKind::user;
  Fact<UserView> user;                              // when identity is user; never absent
  Fact<const ServicePrincipal*> service_principal;  // when it is a service principal
  Fact<RiskLevel> agent_id_risk_level;
  Target target;

  Fact<Platform> device_platform;   // absent: a platform with no name (ChromeOS, a forged agent)
  Fact<ClientApp> client_app_type;  // absent: a client that cannot be told
  Fact<IpAddress> ip_address;
  Fact<Country> country;      // of the address
  Fact<Country> gps_country;  // from the authenticator; absent means it has yet to be asked for
  Fact<bool> compliant_network;
  Fact<RiskLevel> sign_in_risk_level;  // absent counts as none
  Fact<RiskLevel> user_risk_level;
  Fact<RiskLevel> service_principal_risk_level;
  Fact<InsiderRiskLevel> insider_risk_level;
  // The flow of this request, or the one that opened the session (protocol tracking, 2.9).
  Fact<TransferMethod> authentication_flow;
  Fact<DeviceView> device;  // absent: unregistered, or the browser sends no device identity

  Proofs proofs;
  Fact<bool> approved_client_app;  // on the approved list, on a broker-registered device
  Fact<bool> app_protection_policy;
  CrossTenantTrust trust;
  bool outage = false;  // conditions cannot be evaluated live (resilience defaults, 5.2)
};

// A sign-in in which everything the document leaves out is absent, as the Graph evaluate call has
// it (spec, 8.1): no device, no risk, an ordinary flow, nothing proven.
SignIn sign_in_with_nothing_else();

}  // namespace sallyport
