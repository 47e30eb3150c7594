// /devices and /servicePrincipals.
#include <algorithm>

#include "api/answers.h"
#include "api/delta.h"
#include "api/list.h"
#include "api/resources.h"
#include "api/services.h"
#include "base/json_edit.h"
#include "base/text.h"
#include "service/document_names.h"
#include "service/managed_devices/record.h"

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

// ---- what not everybody may tell ----

constexpr std::string_view approved[] = {"manage_partner_compliance_policy"};
constexpr std::string_view synchronising[] = {"Directory.ReadWrite.All"};

std::string_view text_of(const json::Value* object, std::string_view name) {
  const auto* found = object == nullptr ? nullptr : object->find_ignoring_case(name);
  return found == nullptr ? std::string_view() : found->text();
}

// Whether a device is managed and compliant is written by judging it; of Windows devices that are
// not managed here, also by another management service that was approved: an application with a
// permission of its own (spec device-management, section 2 and case 35).
OrFailure<void> check_may_tell_compliance(const Call& call, const json::Value* stored) {
  const auto refused = [&](std::string why) {
    return failed(call,
                  {ErrorKind::denied,
                   "isManaged, isCompliant and complianceExpirationDateTime are told by the device "
                   "service; " +
                       std::move(why),
                   {}});
  };
  if (call.caller.kind != CallerKind::application || !call.caller.may_any(approved)) {
    return refused(
        "another management service needs credentials of its own (client), with the "
        "permission manage_partner_compliance_policy");
  }
  const auto& described = stored == nullptr ? call.body : *stored;
  if (!to_lower(text_of(&described, "operatingSystem")).starts_with("windows")) {
    return refused("another management service may tell them of Windows devices only");
  }
  const auto device_id = text_of(&described, "deviceId");
  const auto keys = find_device(call.services.store, device_id);
  if (!keys) return failed(call, keys.error());
  if (!device_id.empty() && !keys->record.empty()) {
    return refused("this device is managed here, where what others say does not count");
  }
  return {};
}

// A device that says it is joined to the company's domain satisfies a control, so it is who
// synchronises the directory that tells.
OrFailure<void> check_may_tell_trust(const Call& call, const json::Value*) {
  if (call.caller.may_any(synchronising)) return {};
  return failed(call, {ErrorKind::denied,
                       "trustType is told by who synchronises the directory, with the permission "
                       "Directory.ReadWrite.All",
                       {}});
}

struct Told {
  std::string_view member;
  OrFailure<void> (*check)(const Call& call, const json::Value* stored);
};
constexpr Told told_by_some[] = {{"isCompliant", check_may_tell_compliance},
                                 {"isManaged", check_may_tell_compliance},
                                 {"complianceExpirationDateTime", check_may_tell_compliance},
                                 {"trustType", check_may_tell_trust}};

// The body without those members that say what is so anyway; refused when one says otherwise and
// the caller may not.
OrFailure<json::Value> checked_body(const Call& call, const json::Value* stored,
                                    json::Arena& arena) {
  auto body = call.body;
  if (!body.is_object()) return body;
  for (const auto& member : call.body.members()) {
    const auto told = std::ranges::find_if(told_by_some, [&](const Told& one) {
      return equal_ignoring_case(one.member, member.name);
    });
    if (told == std::end(told_by_some)) continue;
    const auto* is = stored == nullptr ? nullptr : stored->find_ignoring_case(member.name);
    const bool same = is == nullptr ? member.value.is_null() : *is == member.value;
    if (!same) {
      if (auto may = told->check(call, stored); !may) {
        return tl::unexpected<Failure>(may.error());
      }
    } else {
      body = json::without(body, member.name, arena);
    }
  }
  return body;
}

Replied register_device(const Call& call) {
  json::Arena arena;
  const auto body = checked_body(call, nullptr, arena);
  if (!body) return tl::unexpected<Failure>(body.error());
  Call changed = call;
  changed.body = *body;
  return create_document(changed);
}

Replied update_device(const Call& call) {
  const auto stored = call.services.reader.get(devices.kind, store_id(call.key()));
  if (!stored) return failed(call, stored.error());
  json::Arena arena;
  const auto body = checked_body(call, &(*stored)->root(), arena);
  if (!body) return tl::unexpected<Failure>(body.error());
  Call changed = call;
  changed.body = *body;
  return update_document(changed);
}

const Operation rows[] = {
    {"GET", "/devices", &devices, read_devices, list_documents, BodyRule::none, 200,
     "List devices"},
    {"POST", "/devices", &devices, write_devices, register_device, BodyRule::required, 201,
     "Register a device"},
    {"GET", "/devices/delta", &devices, read_devices, delta, BodyRule::none, 200,
     "Follow what changes of devices", Answers::object},
    {"GET", "/devices/$count", &devices, read_devices, count_documents, BodyRule::none, 200,
     "Count devices", Answers::text},
    {"GET", "/devices/{id}", &devices, read_devices, get_document, BodyRule::none, 200,
     "Get a device"},
    {"PATCH", "/devices/{id}", &devices, write_devices, update_device, BodyRule::required, 204,
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
