// Targets and references (spec, section 8).
#include "analysis/checks/catalogue/rows.h"

namespace sallyport {
namespace {

constexpr Check rows[] = {
    {"REF-01", Severity::high, Decided::by_shape, "directory", "Reference to nothing",
     "Every id is one of an object that exists, where the documents of that kind were given.",
     "The scope silently changes.", "Remove the id, or restore the object."},
    {"REF-02", Severity::medium, Decided::by_shape, "directory", "Empty group targeted",
     "Every group that a policy includes has members, where the directory was given.",
     "The policy guards nobody.", "Correct the group or the policy."},
    {"REF-03", Severity::error, Decided::by_shape, "", "Not an id",
     "Every value among ids is an id or a word of that list.",
     "A template was not filled in, or a name stands where an id belongs.",
     "Replace it by the object's id."},
    {"REF-04", Severity::low, Decided::by_shape, "", "Unknown role",
     "Every role is one of the known role templates.", "The id of a role instance matches nobody.",
     "Use the role's template id."},
    {"REF-05", Severity::medium, Decided::by_shape, "directory", "Group not protected",
     "A group that policies use is role-assignable or managed by restricted administrators, where"
     " the directory was given.",
     "Whoever edits the group edits the policy.", "Protect the group."},
    {"REF-06", Severity::medium, Decided::by_shape, "directory",
     "Dynamic group by members users can edit",
     "No excluded group has a rule on attributes that users set themselves, where the directory "
     "was given.",
     "Users put themselves into the exclusion.",
     "Base the rule on attributes that only administrators set."},
    {"REF-07", Severity::high, Decided::by_shape, "", "No target resource",
     "A policy names a resource, action, context or filter.", "It never applies.",
     "Name one, or delete the policy."},
    {"REF-08", Severity::high, Decided::by_shape, "", "No target identity",
     "A policy names users or workloads.", "It never applies.", "Name some, or delete the policy."},
    {"REF-09", Severity::medium, Decided::by_shape, "", "Resource that is never evaluated",
     "No policy names a resource that the service does not evaluate.",
     "The policy has no effect on it.", "Remove it, and do not rely on the policy for it."},
    {"REF-10", Severity::medium, Decided::by_shape, "", "Client named as a resource",
     "No policy names an application that is only a client.",
     "Policies target what is accessed, not what accesses.", "Target the API behind it."},
    {"REF-11", Severity::low, Decided::by_shape, "", "Suite named in part",
     "A policy names no part of Office 365 one by one.",
     "Services depend on each other, so a part of them breaks.", "Use `Office365`."},
    {"REF-12", Severity::medium, Decided::by_shape, "", "Required dependency missing",
     "Where Teams is covered, Exchange and SharePoint are covered as strictly.",
     "Their policies come first, and users meet the other control late.", "Cover all three alike."},
    {"REF-13", Severity::medium, Decided::by_missing_input, "cross-tenant membership",
     "Nested group for guests", "Guests are members of the groups themselves.",
     "Nested membership may not resolve for them.", "Assign them directly."},
    {"REF-14", Severity::low, Decided::by_shape, "", "Store not excluded from compliance",
     "A policy that asks all resources for a compliant device excludes the Windows Store for "
     "Business.",
     "Subscription activation of Windows fails.", "Exclude 45a330b1-b1ec-4cc1-9161-9f03992aa49f."},
    {"REF-15", Severity::medium, Decided::by_shape, "", "Enrolment asks for what it brings",
     "No policy requires a compliant device for enrolling one.",
     "A new device can never become compliant.",
     "Exclude enrolment, and require multifactor authentication for it."},
};

}  // namespace

std::span<const Check> targets_rows() { return rows; }

}  // namespace sallyport
