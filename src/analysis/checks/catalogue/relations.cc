// Relations between policies (spec, section 10).
#include "analysis/checks/catalogue/rows.h"

namespace sallyport {
namespace {

constexpr Check rows[] = {
    {"REL-01", Severity::low, Decided::by_shape, "", "Duplicate",
     "No two policies are equal but for names, ids, dates and order.", "They drift apart.",
     "Keep one."},
    {"REL-02", Severity::low, Decided::by_effect, "", "Shadowed",
     "No enforced policy lies within another one that asks for at least as much.",
     "It is dead weight.", "Retire it."},
    {"REL-03", Severity::medium, Decided::by_effect, "", "Contradiction",
     "No two enforced policies overlap where one blocks and the other asks for a control.",
     "Users there always fail.", "Exclude the one from the other."},
    {"REL-04", Severity::medium, Decided::by_shape, "", "Not to be met together",
     "No two enforced policies ask on one platform for controls that exclude each other, as "
     "hybrid join and mobile app protection.",
     "Users there always fail.", "Divide them by platform."},
    {"REL-05", Severity::low, Decided::by_shape, "", "Nearly equal",
     "No two policies differ in a single value.", "One policy would do.", "Merge them."},
    {"REL-06", Severity::medium, Decided::by_shape, "", "Stricter twin in report-only",
     "No report-only policy has the scope of an enforced one and asks for more.", "It seems ready.",
     "Enforce it in place of the other."},
    {"REL-07", Severity::medium, Decided::by_effect, "", "Twin switched off",
     "No disabled policy covers what no enforced one covers.", "It was forgotten.", "Enable it."},
    {"REL-08", Severity::medium, Decided::by_shape, "baseline set", "Drift from the baseline",
     "Every policy is as in the stored baseline set, where one was given.",
     "Somebody changed it without review.", "Review the change, then renew the baseline."},
    {"REL-09", Severity::info, Decided::by_shape, "", "Close to the number of policies allowed",
     "There are fewer policies than four fifths of the limit.",
     "At the limit no policy can be created.", "Merge policies."},
};

}  // namespace

std::span<const Check> relations_rows() { return rows; }

}  // namespace sallyport
