// Grant controls (spec, section 5).
#include "analysis/checks/catalogue/rows.h"

namespace sallyport {
namespace {

constexpr Check rows[] = {
    {"GRT-01", Severity::high, Decided::by_shape, "", "The weakest alternative wins",
     "With OR, no alternative is weaker than multifactor authentication, and the name claims no "
     "more than one alternative gives.",
     "OR is not AND: users take the easiest.", "Use AND, or make two policies of it."},
    {"GRT-02", Severity::error, Decided::by_shape, "", "Block beside another control",
     "A policy that blocks asks for nothing else.",
     "The service refuses it; a session control beside a block has no effect.",
     "Keep only `block`."},
    {"GRT-03", Severity::error, Decided::by_shape, "", "No control at all",
     "A policy has a grant or a session control.", "It does nothing.",
     "Add a control, or delete the policy."},
    {"GRT-04", Severity::error, Decided::by_shape, "", "MFA and a strength together",
     "A policy has either `mfa` or a strength.", "The service refuses both.", "Keep the strength."},
    {"GRT-05", Severity::low, Decided::by_shape, "", "MFA where a strength would do",
     "Policies for administrators and sensitive resources name a strength.",
     "A strength says which methods count.", "Replace `mfa` by an authentication strength."},
    {"GRT-06", Severity::medium, Decided::by_shape, "", "Retired control `approvedApplication`",
     "No policy uses `approvedApplication`.",
     "The service retires it; as the only alternative it will block.",
     "Use `compliantApplication`."},
    {"GRT-07", Severity::medium, Decided::by_shape, "", "Strength admits weak methods",
     "A custom strength admits neither text messages and calls, nor single factors, nor passes "
     "for several uses.",
     "Its name promises more than it holds.", "Trim its combinations."},
    {"GRT-08", Severity::medium, Decided::by_shape, "", "Strength that guests cannot meet",
     "A policy that reaches guests asks for methods that their home tenant need not vouch for.",
     "Guests are locked out unless cross-tenant trust is set.",
     "Trust the home tenants' multifactor authentication, or make a policy for guests."},
    {"GRT-09", Severity::high, Decided::by_shape, "", "App protection off phones",
     "Where an app control is required, the platforms are iOS and Android, for "
     "`compliantApplication` Windows, too.",
     "No other platform can satisfy it.", "Narrow the platforms, or add an alternative."},
    {"GRT-10", Severity::high, Decided::by_shape, "", "Hybrid join asked where there is none",
     "Where a hybrid joined device is the only alternative, Windows is among the platforms.",
     "Only Windows joins a domain.", "Ask for a compliant device instead."},
    {"GRT-11", Severity::medium, Decided::by_shape, "compliance policies",
     "Compliance asked, no compliance policy",
     "For each platform that must be compliant there is a compliance policy.",
     "Otherwise a default decides what compliant means.",
     "Create a compliance policy for the platform."},
    {"GRT-12", Severity::low, Decided::by_shape, "", "Custom factor in use",
     "No policy uses custom controls.",
     "External methods replace them, and they do not count as multifactor authentication.",
     "Move to an external authentication method."},
    {"GRT-13", Severity::medium, Decided::by_shape, "", "Terms of use alone",
     "Terms of use are not all that a broad policy asks for.", "They prove nobody's identity.",
     "Ask for multifactor authentication, too."},
    {"GRT-14", Severity::medium, Decided::by_shape, "", "Remediation used wrongly",
     "`riskRemediation` stands beside a strength alone and for a user risk.",
     "It has a shape of its own, and the service refuses others.", "Give the policy that shape."},
    {"GRT-15", Severity::high, Decided::by_shape, "",
     "Device or place asked of device registration",
     "A policy that reaches device registration relies neither on the device nor on the place.",
     "Only multifactor authentication counts there, so the policy is passed by silently.",
     "Ask for multifactor authentication at `urn:user:registerdevice`."},
    {"GRT-16", Severity::high, Decided::by_shape, "", "Nobody can register a first factor",
     "A policy for registering security information leaves a way for those who have no factor or "
     "managed device yet.",
     "New people are stuck.",
     "Exclude a trusted place or guests, or admit a temporary access pass."},
    {"GRT-17", Severity::low, Decided::by_shape, "", "Operator missing",
     "A policy with two alternatives or more says AND or OR.", "Readers have to guess.",
     "Write the operator."},
    {"GRT-18", Severity::medium, Decided::by_shape, "", "Protected action with plain MFA",
     "A policy for an authentication context asks for a strength.",
     "A step-up should be stronger than what everybody did already.",
     "Ask for a strength, every time."},
};

}  // namespace

std::span<const Check> grants_rows() { return rows; }

}  // namespace sallyport
