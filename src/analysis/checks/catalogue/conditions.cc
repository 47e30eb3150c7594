// Conditions and locations (spec, section 7).
#include "analysis/checks/catalogue/rows.h"

namespace sallyport {
namespace {

constexpr Check rows[] = {
    {"CND-01", Severity::high, Decided::by_shape, "", "Platforms leave a way round",
     "A policy for some platforms that protects is accompanied by a block of unknown ones.",
     "The platform is what the client says of itself.", "Block unknown platforms (COV-18)."},
    {"CND-02", Severity::medium, Decided::by_shape, "", "Client types leave a way round",
     "A policy that asks for multifactor authentication is for all client types, or at least the "
     "modern ones alone.",
     "Modern clients slip by, and legacy ones cannot do it.",
     "Take all client types, and block legacy ones."},
    {"CND-03", Severity::high, Decided::by_shape, "", "Legacy clients targeted, not blocked",
     "A policy for legacy clients alone blocks.", "They cannot do what another control asks.",
     "Block."},
    {"CND-04", Severity::error, Decided::by_shape, "", "ActiveSync mixed with others",
     "A policy for Exchange ActiveSync is for Exchange or all resources, without a risk or "
     "another condition it cannot meet.",
     "The service refuses or ignores it.", "Make a policy of its own for ActiveSync."},
    {"CND-05", Severity::high, Decided::by_shape, "", "Empty location",
     "A location that a policy uses holds countries or address ranges.", "It never matches.",
     "Fill it."},
    {"CND-06", Severity::high, Decided::by_shape, "", "Location that should be trusted is not",
     "Where policies rely on trusted places, some location is trusted, and those whose name says "
     "so are.",
     "The condition never or always matches.", "Mark the location as trusted."},
    {"CND-07", Severity::medium, Decided::by_shape, "", "Wide or impossible range trusted",
     "Trusted ranges are public and no wider than /16, or /32 in IPv6.",
     "It trusts strangers, or can never match.", "Narrow the range, or name the public addresses."},
    {"CND-08", Severity::low, Decided::by_shape, "", "Ranges overlap",
     "No two ranges overlap, within a location or between a trusted and an untrusted one.",
     "It is hard to say which one counts.", "Clean them up."},
    {"CND-09", Severity::medium, Decided::by_shape, "", "Unknown countries pass",
     "Lists of allowed countries leave unknown ones out, lists of blocked countries hold them.",
     "Addresses without a country pass.", "Decide about `includeUnknownCountriesAndRegions`."},
    {"CND-10", Severity::low, Decided::by_shape, "", "Country by address only",
     "A strict policy looks up the country by position.", "A VPN moves an address to any country.",
     "Consider the authenticator's position."},
    {"CND-11", Severity::medium, Decided::by_shape, "", "Device filter fails open",
     "A filter leaves unregistered devices in the scope of the policy; whether it does is found "
     "out by evaluating it on one.",
     "Unregistered devices have no attributes, so tests on them turn out unexpectedly.",
     "Rewrite the filter so that it says what of unregistered devices."},
    {"CND-12", Severity::error, Decided::by_shape, "", "Device filter not understood",
     "A device filter can be read.", "The policy fails, or applies to everything.",
     "Correct the rule."},
    {"CND-13", Severity::low, Decided::by_shape, "", "Legacy device states",
     "No policy uses `deviceStates`, `includeDevices` or `excludeDevices`.",
     "The device filter replaces them.", "Use a device filter."},
    {"CND-14", Severity::error, Decided::by_shape, "", "Impossible combination",
     "No condition excludes all it includes, contradicts another, or puts a user action beside "
     "resources.",
     "The policy never applies.", "Correct the conditions."},
    {"CND-15", Severity::medium, Decided::by_shape, "", "Times configured",
     "No policy has the legacy condition `times`.", "The service does not honour it.",
     "Remove it."},
    {"CND-16", Severity::low, Decided::by_shape, "", "Compliant network without a way in",
     "A policy that blocks outside the compliant network excludes enrolment and the network's "
     "client.",
     "The device cannot get what would let it in.",
     "Exclude Intune enrolment and the network client."},
    {"CND-17", Severity::medium, Decided::by_shape, "", "MFA service's trusted addresses",
     "No policy uses the trusted addresses of the old multifactor authentication service.",
     "They are set elsewhere, and nobody looks there.", "Use a named location."},
    {"CND-18", Severity::low, Decided::by_shape, "", "Authentication flow without a block",
     "A policy for an authentication flow blocks.", "Other controls are rarely supported there.",
     "Block."},
};

}  // namespace

std::span<const Check> conditions_rows() { return rows; }

}  // namespace sallyport
