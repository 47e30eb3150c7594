// Risk (spec, section 3).
#include "analysis/checks/catalogue/rows.h"

namespace sallyport {
namespace {

constexpr Check rows[] = {
    {"RSK-01", Severity::high, Decided::by_shape, "", "MFA for risky sign-ins",
     "An enforced policy asks all users at all resources for multifactor authentication when the "
     "sign-in risk is medium or high.",
     "The signal comes while the attack runs.",
     "Require multifactor authentication and a sign-in frequency of every time at medium and high"
     " sign-in risk."},
    {"RSK-02", Severity::high, Decided::by_shape, "", "High sign-in risk blocked",
     "An enforced policy blocks all users at all resources when the sign-in risk is high.",
     "High-assurance baselines expect a block.", "Block at high sign-in risk."},
    {"RSK-03", Severity::high, Decided::by_shape, "", "Password change at high user risk",
     "An enforced policy makes all users of high risk prove themselves and change their password.",
     "Their password is known to others.",
     "Require password change and multifactor authentication at high user risk."},
    {"RSK-04", Severity::high, Decided::by_shape, "", "High user risk blocked",
     "An enforced policy blocks all users of high risk at all resources.",
     "High-assurance baselines expect a block.", "Block at high user risk."},
    {"RSK-05", Severity::high, Decided::by_shape, "", "Sign-in risk and user risk in one policy",
     "No policy asks for a sign-in risk and a user risk at once.",
     "Both must hold, so either alone passes by the policy.", "Make two policies of it."},
    {"RSK-06", Severity::medium, Decided::by_shape, "", "Password change without asking anew",
     "A policy that requires a password change has a sign-in frequency of every time.",
     "Otherwise a session from before the change lives on.",
     "Set the sign-in frequency to every time."},
    {"RSK-07", Severity::error, Decided::by_shape, "", "Password change used wrongly",
     "A password change is required together with multifactor authentication or a strength, by "
     "AND, at all resources, for a user risk, and with nothing else.",
     "The service refuses any other shape.", "Give the policy that shape."},
    {"RSK-08", Severity::medium, Decided::by_shape, "", "Elevated insider risk blocked",
     "An enforced policy blocks elevated insider risk at all resources or Office 365.",
     "The signal says that data is about to leave.", "Block at elevated insider risk."},
    {"RSK-09", Severity::medium, Decided::by_shape, "", "Low risk without high",
     "A policy that names low risk names high risk, too.", "The selection looks turned around.",
     "Add `high`, or remove `low`."},
    {"RSK-10", Severity::medium, Decided::by_shape, "", "Risk policy leaves administrators out",
     "A policy for risk neither excludes a privileged role nor reaches groups only.",
     "Those accounts matter most.", "Include everybody."},
    {"RSK-11", Severity::info, Decided::by_shape, "licence", "Risk that nothing reports",
     "Risk levels are used only where the settings' licence provides them.",
     "A policy for a risk that is never reported never applies.",
     "Buy the licence, or remove the condition."},
};

}  // namespace

std::span<const Check> risk_rows() { return rows; }

}  // namespace sallyport
