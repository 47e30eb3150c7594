#include "service/compliance/device_states.h"

#include "service/managed_devices/record.h"

namespace sallyport {

RecordTraits traits_of(const json::Value& record) {
  RecordTraits traits;
  if (const auto* user = record.find("userId")) {
    traits.user = parse_guid(user->text()).value_or(Guid{});
  }
  if (const auto* category = record.find("deviceCategoryDisplayName")) {
    traits.category = category->text();
  }
  traits.by_partner = is_partner_managed(record);
  return traits;
}

const DeviceStates::Shard& DeviceStates::shard_of(const Guid& device) const {
  // High bits: the table of the shard goes by the low ones.
  return shards_[(GuidHash{}(device) >> 48U) % shard_count];
}
DeviceStates::Shard& DeviceStates::shard_of(const Guid& device) {
  return const_cast<Shard&>(std::as_const(*this).shard_of(device));
}

void DeviceStates::put(const Guid& device, DeviceState state) {
  auto& shard = shard_of(device);
  const std::lock_guard lock(shard.mutex);
  auto& held = shard.devices[device];
  if (held.version > state.version) return;
  held = std::move(state);
}

void DeviceStates::remove(const Guid& device) {
  auto& shard = shard_of(device);
  const std::lock_guard lock(shard.mutex);
  shard.devices.erase(device);
}

void DeviceStates::set_record(const Guid& device, RecordTraits record) {
  auto& shard = shard_of(device);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.devices.find(device);
  if (found == shard.devices.end()) return;
  found->second.record = std::move(record);
}

void DeviceStates::set_next_change(const Guid& device, compliance::Seconds at) {
  auto& shard = shard_of(device);
  const std::lock_guard lock(shard.mutex);
  if (const auto found = shard.devices.find(device); found != shard.devices.end()) {
    found->second.next_change = at;
  }
}

std::optional<DeviceState> DeviceStates::find(const Guid& device) const {
  std::optional<DeviceState> copy;
  look_at(device, [&](const DeviceState& state) { copy = state; });
  return copy;
}

bool DeviceStates::look_at(const Guid& device,
                           const std::function<void(const DeviceState&)>& visit) const {
  const auto& shard = shard_of(device);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.devices.find(device);
  if (found == shard.devices.end()) return false;
  visit(found->second);
  return true;
}

std::vector<Guid> DeviceStates::ids() const {
  std::vector<Guid> out;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& [id, state] : shard.devices) out.push_back(id);
  }
  return out;
}

std::vector<Guid> DeviceStates::used_by(const std::set<Guid>& users) const {
  std::vector<Guid> out;
  if (users.empty()) return out;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& [id, state] : shard.devices) {
      if (users.contains(state.record.user)) out.push_back(id);
    }
  }
  return out;
}

std::vector<Guid> DeviceStates::due(compliance::Seconds now) const {
  std::vector<Guid> out;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& [id, state] : shard.devices) {
      if (state.next_change != 0 && state.next_change <= now) out.push_back(id);
    }
  }
  return out;
}

std::size_t DeviceStates::size() const {
  std::size_t count = 0;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    count += shard.devices.size();
  }
  return count;
}

std::size_t DeviceStates::bytes() const {
  constexpr std::size_t node = 2 * sizeof(void*);  // of the table: a link and a bucket
  std::size_t bytes = 0;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& [id, state] : shard.devices) {
      bytes += sizeof(Guid) + sizeof(DeviceState) + node - sizeof(state.facts) -
               sizeof(state.history) + state.facts.bytes() + state.history.bytes();
    }
  }
  return bytes;
}

}  // namespace sallyport
