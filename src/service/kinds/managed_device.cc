// Managed devices: of what the device service knows, an administrator changes little (spec
// device-management, section 1). Everything else comes from the device and from judging it.
#include <algorithm>

#include "base/text.h"
#include "policy/write.h"
#include "service/document_type.h"
#include "service/managed_devices/record.h"

namespace sallyport {
namespace {

using json::Value;

struct Changeable {
  std::string_view name;
  std::size_t length_max;  // bytes
};
constexpr Changeable changeable[] = {
    {"managedDeviceName", 256}, {"managedDeviceOwnerType", 32}, {"deviceCategoryDisplayName", 256},
    {"notes", 10'000},          {"serialNumber", 128},  // until the device tells it
};
constexpr std::string_view read_only[] = {"id"};

Result<void> check_changeable(const Changeable& member, const Value& value) {
  const auto name = std::string(member.name);
  if (!value.is_string() && !value.is_null()) {
    return fail(ErrorKind::invalid_argument, "`" + name + "` must be a text", "/" + name);
  }
  if (value.text().size() > member.length_max) {
    return fail(ErrorKind::invalid_argument,
                "`" + name + "` has at most " + std::to_string(member.length_max) + " bytes",
                "/" + name);
  }
  if (member.name == "managedDeviceOwnerType" && !is_owner_type(value.text())) {
    return fail(ErrorKind::invalid_argument, "`" + name + "` is `company`, `personal` or `unknown`",
                "/" + name);
  }
  return {};
}

Result<Value> check(const Proposal& proposal) {
  if (proposal.before == nullptr) {
    return fail(ErrorKind::invalid_argument,
                "a managed device is made by enrolling it, not by a request");
  }
  json::Arena arena;
  const auto before = canonical(*proposal.before, arena);
  for (const auto& member : proposal.document.members()) {
    const auto* was = before.find(member.name);
    if (was == nullptr ? member.value.is_null() : *was == member.value) continue;
    const auto known = std::ranges::find(changeable, member.name, &Changeable::name);
    if (known == std::end(changeable)) {
      return fail(ErrorKind::invalid_argument,
                  "`" + printable(member.name) +
                      "` comes from the device or from judging it; what can be changed is "
                      "managedDeviceName, managedDeviceOwnerType, deviceCategoryDisplayName, "
                      "notes and serialNumber",
                  "/" + std::string(member.name));
    }
    if (auto good = check_changeable(*known, member.value); !good) {
      return tl::unexpected<Error>(good.error());
    }
  }
  return proposal.document;
}

}  // namespace

const DocumentType managed_device_type{
    .kind = managed_device_kind,
    .noun = "managed device",
    .category = "Device",
    .target_type = "ManagedDevice",
    .deleted_kind = {},
    .dates = Dates::none,
    .read_only = read_only,
    .check = check,
    .follow = follow_record,
};

}  // namespace sallyport
