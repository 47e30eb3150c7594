// Named locations (spec, section 7).
#include <algorithm>

#include "base/json_edit.h"
#include "base/text.h"
#include "directory/read.h"
#include "policy/policy_set.h"
#include "policy/write.h"
#include "service/document_type.h"

namespace sallyport {
namespace {

constexpr std::size_t ip_locations_max = 195;
constexpr std::string_view read_only[] = {"id", "createdDateTime", "modifiedDateTime",
                                          "deletedDateTime"};

std::string_view type_text(const json::Value& document) {
  const auto* type = document.find("@odata.type");
  auto text = type == nullptr ? std::string_view() : type->text();
  if (text.starts_with('#')) text.remove_prefix(1);
  return text;
}

Result<void> check_type(const Proposal& proposal) {
  const auto type = type_text(proposal.document);
  if (type.empty()) {
    return fail(ErrorKind::invalid_argument,
                "1007: `@odata.type` is missing; it tells an address location from a country "
                "location: #microsoft.graph.ipNamedLocation",
                "/@odata.type");
  }
  if (proposal.before == nullptr) return {};
  const auto was = type_text(*proposal.before);
  if (!was.empty() && !equal_ignoring_case(was, type)) {
    return fail(ErrorKind::invalid_argument,
                "1007: a location stays of the type it was created with, `" + printable(was) + "`",
                "/@odata.type");
  }
  return {};
}

Result<void> check_count(const Proposal& proposal, const PolicySet& known) {
  if (proposal.before != nullptr) return {};
  const auto count = std::ranges::count_if(
      known.named_locations, [](const NamedLocation& one) { return one.kind == LocationKind::ip; });
  if (static_cast<std::size_t>(count) < ip_locations_max) return {};
  return fail(ErrorKind::invalid_argument, "1032: a tenant has at most " +
                                               std::to_string(ip_locations_max) +
                                               " address locations; delete one that is not needed");
}

json::Value with_defaults(const json::Value& document, LocationKind kind, json::Arena& arena) {
  auto out = document;
  const auto fill = [&](std::string_view name, const json::Value& value) {
    const auto* found = out.find(name);
    if (found == nullptr || found->is_null()) out = json::with(out, name, value, arena);
  };
  if (kind == LocationKind::ip) fill("isTrusted", json::Value::boolean(false));
  if (kind == LocationKind::country) {
    fill("includeUnknownCountriesAndRegions", json::Value::boolean(false));
    fill("countryLookupMethod", json::Value::string("clientIpAddress"));
  }
  return canonical(out, arena);
}

Result<json::Value> check(const Proposal& proposal) {
  if (auto typed = check_type(proposal); !typed) return tl::unexpected<Error>(typed.error());
  const auto reading = read_named_location(proposal.document, Dialect::strict);
  if (auto good = refuse_errors(reading.findings); !good) {
    return tl::unexpected<Error>(good.error());
  }
  const auto& tenant = proposal.draft.tenant_without_changes_of({named_location_type.kind});
  if (reading.value.kind == LocationKind::ip) {
    auto room = check_count(proposal, tenant.program->policies());
    if (!room) return tl::unexpected<Error>(room.error());
  }
  return with_defaults(proposal.document, reading.value.kind, proposal.arena);
}

Result<void> check_removal(const json::Value& document, Draft& draft) {
  const auto location = read_named_location(document).value;
  if (location.is_trusted) {
    return fail(ErrorKind::invalid_argument,
                "1032: a trusted location cannot be deleted; set `isTrusted` to false first");
  }
  const auto& tenant = draft.tenant_without_changes_of({"conditionalAccessPolicy"});
  for (const auto& policy : tenant.program->policies().policies) {
    const auto& locations = policy.conditions.locations;
    if (!locations) continue;
    for (const auto* side : {&locations->include, &locations->exclude}) {
      if (std::ranges::find(side->locations, location.id) == side->locations.end()) continue;
      return fail(ErrorKind::invalid_argument,
                  "1032: the policy `" + printable(policy.display_name) +
                      "` uses this location; take it out of there first");
    }
  }
  return {};
}

}  // namespace

const DocumentType named_location_type{
    .kind = "namedLocation",
    .noun = "named location",
    .category = "Policy",
    .target_type = "Policy",
    .deleted_kind = "sallyport.deletedNamedLocation",
    .read_only = read_only,
    .check = check,
    .check_removal = check_removal,
};

}  // namespace sallyport
