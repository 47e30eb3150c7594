// A log that is ten times as long takes no more memory.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "analysis/replay/replay.h"

namespace sallyport::replay {
namespace {

// Records made as they are read.
class MadeUp : public ByteSource {
 public:
  explicit MadeUp(std::size_t records) : left_(records) {}
  Result<std::size_t> read(std::span<char> into) override {
    while (text_.size() < into.size() && left_ != 0) add(left_--);
    const auto count = std::min(into.size(), text_.size());
    std::copy_n(text_.data(), count, into.data());
    text_.erase(0, count);
    return count;
  }
  std::uint64_t taken() const override { return 0; }
  std::uint64_t size() const override { return 0; }

 private:
  void add(std::size_t number) {
    const auto digits = [](std::size_t n) {
      auto text = std::to_string(n);
      return std::string(12 - text.size(), '0') + text;
    };
    text_ += R"({"createdDateTime":"2026-03-01T08:00:)" + std::to_string(10 + number % 50) +
             R"(Z","userId":"10000000-0000-4000-8000-)" + digits(number % 997) +
             R"(","appId":"30000000-0000-4000-8000-)" + digits(number % 31) +
             R"(","ipAddress":"198.51.)" + std::to_string(number / 251 % 251) + '.' +
             std::to_string(number % 251) + R"(","correlationId":")" + digits(number) +
             R"(","status":{"errorCode":0}})" + '\n';
  }
  std::size_t left_;
  std::string text_;
};

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

TEST(ReplayMemory, does_not_grow_with_the_log) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer keeps memory that was given back";
#endif
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "a sanitizer keeps memory that was given back";
#endif
#endif
  const std::vector<std::string> folder = {SALLYPORT_SOURCE_DIR "/examples/tenant"};
  const auto loaded = load(folder);
  const std::vector<Side> sides = {*make_side(loaded)};
  Replay replay(sides);
  MadeUp first(20'000);
  ASSERT_TRUE(replay.read(first, "log").has_value());
  const auto before = resident_bytes();
  MadeUp rest(200'000);
  ASSERT_TRUE(replay.read(rest, "log").has_value());
  const auto after = resident_bytes();
  EXPECT_EQ(replay.report().replayed.sign_ins, 220'000U);
  EXPECT_GT(replay.report().changed.at_most, 0U);
  EXPECT_LT(after, before + 4'000'000U);
}

}  // namespace
}  // namespace sallyport::replay
