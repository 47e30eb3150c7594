// Hygiene (spec, section 11).
#include "analysis/checks/catalogue/rows.h"

namespace sallyport {
namespace {

constexpr Check rows[] = {
    {"HYG-01", Severity::low, Decided::by_shape, "", "Long in report-only",
     "No policy is in report-only for longer than the configured days.", "It is no protection.",
     "Enforce it, or delete it."},
    {"HYG-02", Severity::low, Decided::by_shape, "", "Long disabled",
     "No policy is disabled for longer than the configured days.", "It is clutter.", "Delete it."},
    {"HYG-03", Severity::info, Decided::by_shape, "", "Name does not fit the pattern",
     "Every name fits the configured pattern.",
     "Names that follow a pattern are found and read quickly.", "Rename it."},
    {"HYG-04", Severity::low, Decided::by_shape, "", "Same name twice",
     "No two policies have the same name.", "Tools and people take one for the other.",
     "Rename one."},
    {"HYG-05", Severity::info, Decided::by_shape, "", "Name says otherwise",
     "What a name says of block, MFA, guests, administrators, legacy clients or state is so.",
     "Reviewers trust names.", "Correct the name or the policy."},
    {"HYG-06", Severity::info, Decided::by_shape, "", "Vendor's own policy",
     "No policy comes from the vendor and is in another state than they roll out.",
     "It may change by itself.", "Decide: copy it, or leave it."},
    {"HYG-07", Severity::low, Decided::by_missing_input, "audit log",
     "Changed recently by somebody unexpected",
     "No policy was changed lately by somebody who does not do so.", "It may be tampering.",
     "Review the change."},
    {"HYG-08", Severity::info, Decided::by_shape, "", "Members of the preview",
     "No policy holds members outside version 1.0.",
     "They may change, and other tools do not know them.", "Take note."},
    {"HYG-09", Severity::error, Decided::by_shape, "", "Unreadable policy",
     "Every document can be read: it is JSON, with the right types and known words.",
     "What is not read protects nobody.", "Correct the file."},
    {"HYG-10", Severity::low, Decided::by_shape, "security_defaults",
     "Security defaults beside policies",
     "Security defaults are off where there are policies, if the settings tell.",
     "The two exclude each other.", "Turn security defaults off."},
    {"HYG-11", Severity::info, Decided::by_shape, "licence", "Licence missing",
     "Every policy needs no more than the settings' licence.", "It has no effect.",
     "Buy the licence, or remove the policy."},
};

}  // namespace

std::span<const Check> hygiene_rows() { return rows; }

}  // namespace sallyport
