// /identity/conditionalAccess/policies and what was deleted from it.
#include "api/answers.h"
#include "api/resources.h"

namespace sallyport::api {
namespace {

constexpr std::string_view read[] = {"Policy.Read.All", "Policy.Read.ConditionalAccess"};
constexpr std::string_view write[] = {"Policy.ReadWrite.ConditionalAccess"};

constexpr std::string_view all = "/identity/conditionalAccess/policies";
constexpr std::string_view one = "/identity/conditionalAccess/policies/{id}";

const Operation rows[] = {
    {"GET", all, &policies, read, list_documents, BodyRule::none, 200, "List policies"},
    {"POST", all, &policies, write, create_document, BodyRule::required, 201, "Create a policy"},
    {"GET", one, &policies, read, get_document, BodyRule::none, 200, "Get a policy"},
    {"PATCH", one, &policies, write, update_document, BodyRule::required, 204, "Change a policy"},
    {"DELETE", one, &policies, write, delete_document, BodyRule::none, 204, "Delete a policy"},
};

}  // namespace

const Resource policies{
    .path = all,
    .context = "identity/conditionalAccess/policies",
    .type = "microsoft.graph.conditionalAccessPolicy",
    .kind = "conditionalAccessPolicy",
    .document = &conditional_access_policy_type,
    .members = &schema::conditional_access_policy,
};

std::span<const Operation> policy_operations() { return rows; }

}  // namespace sallyport::api
