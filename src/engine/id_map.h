// A map from ids to small values that is built once and read often: one array, half full, keys and
// values side by side, so that finding costs one cache miss and missing usually none more.
#pragma once

#include <cstdint>
#include <vector>

#include "base/id.h"

namespace sallyport {

template <class Key, class T>
class IdMap {
 public:
  IdMap() : slots_(2) {}
  explicit IdMap(std::size_t count_max) {
    std::size_t size = 2;
    while (size < 2 * count_max) size *= 2;
    slots_.resize(size);
  }

  // REQUIRES: no more than count_max keys, each once.
  void insert(const Key& key, T value) {
    std::size_t i = start(key);
    while (slots_[i].used) i = (i + 1) & (slots_.size() - 1);
    slots_[i] = {key, value, true};
    empty_ = false;
  }

  const T* find(const Key& key) const {
    if (empty_) return nullptr;
    for (std::size_t i = start(key); slots_[i].used; i = (i + 1) & (slots_.size() - 1)) {
      if (slots_[i].key == key) return &slots_[i].value;
    }
    return nullptr;
  }

 private:
  struct Slot {
    Key key{};
    T value{};
    bool used = false;
  };
  std::size_t start(const Key& key) const { return std::hash<Key>{}(key) & (slots_.size() - 1); }
  std::vector<Slot> slots_;
  bool empty_ = true;
};

}  // namespace sallyport
