#include "store/sqlite/commit_mark.h"

#include <atomic>

#include "store/sqlite/connection.h"

namespace sallyport::sqlite {
namespace {

// The first copy of the header, in 32-bit words of this machine.
constexpr std::size_t version_word = 0;
constexpr std::size_t change_counter_word = 2;
constexpr std::size_t frame_checksum_words[] = {6, 7};
constexpr std::uint32_t known_version = 3'007'000;

}  // namespace

CommitMark::CommitMark(Connection& connection)
    : header_(static_cast<const volatile std::uint32_t*>(connection.log_index())) {}

std::uint64_t CommitMark::read() const {
  if (header_ == nullptr || header_[version_word] != known_version) return 0;
  std::uint64_t mark = header_[change_counter_word];
  for (const auto word : frame_checksum_words) mark = mark * 0x9e3779b97f4a7c15ULL + header_[word];
  // What is read after this is not older than it.
  std::atomic_thread_fence(std::memory_order_acquire);
  return mark == 0 ? 1 : mark;
}

}  // namespace sallyport::sqlite
