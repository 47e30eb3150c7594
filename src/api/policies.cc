// /identity/conditionalAccess/policies, its deleted items, and evaluate.
#include "api/answers.h"
#include "api/deleted_items.h"
#include "api/list.h"
#include "api/resources.h"
#include "api/services.h"
#include "service/evaluate.h"

namespace sallyport::api {
namespace {

using odata::Property;
using odata::PropertyKind;

constexpr std::string_view read[] = {"Policy.Read.All", "Policy.Read.ConditionalAccess"};
constexpr std::string_view write[] = {"Policy.ReadWrite.ConditionalAccess"};

constexpr std::string_view state_words[] = {"enabled", "disabled",
                                            "enabledForReportingButNotEnforced"};

constexpr Property ids(std::string_view path) { return {.path = path, .collection = true}; }
constexpr Property words(std::string_view path) {
  return {.path = path, .kind = PropertyKind::enumeration, .collection = true};
}
constexpr Property date(std::string_view path) {
  return {.path = path, .kind = PropertyKind::date_time, .sortable = true};
}
constexpr Property whole(std::string_view path) {
  return {.path = path, .kind = PropertyKind::complex};
}

constexpr Property properties[] = {
    {.path = "id", .kind = PropertyKind::guid, .sortable = true},
    {.path = "templateId", .kind = PropertyKind::guid},
    {.path = "displayName", .sortable = true, .searchable = true},
    {.path = "description", .searchable = true},
    date("createdDateTime"),
    date("modifiedDateTime"),
    date("deletedDateTime"),
    {.path = "state", .kind = PropertyKind::enumeration, .sortable = true, .words = state_words},
    whole("conditions"),
    ids("conditions/users/includeUsers"),
    ids("conditions/users/excludeUsers"),
    ids("conditions/users/includeGroups"),
    ids("conditions/users/excludeGroups"),
    ids("conditions/users/includeRoles"),
    ids("conditions/users/excludeRoles"),
    ids("conditions/applications/includeApplications"),
    ids("conditions/applications/excludeApplications"),
    ids("conditions/applications/includeUserActions"),
    ids("conditions/applications/includeAuthenticationContextClassReferences"),
    ids("conditions/locations/includeLocations"),
    ids("conditions/locations/excludeLocations"),
    words("conditions/platforms/includePlatforms"),
    words("conditions/platforms/excludePlatforms"),
    words("conditions/clientAppTypes"),
    words("conditions/signInRiskLevels"),
    words("conditions/userRiskLevels"),
    words("conditions/servicePrincipalRiskLevels"),
    {.path = "conditions/insiderRiskLevels", .kind = PropertyKind::enumeration},
    whole("conditions/devices"),
    whole("conditions/devices/deviceFilter"),
    {.path = "conditions/devices/deviceFilter/rule"},
    whole("conditions/clientApplications"),
    whole("grantControls"),
    {.path = "grantControls/operator", .kind = PropertyKind::enumeration},
    words("grantControls/builtInControls"),
    ids("grantControls/termsOfUse"),
    whole("grantControls/authenticationStrength"),
    {.path = "grantControls/authenticationStrength/id", .kind = PropertyKind::guid},
    whole("sessionControls"),
    whole("sessionControls/signInFrequency"),
    whole("sessionControls/persistentBrowser"),
};
constexpr odata::Schema schema{.type = "microsoft.graph.conditionalAccessPolicy",
                               .properties = properties};

constexpr std::string_view all = "/identity/conditionalAccess/policies";
constexpr std::string_view one = "/identity/conditionalAccess/policies/{id}";
constexpr std::string_view deleted = "/identity/conditionalAccess/deletedItems/policies";
constexpr std::string_view deleted_one = "/identity/conditionalAccess/deletedItems/policies/{id}";

constexpr Resource policies{
    .path = all,
    .context = "identity/conditionalAccess/policies",
    .type = "microsoft.graph.conditionalAccessPolicy",
    .kind = "conditionalAccessPolicy",
    .schema = &schema,
    .members = &schema::conditional_access_policy,
    .document = &conditional_access_policy_type,
};
constexpr Resource deleted_policies{
    .path = deleted,
    .context = "identity/conditionalAccess/deletedItems/policies",
    .type = "microsoft.graph.conditionalAccessPolicy",
    .kind = "sallyport.deletedConditionalAccessPolicy",
    .schema = &schema,
    .members = &schema::conditional_access_policy,
    .document = &conditional_access_policy_type,
};

Replied evaluate_sign_in(const Call& call) {
  auto result = sallyport::evaluate(call.services.reader, call.body, call.now, call.base);
  if (!result) return failed(call, result.error());
  Reply reply;
  reply.body = shown_words(call, std::move(*result));
  return reply;
}

const Operation rows[] = {
    {"GET", all, &policies, read, list_documents, BodyRule::none, 200, "List policies"},
    {"POST", all, &policies, write, create_document, BodyRule::required, 201, "Create a policy"},
    {"GET", "/identity/conditionalAccess/policies/$count", &policies, read, count_documents,
     BodyRule::none, 200, "Count policies", Answers::text},
    {"GET", one, &policies, read, get_document, BodyRule::none, 200, "Get a policy"},
    {"PATCH", one, &policies, write, update_document, BodyRule::required, 204, "Change a policy"},
    {"DELETE", one, &policies, write, delete_document, BodyRule::none, 204, "Delete a policy"},
    {"GET", deleted, &deleted_policies, read, list_deleted, BodyRule::none, 200,
     "List deleted policies"},
    {"GET", deleted_one, &deleted_policies, read, get_deleted, BodyRule::none, 200,
     "Get a deleted policy"},
    {"DELETE", deleted_one, &deleted_policies, write, delete_deleted, BodyRule::none, 204,
     "Delete a policy for good"},
    {"POST", "/identity/conditionalAccess/deletedItems/policies/{id}/restore", &deleted_policies,
     write, restore_deleted, BodyRule::optional, 200, "Restore a deleted policy", Answers::entity},
    {"POST", "/identity/conditionalAccess/evaluate", &policies, read, evaluate_sign_in,
     BodyRule::required, 200, "Say which policies would apply to a sign-in, and why",
     Answers::object, false, true, false},
};

}  // namespace

std::span<const Operation> policy_operations() { return rows; }

}  // namespace sallyport::api
