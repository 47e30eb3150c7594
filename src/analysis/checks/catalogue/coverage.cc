// Tenant-wide coverage (spec, section 2).
#include "analysis/checks/catalogue/rows.h"

namespace sallyport {
namespace {

constexpr Check rows[] = {
    {"COV-01", Severity::critical, Decided::by_shape, "", "MFA for everyone",
     "Some enforced policy alone asks every user for multifactor authentication at every "
     "resource, whatever the client, platform, place or risk.",
     "Without it a password alone opens the tenant.",
     "Enforce one policy for all users and all resources that requires multifactor "
     "authentication."},
    {"COV-02", Severity::critical, Decided::by_shape, "", "MFA for administrators",
     "Each privileged role is in the scope of an enforced policy that asks for multifactor "
     "authentication at every resource without further conditions.",
     "Whoever takes over an administrator has the tenant.",
     "Include every privileged role, or all users, in a policy that requires multifactor "
     "authentication."},
    {"COV-03", Severity::high, Decided::by_shape, "", "Phishing-resistant MFA for administrators",
     "Each privileged role is in the scope of an enforced policy whose strength admits phishing-"
     "resistant methods only.",
     "Codes and approvals can be relayed by a phishing page; keys and certificates cannot.",
     "Require the built-in strength `Phishing-resistant MFA` for the privileged roles."},
    {"COV-04", Severity::medium, Decided::by_shape, "", "Phishing-resistant MFA for everyone",
     "Some enforced policy alone asks every user at every resource for a phishing-resistant "
     "strength.",
     "High-assurance baselines expect it; ordinary multifactor authentication can be relayed.",
     "Raise the strength of the policy for all users as enrolment of keys and certificates "
     "allows."},
    {"COV-05", Severity::critical, Decided::by_shape, "", "Legacy clients blocked",
     "An enforced policy blocks Exchange ActiveSync and other legacy clients for all users and "
     "all resources.",
     "Old protocols cannot do multifactor authentication, so a password is all they need.",
     "Block the client types `exchangeActiveSync` and `other` for all users and all resources."},
    {"COV-06", Severity::high, Decided::by_shape, "", "Exchange ActiveSync blocked",
     "An enforced policy blocks the client type `exchangeActiveSync` for all users and all "
     "resources.",
     "Half a block of legacy clients leaves the other half open.",
     "Add `exchangeActiveSync` to the client types of the blocking policy."},
    {"COV-06b", Severity::high, Decided::by_shape, "", "Other legacy clients blocked",
     "An enforced policy blocks the client type `other` for all users and all resources.",
     "Half a block of legacy clients leaves the other half open.",
     "Add `other` to the client types of the blocking policy."},
    {"COV-07", Severity::critical, Decided::by_shape, "", "MFA for Azure management",
     "Every user meets an enforced policy without further conditions that asks for multifactor "
     "authentication at the Azure management API.",
     "It controls subscriptions, and with them what runs in them.",
     "Include the Azure management API, or all resources, for all users."},
    {"COV-08", Severity::high, Decided::by_shape, "", "MFA for administrators at the admin portals",
     "Each privileged role meets an enforced policy that asks for multifactor authentication at "
     "the admin portals.",
     "A session in a portal can change everything.",
     "Include `MicrosoftAdminPortals`, or all resources, for the privileged roles."},
    {"COV-09", Severity::medium, Decided::by_shape, "", "Admin portals closed to others",
     "An enforced policy blocks the admin portals for all users except some roles.",
     "Those who administer nothing have no business there.",
     "Block `MicrosoftAdminPortals` for all users and exclude the administrative roles."},
    {"COV-10", Severity::high, Decided::by_shape, "", "MFA for guests",
     "For each type of guest of every tenant an enforced policy without further conditions asks "
     "for multifactor authentication at every resource.",
     "A guest's home tenant may enforce nothing.",
     "Require multifactor authentication of all guest types and all tenants."},
    {"COV-11", Severity::high, Decided::by_shape, "", "Registering security information is guarded",
     "An enforced policy guards the user action of registering security information for all "
     "users: by multifactor authentication, a managed device, or a block outside trusted places.",
     "Otherwise whoever stole a password enrols a factor of their own.",
     "Create a policy for the user action `urn:user:registersecurityinfo`."},
    {"COV-12", Severity::high, Decided::by_shape, "",
     "Managed device for registering security information",
     "An enforced policy lets users register security information only from a managed device.",
     "The stronger reading of COV-11: a factor is enrolled from a machine you know.",
     "Require a compliant or hybrid joined device for `urn:user:registersecurityinfo`."},
    {"COV-13", Severity::high, Decided::by_shape, "", "MFA for registering devices",
     "An enforced policy asks all users for multifactor authentication when they register or join"
     " a device.",
     "A device that was joined becomes one that is trusted.",
     "Create a policy for the user action `urn:user:registerdevice` that requires multifactor "
     "authentication."},
    {"COV-14", Severity::high, Decided::by_shape, "", "Device compliance is asked for somewhere",
     "Some enforced policy asks for a compliant or hybrid joined device.",
     "Otherwise the state of devices counts for nothing.",
     "Require a compliant or hybrid joined device, at least for what matters most."},
    {"COV-15", Severity::medium, Decided::by_shape, "", "Managed device for everyone",
     "Some enforced policy alone asks every user at every resource for a compliant or hybrid "
     "joined device.",
     "Data should only reach endpoints that are looked after.",
     "Require a compliant or hybrid joined device of all users at all resources."},
    {"COV-16", Severity::medium, Decided::by_shape, "", "Managed device for administrators",
     "Each privileged role is in the scope of an enforced policy that asks for a managed device "
     "at every resource.",
     "An administrator's token on an unknown machine is as good as given away.",
     "Require a compliant or hybrid joined device of the privileged roles."},
    {"COV-17", Severity::medium, Decided::by_shape, "", "Managed device or MFA for everyone",
     "Some enforced policy alone asks every user at every resource for multifactor authentication"
     " or a managed device, with nothing weaker beside them.",
     "The least a small tenant should have.",
     "Require one of multifactor authentication, compliant device, hybrid joined device."},
    {"COV-18", Severity::medium, Decided::by_shape, "", "Unknown platforms blocked",
     "An enforced policy blocks all platforms for all users and resources and excludes the known "
     "ones.",
     "The platform is what a client says of itself; an unknown one slips by policies for the "
     "known ones.",
     "Block all platforms and exclude android, iOS, windows, macOS and linux."},
    {"COV-19", Severity::high, Decided::by_shape, "", "Device code flow blocked",
     "An enforced policy blocks the device code flow for all users and all resources.",
     "Phishing crews let users type the code for them.",
     "Block `deviceCodeFlow`; exclude the few rooms or devices that need it."},
    {"COV-20", Severity::medium, Decided::by_shape, "", "Authentication transfer blocked",
     "An enforced policy blocks authentication transfer for all users and all resources.",
     "It moves a session to a phone that nobody manages.", "Block `authenticationTransfer`."},
    {"COV-21", Severity::medium, Decided::by_shape, "", "A policy for all resources exists",
     "Some enforced policy includes all resources.",
     "A new application is otherwise covered by nothing.",
     "Have one policy that includes all resources."},
    {"COV-21b", Severity::medium, Decided::by_shape, "",
     "A policy for all users and all resources exists",
     "Some enforced policy includes all users and all resources.",
     "New users and new applications are otherwise covered by nothing.",
     "Have one policy that includes all users and all resources."},
    {"COV-22", Severity::medium, Decided::by_shape, "", "App protection on phones",
     "An enforced policy asks all users on iOS and Android for a protected or approved "
     "application.",
     "It keeps the organisation's data inside managed applications.",
     "Require an app protection policy (`compliantApplication`) on iOS and Android."},
    {"COV-23", Severity::low, Decided::by_shape, "", "App-enforced restrictions",
     "An enforced policy turns on app-enforced restrictions for Office 365, or for Exchange and "
     "SharePoint.",
     "They limit downloads on machines nobody manages.", "Add the session control for Office 365."},
    {"COV-24", Severity::medium, Decided::by_shape, "", "No lasting browser session",
     "An enforced policy for all users and resources sets the persistent browser session to "
     "never, at least on unmanaged devices.",
     "Browsers on shared machines stay signed in.",
     "Set the persistent browser session to `never`."},
    {"COV-25", Severity::medium, Decided::by_shape, "", "Sign-in frequency on unmanaged devices",
     "An enforced policy for all users and resources limits sign-in frequency on devices that are"
     " neither compliant nor hybrid joined.",
     "Old tokens live on where nobody looks after the machine.",
     "Limit sign-in frequency with a device filter that selects unmanaged devices."},
    {"COV-26", Severity::low, Decided::by_shape, "", "Sign-in frequency for everyone",
     "An enforced policy for all users and resources limits sign-in frequency to the configured "
     "number of days.",
     "Sessions should end some day.", "Set a sign-in frequency, or a shorter one."},
    {"COV-27", Severity::medium, Decided::by_shape, "", "Sign-in frequency for administrators",
     "Each privileged role meets an enforced policy that limits sign-in frequency to the "
     "configured number of hours and lets no browser stay signed in.",
     "An administrator's session is the most valuable one.",
     "Set a short sign-in frequency and no persistent browser session for the privileged roles."},
    {"COV-28", Severity::low, Decided::by_shape, "", "Enrolment asks each time",
     "An enforced policy asks for multifactor authentication every time a device is enrolled in "
     "Intune.",
     "Fresh proof before a device becomes trusted.",
     "Require multifactor authentication and a sign-in frequency of every time for Microsoft "
     "Intune Enrollment."},
    {"COV-29", Severity::medium, Decided::by_shape, "", "Places are restricted",
     "An enforced policy for all users and resources blocks some countries, or all places but "
     "known ones.",
     "It cuts off places from which nobody works.",
     "Block the countries you do not use, or everything but those you do."},
    {"COV-30", Severity::low, Decided::by_shape, "", "Untrusted places blocked",
     "An enforced policy for all users and resources blocks every place but the trusted ones.",
     "Where work happens on known networks only.",
     "Block all places and exclude the trusted ones."},
    {"COV-31", Severity::medium, Decided::by_shape, "", "Token protection",
     "An enforced policy asks for token protection on Windows, of desktop clients, at Exchange "
     "and SharePoint.",
     "A stolen token is then of no use on another machine.",
     "Try token protection with a few users, then widen it."},
    {"COV-32", Severity::info, Decided::by_shape, "", "Azure DevOps is named",
     "Some enforced policy names Azure DevOps.",
     "It no longer follows the target of Azure management.",
     "Add Azure DevOps where you target Azure management."},
    {"COV-33", Severity::low, Decided::by_shape, "", "Compliant network is used",
     "Some enforced policy refers to the compliant network location; asked only where the "
     "settings say that private access is in use.",
     "It ties tokens to the network.", "Block places outside the compliant network."},
    {"COV-34", Severity::medium, Decided::by_shape, "", "Terms of use for guests",
     "Some enforced policy shows terms of use to guests; asked only where the settings say so.",
     "Some baselines want it on legal grounds.", "Require terms of use of guests."},
    {"COV-35", Severity::high, Decided::by_effect, "", "High-value application not covered",
     "A member without roles meets multifactor authentication or a block at each application of "
     "high value.",
     "It tells where a hole leads.", "Extend the scope of a policy to the application."},
    {"COV-36", Severity::high, Decided::by_effect, "", "Nothing applies",
     "No sign-in is left to which no enforced policy applies.",
     "This is the gap an attacker looks for.", "Have a policy that catches everything."},
    {"COV-37", Severity::medium, Decided::by_effect, "", "Covered by report-only policies alone",
     "No sign-in is left to which only report-only policies apply.",
     "They look like protection and are none.", "Enforce the policy."},
    {"COV-38", Severity::medium, Decided::by_effect, "", "Neither MFA nor device proof",
     "No sign-in can satisfy what is asked of it without multifactor authentication or a managed "
     "device.",
     "Terms of use or a custom factor alone prove nobody's identity.",
     "Add a control that proves identity or device."},
};

}  // namespace

std::span<const Check> coverage_rows() { return rows; }

}  // namespace sallyport
