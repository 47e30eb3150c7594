// 128 bits that stand for a sequence of texts and numbers, however long.
//
// Two different sequences have the same fingerprint with a probability of at most 2^-63, whoever
// chose them, because the key they are mixed with is made of random numbers when the process starts
// and is never shown (docs/decisions/0017-a-record-is-known-by-its-parts.md).
// Source: NH with words of 64 bits, as in VMAC (Krovetz and Dai, draft-krovetz-vmac-01, section 4).
// Threads: a FingerprintMaker belongs to one. Cost: a multiplication for each 16 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sallyport::replay {

struct Fingerprint {
  std::uint64_t high = 0, low = 0;
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

class FingerprintMaker {
 public:
  static constexpr std::size_t readable_behind = 16;
  FingerprintMaker() : key_(random_key()) {}

  void begin() {
    sum_ = 1;
    used_ = 0;
  }
  // Which text this is, and the text. REQUIRES: `readable_behind` readable bytes follow it.
  void add(std::uint8_t kind, std::string_view text);
  void add(std::uint8_t kind, std::uint64_t number) {
    if (used_ + 2 > key_words) {
      used_ = key_words + 1;
      return;
    }
    sum_ += Wide{~std::uint64_t{kind} + key_[used_]} * (number + key_[used_ + 1]);
    used_ += 2;
  }
  // More was added than the key is long for: there is no fingerprint.
  bool too_long() const { return used_ > key_words; }
  Fingerprint end() const {
    return {static_cast<std::uint64_t>(sum_ >> 64U), static_cast<std::uint64_t>(sum_)};
  }

 private:
  __extension__ using Wide = unsigned __int128;
  static constexpr std::size_t key_words = 8192;  // 64 KB of text
  static const std::uint64_t* random_key();

  const std::uint64_t* key_;
  Wide sum_ = 1;  // zero is the fingerprint of nothing, not even of no text
  std::size_t used_ = 0;
};

}  // namespace sallyport::replay
