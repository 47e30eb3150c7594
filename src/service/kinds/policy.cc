// Conditional access policies: the rules of the service, and the form it stores (spec, sections 1.3
// and 1.5).
#include "base/json_edit.h"
#include "policy/policy_set.h"
#include "policy/validate.h"
#include "policy/write.h"
#include "service/document_type.h"

namespace sallyport {
namespace {

constexpr std::string_view whole[] = {"authenticationStrength"};
constexpr std::string_view read_only[] = {"id", "createdDateTime", "modifiedDateTime",
                                          "deletedDateTime"};

// What a policy refers to is stored as a reference, so that it follows the strength it names.
json::Value with_strength_by_id(const json::Value& policy, json::Arena& arena) {
  const auto* grant = policy.find("grantControls");
  const auto* strength = grant == nullptr ? nullptr : grant->find("authenticationStrength");
  const auto* id = strength == nullptr ? nullptr : strength->find("id");
  if (id == nullptr) return policy;
  const json::Member only[] = {{"id", *id, 0}};
  const auto reference = json::with(*grant, "authenticationStrength", arena.object(only), arena);
  return json::with(policy, "grantControls", reference, arena);
}

Result<json::Value> check(const Proposal& proposal) {
  auto& arena = proposal.arena;
  const auto& tenant = proposal.draft.tenant_without_changes_of(
      {"namedLocation", "authenticationStrengthPolicy", "authenticationContextClassReference"});
  const auto& known = tenant.program->policies();
  for (const auto& violation : validate(proposal.document, known, Dialect::strict)) {
    if (violation.is_error) {
      return fail(ErrorKind::invalid_argument, graph_message(violation), violation.pointer);
    }
  }
  if (proposal.before == nullptr) {
    const auto count = proposal.draft.count(conditional_access_policy_type.kind);
    if (!count) return tl::unexpected<Error>(count.error());
    if (const auto violation = check_policy_count(*count + 1)) {
      return fail(ErrorKind::invalid_argument, graph_message(*violation));
    }
  }
  const auto stored = normalise_stored(proposal.document, known.authentication_strengths, arena);
  return with_strength_by_id(stored, arena);
}

}  // namespace

const DocumentType conditional_access_policy_type{
    .kind = "conditionalAccessPolicy",
    .noun = "conditional access policy",
    .category = "Policy",
    .target_type = "Policy",
    .deleted_kind = "sallyport.deletedConditionalAccessPolicy",
    .whole = whole,
    .read_only = read_only,
    .check = check,
};

}  // namespace sallyport
