// Compliance policies of all platforms, and those of the settings catalogue, as Linux has them
// (device-compliance spec, sections 1.1 to 1.5).
#include "compliance/compliance_policy.h"
#include "base/json_edit.h"
#include "service/document_type.h"
#include "service/kinds/policy_parts.h"
#include "service/kinds/shapes.h"

namespace sallyport {
namespace {

using json::Value;
using schema::Member;
using schema::Shape;
using shapes::refuse;

constexpr std::string_view read_only[] = {"id", "createdDateTime", "lastModifiedDateTime",
                                          "version"};
constexpr std::string_view catalogue_read_only[] = {"id", "createdDateTime", "lastModifiedDateTime",
                                                    "settingCount", "isAssigned"};
constexpr std::size_t name_length_max = 256;
constexpr Member members[] = {{"description", Shape::text}, {"roleScopeTagIds", Shape::ids}};

std::optional<compliance::PolicyType> type_of(const Value& document) {
  return compliance::parse_policy_type(text_of(document, "@odata.type"));
}

// One more than before, as Graph counts.
Value with_version(const Value& document, const Value* before, json::Arena& arena) {
  const auto* was = before == nullptr ? nullptr : before->find("version");
  const auto number = was == nullptr ? 0 : was->integer().value_or(0);
  return json::with(document, "version", arena.number(number + 1), arena);
}

// What the reader of compliance policies accepts, in Graph's spelling, with what the service adds.
Result<Value> checked(const Value& document, const Proposal& proposal, std::string_view name) {
  for (const auto& done : {shapes::check_shapes(document, members),
                           shapes::check_length(document, name, name_length_max)}) {
    if (!done) return tl::unexpected<Error>(done.error());
  }
  auto& arena = proposal.arena;
  const auto reading = compliance::read_compliance_policy(document, Dialect::strict);
  if (auto good = refuse_errors(reading.findings); !good) {
    return tl::unexpected<Error>(good.error());
  }
  const auto canonical = compliance::canonical_compliance_policy(document, arena);
  auto assigned = with_assignments(canonical, proposal.draft, arena);
  if (!assigned) return assigned;
  return with_scheduled_actions(*assigned, proposal.draft, arena);
}

Result<Value> check_policy(const Proposal& proposal) {
  const auto type = type_of(proposal.document);
  if (type == compliance::PolicyType::linux) {
    return refuse("policies for Linux are made at /deviceManagement/compliancePolicies",
                  "@odata.type");
  }
  if (type == compliance::PolicyType::built_in) {
    return refuse("the built-in policy is there already; /deviceManagement has its settings",
                  "@odata.type");
  }
  if (proposal.before != nullptr && type != type_of(*proposal.before)) {
    return refuse("a policy stays of the type it was made with", "@odata.type");
  }
  const auto document = with_version(proposal.document, proposal.before, proposal.arena);
  return checked(document, proposal, "displayName");
}

// Its type is told by where it stands, and is part of it where it is read again.
Result<Value> check_catalogue_policy(const Proposal& proposal) {
  auto& arena = proposal.arena;
  auto document = proposal.document;
  const auto* settings = document.find("settings");
  const auto count = settings == nullptr ? 0 : static_cast<std::int64_t>(settings->items().size());
  const auto* assignments = document.find("assignments");
  const bool is_assigned = assignments != nullptr && !assignments->items().empty();
  document = json::with(document, "@odata.type",
                        Value::string("#microsoft.graph.deviceManagementCompliancePolicy"), arena);
  document = shapes::with_default(document, "settings", Value::array({}), arena);
  document = json::with(document, "settingCount", arena.number(count), arena);
  document = json::with(document, "isAssigned", Value::boolean(is_assigned), arena);
  return checked(document, proposal, "name");
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
