// A DeviceState in one small piece of memory, for there may be a million of them. What many devices
// have in common, the policies they were judged by and their categories, stands in it as a number.
//
// Threads: Commons any number may call; a PackedState is a value.
// Cost: some 300 bytes for a laptop's facts and ten policies; a microsecond to pack or unpack.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/id.h"

namespace sallyport {

struct DeviceState;

// Numbers for values that come again and again, for good: REQUIRES that there are not many.
template <class T, class Hash = std::hash<T>>
class Numbered {
 public:
  std::uint64_t number_of(const T& value) {
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = numbers_.find(value); found != numbers_.end()) return found->second;
    }
    const std::unique_lock lock(mutex_);
    const auto [found, is_new] = numbers_.try_emplace(value, values_.size());
    if (is_new) values_.push_back(value);
    return found->second;
  }
  T value_of(std::uint64_t number) const {
    const std::shared_lock lock(mutex_);
    return values_[number];
  }

 private:
  mutable std::shared_mutex mutex_;  // guards both
  std::unordered_map<T, std::uint64_t, Hash> numbers_;
  std::deque<T> values_;
};

struct Commons {
  Numbered<Guid, GuidHash> policies;
  Numbered<std::string> categories;
};

class PackedState {
 public:
  PackedState() = default;
  PackedState(const DeviceState& state, Commons& commons);

  // `version` and `next_change` are not part of it. REQUIRES: the same commons.
  void unpack(const Commons& commons, DeviceState& into) const;
  Guid user() const;  // of its record, without the rest
  std::size_t bytes() const { return size_; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::uint32_t size_ = 0;
};

}  // namespace sallyport
