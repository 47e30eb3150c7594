// conditions.devices: the device filter and the deprecated device states (spec, section 2.8).
#include "base/text.h"
#include "engine/conditions/conditions.h"

namespace sallyport {
namespace {

// A device of which nothing is known, not even whether it is registered.
const DeviceView& unknown_device() {
  static const DeviceShape shape = [] {
    DeviceShape s;
    for (auto& text : s.texts) text = DeviceAttribute::unknown();
    s.is_compliant = DeviceFlag::unknown;
    s.is_managed = DeviceFlag::unknown;
    s.system_labels_known = false;
    return s;
  }();
  static const DeviceView view = [] {
    DeviceView v;
    v.id_known = v.display_name_known = v.physical_ids_known = false;
    v.shape = &shape;
    return v;
  }();
  return view;
}

Match is_compliant(const DeviceView* device) {
  if (device == nullptr) return Match::no;
  if (device->shape->is_compliant == DeviceFlag::unknown) return Match::unknown;
  return match_of(device->shape->is_compliant == DeviceFlag::yes);
}

Match is_hybrid_joined(const DeviceView* device) {
  if (device == nullptr) return Match::no;
  const auto& trust_type = device->shape->text(DeviceText::trust_type);
  if (trust_type.state == DeviceAttribute::State::unknown) return Match::unknown;
  return match_of(trust_type.state == DeviceAttribute::State::known &&
                  equal_ignoring_case(trust_type.text, "ServerAD"));
}

}  // namespace

Tested test_devices(const DeviceCondition& condition, const Fact<DeviceView>& fact) {
  const DeviceView* device = fact.is_absent()    ? nullptr
                             : fact.is_unknown() ? &unknown_device()
                                                 : &*fact;
  Tested tested{Match::yes, {fact.is_absent() ? ReasonKind::absent : ReasonKind::not_excluded}};
  const auto narrow = [&](Match match, Reason reason) {
    const Match combined = match_and(tested.match(), match);
    if (combined != tested.match()) tested = {combined, reason};
  };
  if (condition.filter && !condition.filter->rule) {
    tested = {Match::yes, {ReasonKind::filter_unreadable}};
  } else if (condition.filter) {
    const Match match = match_of(condition.filter->rule->matches(device));
    const bool excludes = condition.filter->mode == FilterMode::exclude;
    const auto kind = match == Match::unknown ? ReasonKind::fact_unknown
                      : match == Match::yes   ? ReasonKind::filter_matches
                                              : ReasonKind::filter_does_not_match;
    tested = {excludes ? match_not(match) : match, {kind, excludes}};
  }
  if (condition.exclude_compliant) {
    narrow(match_not(is_compliant(device)), {ReasonKind::compliant_device, true});
  }
  if (condition.exclude_domain_joined) {
    narrow(match_not(is_hybrid_joined(device)), {ReasonKind::domain_joined_device, true});
  }
  return tested;
}

}  // namespace sallyport
