// Assignment filters (device-compliance spec, section 6).
#include "compliance/assignment_filter.h"
#include "service/document_type.h"
#include "service/kinds/policy_parts.h"
#include "service/kinds/shapes.h"

namespace sallyport {
namespace {

using json::Value;
using schema::Member;
using schema::Shape;

constexpr std::string_view read_only[] = {"id", "createdDateTime", "lastModifiedDateTime"};
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
                           shapes::check_present(document, {"displayName", "platform", "rule"})}) {
    if (!done) return tl::unexpected<Error>(done.error());
  }
  auto worded = shapes::with_word(document, "platform", compliance::filter_platforms, arena);
  if (!worded) return worded;
  worded = shapes::with_word(*worded, "assignmentFilterManagementType",
                             compliance::filter_management_types, arena);
  if (!worded) return worded;
  const auto out = shapes::with_default(*worded, "assignmentFilterManagementType",
                                        Value::string("devices"), arena);
  const auto reading = compliance::read_assignment_filter(out, Dialect::strict);
  if (auto good = refuse_errors(reading.findings); !good) {
    return tl::unexpected<Error>(good.error());
  }
  if (proposal.before != nullptr) {
    if (json::text_of(*proposal.before, "platform") != json::text_of(*worded, "platform")) {
      return shapes::refuse("a filter stays for the platform it was made for", "platform");
    }
  } else {
    const auto count = proposal.draft.count(assignment_filter_type.kind);
    if (!count) return tl::unexpected<Error>(count.error());
    if (*count >= compliance::assignment_filters_max) {
      return shapes::refuse("a tenant has at most 200 assignment filters", {});
    }
  }
  return out;
}

Result<void> check_removal(const Value& document, Draft& draft) {
  return check_is_unused(draft, "filter", json::text_of(document, "id"));
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
