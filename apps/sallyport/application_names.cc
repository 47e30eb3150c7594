#include "application_names.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "did_you_mean.h"
#include "directory/well_known.h"

namespace sallyport::cli {
namespace {

tl::unexpected<Error> no_such(std::string message) {
  return fail(ErrorKind::invalid_argument, std::move(message), "--app");
}

bool is_listed(const ApplicationLists& lists, ApplicationId id) {
  return std::find(lists.applications.begin(), lists.applications.end(), id) !=
         lists.applications.end();
}

bool is_suite(std::string_view text) {
  return equal_ignoring_case(text, "Office365") ||
         equal_ignoring_case(text, "MicrosoftAdminPortals");
}

}  // namespace

Result<std::string> application_id(const std::string& text, const Tenant& tenant) {
  // As sign-in logs call them: `Office 365 Exchange Online`.
  constexpr std::string_view family = "office 365 ";
  if (parse_guid(text)) return text;
  if (const auto id = well_known_application_id(text)) return std::string(*id);
  if (equal_ignoring_case(text.substr(0, family.size()), family)) {
    if (const auto id = well_known_application_id(text.substr(family.size()))) {
      return std::string(*id);
    }
  }
  for (const ServicePrincipal& principal : tenant.directory->service_principals()) {
    if (equal_ignoring_case(principal.display_name, text)) return to_string(principal.app_id);
  }
  const auto id = ApplicationId::of(text);
  if (tenant.directory->find_service_principal_by_app(id) != nullptr) return text;
  for (const Policy& policy : tenant.policy_set.policies) {
    const auto& condition = policy.conditions.applications;
    if (condition && (is_listed(condition->include, id) || is_listed(condition->exclude, id))) {
      return text;
    }
  }
  if (is_suite(text)) {
    return no_such("`" + text + "` is a group of applications: name one of them");
  }
  std::vector<std::string> names;
  for (const ServicePrincipal& principal : tenant.directory->service_principals()) {
    names.push_back(principal.display_name);
  }
  const auto meant = did_you_mean(text, names);
  return no_such("no application is called `" + printable(text) + '`' +
                 (meant.empty() ? ": give its application id" : meant));
}

Result<json::Value> with_application_ids(const json::Value& body, const Tenant& tenant,
                                         json::Arena& arena) {
  const auto replaced = [&](const json::Value& object, std::string_view name,
                            const json::Value& value) {
    std::vector<json::Member> members(object.members().begin(), object.members().end());
    for (json::Member& member : members) {
      if (equal_ignoring_case(member.name, name)) member.value = value;
    }
    return arena.object(members);
  };
  const json::Value* context = body.find_ignoring_case("signInContext");
  const json::Value* list =
      context == nullptr ? nullptr : context->find_ignoring_case("includeApplications");
  if (list == nullptr || !list->is_array()) return body;
  std::vector<json::Value> ids;
  for (const json::Value& item : list->items()) {
    // The service takes the words for suites, and nothing matches them.
    if (!item.is_string() || is_suite(item.text())) {
      ids.push_back(item);
      continue;
    }
    const auto id = application_id(std::string(item.text()), tenant);
    if (!id) {
      return fail(id.error().kind, id.error().message, "/signInContext/includeApplications");
    }
    ids.push_back(arena.string(*id));
  }
  return replaced(body, "signInContext",
                  replaced(*context, "includeApplications", arena.array(ids)));
}

}  // namespace sallyport::cli
