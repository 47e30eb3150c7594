// /identity/conditionalAccess/namedLocations
#include "api/answers.h"
#include "api/resources.h"

namespace sallyport::api {
namespace {

constexpr std::string_view read[] = {"Policy.Read.All", "Policy.Read.ConditionalAccess"};
constexpr std::string_view write[] = {"Policy.ReadWrite.ConditionalAccess"};

constexpr std::string_view all = "/identity/conditionalAccess/namedLocations";
constexpr std::string_view one = "/identity/conditionalAccess/namedLocations/{id}";

const Operation rows[] = {
    {"GET", all, &named_locations, read, list_documents, BodyRule::none, 200, "List locations"},
    {"POST", all, &named_locations, write, create_document, BodyRule::required, 201,
     "Create a location"},
    {"GET", one, &named_locations, read, get_document, BodyRule::none, 200, "Get a location"},
    {"PATCH", one, &named_locations, write, update_document, BodyRule::required, 204,
     "Change a location"},
    {"DELETE", one, &named_locations, write, delete_document, BodyRule::none, 204,
     "Delete a location"},
};

}  // namespace

const Resource named_locations{
    .path = all,
    .context = "identity/conditionalAccess/namedLocations",
    .type = "microsoft.graph.namedLocation",
    .kind = "namedLocation",
    .document = &named_location_type,
    .members = &schema::named_location,
};

std::span<const Operation> named_location_operations() { return rows; }

}  // namespace sallyport::api
