// What compliance policies rest on: /deviceManagement itself with its settings, and below it
// assignment filters, discovery scripts, notification templates, threat defence connectors and
// compliance partners.
#include "api/answers.h"
#include "api/contained.h"
#include "api/device_management/resources.h"
#include "api/expand.h"
#include "api/list.h"
#include "api/services.h"
#include "base/id.h"
#include "base/json_edit.h"
#include "service/document_names.h"

namespace sallyport::api {
namespace {

using odata::PropertyKind;

constexpr auto once = BodyRule::required;
constexpr auto none = BodyRule::none;

// ---- filters ----

constexpr odata::Property filter_properties[] = {
    {.path = "id", .kind = PropertyKind::guid, .sortable = true},
    {.path = "displayName", .sortable = true, .searchable = true},
    {.path = "description", .searchable = true},
    {.path = "platform", .kind = PropertyKind::enumeration},
    {.path = "rule"},
    {.path = "assignmentFilterManagementType", .kind = PropertyKind::enumeration},
    {.path = "createdDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "lastModifiedDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "roleScopeTags", .collection = true},
};
constexpr odata::Schema filter_schema{
    .type = "microsoft.graph.deviceAndAppManagementAssignmentFilter",
    .properties = filter_properties};
constexpr Resource filters{.path = "/deviceManagement/assignmentFilters",
                           .context = "deviceManagement/assignmentFilters",
                           .type = "microsoft.graph.deviceAndAppManagementAssignmentFilter",
                           .kind = "deviceAndAppManagementAssignmentFilter",
                           .schema = &filter_schema,
                           .document = &assignment_filter_type};

// ---- scripts ----

constexpr ContainedNavigation script_parts[] = {{"assignments"}};
constexpr Contained assignments{"assignments", "assignment"};
constexpr odata::Property script_properties[] = {
    {.path = "id", .kind = PropertyKind::guid, .sortable = true},
    {.path = "displayName", .sortable = true, .searchable = true},
    {.path = "description", .searchable = true},
    {.path = "publisher"},
    {.path = "version"},
    {.path = "platform", .kind = PropertyKind::enumeration},
    {.path = "detectionScriptContent", .filterable = false},
    {.path = "runAsAccount", .kind = PropertyKind::enumeration},
    {.path = "runAs32Bit", .kind = PropertyKind::boolean},
    {.path = "enforceSignatureCheck", .kind = PropertyKind::boolean},
    {.path = "createdDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "lastModifiedDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "roleScopeTagIds", .collection = true},
};
constexpr odata::Schema script_schema{.type = "microsoft.graph.deviceComplianceScript",
                                      .properties = script_properties};
constexpr Resource scripts{.path = "/deviceManagement/deviceComplianceScripts",
                           .context = "deviceManagement/deviceComplianceScripts",
                           .type = "microsoft.graph.deviceComplianceScript",
                           .kind = "deviceComplianceScript",
                           .schema = &script_schema,
                           .document = &compliance_script_type,
                           .contained = script_parts};

Replied assign_script(const Call& call) {
  return replace_contained(call, assignments, "deviceHealthScriptAssignments", AnswerWith::nothing);
}

// ---- templates ----

constexpr ContainedNavigation template_parts[] = {{"localizedNotificationMessages"}};
constexpr Contained messages{"localizedNotificationMessages", "message"};
constexpr odata::Property template_properties[] = {
    {.path = "id", .kind = PropertyKind::guid, .sortable = true},
    {.path = "displayName", .sortable = true, .searchable = true},
    {.path = "description", .searchable = true},
    {.path = "defaultLocale"},
    {.path = "brandingOptions"},
    {.path = "lastModifiedDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "roleScopeTagIds", .collection = true},
};
constexpr odata::Schema template_schema{.type = "microsoft.graph.notificationMessageTemplate",
                                        .properties = template_properties};
constexpr Resource templates{.path = "/deviceManagement/notificationMessageTemplates",
                             .context = "deviceManagement/notificationMessageTemplates",
                             .type = "microsoft.graph.notificationMessageTemplate",
                             .kind = "notificationMessageTemplate",
                             .schema = &template_schema,
                             .document = &notification_template_type,
                             .contained = template_parts};

// To the user that the caller speaks for.
Replied send_test_message(const Call& call) {
  auto& services = call.services;
  const auto found = services.reader.get(templates.kind, store_id(call.key()));
  if (!found) return failed(call, found.error());
  const auto user = services.store.get("user", store_id(call.caller.user_id));
  if (!user) {
    return refuse(
        400, "BadRequest",
        "a test message goes to the user that the token speaks for, and this token speaks "
        "for none: `sallyport token create` makes one that does, with --user");
  }
  const auto person = json::parse(user->json);
  if (!person) return failed(call, person.error());
  const auto sent = services.test_messages->send((*found)->root(), person->root(), call.now);
  if (!sent) return failed(call, sent.error());
  Reply reply;
  reply.status = 204;
  return reply;
}

// ---- connectors and partners ----

constexpr odata::Property connector_properties[] = {
    {.path = "id", .kind = PropertyKind::guid, .sortable = true},
    {.path = "partnerState", .kind = PropertyKind::enumeration},
    {.path = "lastHeartbeatDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "partnerUnresponsivenessThresholdInDays", .kind = PropertyKind::number},
    {.path = "androidEnabled", .kind = PropertyKind::boolean},
    {.path = "iosEnabled", .kind = PropertyKind::boolean},
    {.path = "windowsEnabled", .kind = PropertyKind::boolean},
    {.path = "macEnabled", .kind = PropertyKind::boolean},
};
constexpr odata::Schema connector_schema{.type = "microsoft.graph.mobileThreatDefenseConnector",
                                         .properties = connector_properties};
constexpr Resource connectors{.path = "/deviceManagement/mobileThreatDefenseConnectors",
                              .context = "deviceManagement/mobileThreatDefenseConnectors",
                              .type = "microsoft.graph.mobileThreatDefenseConnector",
                              .kind = "mobileThreatDefenseConnector",
                              .schema = &connector_schema,
                              .document = &threat_connector_type};

// A connector's id is its partner's.
Replied create_connector(const Call& call) {
  const auto* id = call.body.find("id");
  if (id == nullptr || !parse_guid(id->text())) {
    return refuse(400, "BadRequest", "1007: the body needs an `id`, the partner's GUID");
  }
  return written(call,
                 sallyport::create_document(change_context(call), threat_connector_type, call.body,
                                            id->text()),
                 201);
}

constexpr odata::Property partner_properties[] = {
    {.path = "id", .kind = PropertyKind::guid, .sortable = true},
    {.path = "displayName", .sortable = true, .searchable = true},
    {.path = "partnerState", .kind = PropertyKind::enumeration},
    {.path = "lastHeartbeatDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "androidOnboarded", .kind = PropertyKind::boolean},
    {.path = "iosOnboarded", .kind = PropertyKind::boolean},
    {.path = "macOsOnboarded", .kind = PropertyKind::boolean},
    {.path = "linuxOnboarded", .kind = PropertyKind::boolean},
};
constexpr odata::Schema partner_schema{.type = "microsoft.graph.complianceManagementPartner",
                                       .properties = partner_properties};
constexpr Resource partners{.path = "/deviceManagement/complianceManagementPartners",
                            .context = "deviceManagement/complianceManagementPartners",
                            .type = "microsoft.graph.complianceManagementPartner",
                            .kind = "complianceManagementPartner",
                            .schema = &partner_schema,
                            .document = &compliance_partner_type};

// ---- /deviceManagement ----

constexpr std::string_view root_id = "deviceManagement";
constexpr Resource root{.path = "/deviceManagement",
                        .context = "deviceManagement",
                        .type = "microsoft.graph.deviceManagement",
                        .kind = "deviceManagement",
                        .document = &device_management_type};
constexpr std::string_view root_by_default =
    R"({"id":"deviceManagement","settings":{"deviceComplianceCheckinThresholdDays":30,)"
    R"("isScheduledActionEnabled":true,"secureByDefault":false}})";

// With the defaults where nothing was said.
Result<Shown> settled(const Call& call) {
  const auto stored = call.services.store.get(root.kind, root_id);
  if (!stored && stored.error().kind != ErrorKind::not_found) {
    return tl::unexpected<Error>(stored.error());
  }
  json::Arena arena;
  const auto defaults = json::parse(root_by_default);
  const auto said = json::parse(stored ? stored->json : std::string(root_by_default));
  if (!said) return tl::unexpected<Error>(said.error());
  const auto whole = json::merged(defaults->root(), said->root(), {}, arena);
  return call.services.reader.show({std::string(root.kind), std::string(root_id),
                                    json::write(whole), stored ? stored->version : Version{0}});
}

Replied get_root(const Call& call) {
  const auto shown = settled(call);
  if (!shown) return failed(call, shown.error());
  Reply reply;
  if ((*shown)->version > 0) reply.etag = etag_of((*shown)->version);
  append_entity(reply.body, call, context_url(call, "deviceManagement/$entity"), **shown, nullptr);
  return reply;
}

Replied get_settings(const Call& call) {
  const auto shown = settled(call);
  if (!shown) return failed(call, shown.error());
  Reply reply;
  json::Writer w(reply.body);
  w.begin_object();
  w.member("@odata.context", context_url(call, "deviceManagement/settings"));
  for (const auto& member : (*shown)->root().find("settings")->members()) {
    w.member(member.name, member.value);
  }
  w.end_object();
  return reply;
}

Replied change_root(const Call& call) {
  const auto stored = sallyport::update_document(change_context(call), device_management_type,
                                                 root_id, call.body, call.seen, WhenAbsent::create);
  if (!stored) return failed(call, stored.error());
  Reply reply;
  reply.status = 204;
  reply.etag = etag_of(stored->version);
  return reply;
}

// ---- rows ----

const Operation special_rows[] = {
    {"GET", "/deviceManagement", &root, read_service_configuration, get_root, none, 200,
     "Get what is said once for all managed devices", Answers::object},
    {"GET", "/deviceManagement/settings", &root, read_service_configuration, get_settings, none,
     200, "Get the settings of device management", Answers::object},
    {"PATCH", "/deviceManagement", &root, write_service_configuration, change_root, once, 204,
     "Change the settings of device management"},
    {"POST", "/deviceManagement/deviceComplianceScripts/{id}/assign", &scripts,
     write_device_configuration, assign_script, once, 204, "Say whom a discovery script is for"},
    {"GET", "/deviceManagement/deviceComplianceScripts/{id}/assignments", &scripts,
     read_device_configuration, list_contained<assignments>, none, 200,
     "List a discovery script's assignments", Answers::object},
    {"POST", "/deviceManagement/notificationMessageTemplates/{id}/sendTestMessage", &templates,
     write_service_configuration, send_test_message, none, 204,
     "Send a template's message to the caller"},
    {"GET", "/deviceManagement/notificationMessageTemplates/{id}/localizedNotificationMessages",
     &templates, read_service_configuration, list_contained<messages>, none, 200,
     "List a template's messages", Answers::object},
    {"POST", "/deviceManagement/notificationMessageTemplates/{id}/localizedNotificationMessages",
     &templates, write_service_configuration, create_contained<messages>, once, 201,
     "Add a message to a template", Answers::object},
    {"GET",
     "/deviceManagement/notificationMessageTemplates/{id}/localizedNotificationMessages/{message}",
     &templates, read_service_configuration, get_contained<messages>, none, 200,
     "Get a template's message", Answers::object},
    {"PATCH",
     "/deviceManagement/notificationMessageTemplates/{id}/localizedNotificationMessages/{message}",
     &templates, write_service_configuration, update_contained<messages>, once, 204,
     "Change a template's message"},
    {"DELETE",
     "/deviceManagement/notificationMessageTemplates/{id}/localizedNotificationMessages/{message}",
     &templates, write_service_configuration, delete_contained<messages>, none, 204,
     "Delete a template's message"},
};

// What is listed, made, read, changed and deleted like any other collection.
struct Collection {
  const Resource* resource;
  std::string_view one;  // its path with `{id}`
  Permissions read;
  Permissions write;
  Replied (*create)(const Call&);
  std::string_view words[5];
};
const Collection collections[] = {
    {&filters,
     "/deviceManagement/assignmentFilters/{id}",
     read_device_configuration,
     write_device_configuration,
     create_document,
     {"List assignment filters", "Create an assignment filter", "Get an assignment filter",
      "Change an assignment filter", "Delete an assignment filter"}},
    {&scripts,
     "/deviceManagement/deviceComplianceScripts/{id}",
     read_device_configuration,
     write_device_configuration,
     create_document,
     {"List discovery scripts", "Create a discovery script", "Get a discovery script",
      "Change a discovery script", "Delete a discovery script"}},
    {&templates,
     "/deviceManagement/notificationMessageTemplates/{id}",
     read_service_configuration,
     write_service_configuration,
     create_document,
     {"List notification templates", "Create a notification template",
      "Get a notification template", "Change a notification template",
      "Delete a notification template"}},
    {&connectors,
     "/deviceManagement/mobileThreatDefenseConnectors/{id}",
     read_service_configuration,
     write_service_configuration,
     create_connector,
     {"List threat defence connectors", "Create a threat defence connector",
      "Get a threat defence connector", "Change a threat defence connector",
      "Delete a threat defence connector"}},
    {&partners,
     "/deviceManagement/complianceManagementPartners/{id}",
     read_service_configuration,
     write_service_configuration,
     create_document,
     {"List compliance partners", "Create a compliance partner", "Get a compliance partner",
      "Change a compliance partner", "Delete a compliance partner"}},
};

std::vector<Operation> all_rows() {
  std::vector<Operation> rows(std::begin(special_rows), std::end(special_rows));
  for (const auto& each : collections) {
    const auto* resource = each.resource;
    const auto& words = each.words;
    rows.push_back(
        {"GET", resource->path, resource, each.read, list_documents, none, 200, words[0]});
    rows.push_back(
        {"POST", resource->path, resource, each.write, each.create, once, 201, words[1]});
    rows.push_back({"GET", each.one, resource, each.read, get_document, none, 200, words[2]});
    rows.push_back({"PATCH", each.one, resource, each.write, update_document, once, 204, words[3]});
    rows.push_back(
        {"DELETE", each.one, resource, each.write, delete_document, none, 204, words[4]});
  }
  return rows;
}

}  // namespace

std::span<const Operation> compliance_helper_operations() {
  static const auto rows = all_rows();
  return rows;
}

}  // namespace sallyport::api
