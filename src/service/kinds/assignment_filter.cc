// Assignment filters (device-compliance spec, section 6).
#include "service/document_type.h"
#include "service/kinds/policy_parts.h"
#include "service/kinds/shapes.h"

namespace sallyport {
namespace {

using json::Value;
using schema::Member;
using schema::Shape;

constexpr std::size_t filters_max = 200;
constexpr std::size_t rule_length_max = 3072;
constexpr std::string_view read_only[] = {"id", "createdDateTime", "lastModifiedDateTime"};
constexpr std::string_view platforms[] = {"android",
                                          "androidForWork",
                                          "iOS",
                                          "macOS",
                                          "windowsPhone81",
                                          "windows81AndLater",
                                          "windows10AndLater",
                                          "androidWorkProfile",
                                          "unknown",
                                          "androidAOSP",
                                          "androidMobileApplicationManagement",
                                          "iOSMobileApplicationManagement",
                                          "windowsMobileApplicationManagement",
                                          "linux"};
constexpr std::string_view management_types[] = {"devices", "apps"};
constexpr Member members[] = {{"displayName", Shape::text},
                              {"description", Shape::text},
                              {"platform", Shape::text},
                              {"rule", Shape::text},
                              {"assignmentFilterManagementType", Shape::text},
                              {"roleScopeTags", Shape::ids}};

Result<Value> check(const Proposal& proposal) {
  auto& arena = proposal.arena;
  const auto& document = proposal.document;
  for (const auto& done : {shapes::check_shapes(document, members),
                           shapes::check_present(document, {"displayName", "platform", "rule"}),
                           shapes::check_length(document, "rule", rule_length_max)}) {
    if (!done) return tl::unexpected<Error>(done.error());
  }
  auto worded = shapes::with_word(document, "platform", platforms, arena);
  if (!worded) return worded;
  worded = shapes::with_word(*worded, "assignmentFilterManagementType", management_types, arena);
  if (!worded) return worded;
  if (proposal.before != nullptr) {
    if (shapes::text_of(*proposal.before, "platform") != shapes::text_of(*worded, "platform")) {
      return shapes::refuse("a filter stays for the platform it was made for", "platform");
    }
  } else {
    const auto count = proposal.draft.count(assignment_filter_type.kind);
    if (!count) return tl::unexpected<Error>(count.error());
    if (*count >= filters_max) {
      return shapes::refuse("a tenant has at most 200 assignment filters", {});
    }
  }
  return shapes::with_default(*worded, "assignmentFilterManagementType", Value::string("devices"),
                              arena);
}

Result<void> check_removal(const Value& document, Draft& draft) {
  return check_is_unused(draft, "filter", shapes::text_of(document, "id"));
}

}  // namespace

const DocumentType assignment_filter_type{
    .kind = "deviceAndAppManagementAssignmentFilter",
    .noun = "assignment filter",
    .category = "Policy",
    .target_type = "Policy",
    .deleted_kind = {},
    .dates = Dates::created_and_last_modified,
    .read_only = read_only,
    .check = check,
    .check_removal = check_removal,
};

}  // namespace sallyport
