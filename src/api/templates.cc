// /identity/conditionalAccess/templates: read only; without $top, $skip and $count, as Graph's.
#include "api/answers.h"
#include "api/list.h"
#include "api/resources.h"

namespace sallyport::api {
namespace {

using odata::PropertyKind;

constexpr std::string_view read[] = {"Policy.Read.All", "Policy.Read.ConditionalAccess"};

constexpr odata::Property properties[] = {
    {.path = "id", .kind = PropertyKind::guid, .sortable = true},
    {.path = "name", .sortable = true, .searchable = true},
    {.path = "description", .searchable = true},
    {.path = "scenarios", .kind = PropertyKind::enumeration},
    {.path = "details", .kind = PropertyKind::complex},
};
constexpr odata::Schema schema{.type = "microsoft.graph.conditionalAccessTemplate",
                               .properties = properties};

constexpr Resource templates{
    .path = "/identity/conditionalAccess/templates",
    .context = "identity/conditionalAccess/templates",
    .type = "microsoft.graph.conditionalAccessTemplate",
    .kind = "conditionalAccessTemplate",
    .schema = &schema,
    .members = &schema::conditional_access_template,
    .pages = false,
};

const Operation rows[] = {
    {"GET", "/identity/conditionalAccess/templates", &templates, read, list_documents,
     BodyRule::none, 200, "List templates"},
    {"GET", "/identity/conditionalAccess/templates/{id}", &templates, read, get_document,
     BodyRule::none, 200, "Get a template"},
};

}  // namespace

std::span<const Operation> template_operations() { return rows; }

}  // namespace sallyport::api
