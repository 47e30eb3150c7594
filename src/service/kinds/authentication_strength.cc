// Authentication strengths of the tenant's own; the built-in ones are in no store and never change
// (spec, sections 4.4 and 9.1).
#include <algorithm>

#include "base/json_edit.h"
#include "base/text.h"
#include "directory/read.h"
#include "policy/policy_set.h"
#include "policy/write.h"
#include "service/document_type.h"

namespace sallyport {
namespace {

constexpr std::size_t custom_strengths_max = 15;
constexpr std::string_view read_only[] = {"id", "createdDateTime", "modifiedDateTime", "policyType",
                                          "requirementsSatisfied"};

Result<void> refuse(std::string message, std::string pointer = {}) {
  return fail(ErrorKind::invalid_argument, std::move(message), std::move(pointer));
}

// A strength is one that multifactor authentication is, or one that it is not.
Result<void> check_mixture(const AuthenticationStrength& strength) {
  const auto& combinations = strength.allowed_combinations;
  const auto strong = std::ranges::count_if(combinations, satisfies_mfa);
  if (strong == 0 || static_cast<std::size_t>(strong) == combinations.size()) return {};
  return refuse(
      "1032: a strength cannot mix combinations that are multifactor authentication with others; "
      "make two strengths",
      "/allowedCombinations");
}

Result<void> check_others(const AuthenticationStrength& strength, bool is_new,
                          const PolicySet& known) {
  const auto& others = known.authentication_strengths;
  if (is_new && others.size() >= custom_strengths_max) {
    return refuse("1032: a tenant has at most " + std::to_string(custom_strengths_max) +
                  " strengths of its own; delete one that is not needed");
  }
  const auto same_name = [&](const AuthenticationStrength& other) {
    return other.id != strength.id &&
           equal_ignoring_case(other.display_name, strength.display_name);
  };
  if (std::ranges::any_of(others, same_name) ||
      std::ranges::any_of(built_in_strengths(), same_name)) {
    return refuse("1032: another strength is called `" + printable(strength.display_name) + "`",
                  "/displayName");
  }
  return {};
}

json::Value stored_form(const Proposal& proposal, const AuthenticationStrength& strength) {
  auto& arena = proposal.arena;
  std::vector<json::Value> combinations;
  for (const auto combination : strength.allowed_combinations) {
    combinations.push_back(arena.string(combination_text(combination)));
  }
  auto out = json::with(proposal.document, "allowedCombinations", arena.array(combinations), arena);
  out = json::with(out, "policyType", json::Value::string("custom"), arena);
  const bool is_mfa = std::ranges::all_of(strength.allowed_combinations, satisfies_mfa);
  out =
      json::with(out, "requirementsSatisfied", json::Value::string(is_mfa ? "mfa" : "none"), arena);
  const auto* configurations = out.find("combinationConfigurations");
  if (configurations == nullptr || configurations->is_null()) {
    out = json::with(out, "combinationConfigurations", json::Value::array({}), arena);
  }
  // Unlike a policy's, this date is never null.
  const auto* created = out.find("createdDateTime");
  const auto* modified = out.find("modifiedDateTime");
  if (created != nullptr && (modified == nullptr || modified->is_null())) {
    out = json::with(out, "modifiedDateTime", *created, arena);
  }
  return canonical(out, arena);
}

Result<json::Value> check(const Proposal& proposal) {
  // Derived from the combinations, whatever the document said before.
  const auto bare = json::without(proposal.document, "requirementsSatisfied", proposal.arena);
  const auto reading = read_authentication_strength(bare, Dialect::strict);
  for (const auto& done :
       {refuse_errors(reading.findings), check_mixture(reading.value),
        check_others(reading.value, proposal.before == nullptr,
                     proposal.draft.tenant_without_changes_of({authentication_strength_type.kind})
                         .program->policies())}) {
    if (!done) return tl::unexpected<Error>(done.error());
  }
  return stored_form(proposal, reading.value);
}

Result<void> check_removal(const json::Value& document, Draft& draft) {
  const auto strength = read_authentication_strength(document).value;
  const auto& tenant = draft.tenant_without_changes_of({"conditionalAccessPolicy"});
  for (const auto& policy : tenant.program->policies().policies) {
    if (policy.grant_controls && policy.grant_controls->authentication_strength == strength.id) {
      return refuse("1032: the policy `" + printable(policy.display_name) +
                    "` uses this strength; take it out of there first");
    }
  }
  return {};
}

}  // namespace

const DocumentType authentication_strength_type{
    .kind = "authenticationStrengthPolicy",
    .noun = "authentication strength",
    .category = "Policy",
    .target_type = "Policy",
    .deleted_kind = {},
    .read_only = read_only,
    .check = check,
    .check_removal = check_removal,
};

}  // namespace sallyport
