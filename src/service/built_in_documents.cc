#include "service/built_in_documents.h"

#include <vector>

#include "directory/well_known.h"
#include "directory/write.h"
#include "policy/tenant.h"

namespace sallyport {
namespace {

// A template is its users, its applications, further conditions and its controls, each a piece of
// JSON. `ROLES14` and `ROLES19` stand for the first so many well-known roles.
struct Template {
  std::string_view id;
  std::string_view name;
  std::string_view scenarios;
  std::string_view users;
  std::string_view applications;
  std::string_view conditions;  // with a leading comma; may be empty
  std::string_view grant;
  std::string_view session;
};

constexpr std::string_view everybody = R"("includeUsers":["All"])";
constexpr std::string_view all_but_sync =
    R"("includeUsers":["All"],"excludeRoles":["d29b2b05-8046-44ba-8758-1e26182fcf32"])";
constexpr std::string_view admins = R"("includeRoles":[ROLES14])";
constexpr std::string_view all_apps = R"("includeApplications":["All"])";
constexpr std::string_view mfa = R"({"operator":"OR","builtInControls":["mfa"]})";
constexpr std::string_view block = R"({"operator":"OR","builtInControls":["block"]})";
constexpr std::string_view every_time =
    R"({"signInFrequency":{"isEnabled":true,)"
    R"("authenticationType":"primaryAndSecondaryAuthentication","frequencyInterval":"everyTime"}})";

constexpr Template templates[] = {
    {"c7503427-338e-4c5e-902d-abe252abfb43", "Require multifactor authentication for admins",
     "secureFoundation,zeroTrust,protectAdmins", admins, all_apps, "", mfa, "null"},
    {"b8bda7f8-6584-4446-bce9-d871480e53fa", "Securing security info registration",
     "secureFoundation,zeroTrust,remoteWork",
     R"("includeUsers":["All"],"excludeUsers":["GuestsOrExternalUsers"],)"
     R"("excludeRoles":["62e90394-69f5-4237-9190-012177145e10"])",
     R"("includeUserActions":["urn:user:registersecurityinfo"])",
     R"(,"locations":{"includeLocations":["All"],"excludeLocations":["AllTrusted"]})", mfa, "null"},
    {"0b2282f9-2862-4178-88b5-d79340b36cb8", "Block legacy authentication",
     "secureFoundation,zeroTrust,remoteWork", everybody, all_apps,
     R"(,"clientAppTypes":["exchangeActiveSync","other"])", block, "null"},
    {"a3d0a415-b068-4326-9251-f9cdf9feeb64", "Require multifactor authentication for all users",
     "secureFoundation,zeroTrust,remoteWork", all_but_sync, all_apps, "", mfa, "null"},
    {"a4072ac0-722b-4991-981b-7f9755daef14", "Require multifactor authentication for guest access",
     "zeroTrust,remoteWork", R"("includeUsers":["GuestsOrExternalUsers"])", all_apps, "", mfa,
     "null"},
    {"d8c51a9a-e6b1-454d-86af-554e7872e2c1",
     "Require multifactor authentication for Azure management",
     "secureFoundation,zeroTrust,protectAdmins", everybody,
     R"("includeApplications":["797f4846-ba00-4fd7-ba43-dac1f8f63013"])", "", mfa, "null"},
    {"6b619f55-792e-45dc-9711-d83ec9d7ae90",
     "Require multifactor authentication for risky sign-ins", "zeroTrust,remoteWork", everybody,
     all_apps, R"(,"signInRiskLevels":["high","medium"])", mfa, every_time},
    {"634b6de7-c38d-4357-a2c7-3842706eedd7", "Require password change for high-risk users",
     "zeroTrust,remoteWork", everybody, all_apps, R"(,"userRiskLevels":["high"])",
     R"({"operator":"AND","builtInControls":["mfa","passwordChange"]})", every_time},
    {"c26a510a-3b8b-4023-8c44-d4f4c854e9f9",
     "Require compliant or hybrid Azure AD joined device for admins", "zeroTrust,protectAdmins",
     R"("includeUsers":["None"],"includeRoles":[ROLES14])", all_apps, "",
     R"({"operator":"OR","builtInControls":["compliantDevice","domainJoinedDevice"]})", "null"},
    {"4e39a309-931e-4cb1-a371-e2beea168002",
     "Block access for unknown or unsupported device platform", "zeroTrust,remoteWork", everybody,
     all_apps,
     R"(,"platforms":{"includePlatforms":["all"],"excludePlatforms":["android","iOS",)"
     R"("windows","macOS","linux","windowsPhone"]})",
     block, "null"},
    {"62e51ccc-c9c3-4554-ac70-066172c81007", "No persistent browser session",
     "zeroTrust,remoteWork", everybody, all_apps,
     R"(,"devices":{"deviceFilter":{"mode":"include",)"
     R"("rule":"device.trustType -ne \"ServerAD\" -or device.isCompliant -ne True"}})",
     "null",
     R"({"signInFrequency":{"isEnabled":true,"value":1,"type":"hours",)"
     R"("authenticationType":"primaryAndSecondaryAuthentication",)"
     R"("frequencyInterval":"timeBased"},"persistentBrowser":{"isEnabled":true,"mode":"never"}})"},
    {"927c884e-7888-4e81-abc4-bd56ded28985",
     "Require compliant or hybrid Azure AD joined device or multifactor authentication for all "
     "users",
     "secureFoundation,zeroTrust,remoteWork", all_but_sync, all_apps, "",
     R"({"operator":"OR","builtInControls":["mfa","compliantDevice","domainJoinedDevice"]})",
     "null"},
    {"81fd2072-4876-42b6-8157-c6000693046b", "Use application enforced restrictions for O365 apps",
     "zeroTrust,remoteWork", everybody, R"("includeApplications":["Office365"])", "", "null",
     R"({"applicationEnforcedRestrictions":{"isEnabled":true}})"},
    {"76c03f19-ea37-4656-a772-a183b4ddb81d",
     "Require phishing-resistant multifactor authentication for admins",
     "protectAdmins,emergingThreats", R"("includeRoles":[ROLES19])", all_apps, "",
     R"({"operator":"AND","builtInControls":[],)"
     R"("authenticationStrength":{"id":"00000000-0000-0000-0000-000000000004"}})",
     "null"},
    {"6364131e-bc4a-47c4-a20b-33492d1fff6c",
     "Require multifactor authentication for Microsoft admin portals", "protectAdmins", admins,
     R"("includeApplications":["MicrosoftAdminPortals"])", "",
     R"({"operator":"AND","builtInControls":[],)"
     R"("authenticationStrength":{"id":"00000000-0000-0000-0000-000000000002"}})",
     "null"},
    {"16aaa400-bfdf-4756-a420-ad2245d4cde8",
     "Block access to Office365 apps for users with insider risk", "zeroTrust",
     R"("includeUsers":["All"],)"
     R"("excludeGuestsOrExternalUsers":{"guestOrExternalUserTypes":"b2bDirectConnectUser,)"
     R"(otherExternalUser,serviceProvider",)"
     R"("externalTenants":{"@odata.type":)"
     R"("#microsoft.graph.conditionalAccessAllExternalTenants","membershipKind":"all"}})",
     R"("includeApplications":["Office365"])", R"(,"insiderRiskLevels":"elevated")", block, "null"},
    {"a297dd1a-21fe-4016-99a0-ba43ba64378c",
     "Require MDM-enrolled and compliant device to access cloud apps for all users (Preview)",
     "secureFoundation,zeroTrust,remoteWork", all_but_sync, all_apps, "",
     R"({"operator":"OR","builtInControls":["compliantDevice"]})", "null"},
    {"6acdf4c3-6815-485c-a57d-2c349d517ba0",
     "Secure account recovery with identity verification (Preview)", "new",
     R"("includeUsers":["All"],"excludeUsers":["GuestsOrExternalUsers"])",
     R"("includeUserActions":["urn:user:accountrecovery"])", "",
     R"({"operator":"OR","builtInControls":["verifiedID"]})", "null"},
    {"6bdcbbb7-ebd1-4f8f-a02f-652db0e3665d",
     "Block high risk agent identities from accessing resources", "new",
     R"("includeUsers":["None"])", all_apps,
     R"(,"agentIdRiskLevels":"high","clientApplications":{"includeServicePrincipals":[],)"
     R"("includeAgentIdServicePrincipals":["All"]})",
     block, "null"},
    {"c5bf9137-a43c-48e1-9d13-8258b31b855d", "Block all agent identities from accessing resources",
     "new", R"("includeUsers":["None"])", all_apps,
     R"(,"clientApplications":{"includeServicePrincipals":[],)"
     R"("includeAgentIdServicePrincipals":["All"]})",
     block, "null"},
    {"376d9923-7f15-40c2-830b-3312120f1eed", "Block all agent users from accessing resources",
     "new", R"("includeUsers":["AllAgentIdUsers"])", all_apps, "", block, "null"},
};

