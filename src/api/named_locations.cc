// /identity/conditionalAccess/namedLocations and its deleted items.
#include "api/answers.h"
#include "api/deleted_items.h"
#include "api/list.h"
#include "api/resources.h"

namespace sallyport::api {
namespace {

using odata::Property;
using odata::PropertyKind;

constexpr std::string_view read[] = {"Policy.Read.All", "Policy.Read.ConditionalAccess"};
constexpr std::string_view write[] = {"Policy.ReadWrite.ConditionalAccess"};

constexpr std::string_view ip = "microsoft.graph.ipNamedLocation";
constexpr std::string_view country = "microsoft.graph.countryNamedLocation";

constexpr Property properties[] = {
    {.path = "id", .kind = PropertyKind::guid, .sortable = true},
    {.path = "displayName", .sortable = true, .searchable = true},
    {.path = "createdDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "modifiedDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "deletedDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "isTrusted", .kind = PropertyKind::boolean, .type = ip},
    {.path = "ipRanges", .kind = PropertyKind::complex, .collection = true, .type = ip},
    {.path = "ipRanges/cidrAddress", .type = ip},
    {.path = "countriesAndRegions", .collection = true, .type = country},
    {.path = "countryLookupMethod", .kind = PropertyKind::enumeration, .type = country},
    {.path = "includeUnknownCountriesAndRegions", .kind = PropertyKind::boolean, .type = country},
};
constexpr odata::DerivedType types[] = {
    {.name = ip}, {.name = country}, {.name = "microsoft.graph.compliantNetworkNamedLocation"}};
constexpr odata::Schema schema{
    .type = "microsoft.graph.namedLocation", .properties = properties, .derived_types = types};

constexpr std::string_view all = "/identity/conditionalAccess/namedLocations";
constexpr std::string_view one = "/identity/conditionalAccess/namedLocations/{id}";
constexpr std::string_view deleted = "/identity/conditionalAccess/deletedItems/namedLocations";
constexpr std::string_view deleted_one =
    "/identity/conditionalAccess/deletedItems/namedLocations/{id}";

constexpr Resource locations{
    .path = all,
    .context = "identity/conditionalAccess/namedLocations",
    .type = "microsoft.graph.namedLocation",
    .kind = "namedLocation",
    .schema = &schema,
    .members = &schema::named_location,
    .document = &named_location_type,
};
constexpr Resource deleted_locations{
    .path = deleted,
    .context = "identity/conditionalAccess/deletedItems/namedLocations",
    .type = "microsoft.graph.namedLocation",
    .kind = "sallyport.deletedNamedLocation",
    .schema = &schema,
    .members = &schema::named_location,
    .document = &named_location_type,
};

const Operation rows[] = {
    {"GET", all, &locations, read, list_documents, BodyRule::none, 200, "List named locations"},
    {"POST", all, &locations, write, create_document, BodyRule::required, 201,
     "Create a named location"},
    {"GET", "/identity/conditionalAccess/namedLocations/$count", &locations, read, count_documents,
     BodyRule::none, 200, "Count named locations", Answers::text},
    {"GET", one, &locations, read, get_document, BodyRule::none, 200, "Get a named location"},
    {"PATCH", one, &locations, write, update_document, BodyRule::required, 204,
     "Change a named location"},
    {"DELETE", one, &locations, write, delete_document, BodyRule::none, 204,
     "Delete a named location"},
    {"GET", deleted, &deleted_locations, read, list_deleted, BodyRule::none, 200,
     "List deleted named locations"},
    {"GET", deleted_one, &deleted_locations, read, get_deleted, BodyRule::none, 200,
     "Get a deleted named location"},
    {"DELETE", deleted_one, &deleted_locations, write, delete_deleted, BodyRule::none, 204,
     "Delete a named location for good"},
    {"POST", "/identity/conditionalAccess/deletedItems/namedLocations/{id}/restore",
     &deleted_locations, write, restore_deleted, BodyRule::optional, 200,
     "Restore a deleted named location", Answers::entity},
};

}  // namespace

std::span<const Operation> named_location_operations() { return rows; }

}  // namespace sallyport::api
