#include "policy/schema.h"

namespace sallyport::schema {
namespace {

using Words = std::string_view;

constexpr Words state_words[] = {"enabled", "disabled", "enabledForReportingButNotEnforced"};
constexpr Words user_words[] = {"All", "None", "GuestsOrExternalUsers", "AllAgentIdUsers"};
constexpr Words principal_words[] = {"All"};
constexpr Words guest_words[] = {"none",
                                 "internalGuest",
                                 "b2bCollaborationGuest",
                                 "b2bCollaborationMember",
                                 "b2bDirectConnectUser",
                                 "otherExternalUser",
                                 "serviceProvider"};
constexpr Words membership_words[] = {"all", "enumerated"};
constexpr Words application_words[] = {"All", "None", "Office365", "MicrosoftAdminPortals",
                                       "AllAgentIdResources"};
constexpr Words action_words[] = {"urn:user:registersecurityinfo", "urn:user:registerdevice",
                                  "urn:user:accountrecovery"};
constexpr Words filter_mode_words[] = {"include", "exclude"};
constexpr Words service_principal_words[] = {"ServicePrincipalsInMyTenant"};
constexpr Words platform_words[] = {"android", "iOS", "windows", "windowsPhone",
                                    "macOS",   "all", "linux"};
constexpr Words location_words[] = {"All", "AllTrusted"};
constexpr Words client_app_words[] = {
    "all", "browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "easSupported", "other"};
constexpr Retired retired_client_apps[] = {{"modern", "mobileAppsAndDesktopClients"},
                                           {"easUnsupported", "exchangeActiveSync"}};
constexpr Words risk_words[] = {"low", "medium", "high", "hidden", "none"};
constexpr Words agent_risk_words[] = {"low", "medium", "high"};
constexpr Words insider_risk_words[] = {"minor", "moderate", "elevated"};
constexpr Words transfer_words[] = {"none", "deviceCodeFlow", "authenticationTransfer"};
constexpr Words device_include_words[] = {"All"};
constexpr Words device_exclude_words[] = {"Compliant", "DomainJoined"};
constexpr Words operator_words[] = {"AND", "OR"};
constexpr Words control_words[] = {"block",
                                   "mfa",
                                   "compliantDevice",
                                   "domainJoinedDevice",
                                   "approvedApplication",
                                   "compliantApplication",
                                   "passwordChange",
                                   "riskRemediation"};
constexpr Words mcas_words[] = {"mcasConfigured", "monitorOnly", "blockDownloads"};
constexpr Words persistence_words[] = {"always", "never"};
constexpr Words frequency_type_words[] = {"days", "hours"};
constexpr Words frequency_interval_words[] = {"timeBased", "everyTime"};
constexpr Words frequency_authentication_words[] = {"primaryAndSecondaryAuthentication",
                                                    "secondaryAuthentication"};
constexpr Words cae_words[] = {"strictEnforcement", "disabled", "strictLocation"};
constexpr Words scenario_words[] = {"new",        "secureFoundation", "zeroTrust",
                                    "remoteWork", "protectAdmins",    "emergingThreats"};
constexpr Words strength_type_words[] = {"builtIn", "custom"};
constexpr Words requirement_words[] = {"none", "mfa"};
constexpr Words lookup_words[] = {"clientIpAddress", "authenticatorAppGps"};

constexpr Member ids(std::string_view name, std::span<const Words> words = {}) {
  return {name, Shape::ids, words, nullptr, Standing::current};
}
constexpr Member words(std::string_view name, std::span<const Words> known) {
  return {name, Shape::words, known, nullptr, Standing::current};
}
constexpr Member word(std::string_view name, std::span<const Words> known) {
  return {name, Shape::word, known, nullptr, Standing::current};
}
constexpr Member flags(std::string_view name, std::span<const Words> known) {
  return {name, Shape::flags, known, nullptr, Standing::current};
}
constexpr Member object(std::string_view name, const Object& of) {
  return {name, Shape::object, {}, &of, Standing::current};
}
constexpr Member objects(std::string_view name, const Object& of) {
  return {name, Shape::objects, {}, &of, Standing::current};
}
constexpr Member text(std::string_view name) { return {name, Shape::text}; }
constexpr Member boolean(std::string_view name) { return {name, Shape::boolean}; }
constexpr Member number(std::string_view name) { return {name, Shape::number}; }
constexpr Member ignored(std::string_view name) {
  return {name, Shape::any, {}, nullptr, Standing::ignored};
}
constexpr Member unsupported(std::string_view name) {
  return {name, Shape::any, {}, nullptr, Standing::unsupported};
}

// Users

constexpr Member external_tenants_members[] = {word("membershipKind", membership_words),
                                               ids("members")};
constexpr Object external_tenants{external_tenants_members};
constexpr Member guests_members[] = {flags("guestOrExternalUserTypes", guest_words),
                                     object("externalTenants", external_tenants)};
constexpr Object guests{guests_members};
constexpr Member users_members[] = {
    ids("includeUsers", user_words),
    ids("excludeUsers", user_words),
    ids("includeGroups", principal_words),
    ids("excludeGroups", principal_words),
    ids("includeRoles", principal_words),
    ids("excludeRoles", principal_words),
    object("includeGuestsOrExternalUsers", guests),
    object("excludeGuestsOrExternalUsers", guests),
};
constexpr Object users{users_members};
constexpr Member agents_members[] = {ids("includeAgentUsers", principal_words),
                                     ids("excludeAgentUsers", principal_words),
                                     unsupported("agentFilter")};
constexpr Object agents{agents_members};

// Applications and workload identities

constexpr Member filter_members[] = {word("mode", filter_mode_words), text("rule")};
constexpr Object filter{filter_members};
constexpr Member applications_members[] = {
    ids("includeApplications", application_words),
    ids("excludeApplications", application_words),
    words("includeUserActions", action_words),
    ids("includeAuthenticationContextClassReferences"),
    object("applicationFilter", filter),
    ignored("networkAccess"),
    ignored("globalSecureAccess"),
};
constexpr Object applications{applications_members};
constexpr Member client_applications_members[] = {
    ids("includeServicePrincipals", service_principal_words),
    ids("excludeServicePrincipals", service_principal_words),
    object("servicePrincipalFilter", filter),
    ids("includeAgentIdServicePrincipals", principal_words),
    ids("excludeAgentIdServicePrincipals", principal_words),
    object("agentIdServicePrincipalFilter", filter),
};
constexpr Object client_applications{client_applications_members};

// The other conditions

constexpr Member platforms_members[] = {words("includePlatforms", platform_words),
                                        words("excludePlatforms", platform_words)};
constexpr Object platforms{platforms_members};
constexpr Member locations_members[] = {ids("includeLocations", location_words),
                                        ids("excludeLocations", location_words)};
constexpr Object locations{locations_members};
constexpr Member devices_members[] = {
    words("includeDevices", device_include_words),
    words("excludeDevices", device_exclude_words),
    words("includeDeviceStates", device_include_words),
    words("excludeDeviceStates", device_exclude_words),
    object("deviceFilter", filter),
};
constexpr Object devices{devices_members};
constexpr Member device_states_members[] = {words("includeStates", device_include_words),
                                            words("excludeStates", device_exclude_words)};
constexpr Object device_states{device_states_members};
constexpr Member flows_members[] = {flags("transferMethods", transfer_words)};
constexpr Object authentication_flows{flows_members};

constexpr Member conditions_members[] = {
    words("userRiskLevels", risk_words),
    words("signInRiskLevels", risk_words),
    {"clientAppTypes", Shape::words, client_app_words, nullptr, Standing::current,
     retired_client_apps},
    words("servicePrincipalRiskLevels", risk_words),
    flags("agentIdRiskLevels", agent_risk_words),
    flags("insiderRiskLevels", insider_risk_words),
    object("platforms", platforms),
    object("locations", locations),
    unsupported("times"),
    object("deviceStates", device_states),
    object("devices", devices),
    object("clientApplications", client_applications),
    object("applications", applications),
    object("authenticationFlows", authentication_flows),
    object("users", users),
    object("agents", agents),
    unsupported("agentContext"),
    unsupported("clients"),
    unsupported("signInRiskDetections"),
};
constexpr Object conditions{conditions_members};

// Strengths

constexpr Member combination_configuration_members[] = {
    text("id"),
    ids("appliesToCombinations"),
    ids("allowedAAGUIDs"),
    ids("allowedIssuerSkis"),
    ids("allowedPolicyOIDs"),
};
constexpr Object combination_configuration{combination_configuration_members};
constexpr Member strength_members[] = {
    text("id"),
    text("createdDateTime"),
    text("modifiedDateTime"),
    text("displayName"),
    text("description"),
    word("policyType", strength_type_words),
    flags("requirementsSatisfied", requirement_words),
    ids("allowedCombinations"),
    objects("combinationConfigurations", combination_configuration),
};

// Controls

constexpr Member grant_members[] = {
    word("operator", operator_words),
    words("builtInControls", control_words),
    ids("customAuthenticationFactors"),
    ids("termsOfUse"),
    object("authenticationStrength", authentication_strength_policy),
};
constexpr Object grant_controls{grant_members};

constexpr Member switch_members[] = {boolean("isEnabled")};
constexpr Object switched{switch_members};
constexpr Member mcas_members[] = {word("cloudAppSecurityType", mcas_words), boolean("isEnabled")};
constexpr Object cloud_app_security{mcas_members};
constexpr Member persistent_members[] = {word("mode", persistence_words), boolean("isEnabled")};
constexpr Object persistent_browser{persistent_members};
constexpr Member frequency_members[] = {
    number("value"),
    word("type", frequency_type_words),
    word("authenticationType", frequency_authentication_words),
    word("frequencyInterval", frequency_interval_words),
    boolean("isEnabled"),
};
constexpr Object sign_in_frequency{frequency_members};
constexpr Member cae_members[] = {word("mode", cae_words)};
constexpr Object continuous_access{cae_members};
constexpr Member profile_members[] = {text("profileId"), boolean("isEnabled")};
constexpr Object filtering_profile{profile_members};

constexpr Member session_members[] = {
    boolean("disableResilienceDefaults"),
    object("applicationEnforcedRestrictions", switched),
    object("cloudAppSecurity", cloud_app_security),
    object("signInFrequency", sign_in_frequency),
    object("persistentBrowser", persistent_browser),
    object("continuousAccessEvaluation", continuous_access),
    object("secureSignInSession", switched),
    object("globalSecureAccessFilteringProfile", filtering_profile),
    unsupported("networkAccessSecurity"),
    unsupported("blockSensitiveActions"),
};
constexpr Object session_controls{session_members};

// Whole documents

constexpr Member policy_members[] = {
    text("id"),
    text("templateId"),
    text("displayName"),
    text("description"),
    text("createdDateTime"),
    text("modifiedDateTime"),
    text("deletedDateTime"),
    word("state", state_words),
    {"partialEnablementStrategy", Shape::any},
    object("conditions", conditions),
    object("grantControls", grant_controls),
    object("sessionControls", session_controls),
};
constexpr Member template_details_members[] = {object("conditions", conditions),
                                               object("grantControls", grant_controls),
                                               object("sessionControls", session_controls)};
constexpr Object template_details{template_details_members};
constexpr Member template_members[] = {text("id"), text("name"), text("description"),
                                       flags("scenarios", scenario_words),
                                       object("details", template_details)};
constexpr Member range_members[] = {text("cidrAddress"), text("lowerAddress"),
                                    text("upperAddress")};
constexpr Object ip_range{range_members};
constexpr Member location_members[] = {
    text("id"),
    text("displayName"),
    text("createdDateTime"),
    text("modifiedDateTime"),
    text("deletedDateTime"),
    boolean("isTrusted"),
    objects("ipRanges", ip_range),
    ids("countriesAndRegions"),
    word("countryLookupMethod", lookup_words),
    boolean("includeUnknownCountriesAndRegions"),
    text("compliantNetworkType"),
};

}  // namespace

const Object authentication_strength_policy{strength_members};
const Object conditional_access_policy{policy_members};
const Object conditional_access_template{template_members};
const Object named_location{location_members};

}  // namespace sallyport::schema
