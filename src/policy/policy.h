// A conditional access policy, as the engine and the reference evaluator read it.
//
// The JSON document is the truth and is kept as it came; this is a view of it in which every word
// is resolved. What was not understood is marked where it stood, and makes the policy stricter:
//   - an unknown condition is left out, so the policy applies to more;
//   - an unknown word in an include list makes that condition count as met;
//   - an unknown word in an exclude list excludes nothing;
//   - an unknown control is a requirement that nothing satisfies;
//   - an unknown state is enforced.
// Source: spec, sections 1 to 5.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/id.h"
#include "device/filter.h"
#include "directory/authentication_strength.h"
#include "directory/user_type.h"
#include "policy/words.h"

namespace sallyport {

// conditions.users.{include,exclude}GuestsOrExternalUsers, or the word `GuestsOrExternalUsers`.
struct GuestsOrExternalUsers {
  GuestTypes types = 0;
  bool unknown_type = false;
  bool all_tenants = true;        // externalTenants null or membershipKind all
  std::vector<TenantId> tenants;  // does not restrict internalGuest, who has no home tenant
};

struct PrincipalLists {
  std::vector<UserId> users;
  std::vector<GroupId> groups;
  std::vector<RoleId> roles;
  std::vector<GuestsOrExternalUsers> guests;
  bool all_groups = false;       // `All` among the groups: whoever is in any
  bool all_roles = false;        // `All` among the roles: whoever holds any
  bool all_agent_users = false;  // `AllAgentIdUsers`, or conditions.agents.includeAgentUsers `All`
  bool unknown = false;          // held something that was not understood
};

struct UserCondition {
  bool include_all = false;   // the word `All`: guests and agents' user accounts included
  bool include_none = false;  // the word `None`: nobody by this word, other includes still count
  PrincipalLists include;
  PrincipalLists exclude;
};

enum class FilterMode : std::uint8_t { include, exclude };

struct Filter {
  FilterMode mode = FilterMode::include;
  std::optional<FilterRule> rule;  // nothing: it could not be read, and counts as met
  std::string text;
};

struct ServicePrincipalLists {
  bool all_in_my_tenant = false;  // `ServicePrincipalsInMyTenant`
  bool all_agents = false;        // agents: `All`
  std::vector<ServicePrincipalId> service_principals;
  std::vector<ServicePrincipalId> agents;
};

struct ClientApplicationCondition {
  ServicePrincipalLists include;
  ServicePrincipalLists exclude;
  std::optional<Filter> service_principal_filter;
  std::optional<Filter> agent_filter;
};

struct ApplicationLists {
  std::vector<ApplicationId> applications;
  bool office365 = false;
  bool admin_portals = false;
  bool all_agent_resources = false;
};

struct ApplicationCondition {
  bool include_all = false;
  bool include_none = false;
  ApplicationLists include;
  ApplicationLists exclude;
  std::optional<Filter> application_filter;
  WordSet<UserAction> user_actions;
  // Bit n: context `c<n>`, 1 to 99.
  std::vector<std::uint8_t> authentication_contexts;
  bool unknown_authentication_context = false;
  // Something was excluded: baseline-scope requests are then mapped (spec, 2.3).
  bool has_exclusion() const {
    return !exclude.applications.empty() || exclude.office365 || exclude.admin_portals ||
           exclude.all_agent_resources ||
           (application_filter && application_filter->mode == FilterMode::exclude);
  }
};

struct PlatformCondition {
  WordSet<Platform> include;
  WordSet<Platform> exclude;
};

struct LocationLists {
  bool all = false;                   // `All`, include only
  bool all_trusted = false;           // `AllTrusted`
  bool mfa_trusted_ips = false;       // the zero GUID
  std::vector<LocationId> locations;  // named; one that no document defines may be anywhere
};

struct LocationCondition {
  LocationLists include;
  LocationLists exclude;
};

struct DeviceCondition {
  std::optional<Filter> filter;
  // The deprecated states: exclude compliant, or hybrid joined, devices.
  bool exclude_compliant = false;
  bool exclude_domain_joined = false;
};

struct Conditions {
  std::optional<UserCondition> users;  // nothing and no client_applications: applies to nobody
  std::optional<ClientApplicationCondition> client_applications;
  std::optional<ApplicationCondition> applications;  // nothing: applies to no resource
  std::optional<PlatformCondition> platforms;
  std::optional<LocationCondition> locations;
  WordSet<ClientApp> client_app_types;  // empty or `all`: any
  std::optional<DeviceCondition> devices;
  WordSet<RiskLevel> sign_in_risk_levels;
  WordSet<RiskLevel> user_risk_levels;
  WordSet<RiskLevel> service_principal_risk_levels;
  WordSet<RiskLevel> agent_id_risk_levels;
  WordSet<InsiderRiskLevel> insider_risk_levels;
  WordSet<TransferMethod> authentication_flows;  // transferMethods; `none` alone is not configured
};

enum class GrantOperator : std::uint8_t { all_of, any_of };  // AND, OR

struct GrantControls {
  GrantOperator operation = GrantOperator::all_of;
  WordSet<GrantControl> built_in_controls;
  std::vector<std::string> unknown_controls;  // as written; nothing satisfies them
  std::vector<CustomControlId> custom_authentication_factors;
  std::vector<std::string> custom_authentication_factor_texts;  // as written, same order
  std::vector<AgreementId> terms_of_use;
  std::vector<std::string> terms_of_use_texts;
  std::optional<StrengthId> authentication_strength;
  std::string authentication_strength_text;  // the id as written
  // The whole object where the document held one; a strength of the same id in the policy set wins.
  std::optional<AuthenticationStrength> inline_strength;
  bool empty() const {
    return built_in_controls.empty() && unknown_controls.empty() &&
           custom_authentication_factors.empty() && terms_of_use.empty() &&
           !authentication_strength;
  }
};

enum class CloudAppSecurity : std::uint8_t { monitor_only, mcas_configured, block_downloads };
enum class PersistentBrowser : std::uint8_t { always, never };
enum class ContinuousAccess : std::uint8_t {
  disabled,
  strict
};  // strictEnforcement, strictLocation
enum class FrequencyAuthentication : std::uint8_t { primary_and_secondary, secondary };

struct SignInFrequency {
  bool every_time = false;
  std::chrono::hours every{0};  // when not every_time; days are 24 hours
  FrequencyAuthentication authentication = FrequencyAuthentication::primary_and_secondary;
  friend bool operator==(const SignInFrequency&, const SignInFrequency&) = default;
};

// Only what is in force: a control that is null or not enabled is absent.
struct SessionControls {
  bool application_enforced_restrictions = false;
  std::optional<CloudAppSecurity> cloud_app_security;
  bool disable_resilience_defaults = false;
  std::optional<PersistentBrowser> persistent_browser;
  bool secure_sign_in_session = false;  // token protection
  std::optional<SignInFrequency> sign_in_frequency;
  std::optional<ContinuousAccess> continuous_access_evaluation;
  std::vector<std::string> global_secure_access_profiles;  // profile ids
  bool unknown = false;  // a control this version does not know; kept, reported, not enforced here
  bool empty() const {
    return !application_enforced_restrictions && !cloud_app_security &&
           !disable_resilience_defaults && !persistent_browser && !secure_sign_in_session &&
           !sign_in_frequency && !continuous_access_evaluation &&
           global_secure_access_profiles.empty() && !unknown;
  }
};

struct Policy {
  PolicyId id;
  std::string id_text;  // as written; made from the name when the document has none
  std::string display_name;
  PolicyState state = PolicyState::enabled;
  Conditions conditions;
  std::optional<GrantControls> grant_controls;
  std::optional<SessionControls> session_controls;
};

}  // namespace sallyport
