// /deviceManagement/deviceCompliancePolicies and, of the settings catalogue,
// /deviceManagement/compliancePolicies: what is asked of devices, of whom, and what follows.
#include "api/answers.h"
#include "api/contained.h"
#include "api/device_management/resources.h"
#include "api/expand.h"
#include "api/list.h"

namespace sallyport::api {
namespace {

using odata::PropertyKind;

constexpr ContainedNavigation policy_parts[] = {
    {"assignments"}, {"scheduledActionsForRule", "scheduledActionConfigurations"}};
constexpr ContainedNavigation catalogue_parts[] = {
    {"assignments"}, {"scheduledActionsForRule", "scheduledActionConfigurations"}, {"settings"}};

constexpr odata::Property policy_properties[] = {
    {.path = "id", .kind = PropertyKind::guid, .sortable = true},
    {.path = "displayName", .sortable = true, .searchable = true},
    {.path = "description", .searchable = true},
    {.path = "version", .kind = PropertyKind::number, .sortable = true},
    {.path = "createdDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "lastModifiedDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "roleScopeTagIds", .collection = true},
};
constexpr odata::Schema policy_schema{.type = "microsoft.graph.deviceCompliancePolicy",
                                      .properties = policy_properties};
constexpr odata::Property catalogue_properties[] = {
    {.path = "id", .kind = PropertyKind::guid, .sortable = true},
    {.path = "name", .sortable = true, .searchable = true},
    {.path = "description", .searchable = true},
    {.path = "platforms"},
    {.path = "technologies"},
    {.path = "settingCount", .kind = PropertyKind::number},
    {.path = "isAssigned", .kind = PropertyKind::boolean},
    {.path = "creationSource"},
    {.path = "createdDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "lastModifiedDateTime", .kind = PropertyKind::date_time, .sortable = true},
    {.path = "roleScopeTagIds", .collection = true},
};
constexpr odata::Schema catalogue_schema{.type = "microsoft.graph.deviceManagementCompliancePolicy",
                                         .properties = catalogue_properties};

#define POLICIES "/deviceManagement/deviceCompliancePolicies"
#define CATALOGUE "/deviceManagement/compliancePolicies"

constexpr Resource policies{.path = POLICIES,
                            .context = "deviceManagement/deviceCompliancePolicies",
                            .type = "microsoft.graph.deviceCompliancePolicy",
                            .kind = "deviceCompliancePolicy",
                            .schema = &policy_schema,
                            .document = &device_compliance_policy_type,
                            .contained = policy_parts};
constexpr Resource catalogue{.path = CATALOGUE,
                             .context = "deviceManagement/compliancePolicies",
                             .type = "microsoft.graph.deviceManagementCompliancePolicy",
                             .kind = "deviceManagementCompliancePolicy",
                             .schema = &catalogue_schema,
                             .document = &settings_catalogue_policy_type,
                             .contained = catalogue_parts};

constexpr Contained assignments{"assignments", "assignment"};
constexpr Contained rules{"scheduledActionsForRule", "rule"};
constexpr Contained settings{"settings", "setting"};

Replied assign(const Call& call) {
  return replace_contained(call, assignments, "assignments", AnswerWith::list);
}
Replied schedule(const Call& call) {
  return replace_contained(call, rules, "deviceComplianceScheduledActionForRules",
                           AnswerWith::nothing);
}
Replied set_scheduled(const Call& call) {
  return replace_contained(call, rules, "scheduledActions", AnswerWith::list);
}

constexpr auto once = BodyRule::required;
constexpr auto none = BodyRule::none;

const Operation rows[] = {
    {"GET", POLICIES, &policies, read_device_configuration, list_documents, none, 200,
     "List compliance policies"},
    {"POST", POLICIES, &policies, write_device_configuration, create_document, once, 201,
     "Create a compliance policy"},
    {"GET", POLICIES "/$count", &policies, read_device_configuration, count_documents, none, 200,
     "Count compliance policies", Answers::text},
    {"GET", POLICIES "/{id}", &policies, read_device_configuration, get_document, none, 200,
     "Get a compliance policy"},
    {"PATCH", POLICIES "/{id}", &policies, write_device_configuration, update_document, once, 204,
     "Change a compliance policy"},
    {"DELETE", POLICIES "/{id}", &policies, write_device_configuration, delete_document, none, 204,
     "Delete a compliance policy"},
    {"POST", POLICIES "/{id}/assign", &policies, write_device_configuration, assign, once, 200,
     "Say whom a compliance policy is for", Answers::object},
    {"POST", POLICIES "/{id}/scheduleActionsForRules", &policies, write_device_configuration,
     schedule, once, 204, "Say what follows from not being compliant with a policy"},
    {"GET", POLICIES "/{id}/assignments", &policies, read_device_configuration,
     list_contained<assignments>, none, 200, "List a compliance policy's assignments",
     Answers::object},
    {"GET", POLICIES "/{id}/assignments/{assignment}", &policies, read_device_configuration,
     get_contained<assignments>, none, 200, "Get an assignment of a compliance policy",
     Answers::object},
    {"GET", POLICIES "/{id}/scheduledActionsForRule", &policies, read_device_configuration,
     list_contained<rules>, none, 200, "List what follows from not being compliant with a policy",
     Answers::object},
    {"GET", CATALOGUE, &catalogue, read_device_configuration, list_documents, none, 200,
     "List compliance policies of the settings catalogue"},
    {"POST", CATALOGUE, &catalogue, write_device_configuration, create_document, once, 201,
     "Create a compliance policy of the settings catalogue"},
    {"GET", CATALOGUE "/$count", &catalogue, read_device_configuration, count_documents, none, 200,
     "Count compliance policies of the settings catalogue", Answers::text},
    {"GET", CATALOGUE "/{id}", &catalogue, read_device_configuration, get_document, none, 200,
     "Get a compliance policy of the settings catalogue"},
    {"PATCH", CATALOGUE "/{id}", &catalogue, write_device_configuration, update_document, once, 204,
     "Change a compliance policy of the settings catalogue"},
    {"DELETE", CATALOGUE "/{id}", &catalogue, write_device_configuration, delete_document, none,
     204, "Delete a compliance policy of the settings catalogue"},
    {"POST", CATALOGUE "/{id}/assign", &catalogue, write_device_configuration, assign, once, 200,
     "Say whom a policy of the settings catalogue is for", Answers::object},
    {"POST", CATALOGUE "/{id}/setScheduledActions", &catalogue, write_device_configuration,
     set_scheduled, once, 200,
     "Say what follows from not being compliant with a policy of the settings catalogue",
     Answers::object},
    {"GET", CATALOGUE "/{id}/assignments", &catalogue, read_device_configuration,
     list_contained<assignments>, none, 200, "List the assignments of a policy of the catalogue",
     Answers::object},
    {"GET", CATALOGUE "/{id}/settings", &catalogue, read_device_configuration,
     list_contained<settings>, none, 200, "List the settings of a policy of the catalogue",
     Answers::object},
    {"GET", CATALOGUE "/{id}/scheduledActionsForRule", &catalogue, read_device_configuration,
     list_contained<rules>, none, 200, "List what follows of a policy of the catalogue",
     Answers::object},
};

#undef POLICIES
#undef CATALOGUE

}  // namespace

std::span<const Operation> compliance_policy_operations() { return rows; }

}  // namespace sallyport::api
