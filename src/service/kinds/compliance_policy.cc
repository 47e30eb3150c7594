// Compliance policies of all platforms, and those of the settings catalogue, as Linux has them
// (device-compliance spec, sections 1.1 to 1.5).
#include <algorithm>

#include "base/json_edit.h"
#include "base/text.h"
#include "service/document_type.h"
#include "service/kinds/policy_parts.h"
#include "service/kinds/shapes.h"

namespace sallyport {
namespace {

using json::Value;
using schema::Member;
using schema::Shape;
using shapes::refuse;
using shapes::text_of;

constexpr std::string_view read_only[] = {"id", "createdDateTime", "lastModifiedDateTime",
                                          "version"};
constexpr std::string_view catalogue_read_only[] = {
    "id", "createdDateTime", "lastModifiedDateTime", "version", "settingCount", "isAssigned"};
constexpr std::string_view policy_types[] = {
    "windows10CompliancePolicy",           "windows81CompliancePolicy",
    "windowsPhone81CompliancePolicy",      "windows10MobileCompliancePolicy",
    "iosCompliancePolicy",                 "macOSCompliancePolicy",
    "androidCompliancePolicy",             "androidWorkProfileCompliancePolicy",
    "androidForWorkCompliancePolicy",      "androidDeviceOwnerCompliancePolicy",
    "aospDeviceOwnerCompliancePolicy"};
constexpr std::size_t name_length_max = 256;
constexpr Member policy_members[] = {{"displayName", Shape::text},
                                     {"description", Shape::text},
                                     {"roleScopeTagIds", Shape::ids},
                                     {"assignments", Shape::objects},
                                     {"scheduledActionsForRule", Shape::objects}};
constexpr Member catalogue_members[] = {{"name", Shape::text},
                                        {"description", Shape::text},
                                        {"platforms", Shape::text},
                                        {"technologies", Shape::text},
                                        {"roleScopeTagIds", Shape::ids},
                                        {"settings", Shape::objects},
                                        {"assignments", Shape::objects},
                                        {"scheduledActionsForRule", Shape::objects}};

std::string_view type_word(const Value& document) {
  auto type = text_of(document, "@odata.type");
  if (type.starts_with('#')) type.remove_prefix(1);
  constexpr std::string_view space = "microsoft.graph.";
  return type.starts_with(space) ? type.substr(space.size()) : type;
}

Result<Value> with_type(const Proposal& proposal) {
  const auto word = type_word(proposal.document);
  const auto known = std::ranges::find_if(
      policy_types, [&](std::string_view one) { return equal_ignoring_case(one, word); });
  if (known == std::end(policy_types)) {
    return refuse("`@odata.type` tells for which platform a policy is, such as "
                  "#microsoft.graph.windows10CompliancePolicy; `" + printable(word) +
                      "` is none; policies for Linux are made at /deviceManagement/compliancePolicies",
                  "@odata.type");
  }
  if (proposal.before != nullptr && !equal_ignoring_case(type_word(*proposal.before), *known)) {
    return refuse("a policy stays of the type it was made with", "@odata.type");
  }
  auto& arena = proposal.arena;
  return json::with(proposal.document, "@odata.type",
                    arena.string("#microsoft.graph." + std::string(*known)), arena);
}

// One more than before, as Graph counts.
Value with_version(const Value& document, const Value* before, json::Arena& arena) {
  const auto* was = before == nullptr ? nullptr : before->find("version");
  const auto number = was == nullptr ? 0 : was->integer().value_or(0);
  return json::with(document, "version", arena.number(number + 1), arena);
}

// Whom it is for and what follows, as they are stored.
Result<Value> with_parts(const Value& document, const Proposal& proposal) {
  auto assigned = with_assignments(document, proposal.draft, proposal.arena);
  if (!assigned) return assigned;
  auto scheduled = with_scheduled_actions(*assigned, proposal.draft, proposal.arena);
  if (!scheduled) return scheduled;
  return with_version(*scheduled, proposal.before, proposal.arena);
}

Result<Value> check_policy(const Proposal& proposal) {
  auto typed = with_type(proposal);
  if (!typed) return typed;
  for (const auto& done : {shapes::check_shapes(*typed, policy_members),
                           shapes::check_present(*typed, {"displayName"}),
                           shapes::check_length(*typed, "displayName", name_length_max)}) {
    if (!done) return tl::unexpected<Error>(done.error());
  }
  return with_parts(*typed, proposal);
}

Result<Value> check_catalogue_policy(const Proposal& proposal) {
  auto& arena = proposal.arena;
  auto document = proposal.document;
  for (const auto& done : {shapes::check_shapes(document, catalogue_members),
                           shapes::check_present(document, {"name", "platforms"}),
                           shapes::check_length(document, "name", name_length_max)}) {
    if (!done) return tl::unexpected<Error>(done.error());
  }
  const auto* settings = document.find("settings");
  const auto count = settings == nullptr ? 0 : static_cast<std::int64_t>(settings->items().size());
  const auto* assignments = document.find("assignments");
  const bool is_assigned = assignments != nullptr && !assignments->items().empty();
  document = shapes::with_default(document, "settings", Value::array({}), arena);
  document = json::with(document, "settingCount", arena.number(count), arena);
  document = json::with(document, "isAssigned", Value::boolean(is_assigned), arena);
  return with_parts(document, proposal);
}

}  // namespace

const DocumentType device_compliance_policy_type{
    .kind = "deviceCompliancePolicy",
    .noun = "compliance policy",
    .category = "Policy",
    .target_type = "Policy",
    .deleted_kind = {},
    .dates = Dates::created_and_last_modified,
    .read_only = read_only,
    .check = check_policy,
};
const DocumentType settings_catalogue_policy_type{
    .kind = "deviceManagementCompliancePolicy",
    .noun = "compliance policy of the settings catalogue",
    .category = "Policy",
    .target_type = "Policy",
    .deleted_kind = {},
    .dates = Dates::created_and_last_modified,
    .read_only = catalogue_read_only,
    .check = check_catalogue_policy,
};

}  // namespace sallyport
