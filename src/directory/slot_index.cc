#include "directory/slot_index.h"

#include <algorithm>

namespace sallyport {

SlotIndex::SlotIndex(const SlotIndex& other)
    : pages_(other.pages_),
      owned_(other.pages_.size(), false),
      capacity_(other.capacity_),
      used_(other.used_),
      slot_mask_(other.slot_mask_) {}

SlotIndex& SlotIndex::operator=(const SlotIndex& other) {
  if (this != &other) *this = SlotIndex(other);
  return *this;
}

void SlotIndex::reset(std::size_t entries, std::size_t slots) {
  // Half full with `entries`; has_room_for() stops at four fifths.
  capacity_ = std::max<std::size_t>(16, 2 * entries);
  if (capacity_ > page_size) capacity_ = (capacity_ + page_size - 1) / page_size * page_size;
  slot_mask_ = std::bit_ceil(static_cast<std::uint32_t>(std::max(capacity_, 2 * slots)) + 2) - 1;
  used_ = 0;
  const std::size_t length = std::min(capacity_, page_size);
  pages_.clear();
  for (std::size_t i = 0; i < capacity_; i += length) {
    pages_.push_back(Page(new std::uint32_t[length]()));
  }
  owned_.assign(pages_.size(), true);
}

void SlotIndex::insert(std::uint64_t hash, std::uint32_t slot) {
  const std::uint32_t wanted = fingerprint(hash) | (slot + 1);
  std::size_t i = home(hash);
  for (; at(i) != 0; i = next(i)) {
    if (at(i) == wanted) return;
  }
  const std::size_t page = i / page_size;
  if (!owned_[page]) {
    const std::size_t length = std::min(capacity_, page_size);
    Page copy(new std::uint32_t[length]);
    std::copy_n(pages_[page].get(), length, copy.get());
    pages_[page] = std::move(copy);
    owned_[page] = true;
  }
  pages_[page][i % page_size] = wanted;
  ++used_;
}

std::size_t SlotIndex::bytes() const {
  return capacity_ * sizeof(std::uint32_t) + pages_.size() * sizeof(Page);
}

}  // namespace sallyport
