#include "service/configuration.h"

#include <unordered_set>

#include "base/digest.h"
#include "base/json.h"

namespace sallyport {
namespace {

template <class T>
void append(std::vector<T>& list, const std::vector<T>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

// Whether an id of `content` was seen before.
bool claims_again(const PolicySet& content, std::unordered_set<Guid, GuidHash>& seen) {
  bool again = false;
  for (const auto& policy : content.policies) again |= !seen.insert(policy.id.guid).second;
  for (const auto& place : content.named_locations) again |= !seen.insert(place.id.guid).second;
  for (const auto& strength : content.authentication_strengths) {
    again |= !seen.insert(strength.id.guid).second;
  }
  for (const auto number : content.authentication_contexts) {
    again |= !seen.insert(Guid{0, number}).second;
  }
  return again;
}

}  // namespace

Error damaged(const Error& error, const std::string& where) {
  return {ErrorKind::internal, "this document is damaged: " + error.message,
          error.where.empty() ? where : where + ":" + error.where};
}

std::string place_of(const DocumentView& document) {
  return std::string(document.kind) + '/' + std::string(document.id);
}

Error first_error(std::vector<Finding> findings, std::string where) {
  for (auto& finding : findings) {
    if (finding.severity == Severity::error) {
      return {ErrorKind::internal, std::move(finding.message), where + finding.pointer};
    }
  }
  return {ErrorKind::internal, "this document cannot be read", std::move(where)};
}

Result<void> Configuration::put(DocumentKind kind, const DocumentView& document) {
  const auto where = place_of(document);
  const auto parsed = json::parse(document.json);
  if (!parsed) return tl::unexpected<Error>(damaged(parsed.error(), where));
  TenantBuilder builder;
  if (!builder.add(kind, parsed->root(), SourceText{document.json, where})) {
    return tl::unexpected<Error>(first_error(builder.take_findings(), where));
  }
  auto tenant = std::move(builder).build();
  Read read;
  read.kind = kind;
  read.content = std::move(tenant.policy_set);
  read.names = std::move(tenant.names);
  read.digest = where + "\n" + sha256_hex(document.json) + "\n";
  const auto* id = parsed->root().find_ignoring_case("id");
  if (id == nullptr || id->text().empty()) {
    // Two policies without ids may have one name; the store keeps them apart.
    for (auto& policy : read.content.policies) {
      policy.id_text = document.id;
      policy.id = PolicyId::of(document.id);
    }
  }
  documents_.insert_or_assign({std::string(document.kind), std::string(document.id)},
                              std::move(read));
  return {};
}

void Configuration::remove(std::string_view kind, std::string_view id) {
  documents_.erase({std::string(kind), std::string(id)});
}

Result<Configuration::Whole> Configuration::whole() const {
  Whole whole;
  whole.policy_set = empty_policy_set();
  std::string digest;
  std::unordered_set<Guid, GuidHash> seen[static_cast<std::size_t>(DocumentKind::other) + 1];
  bool has_settings = false;
  for (const auto& [place, read] : documents_) {
    // A template is a policy, and may not take the id of one.
    const auto kind = read.kind == DocumentKind::policy_template
                          ? DocumentKind::conditional_access_policy
                          : read.kind;
    const bool settings = read.kind == DocumentKind::settings;
    if (claims_again(read.content, seen[static_cast<std::size_t>(kind)]) ||
        (settings && has_settings)) {
      return fail(ErrorKind::internal,
                  settings ? "there are two settings documents; remove one"
                           : "another `" + place.first + "` has the same id; remove one of them",
                  place.first + "/" + place.second);
    }
    append(whole.policy_set.policies, read.content.policies);
    append(whole.policy_set.named_locations, read.content.named_locations);
    append(whole.policy_set.authentication_strengths, read.content.authentication_strengths);
    append(whole.policy_set.authentication_contexts, read.content.authentication_contexts);
    if (settings) {
      has_settings = true;
      whole.policy_set.mfa_trusted_ips = read.content.mfa_trusted_ips;
      whole.policy_set.office365 = read.content.office365;
      whole.policy_set.admin_portals = read.content.admin_portals;
      whole.policy_set.break_glass = read.content.break_glass;
    }
    whole.names.add(read.names);
    digest += read.digest;
  }
  whole.hash = sha256_hex(digest);
  return whole;
}

}  // namespace sallyport
