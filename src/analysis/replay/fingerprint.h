// 128 bits that stand for a sequence of texts and numbers, however long.
//
// Two different sequences have the same fingerprint with a probability of at most 2^-63, whoever
// chose them, because the key they are mixed with is made of random numbers when the process starts
// and is never shown (docs/decisions/0016-a-record-is-known-by-its-fingerprint.md).
// Source: NH with words of 64 bits, as in VMAC (Krovetz and Dai, draft-krovetz-vmac-01, section 4).
// Threads: a FingerprintMaker belongs to one. Cost: a multiplication for each 16 bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
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
    sum_ = 0;
    used_ = 0;
  }
  // Which text this is, and the text. REQUIRES: `readable_behind` readable bytes follow it.
  void add(std::uint8_t kind, std::string_view text) {
    const std::size_t pairs = 1 + (text.size() + 15) / 16;
    if (used_ + 2 * pairs > key_words) {
      used_ = key_words + 1;
      return;
    }
    add_pair(std::uint64_t{text.size()} << 8U | kind, 0);
    const char* at = text.data();
    std::size_t left = text.size();
    for (; left >= 16; left -= 16, at += 16) add_pair(word_at(at), word_at(at + 8));
    if (left == 0) return;
    const bool two = left > 8;
    const std::uint64_t mask = ~std::uint64_t{0} >> (64 - 8 * (two ? left - 8 : left));
    add_pair(two ? word_at(at) : word_at(at) & mask, two ? word_at(at + 8) & mask : 0);
  }
  void add(std::uint8_t kind, std::uint64_t number) {
    if (used_ + 2 > key_words) {
      used_ = key_words + 1;
      return;
    }
    add_pair(~std::uint64_t{kind}, number);
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

  static std::uint64_t word_at(const char* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
  }
  void add_pair(std::uint64_t first, std::uint64_t second) {
    sum_ += Wide{first + key_[used_]} * (second + key_[used_ + 1]);
    used_ += 2;
  }

  const std::uint64_t* key_;
  Wide sum_ = 0;
  std::size_t used_ = 0;
};

}  // namespace sallyport::replay
