#include "service/compliance/packed_state.h"

#include "base/pack.h"
#include "service/compliance/device_states.h"

namespace sallyport {
namespace {

using compliance::PolicyHistory;
using compliance::Seconds;
using compliance::SettingHistory;

// Of a policy: its standing, and which of its times have to be told.
constexpr std::uint64_t standing_mask = 3;
constexpr std::uint64_t since_is_first = 4;
constexpr std::uint64_t has_spell = 8;

void pack(const PolicyHistory& policy, Commons& commons, PackWriter& w) {
  w.number(commons.policies.number_of(policy.policy.guid));
  const bool same = policy.since == policy.first;
  const bool spell = policy.noncompliant_since != 0;
  w.number(static_cast<std::uint64_t>(policy.standing) | (same ? since_is_first : 0) |
           (spell ? has_spell : 0));
  w.whole(policy.edition);
  w.whole(policy.first);
  if (!same) w.whole(policy.since);
  if (spell) w.whole(policy.noncompliant_since);
}

PolicyHistory unpack_policy(const Commons& commons, PackReader& r) {
  PolicyHistory policy;
  policy.policy = PolicyId{commons.policies.value_of(r.number())};
  const auto flags = r.number();
  policy.standing = static_cast<compliance::Standing>(flags & standing_mask);
  policy.edition = r.whole<std::uint32_t>();
  policy.first = r.whole<Seconds>();
  policy.since = (flags & since_is_first) != 0 ? policy.first : r.whole<Seconds>();
  if ((flags & has_spell) != 0) policy.noncompliant_since = r.whole<Seconds>();
  return policy;
}

void pack(const SettingHistory& setting, PackWriter& w) {
  w.whole(setting.key);
  w.whole(setting.since);
  w.number(static_cast<std::uint64_t>(setting.status));
}

SettingHistory unpack_setting(PackReader& r) {
  SettingHistory setting;
  setting.key = r.whole<std::uint64_t>();
  setting.since = r.whole<Seconds>();
  setting.status = static_cast<compliance::ComplianceStatus>(r.number());
  return setting;
}

}  // namespace

PackedState::PackedState(const DeviceState& state, Commons& commons) {
  thread_local std::string text;
  text.clear();
  PackWriter w(text);
  w.whole(state.record.user);  // first: see user()
  w.number(commons.categories.number_of(state.record.category));
  w.number(state.record.by_partner ? 1 : 0);
  const auto& history = state.history;
  w.number(static_cast<std::uint64_t>(history.state));
  w.whole(history.since);
  w.whole(history.judged);
  w.number(history.policies.size());
  for (const auto& policy : history.policies) pack(policy, commons, w);
  w.number(history.settings.size());
  for (const auto& setting : history.settings) pack(setting, w);
  state.facts.pack(w);
  size_ = static_cast<std::uint32_t>(text.size());
  bytes_ = std::make_unique<char[]>(size_);
  text.copy(bytes_.get(), size_);
}

void PackedState::unpack(const Commons& commons, DeviceState& into) const {
  PackReader r({bytes_.get(), size_});
  into.record.user = r.whole<Guid>();
  into.record.category = commons.categories.value_of(r.number());
  into.record.by_partner = r.number() != 0;
  auto& history = into.history;
  history.state = static_cast<compliance::ComplianceState>(r.number());
  history.since = r.whole<Seconds>();
  history.judged = r.whole<Seconds>();
  history.policies.resize(r.number());
  for (auto& policy : history.policies) policy = unpack_policy(commons, r);
  history.settings.resize(r.number());
  for (auto& setting : history.settings) setting = unpack_setting(r);
  into.facts.unpack(r);
}

Guid PackedState::user() const { return PackReader({bytes_.get(), size_}).whole<Guid>(); }

}  // namespace sallyport
