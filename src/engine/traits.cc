#include "engine/traits.h"

#include "base/text.h"

namespace sallyport {
namespace {

const ApplicationId intune_enrolment = ApplicationId::of("d4ebce55-015a-49b5-a083-c84d1797ae8c");
const ApplicationId device_registration = ApplicationId::of("01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9");

constexpr Truth truth_of(bool b) { return b ? Truth::yes : Truth::no; }

}  // namespace

Truth is_enrolment(const Target& target) {
  switch (target.kind) {
    case TargetKind::unknown: return Truth::unknown;
    case TargetKind::authentication_context: return Truth::no;
    case TargetKind::user_action:
      return truth_of(target.user_action == UserAction::register_device);
    case TargetKind::applications: break;
  }
  bool all = !target.applications.empty();
  for (const ApplicationId application : target.applications) {
    all &= (application == intune_enrolment) | (application == device_registration);
  }
  return truth_of(all);
}

DeviceTraits device_traits(const Fact<DeviceView>& device) {
  if (device.is_unknown()) return {Truth::unknown, Truth::unknown};
  if (device.is_absent()) return {};
  const auto truth = [](bool unknown, bool holds) {
    return unknown ? Truth::unknown : truth_of(holds);
  };
  const DeviceFlag compliant = device->shape->is_compliant;
  const auto& trust = device->shape->text(DeviceText::trust_type);
  return {truth(compliant == DeviceFlag::unknown, compliant == DeviceFlag::yes),
          truth(trust.state == DeviceAttribute::State::unknown,
                trust.state == DeviceAttribute::State::known &&
                    equal_ignoring_case(trust.text, "ServerAD"))};
}

}  // namespace sallyport