std::string role_list(std::size_t count) {
  std::string text;
  for (const auto& role : well_known_roles().first(count)) {
    text += (text.empty() ? "\"" : ",\"") + std::string(role.id) + '"';
  }
  return text;
}

std::string users_of(const Template& one) {
  std::string text(one.users);
  for (const auto& [word, count] :
       {std::pair{std::string_view("ROLES14"), 14U}, std::pair{std::string_view("ROLES19"), 19U}}) {
    const auto at = text.find(word);
    if (at != text.npos) text.replace(at, word.size(), role_list(count));
  }
  return text;
}

std::string text_of(const Template& one) {
  std::string text = R"({"id":")";
  text += one.id;
  text += R"(","name":")";
  text += one.name;
  text += R"(","description":"A policy to start from: )";
  text += one.name;
  text += R"(.","scenarios":")";
  text += one.scenarios;
  text += R"(","details":{"conditions":{)";
  const bool names_clients = one.conditions.find("clientAppTypes") != std::string_view::npos;
  if (!names_clients) text += R"("clientAppTypes":["all"],)";
  text += R"("applications":{)";
  text += one.applications;
  text += R"(},"users":{)";
  text += users_of(one);
  text += '}';
  text += one.conditions;
  text += R"(},"grantControls":)";
  text += one.grant;
  text += R"(,"sessionControls":)";
  text += one.session;
  text += "}}";
  return text;
}

std::vector<VersionedDocument> all_templates() {
  const auto kind = std::string(name_of(DocumentKind::policy_template));
  std::vector<VersionedDocument> out;
  for (const auto& one : templates) out.push_back({kind, std::string(one.id), text_of(one), 0});
  return out;
}

std::vector<VersionedDocument> all_strengths() {
  const auto kind = std::string(name_of(DocumentKind::authentication_strength_policy));
  std::vector<VersionedDocument> out;
  for (const auto& strength : built_in_strengths()) {
    std::string text;
    json::Writer writer(text);
    write_authentication_strength(strength, writer);
    out.push_back({kind, strength.id_text, std::move(text), 0});
  }
  return out;
}

}  // namespace

std::span<const VersionedDocument> built_in_documents(std::string_view kind) {
  static const auto strengths = all_strengths();
  static const auto policy_templates = all_templates();
  if (kind == strengths.front().kind) return strengths;
  if (kind == policy_templates.front().kind) return policy_templates;
  return {};
}

const VersionedDocument* find_built_in(std::string_view kind, std::string_view id) {
  for (const auto& one : built_in_documents(kind)) {
    if (one.id == id) return &one;
  }
  return nullptr;
}

}  // namespace sallyport
