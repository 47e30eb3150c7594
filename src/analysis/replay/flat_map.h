// A hash table in one array, at most half full, that grows: finding waits for memory once, where a
// table of nodes waits three times. A log's worth of look-ups is mostly waiting.
// Nothing is taken out but all at once; a pointer is good until the next insertion.
#pragma once

#include <cstdint>
#include <vector>

namespace sallyport::replay {

template <class Key, class Value, class Hash>
class FlatMap {
 public:
  std::size_t size() const { return size_; }

  Value* find(const Key& key) {
    for (std::size_t i = start(key); slots_[i].used; i = next(i)) {
      if (slots_[i].key == key) return &slots_[i].value;
    }
    return nullptr;
  }
  // A hint: what find will look at is fetched meanwhile.
  void prefetch(const Key& key) const { __builtin_prefetch(&slots_[start(key)]); }
  // REQUIRES: the key is not there.
  Value& insert(const Key& key, Value value) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    ++size_;
    return place(key, std::move(value));
  }
  void clear() {
    slots_.assign(slots_min, Slot{});
    size_ = 0;
  }
  template <class Visit>
  void each(Visit visit) const {
    for (const Slot& slot : slots_) {
      if (slot.used) visit(slot.key, slot.value);
    }
  }

 private:
  static constexpr std::size_t slots_min = 64;
  struct Slot {
    bool used = false;
    Value value{};
    Key key{};
  };
  std::size_t start(const Key& key) const { return Hash{}(key) & (slots_.size() - 1); }
  std::size_t next(std::size_t i) const { return (i + 1) & (slots_.size() - 1); }
  Value& place(const Key& key, Value value) {
    std::size_t i = start(key);
    while (slots_[i].used) i = next(i);
    slots_[i] = {true, std::move(value), key};
    return slots_[i].value;
  }
  void grow() {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    for (Slot& slot : old) {
      if (slot.used) place(slot.key, std::move(slot.value));
    }
  }

  std::vector<Slot> slots_ = std::vector<Slot>(slots_min);
  std::size_t size_ = 0;
};

// Mixes one more number into a hash.
inline std::uint64_t mixed(std::uint64_t hash, std::uint64_t number) {
  hash = (hash ^ number) * 0x9e3779b97f4a7c15ULL;
  return hash ^ (hash >> 29U);
}

}  // namespace sallyport::replay
