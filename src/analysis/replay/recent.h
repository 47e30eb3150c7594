// What is known of things met lately, by their fingerprint: a fixed number, where what comes new
// takes the place of what stood there. Nothing grows, and finding looks at one line of memory.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "analysis/replay/fingerprint.h"

namespace sallyport::replay {

template <class Value>
class Recent {
 public:
  // About so many; at least two.
  explicit Recent(std::size_t count) {
    std::size_t pairs = 1;
    while (4 * pairs <= count) pairs *= 2;
    places_.resize(pairs);
  }
  const Value* find(const Fingerprint& print) const {
    for (const Entry& entry : places_[place_of(print)]) {
      if (entry.used && entry.print == print) return &entry.value;
    }
    return nullptr;
  }
  // A hint: what find will look at is fetched meanwhile.
  void prefetch(const Fingerprint& print) const { __builtin_prefetch(&places_[place_of(print)]); }
  void insert(const Fingerprint& print, const Value& value) {
    auto& pair = places_[place_of(print)];
    pair[1] = pair[0];
    pair[0] = {print, value, true};
  }
  void clear() { places_.assign(places_.size(), {}); }

 private:
  struct Entry {
    Fingerprint print;
    Value value{};
    bool used = false;
  };
  std::size_t place_of(const Fingerprint& print) const {
    return (print.high ^ print.low >> 32U) & (places_.size() - 1);
  }
  std::vector<std::array<Entry, 2>> places_;
};

}  // namespace sallyport::replay
