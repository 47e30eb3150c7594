#include "analysis/replay/fingerprint.h"

#include <array>
#include <cstring>
#include <random>

namespace sallyport::replay {
namespace {

std::uint64_t word_at(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

}  // namespace

// Out of line and with a sum of its own: the sum then stays in registers.
void FingerprintMaker::add(std::uint8_t kind, std::string_view text) {
  const std::size_t pairs = 1 + (text.size() + 15) / 16;
  if (used_ + 2 * pairs > key_words) {
    used_ = key_words + 1;
    return;
  }
  const std::uint64_t* key = key_ + used_;
  used_ += 2 * pairs;
  Wide sum = sum_;
  const auto add_words = [&](std::uint64_t first, std::uint64_t second) {
    sum += Wide{first + key[0]} * (second + key[1]);
    key += 2;
  };
  add_words(std::uint64_t{text.size()} << 8U | kind, 0);
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= 16; left -= 16, at += 16) add_words(word_at(at), word_at(at + 8));
  if (left != 0) {
    const bool two = left > 8;
    const std::uint64_t mask = ~std::uint64_t{0} >> (64 - 8 * (two ? left - 8 : left));
    add_words(two ? word_at(at) : word_at(at) & mask, two ? word_at(at + 8) & mask : 0);
  }
  sum_ = sum;
}

const std::uint64_t* FingerprintMaker::random_key() {
  static const auto key = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device(),
                       device(), device(), device(), device()};
    std::mt19937_64 random(seed);
    std::array<std::uint64_t, key_words> made{};
    for (auto& word : made) word = random();
    return made;
  }();
  return key.data();
}

}  // namespace sallyport::replay
