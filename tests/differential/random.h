// Numbers from a seed, the same on every machine and compiler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sallyport::testing_support {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {  // splitmix64
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t x = state_;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
  }
  // REQUIRES: n > 0
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
  std::size_t between(std::size_t least, std::size_t most) {
    return least + below(most - least + 1);
  }
  bool chance(unsigned percent) { return next() % 100 < percent; }

  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }
  // Up to `most` of them, at least one; the same one may come twice.
  template <class T>
  std::vector<T> some(const std::vector<T>& from, std::size_t most) {
    std::vector<T> result;
    for (std::size_t i = between(1, most); i > 0; --i) result.push_back(pick(from));
    return result;
  }

 private:
  std::uint64_t state_;
};

}  // namespace sallyport::testing_support
