// What an administrator says once for all managed devices (device-compliance spec, section 1.6).
#include "base/json_edit.h"
#include "service/document_type.h"
#include "service/kinds/shapes.h"

namespace sallyport {
namespace {

using json::Value;
using schema::Member;
using schema::Shape;

constexpr std::string_view read_only[] = {"id"};
constexpr Member settings_members[] = {
    {"secureByDefault", Shape::boolean},
    {"isScheduledActionEnabled", Shape::boolean},
    {"enhancedJailBreak", Shape::boolean},
    {"ignoreDevicesForUnsupportedSettingsEnabled", Shape::boolean},
    {"androidDeviceAdministratorEnrollmentEnabled", Shape::boolean},
    {"deviceComplianceCheckinThresholdDays", Shape::number},
    {"deviceInactivityBeforeRetirementInDay", Shape::number},
};

Result<Value> check(const Proposal& proposal) {
  const auto* settings = proposal.document.find("settings");
  if (settings == nullptr || !settings->is_object()) {
    return shapes::refuse("`settings` must be an object", "settings");
  }
  for (const auto& done :
       {shapes::check_shapes(*settings, settings_members),
        shapes::check_range(*settings, "deviceComplianceCheckinThresholdDays", 1, 120),
        shapes::check_range(*settings, "deviceInactivityBeforeRetirementInDay", 30, 270)}) {
    if (done) continue;
    auto error = done.error();
    error.where = "/settings" + error.where;
    return tl::unexpected<Error>(std::move(error));
  }
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
