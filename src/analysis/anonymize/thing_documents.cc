// Applications and devices: what has attributes.
#include <map>

#include "analysis/anonymize/documents.h"
#include "device/read.h"

namespace sallyport {
namespace {

using Attributes = std::map<std::string, std::vector<std::string>>;  // values by name

// Read back as set, underscore, name: any split of the parts gives the whole.
std::map<std::string, Attributes> by_set(const ServicePrincipal& principal,
                                         const AttributeDisguise& disguise) {
  std::map<std::string, Attributes> sets;
  for (const auto& [name, values] : principal.attributes) {
    const auto other = disguise.name(name);
    const auto split = other.find('_');
    auto& list = sets[other.substr(0, split)]
                     [split == std::string::npos ? std::string() : other.substr(split + 1)];
    for (const auto& value : values) {
      list.push_back(disguise.custom(name, value));
    }
  }
  return sets;
}

}  // namespace

void disguise_applications(const Directory& directory, const AttributeDisguise& attributes,
                           const Disguise& disguise, const TakeDocument& take) {
  for (const auto& principal : directory.service_principals()) {
    take(DocumentKind::service_principal, json::written([&](json::Writer& w) {
           const bool agent = principal.kind == ServicePrincipalKind::agent_identity;
           w.begin_object();
           w.member("@odata.type",
                    agent ? "#microsoft.graph.agentIdentity" : "#microsoft.graph.servicePrincipal");
           w.member("id", to_string(disguise.id(principal.id)));
           w.member("appId", to_string(disguise.id(principal.app_id)));
           w.member("displayName", disguise.text("Application ", principal.display_name));
           w.member("servicePrincipalType",
                    agent                                                      ? "ServiceIdentity"
                    : principal.kind == ServicePrincipalKind::managed_identity ? "ManagedIdentity"
                                                                               : "Application");
           w.member("signInAudience", principal.in_scope_of_workload_policies
                                          ? "AzureADMyOrg"
                                          : "AzureADMultipleOrgs");
           if (principal.agent_resource) w.member("agentResource", true);
           if (!principal.attributes.empty()) {
             w.key("customSecurityAttributes");
             w.begin_object();
             for (const auto& [set, values_by_name] : by_set(principal, attributes)) {
               w.key(set);
               w.begin_object();
               for (const auto& [name, values] : values_by_name) {
                 w.key(name);
                 w.begin_array();
                 for (const auto& value : values) w.value(value);
                 w.end_array();
               }
               w.end_object();
             }
             w.end_object();
           }
           w.end_object();
         }));
  }
}

void disguise_devices(const Inventory& inventory, const AttributeDisguise& attributes,
                      const Disguise& disguise, const TakeDocument& take) {
  for (const DeviceId id : inventory.ids()) {
    auto device = *inventory.find(id);
    const auto other_shape = attributes.shape(*device.shape);
    const auto name = attributes.device_name(device.display_name);
    std::vector<std::string> physical_ids;
    for (const auto& text : device.physical_ids) {
      physical_ids.push_back(attributes.physical_id(text));
    }
    device.id = disguise.id(device.id);
    device.display_name = name;
    device.physical_ids = physical_ids;
    device.shape = &other_shape;
    const auto text = json::written([&](json::Writer& w) { write_device(w, device); });
    take(DocumentKind::device, R"({"@odata.type":"#microsoft.graph.device",)" + text.substr(1));
  }
}

}  // namespace sallyport
