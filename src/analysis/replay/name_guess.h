// Which member a key is, mostly by one comparison: after a name comes the name that came after it
// in the record before.
// Threads: one. Memory: the first names_max different names.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "analysis/replay/member.h"

namespace sallyport::replay {

class NameGuess {
 public:
  static constexpr std::size_t readable_behind = 40;
  NameGuess() {  // what comes before the first is no name itself
    names_.emplace_back().mask.fill(~std::uint64_t{0});
  }
  void begin() { at_ = 0; }
  // Of the key that begins behind its opening quote. REQUIRES: `readable_behind` readable bytes,
  // and a closing quote before `end`.
  Member next(const char* key, const char* end) {
    const auto guess = names_[at_].next;
    if (names_[guess].is(key)) {
      at_ = guess;
      return names_[guess].member;
    }
    return look_up(raw_key(key, end));
  }

 private:
  static constexpr std::size_t names_max = 64;
  using Words = std::array<std::uint64_t, readable_behind / sizeof(std::uint64_t)>;
  struct Name {
    Words text{}, mask{};  // with its closing quote
    Member member = Member::none;
    std::uint8_t next = 0;
    bool is(const char* key) const {
      Words words;
      std::memcpy(words.data(), key, sizeof words);
      std::uint64_t difference = 0;
      for (std::size_t i = 0; i < words.size(); ++i) difference |= (words[i] ^ text[i]) & mask[i];
      return difference == 0;
    }
  };
  Member look_up(std::string_view name);

  std::vector<Name> names_;
  std::uint8_t at_ = 0;
};

}  // namespace sallyport::replay
