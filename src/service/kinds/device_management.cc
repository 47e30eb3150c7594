// What an administrator says once for all managed devices (device-compliance spec, section 1.6).
#include "compliance/tenant_settings.h"
#include "service/document_type.h"
#include "service/kinds/shapes.h"

namespace sallyport {
namespace {

using json::Value;

constexpr std::string_view read_only[] = {"id"};
Result<Value> check(const Proposal& proposal) {
  const auto* settings = proposal.document.find("settings");
  if (settings == nullptr || !settings->is_object()) {
    return shapes::refuse("`settings` must be an object", "settings");
  }
  std::vector<Finding> findings;
  compliance::read_tenant_settings(*settings, Dialect::strict, &findings);
  for (auto& finding : findings) finding.pointer = "/settings" + finding.pointer;
  if (auto good = refuse_errors(findings); !good) return tl::unexpected<Error>(good.error());
  return proposal.document;
}

}  // namespace

const DocumentType device_management_type{
    .kind = "deviceManagement",
    .noun = "settings of device management",
    .category = "Policy",
    .target_type = "Policy",
    .deleted_kind = {},
    .dates = Dates::none,
    .read_only = read_only,
    .check = check,
};

}  // namespace sallyport
