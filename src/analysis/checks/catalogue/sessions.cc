// Session controls (spec, section 6).
#include "analysis/checks/catalogue/rows.h"

namespace sallyport {
namespace {

constexpr Check rows[] = {
    {"SES-01", Severity::medium, Decided::by_shape, "", "Resilience defaults off",
     "No policy turns off the resilience defaults, except for administrators only.",
     "An outage of the service becomes a lock-out.", "Leave them on."},
    {"SES-02", Severity::high, Decided::by_shape, "", "Continuous access evaluation off",
     "No policy turns off continuous access evaluation; strict location is used with reviewed "
     "ranges only.",
     "A revoked user stays signed in for as long as the token lives.", "Remove the control."},
    {"SES-03", Severity::medium, Decided::by_shape, "", "Browser stays signed in",
     "No policy keeps browser sessions on devices that may be unmanaged.",
     "Whoever sits down next is signed in.",
     "Set it to `never`, or restrict it to managed devices."},
    {"SES-04", Severity::error, Decided::by_shape, "",
     "Persistent browser on a part of the resources",
     "A persistent browser session is set for all resources at once.",
     "The service refuses it for a part.", "Include all resources."},
    {"SES-05", Severity::error, Decided::by_shape, "", "Sign-in frequency out of range",
     "A sign-in frequency is 1 to 23 hours or 1 to 365 days, or every time without a number.",
     "The service refuses it.", "Correct the value."},
    {"SES-06", Severity::low, Decided::by_shape, "", "Sign-in frequency too short for all",
     "All users at all resources are asked again after 8 hours at the earliest, unless there is a"
     " risk.",
     "Whoever is asked all day types the password anywhere.",
     "Narrow the policy, or lengthen the frequency."},
    {"SES-07", Severity::error, Decided::by_shape, "",
     "App-enforced restrictions on other resources",
     "App-enforced restrictions are set for Office 365, Exchange or SharePoint only.",
     "No other resource enforces them.", "Narrow the resources."},
    {"SES-08", Severity::medium, Decided::by_shape, "", "Session settings that conflict",
     "Policies that apply together set one persistent browser mode and one sign-in frequency.",
     "Which of them wins surprises.", "Align them."},
    {"SES-09", Severity::error, Decided::by_shape, "", "Token protection on browsers",
     "Token protection is set for desktop and mobile clients on supported platforms only.",
     "It blocks browsers, or the service refuses it.",
     "Set the client types to `mobileAppsAndDesktopClients`, the platform to windows."},
    {"SES-10", Severity::low, Decided::by_shape, "", "Session control that is switched off",
     "A policy of session controls alone holds none that is disabled.",
     "It looks active and is not.", "Remove it."},
    {"SES-11", Severity::medium, Decided::by_shape, "", "Sign-in frequency without MFA",
     "A sign-in frequency without a grant stands where another policy asks for multifactor "
     "authentication.",
     "Users only type their password again.", "Add multifactor authentication for the same scope."},
};

}  // namespace

std::span<const Check> sessions_rows() { return rows; }

}  // namespace sallyport
