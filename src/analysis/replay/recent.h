// Numbers known of things met lately, by their fingerprint: a fixed count of things, where what
// comes new takes the place of what stood there. Nothing grows, and finding looks at one or two
// lines of memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

#include "analysis/replay/fingerprint.h"

namespace sallyport::replay {

template <std::size_t Count>
class Recent {
 public:
  using Numbers = std::array<std::uint32_t, Count>;
  // About so many things; at least two.
  explicit Recent(std::size_t things) {
    while (4 * pairs_ <= things) pairs_ *= 2;
    // Memory that nobody wrote to yet costs nothing, and is zero.
    pair_.reset(static_cast<Pair*>(std::calloc(pairs_, sizeof(Pair))));
    if (pair_ == nullptr) throw std::bad_alloc();
  }
  const Numbers* find(const Fingerprint& print) const {
    for (const Entry& entry : pair_[place_of(print)]) {
      if (entry.print == print) return &entry.numbers;
    }
    return nullptr;
  }
  // A hint: what find will look at is fetched meanwhile.
  void prefetch(const Fingerprint& print) const {
    const auto* pair = &pair_[place_of(print)];
    __builtin_prefetch(pair);
    __builtin_prefetch(&pair->back().numbers.back());
  }
  void insert(const Fingerprint& print, const Numbers& numbers) {
    auto& [first, second] = pair_[place_of(print)];
    if (first.print != print) second = first;
    first = {print, numbers};
  }

 private:
  struct Entry {
    Fingerprint print;  // zero: there is nothing
    Numbers numbers;
  };
  using Pair = std::array<Entry, 2>;
  struct Free {
    void operator()(Pair* pairs) const { std::free(pairs); }
  };
  std::size_t place_of(const Fingerprint& print) const {
    return (print.high ^ print.low >> 32U) & (pairs_ - 1);
  }
  std::size_t pairs_ = 1;
  std::unique_ptr<Pair[], Free> pair_;
};

}  // namespace sallyport::replay
