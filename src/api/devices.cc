// /devices and /servicePrincipals.
#include "api/answers.h"
#include "api/delta.h"
#include "api/list.h"
#include "api/resources.h"

namespace sallyport::api {
namespace {

using odata::PropertyKind;

constexpr std::string_view read_devices[] = {"Device.Read.All", "Device.ReadWrite.All",
                                             "Directory.Read.All", "Directory.ReadWrite.All"};
constexpr std::string_view write_devices[] = {"Device.ReadWrite.All", "Directory.ReadWrite.All"};
constexpr std::string_view read_apps[] = {"Application.Read.All", "Application.ReadWrite.All",
                                          "Directory.Read.All", "Directory.ReadWrite.All"};
constexpr std::string_view write_apps[] = {"Application.ReadWrite.All", "Directory.ReadWrite.All"};

constexpr odata::Property device_properties[] = {
    {.path = "id", .kind = PropertyKind::string_case_sensitive, .sortable = true},
    {.path = "deviceId", .kind = PropertyKind::guid},
    {.path = "displayName", .sortable = true, .searchable = true},
    {.path = "operatingSystem"},
    {.path = "operatingSystemVersion"},
    {.path = "trustType"},
    {.path = "isCompliant", .kind = PropertyKind::boolean},
    {.path = "isManaged", .kind = PropertyKind::boolean},
    {.path = "manufacturer"},
    {.path = "model"},
    {.path = "mdmAppId", .kind = PropertyKind::guid},
    {.path = "profileType"},
    {.path = "deviceOwnership"},
    {.path = "enrollmentProfileName"},
    {.path = "accountEnabled", .kind = PropertyKind::boolean},
    {.path = "physicalIds", .collection = true},
    {.path = "systemLabels", .collection = true},
    {.path = "extensionAttributes", .kind = PropertyKind::complex},
    {.path = "createdDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "registrationDateTime", .kind = PropertyKind::date_time},
    {.path = "approximateLastSignInDateTime", .kind = PropertyKind::date_time},
};
constexpr odata::Schema device_schema{.type = "microsoft.graph.device",
                                      .properties = device_properties};
constexpr Resource devices{.path = "/devices",
                           .context = "devices",
                           .type = "microsoft.graph.device",
                           .kind = "device",
                           .schema = &device_schema,
                           .document = &device_type,
                           .error_style = ErrorStyle::directory,
                           .size = Size::many,
                           .alternate_key = "deviceId"};

constexpr odata::Property app_properties[] = {
    {.path = "id", .kind = PropertyKind::string_case_sensitive, .sortable = true},
    {.path = "appId", .kind = PropertyKind::guid},
    {.path = "displayName", .sortable = true, .searchable = true},
    {.path = "servicePrincipalType"},
    {.path = "signInAudience"},
    {.path = "appOwnerOrganizationId", .kind = PropertyKind::guid},
    {.path = "accountEnabled", .kind = PropertyKind::boolean},
    {.path = "tags", .collection = true},
    {.path = "customSecurityAttributes", .kind = PropertyKind::complex},
    {.path = "createdDateTime", .kind = PropertyKind::date_time, .sortable = true},
};
constexpr odata::Schema app_schema{.type = "microsoft.graph.servicePrincipal",
                                   .properties = app_properties};
constexpr Resource apps{.path = "/servicePrincipals",
                        .context = "servicePrincipals",
                        .type = "microsoft.graph.servicePrincipal",
                        .kind = "servicePrincipal",
                        .schema = &app_schema,
                        .document = &service_principal_type,
                        .error_style = ErrorStyle::directory,
                        .size = Size::many,
                        .alternate_key = "appId"};

const Operation rows[] = {
    {"GET", "/devices", &devices, read_devices, list_documents, BodyRule::none, 200,
     "List devices"},
    {"POST", "/devices", &devices, write_devices, create_document, BodyRule::required, 201,
     "Register a device"},
    {"GET", "/devices/delta", &devices, read_devices, delta, BodyRule::none, 200,
     "Follow what changes of devices", Answers::object},
    {"GET", "/devices/$count", &devices, read_devices, count_documents, BodyRule::none, 200,
     "Count devices", Answers::text},
    {"GET", "/devices/{id}", &devices, read_devices, get_document, BodyRule::none, 200,
     "Get a device"},
    {"PATCH", "/devices/{id}", &devices, write_devices, update_document, BodyRule::required, 204,
     "Change a device"},
    {"DELETE", "/devices/{id}", &devices, write_devices, delete_document, BodyRule::none, 204,
     "Delete a device"},
    {"GET", "/servicePrincipals", &apps, read_apps, list_documents, BodyRule::none, 200,
     "List service principals"},
    {"POST", "/servicePrincipals", &apps, write_apps, create_document, BodyRule::required, 201,
     "Create a service principal"},
    {"GET", "/servicePrincipals/$count", &apps, read_apps, count_documents, BodyRule::none, 200,
     "Count service principals", Answers::text},
    {"GET", "/servicePrincipals/{id}", &apps, read_apps, get_document, BodyRule::none, 200,
     "Get a service principal"},
    {"PATCH", "/servicePrincipals/{id}", &apps, write_apps, update_document, BodyRule::required,
     204, "Change a service principal"},
    {"DELETE", "/servicePrincipals/{id}", &apps, write_apps, delete_document, BodyRule::none, 204,
     "Delete a service principal"},
};

}  // namespace

std::span<const Operation> device_operations() { return rows; }

}  // namespace sallyport::api
