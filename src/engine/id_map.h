// A map from ids to small values that is built once and read often, and as often as not asked for
// an id that it does not hold. Two keys share a cache line with their values, and finding one does
// not branch on whether it is there: that is anybody's guess.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "base/id.h"

namespace sallyport {

template <class Key, class T>
class IdMap {
 public:
  IdMap() : IdMap(0, T{}) {}
  // `otherwise` is the value of every id that is not inserted.
  IdMap(std::size_t count_max, const T& otherwise) {
    std::size_t size = 1;
    while (size <= count_max) size *= 2;
    lines_.assign(size, {{}, {otherwise, otherwise, otherwise}, 0});
  }

  // REQUIRES: no more than count_max keys, each once.
  void insert(const Key& key, const T& value) {
    std::size_t i = start(key);
    while (lines_[i].count == 2) i = next(i);
    Line& line = lines_[i];
    line.keys[line.count] = key;
    line.values[++line.count] = value;
  }

  const T& find(const Key& key) const {
    for (std::size_t i = start(key);; i = next(i)) {
      const Line& line = lines_[i];
      // A free place may hold this key by chance; its value is then the right one, too.
      const std::size_t is_first = line.keys[0] == key;
      const std::size_t is_second = line.keys[1] == key;
      const std::size_t at = is_first | (is_second & ~is_first) << 1U;
      if (((line.count ^ 2U) | at) != 0) return line.values[at];
    }
  }

 private:
  struct alignas(64) Line {
    Key keys[2];
    T values[3];  // of none of the keys, of the first, of the second
    unsigned count = 0;
  };
  static_assert(sizeof(Line) == 64);
  std::size_t start(const Key& key) const { return std::hash<Key>{}(key) & (lines_.size() - 1); }
  std::size_t next(std::size_t i) const { return (i + 1) & (lines_.size() - 1); }
  std::vector<Line> lines_;
};

}  // namespace sallyport
