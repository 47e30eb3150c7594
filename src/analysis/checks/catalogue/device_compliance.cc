// Device compliance (spec, section 12).
#include "analysis/checks/catalogue/rows.h"

namespace sallyport {
namespace {

constexpr Check rows[] = {
    {"CMP-01", Severity::high, Decided::by_shape, "deviceManagement settings",
     "Devices without policy count as compliant",
     "Devices to which no compliance policy is assigned count as not compliant.",
     "Otherwise every device passes.", "Turn on `secureByDefault`."},
    {"CMP-02", Severity::medium, Decided::by_shape, "compliance policies",
     "Platform without compliance policy",
     "There is a compliance policy for Windows, macOS, iOS and Android.",
     "A default decides for the others.", "Create one."},
    {"CMP-03", Severity::medium, Decided::by_shape, "compliance policies",
     "No action for noncompliance",
     "A compliance policy blocks what does not comply, within the configured hours.",
     "A device otherwise never turns red.", "Add the action `block`."},
    {"CMP-04", Severity::medium, Decided::by_shape, "compliance policies", "No disk encryption",
     "A compliance policy asks for encrypted storage.", "Machines are lost.",
     "Require encryption."},
    {"CMP-05", Severity::medium, Decided::by_shape, "compliance policies",
     "No password, or a weak one",
     "A compliance policy asks for a password of 6 characters (8 on desktops) that is not simple.",
     "Whoever holds the machine is in.", "Require a password and its length."},
    {"CMP-06", Severity::medium, Decided::by_shape, "compliance policies",
     "No oldest system version",
     "A compliance policy names the oldest version of the system it accepts.",
     "Unpatched systems pass.", "Set `osMinimumVersion`."},
    {"CMP-07", Severity::high, Decided::by_shape, "compliance policies",
     "Jailbroken devices allowed",
     "A compliance policy for iOS or Android refuses jailbroken and rooted devices.",
     "No other control holds on them.", "Set `securityBlockJailbrokenDevices`."},
    {"CMP-08", Severity::low, Decided::by_shape, "compliance policies", "No threat level",
     "A compliance policy asks for a threat level of a defence product.",
     "What the product sees changes nothing.", "Connect it, and require a level."},
    {"CMP-09", Severity::medium, Decided::by_shape, "compliance policies", "Windows integrity off",
     "A compliance policy for Windows asks for secure boot, code integrity, TPM, Defender, "
     "firewall, antivirus and real-time protection.",
     "The machine may be changed below what it reports.", "Require them."},
    {"CMP-10", Severity::low, Decided::by_shape, "compliance policies", "macOS integrity off",
     "A compliance policy for macOS asks for system integrity protection, firewall and "
     "Gatekeeper.",
     "The machine may be changed below what it reports.", "Require them."},
    {"CMP-11", Severity::low, Decided::by_shape, "compliance policies", "Android attestation off",
     "A compliance policy for Android asks for attestation of integrity and a certified device.",
     "Emulators pass.", "Require both."},
};

}  // namespace

std::span<const Check> device_compliance_rows() { return rows; }

}  // namespace sallyport
