#include "service/enrolment/new_device.h"

#include "base/json.h"
#include "base/text.h"
#include "service/change_document.h"
#include "service/document_type.h"
#include "service/enrolment/records.h"

namespace sallyport {
namespace {

constexpr std::size_t name_size_max = 120;

tl::unexpected<Error> failed(Error error) { return tl::unexpected<Error>(std::move(error)); }

}  // namespace

Result<void> plan_new_device(ChangeQueue& queue, const Caller& caller, Instant now,
                             const NewDevice& device, Draft& draft) {
  auto name = device.name;
  if (trim(name).empty() || !is_utf8(name)) name = "Device " + device.id.substr(0, 8);
  name = printable(name, name_size_max);
  const bool corporate = device.ownership == Ownership::corporate;
  std::string text;
  json::Writer w(text);
  w.begin_object();
  w.member("accountEnabled", true);
  w.member("deviceId", device.id);
  w.member("deviceOwnership", corporate ? "Company" : "Personal");
  w.member("displayName", name);
  w.member("isCompliant", false);
  w.member("isManaged", false);
  if (!device.operating_system.empty()) {
    w.member("operatingSystem", printable(device.operating_system, name_size_max));
  }
  w.member("profileType", "RegisteredDevice");
  w.member("registrationDateTime", to_string(now));
  w.member("trustType", corporate ? "AzureAd" : "Workplace");
  if (!device.user_id.empty()) {
    w.key("registeredOwners");
    w.begin_array();
    w.begin_object();
    w.member("@odata.type", "#microsoft.graph.user");
    w.member("id", device.user_id);
    w.end_object();
    w.end_array();
  }
  w.end_object();
  const auto body = json::parse(text);
  if (!body) return failed(body.error());
  const ChangeContext context{queue, caller, now};
  const auto planned = plan_creation(context, device_type, body->root(), device.id, draft);
  if (!planned) return failed(planned.error());
  return {};
}

Result<void> plan_device_limit(const NewDevice& device, std::size_t devices_max, Draft& draft) {
  if (device.user_id.empty()) return {};
  const auto document = get_if_there(draft, user_devices_kind, device.user_id);
  if (!document) return failed(document.error());
  std::vector<std::string> devices;
  if (*document) {
    auto listed = read_texts(**document, "devices");
    if (!listed) return failed(listed.error());
    for (auto& one : *listed) {
      const auto there = get_if_there(draft, "device", one);
      if (!there) return failed(there.error());
      if (*there) devices.push_back(std::move(one));  // those removed no longer count
    }
  }
  if (devices.size() >= devices_max) {
    return fail(ErrorKind::conflict,
                "this user has " + std::to_string(devices.size()) +
                    " devices, which is as many as one may have; remove one first");
  }
  devices.push_back(device.id);
  draft.write({std::string(user_devices_kind), device.user_id, write_texts("devices", devices),
               *document ? (*document)->version : Version{0}});
  return {};
}

Result<void> check_device(Store& store, const std::string& id) {
  const auto document = find_device_document(store, id);
  if (!document) {
    if (document.error().kind != ErrorKind::not_found) return failed(document.error());
    return fail(ErrorKind::denied, "the device was removed from the directory");
  }
  const auto parsed = json::parse(document->json);
  const auto* enabled = parsed ? parsed->root().find("accountEnabled") : nullptr;
  if (enabled == nullptr || enabled->is_null() || enabled->truth()) return {};
  return fail(ErrorKind::denied, "the device is disabled");
}

Result<std::optional<VersionedDocument>> get_if_there(Draft& draft, std::string_view kind,
                                                      std::string_view id) {
  auto document = draft.get(kind, id);
  if (document) return std::optional(std::move(*document));
  if (document.error().kind == ErrorKind::not_found) return std::optional<VersionedDocument>();
  return failed(document.error());
}

}  // namespace sallyport
