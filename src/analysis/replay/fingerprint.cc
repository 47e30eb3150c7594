#include "analysis/replay/fingerprint.h"

#include <array>
#include <random>

namespace sallyport::replay {

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
