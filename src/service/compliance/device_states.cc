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

void DeviceStates::put(const Guid& device, const DeviceState& state) {
  PackedState packed(state, commons_);
  auto& shard = shard_of(device);
  const std::lock_guard lock(shard.mutex);
  auto& held = shard.devices[device];
  if (held.version > state.version) return;
  held = {std::move(packed), state.next_change, state.version};
}

void DeviceStates::unpack(const Held& held, DeviceState& into) const {
  held.packed.unpack(commons_, into);
  into.version = held.version;
  into.next_change = held.next_change;
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
  DeviceState state;
  unpack(found->second, state);
  if (state.record == record) return;
  state.record = std::move(record);
  found->second.packed = PackedState(state, commons_);
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
  thread_local DeviceState state;
  unpack(found->second, state);
  visit(state);
  return true;
}

std::vector<Guid> DeviceStates::ids() const {
  std::vector<Guid> out;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& [id, held] : shard.devices) out.push_back(id);
  }
  return out;
}

std::vector<Guid> DeviceStates::used_by(const std::set<Guid>& users) const {
  std::vector<Guid> out;
  if (users.empty()) return out;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& [id, held] : shard.devices) {
      if (users.contains(held.packed.user())) out.push_back(id);
    }
  }
  return out;
}

std::vector<Guid> DeviceStates::due(compliance::Seconds now) const {
  std::vector<Guid> out;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& [id, held] : shard.devices) {
      if (held.next_change != 0 && held.next_change <= now) out.push_back(id);
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
  // As the allocator gives it: a word more, in steps of two.
  const auto allocated = [](std::size_t size) {
    constexpr std::size_t step = 2 * sizeof(void*);
    return (size + sizeof(void*) + step - 1) / step * step;
  };
  constexpr std::size_t node = sizeof(void*) + sizeof(std::pair<const Guid, Held>);
  std::size_t bytes = 0;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    bytes += shard.devices.bucket_count() * sizeof(void*);
    for (const auto& [id, held] : shard.devices) {
      bytes += allocated(node) + allocated(held.packed.bytes());
    }
  }
  return bytes;
}

}  // namespace sallyport
