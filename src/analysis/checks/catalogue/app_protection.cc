// App protection (spec, section 12).
#include "analysis/checks/catalogue/rows.h"

namespace sallyport {
namespace {

constexpr Check rows[] = {
    {"MAM-01", Severity::medium, Decided::by_shape, "app protection policies",
     "Data may leave the apps",
     "An app protection policy lets data go to managed apps only, and neither be saved elsewhere "
     "nor backed up.",
     "It ends up in private apps.", "Allow `managedApps` only, block saving and backup."},
    {"MAM-02", Severity::medium, Decided::by_shape, "app protection policies", "No PIN for apps",
     "An app protection policy asks for a PIN that is not simple, of 6 digits, with 10 tries at "
     "most.",
     "Whoever picks up an unlocked phone reads on.", "Require a PIN."},
    {"MAM-03", Severity::low, Decided::by_shape, "app protection policies", "Clipboard open",
     "An app protection policy restricts the clipboard.", "Data leaves by copy and paste.",
     "Set `managedAppsWithPasteIn`."},
    {"MAM-04", Severity::low, Decided::by_shape, "app protection policies", "Offline for long",
     "Data is wiped after 90 days offline and access checked after 12 hours.",
     "Lost devices keep the data.", "Shorten the periods."},
    {"MAM-05", Severity::medium, Decided::by_shape, "app protection policies",
     "App data not encrypted",
     "An app protection policy encrypts the apps' data while the device is locked.",
     "Lost devices give the data away.", "Require encryption."},
    {"MAM-06", Severity::medium, Decided::by_shape, "app protection policies",
     "Policy names no apps", "An app protection policy names apps.",
     "`compliantApplication` can never be satisfied by them.", "Name the apps."},
    {"MAM-07", Severity::medium, Decided::by_shape, "app protection policies",
     "App protection asked, no policy",
     "For each phone platform where conditional access asks for app protection there is an app "
     "protection policy.",
     "Users can never satisfy it.", "Create the policy."},
};

}  // namespace

std::span<const Check> app_protection_rows() { return rows; }

}  // namespace sallyport
