// What is known of every device that ever reported, in memory: what is judged by when a policy
// changes, so that judging a million devices again reads no document.
//
// Threads: any number may call. Cost: about 400 bytes a device (packed_state.h), and a microsecond
// for whoever looks at one.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "compliance/facts.h"
#include "compliance/history.h"
#include "service/compliance/packed_state.h"
#include "store/store.h"

namespace sallyport {

// What its record (managed_devices/record.h) says that matters to a verdict.
struct RecordTraits {
  Guid user;  // all zero: none
  std::string category;
  bool by_partner = false;  // another service manages it, whose word counts
  friend bool operator==(const RecordTraits&, const RecordTraits&) = default;
};
RecordTraits traits_of(const json::Value& record);

struct DeviceState {
  compliance::Facts facts;
  compliance::History history;
  RecordTraits record;
  Version version = 0;                  // of the posture document this was read from
  compliance::Seconds next_change = 0;  // when time alone may change the verdict; 0: never
};

class DeviceStates {
 public:
  // `version`: older ones than what is had are ignored.
  void put(const Guid& device, const DeviceState& state);
  void remove(const Guid& device);
  // Nothing happens when it never reported.
  void set_record(const Guid& device, RecordTraits record);
  void set_next_change(const Guid& device, compliance::Seconds at);

  // A copy. Nothing: it never reported.
  std::optional<DeviceState> find(const Guid& device) const;
  std::vector<Guid> ids() const;
  std::vector<Guid> used_by(const std::set<Guid>& users) const;  // looks at all
  // Whose verdict time may have changed.
  std::vector<Guid> due(compliance::Seconds now) const;  // looks at all
  // Calls `visit` with the state, under its lock; false: it never reported.
  bool look_at(const Guid& device, const std::function<void(const DeviceState&)>& visit) const;

  std::size_t size() const;
  std::size_t bytes() const;

 private:
  static constexpr std::size_t shard_count = 64;
  struct Held {
    PackedState packed;
    compliance::Seconds next_change = 0;
    Version version = 0;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<Guid, Held, GuidHash> devices;
  };
  void unpack(const Held& held, DeviceState& into) const;
  Shard& shard_of(const Guid& device);
  const Shard& shard_of(const Guid& device) const;

  Commons commons_;
  std::array<Shard, shard_count> shards_;
};

}  // namespace sallyport
