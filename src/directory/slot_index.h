// A hash index from keys that are held elsewhere to their slots, in pages that snapshots share.
//
// Open addressing over 32-bit entries: the low bits are the slot plus one, the rest a fingerprint
// of the key, so that a probe rarely visits a slot for nothing. An entry is never taken out: one
// whose slot has lost that key is harmless, because the visitor looks at the slot, and is gone with
// the next reset. Copying shares the pages; writing to a shared page copies that page.
//
// Threads: any number may visit. Cost: about one cache miss a visit, 16 KB copied at most an
// insert.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace sallyport {

class SlotIndex {
 public:
  SlotIndex() = default;
  SlotIndex(const SlotIndex& other);
  SlotIndex& operator=(const SlotIndex& other);
  SlotIndex(SlotIndex&&) noexcept = default;
  SlotIndex& operator=(SlotIndex&&) noexcept = default;

  // Calls visit(slot) for every slot that may have the key, until it returns true.
  template <class Visit>
  void visit(std::uint64_t hash, Visit visit) const {
    if (capacity_ == 0) return;
    const std::uint32_t print = fingerprint(hash);
    for (std::size_t i = home(hash);; i = next(i)) {
      const std::uint32_t entry = at(i);
      if (entry == 0) return;
      if ((entry & ~slot_mask_) == print && visit((entry & slot_mask_) - 1)) return;
    }
  }

  // Begins to fetch the entry where a visit will start.
  void prefetch(std::uint64_t hash) const {
    if (capacity_ == 0) return;
    const auto i = home(hash);
    __builtin_prefetch(&pages_[i / page_size][static_cast<std::ptrdiff_t>(i % page_size)]);
  }

  bool has_room_for(std::uint32_t slot) const {
    return used_ < capacity_ - capacity_ / 5 && slot < slot_mask_;
  }
  // Empties the index and makes room for half as many entries again, and twice as many slots.
  void reset(std::size_t entries, std::size_t slots);
  // Does nothing when the slot is already there. REQUIRES: has_room_for(slot).
  void insert(std::uint64_t hash, std::uint32_t slot);

  std::size_t bytes() const;

 private:
  static constexpr std::size_t page_size = 4096;
  using Page = std::shared_ptr<std::uint32_t[]>;

  std::uint32_t at(std::size_t i) const { return pages_[i / page_size][i % page_size]; }
  std::size_t home(std::uint64_t hash) const {
    return static_cast<std::size_t>(((hash >> 32U) * capacity_) >> 32U);
  }
  std::size_t next(std::size_t i) const { return i + 1 == capacity_ ? 0 : i + 1; }
  std::uint32_t fingerprint(std::uint64_t hash) const {
    return static_cast<std::uint32_t>(hash) & ~slot_mask_;
  }

  std::vector<Page> pages_;
  std::vector<bool> owned_;  // pages that no snapshot shares yet
  std::size_t capacity_ = 0;
  std::size_t used_ = 0;
  std::uint32_t slot_mask_ = 0;
};

}  // namespace sallyport
