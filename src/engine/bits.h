// Sets of policies and of requirements as words of bits. Internal to the engine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

namespace sallyport {

using Word = std::uint64_t;

// `count` words where their number is known while compiling: they live in registers and on the
// stack. 0 stands for a number found out at run time; whoever holds such words keeps them from
// decision to decision, so that deciding does not allocate.
template <std::size_t count>
using Words = std::conditional_t<count != 0, std::array<Word, count>, std::vector<Word>>;

// Rows are this many words, or a multiple.
inline constexpr std::size_t row_chunk = 4;

// So many words of a row as a value: two registers of every processor.
class Chunk {
 public:
  Chunk() = default;  // of anything
  explicit Chunk(const Word* words) {
    std::memcpy(&first_, words, sizeof first_);
    std::memcpy(&second_, words + row_chunk / 2, sizeof second_);
  }
  void store(Word* words) const {
    std::memcpy(words, &first_, sizeof first_);
    std::memcpy(words + row_chunk / 2, &second_, sizeof second_);
  }
  friend Chunk operator|(Chunk a, const Chunk& b) {
    a.first_ |= b.first_, a.second_ |= b.second_;
    return a;
  }
  friend Chunk operator&(Chunk a, const Chunk& b) {
    a.first_ &= b.first_, a.second_ &= b.second_;
    return a;
  }
  Chunk without(const Chunk& b) const {
    Chunk a = *this;
    a.first_ &= ~b.first_, a.second_ &= ~b.second_;
    return a;
  }

 private:
  using Half = Word __attribute__((vector_size(row_chunk / 2 * sizeof(Word))));
  Half first_, second_;
};

template <std::size_t words>
using Chunks =
    std::conditional_t<words != 0, std::array<Chunk, words / row_chunk>, std::vector<Chunk>>;

template <class T, std::size_t count>
void clear(std::array<T, count>& set, std::size_t) {
  set.fill(T{});
}
template <class T>
void clear(std::vector<T>& set, std::size_t size) {
  set.assign(size, T{});
}

// For who writes all of it.
template <class T, std::size_t count>
void make_room(std::array<T, count>&, std::size_t) {}
template <class T>
void make_room(std::vector<T>& set, std::size_t size) {
  set.resize(size);
}

// All ones or nothing: what is chosen by a mask costs no branch that random facts make guess wrong.
constexpr Word mask_if(bool truth) { return Word{0} - Word{truth}; }
constexpr Word lowest(Word word) { return word & (Word{0} - word); }

template <class Visit>
void each_bit(std::span<const Word> words, Visit visit) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    for (Word word = words[i]; word != 0; word &= word - 1) {
      visit(i * 64 + static_cast<std::size_t>(__builtin_ctzll(word)));
    }
  }
}

}  // namespace sallyport
