// /organization and /subscribedSkus: clients look at these before anything else, to learn which
// tenant they talk to and what it has licences for. Sallyport needs none, and says that it has
// them.
#include "api/answers.h"
#include "api/list.h"
#include "api/resources.h"
#include "api/services.h"

namespace sallyport::api {
namespace {

using odata::PropertyKind;

constexpr std::string_view read[] = {"Organization.Read.All", "Directory.Read.All", "User.Read",
                                     "Policy.Read.All"};

constexpr odata::Property organization_properties[] = {
    {.path = "id", .kind = PropertyKind::guid},
    {.path = "displayName"},
    {.path = "tenantType"},
    {.path = "verifiedDomains", .kind = PropertyKind::complex, .collection = true},
    {.path = "assignedPlans", .kind = PropertyKind::complex, .collection = true},
};
constexpr odata::Schema organization_schema{.type = "microsoft.graph.organization",
                                            .properties = organization_properties};
constexpr Resource organizations{.path = "/organization",
                                 .context = "organization",
                                 .type = "microsoft.graph.organization",
                                 .kind = "organization",
                                 .schema = &organization_schema,
                                 .error_style = ErrorStyle::directory};

constexpr odata::Property sku_properties[] = {
    {.path = "id"},
    {.path = "skuId", .kind = PropertyKind::guid},
    {.path = "skuPartNumber"},
    {.path = "capabilityStatus"},
    {.path = "appliesTo"},
    {.path = "consumedUnits", .kind = PropertyKind::number},
    {.path = "prepaidUnits", .kind = PropertyKind::complex},
    {.path = "servicePlans", .kind = PropertyKind::complex, .collection = true},
};
constexpr odata::Schema sku_schema{.type = "microsoft.graph.subscribedSku",
                                   .properties = sku_properties};
constexpr Resource skus{.path = "/subscribedSkus",
                        .context = "subscribedSkus",
                        .type = "microsoft.graph.subscribedSku",
                        .kind = "subscribedSku",
                        .schema = &sku_schema,
                        .error_style = ErrorStyle::directory};

// An imported document of the tenant, or one that says no more than its id.
OrFailure<std::vector<Shown>> all_organizations(const Call& call) {
  auto shown = call.services.reader.list(organizations.kind, "", 10);
  if (!shown) return failed(call, shown.error());
  if (!shown->empty()) return std::move(*shown);
  std::string text;
  json::Writer w(text);
  w.begin_object();
  w.member("id", call.services.tenant_id);
  w.member("displayName", "Sallyport");
  w.member("tenantType", "AAD");
  for (const auto* list : {"verifiedDomains", "assignedPlans"}) {
    w.key(list);
    w.begin_array();
    w.end_array();
  }
  w.end_object();
  auto one = call.services.reader.show(
      {std::string(organizations.kind), call.services.tenant_id, std::move(text), 0});
  if (!one) return failed(call, one.error());
  return std::vector<Shown>{std::move(*one)};
}

Replied list_organizations(const Call& call) {
  const auto shown = all_organizations(call);
  if (!shown) return tl::unexpected<Failure>(shown.error());
  return list_of(call, *shown, organizations.context);
}

Replied get_organization(const Call& call) {
  const auto shown = all_organizations(call);
  if (!shown) return tl::unexpected<Failure>(shown.error());
  for (const auto& one : *shown) {
    if (guid_of_text(one->id) == guid_of_text(call.key())) {
      return entity(call, *one, "organization/$entity");
    }
  }
  return failed(call, {ErrorKind::not_found, {}, {}});
}

// The plans whose presence clients ask for before they show conditional access.
constexpr std::string_view sku_text = R"({"id":"TENANT_078d2b04-f1bd-4111-bbd4-b4b1b354cef4",
"skuId":"078d2b04-f1bd-4111-bbd4-b4b1b354cef4","skuPartNumber":"AAD_PREMIUM",
"capabilityStatus":"Enabled","appliesTo":"User","consumedUnits":0,
"prepaidUnits":{"enabled":1000000,"suspended":0,"warning":0,"lockedOut":0},
"servicePlans":[{"servicePlanId":"41781fb2-bc02-4b7c-bd55-b576c07bb09d",
"servicePlanName":"AAD_PREMIUM","provisioningStatus":"Success","appliesTo":"User"},
{"servicePlanId":"eec0eb4f-6444-4f95-aba0-50c24d67f998",
"servicePlanName":"AAD_PREMIUM_P2","provisioningStatus":"Success","appliesTo":"User"}]})";

Replied list_skus(const Call& call) {
  std::string text(sku_text);
  text.replace(text.find("TENANT"), 6, call.services.tenant_id);
  auto one = call.services.reader.show({std::string(skus.kind), "sku", std::move(text), 0});
  if (!one) return failed(call, one.error());
  const std::vector<Shown> all = {std::move(*one)};
  return list_of(call, all, skus.context);
}

const Operation rows[] = {
    {"GET", "/organization", &organizations, read, list_organizations, BodyRule::none, 200,
     "Get the tenant"},
    {"GET", "/organization/{id}", &organizations, read, get_organization, BodyRule::none, 200,
     "Get the tenant by its id"},
    {"GET", "/subscribedSkus", &skus, read, list_skus, BodyRule::none, 200, "List licences"},
};

}  // namespace

std::span<const Operation> organization_operations() { return rows; }

}  // namespace sallyport::api
