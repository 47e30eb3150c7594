// Authentication contexts, c1 to c99 (spec, section 9.1).
#include <algorithm>
#include <charconv>

#include "base/json_edit.h"
#include "base/text.h"
#include "policy/policy_set.h"
#include "service/document_type.h"

namespace sallyport {
namespace {

constexpr std::string_view read_only[] = {"id"};

// 37 for `c37`; nothing when it is no context.
std::optional<std::uint8_t> number_of(std::string_view id) {
  std::uint8_t number = 0;
  if (id.size() < 2 || id.size() > 3 || id[0] != 'c' || id[1] == '0') return std::nullopt;
  const auto end = std::from_chars(id.data() + 1, id.data() + id.size(), number);
  if (end.ptr != id.data() + id.size()) return std::nullopt;
  return number;
}

Result<void> check_members(const json::Value& document) {
  for (const auto& member : document.members()) {
    const bool text = member.name == "id" || member.name == "displayName" ||
                      member.name == "description" || member.name == "@odata.type";
    if (text ? member.value.is_string() || member.value.is_null()
             : member.name == "isAvailable" && member.value.is_boolean()) {
      continue;
    }
    return fail(ErrorKind::invalid_argument,
                text || member.name == "isAvailable"
                    ? "1007: `" + std::string(member.name) + "` is of the wrong type"
                    : "1007: a context has no member `" + printable(member.name) + "`",
                "/" + std::string(member.name));
  }
  return {};
}

Result<json::Value> check(const Proposal& proposal) {
  const auto* id = proposal.document.find("id");
  if (id == nullptr || !number_of(id->text())) {
    return fail(ErrorKind::invalid_argument,
                "1007: the id of an authentication context is `c1` to `c99`", "/id");
  }
  if (auto good = check_members(proposal.document); !good) {
    return tl::unexpected<Error>(good.error());
  }
  auto& arena = proposal.arena;
  auto out = proposal.document;
  for (const auto* name : {"displayName", "description"}) {
    if (out.find(name) == nullptr) out = json::with(out, name, json::Value(), arena);
  }
  if (out.find("isAvailable") == nullptr) {
    out = json::with(out, "isAvailable", json::Value::boolean(false), arena);
  }
  return out;
}

Result<void> check_removal(const json::Value& document, Draft& draft) {
  if (const auto* available = document.find("isAvailable");
      available != nullptr && available->truth()) {
    return fail(ErrorKind::invalid_argument,
                "1032: a context that is published to apps cannot be deleted; set `isAvailable` "
                "to false first");
  }
  const auto number = number_of(document.find("id")->text());
  const auto& tenant = draft.tenant_without_changes_of({"conditionalAccessPolicy"});
  for (const auto& policy : tenant.program->policies().policies) {
    const auto& applications = policy.conditions.applications;
    if (!number || !applications) continue;
    const auto& contexts = applications->authentication_contexts;
    if (std::ranges::find(contexts, *number) == contexts.end()) continue;
    return fail(ErrorKind::invalid_argument, "1032: the policy `" + printable(policy.display_name) +
                                                 "` uses this context; take it out of there first");
  }
  return {};
}

}  // namespace

const DocumentType authentication_context_type{
    .kind = "authenticationContextClassReference",
    .noun = "authentication context",
    .category = "Policy",
    .target_type = "Policy",
    .deleted_kind = {},
    .dates = Dates::none,
    .read_only = read_only,
    .check = check,
    .check_removal = check_removal,
};

}  // namespace sallyport
