// Sets of policies and of requirements as words of bits. Internal to the engine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
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

template <std::size_t count>
void clear(std::array<Word, count>& words, std::size_t) {
  words.fill(0);
}
inline void clear(std::vector<Word>& words, std::size_t size) { words.assign(size, 0); }

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
