// A map from ids to small values that is built once and read often, and mostly asked for ids that
// it does not hold. Two keys share a cache line, and are compared without a branch: whether one is
// there is anybody's guess.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <vector>

#include "base/id.h"

namespace sallyport {

template <class Key, class T>
class IdMap {
 public:
  IdMap() : IdMap(0) {}
  explicit IdMap(std::size_t count_max) {
    std::size_t size = 1;
    while (size < count_max + 1) size *= 2;
    lines_.resize(size);
  }

  // REQUIRES: no more than count_max keys, each once.
  void insert(const Key& key, T value) {
    std::size_t i = start(key);
    while (lines_[i].slots[1].used) i = (i + 1) & (lines_.size() - 1);
    lines_[i].slots[lines_[i].slots[0].used ? 1 : 0] = {key, value, true};
  }

  T find(const Key& key, const T& otherwise) const {
    for (std::size_t i = start(key);; i = (i + 1) & (lines_.size() - 1)) {
      const auto& [first, second] = lines_[i].slots;
      const bool is_first = first.used & (first.key == key);
      const bool is_second = second.used & (second.key == key);
      const T* found = &otherwise;
      found = is_first ? &first.value : found;
      found = is_second ? &second.value : found;
      if ((found != &otherwise) | !second.used) return *found;
    }
  }

 private:
  struct Slot {
    Key key{};
    T value{};
    bool used = false;
  };
  struct alignas(64) Line {
    std::array<Slot, 2> slots;  // the second is used only when the first is
  };
  std::size_t start(const Key& key) const { return std::hash<Key>{}(key) & (lines_.size() - 1); }
  std::vector<Line> lines_;
};

}  // namespace sallyport
