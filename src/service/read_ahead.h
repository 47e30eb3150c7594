// Work of three steps, of which only the middle one can be done side by side: something steps
// through a source and gives batches, each batch is read, and each is taken, in the order given.
//
//   ReadAhead<Batch> ahead(helpers, read, take);
//   return ahead.run([&](const auto& give) { ...; if (!give(next_batch())) ...; });
//
// One thread gives, the caller's takes, and whoever would have to wait reads a batch meanwhile; so
// two cores are busy without a third thread, and helpers are for more of them. What is taken never
// depends on who was faster. At most `batches_max` are held at a time.
//
// Errors: the first in the order of the source. After one of `take` nothing more is taken, and
// give() answers false.
// REQUIRES: read(batch) may run on several threads at once, each with a batch of its own.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"

namespace sallyport {

template <class Batch>
class ReadAhead {
 public:
  static constexpr std::size_t batches_max = 8;
  using Read = std::function<void(Batch&)>;
  using Take = std::function<Result<void>(Batch&)>;
  using Give = std::function<bool(Batch)>;
  using Source = std::function<Result<void>(const Give&)>;

  ReadAhead(unsigned helpers, Read read, Take take)
      : helpers_(helpers), read_(std::move(read)), take_(std::move(take)) {}
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  [[nodiscard]] Result<void> run(const Source& source) {
    Result<void> given;
    std::vector<std::thread> threads;
    threads.emplace_back([&] {
      given = source([this](Batch batch) { return give(std::move(batch)); });
      end(all_given_);
    });
    for (unsigned i = 0; i < helpers_; ++i) threads.emplace_back([this] { help(); });
    auto taken = take_all();
    end(ended_);
    for (auto& thread : threads) thread.join();
    return taken ? given : taken;
  }

 private:
  enum class Stage : std::uint8_t { given, being_read, read };
  struct Item {
    Batch batch;
    Stage stage = Stage::given;
  };

  void end(bool& what) {
    {
      const std::lock_guard lock(mutex_);
      what = true;
    }
    changed_.notify_all();
  }

  bool give(Batch batch) {
    std::unique_lock lock(mutex_);
    while (!ended_ && work_.size() >= batches_max) read_one_or_wait(lock);
    if (ended_) return false;
    work_.push_back(std::make_unique<Item>(Item{std::move(batch), Stage::given}));
    changed_.notify_all();
    return true;
  }

  Result<void> take_all() {
    std::unique_lock lock(mutex_);
    while (!work_.empty() || !all_given_) {
      if (work_.empty() || work_.front()->stage != Stage::read) {
        read_one_or_wait(lock);
        continue;
      }
      const auto oldest = std::move(work_.front());
      work_.pop_front();
      changed_.notify_all();
      lock.unlock();
      if (auto taken = take_(oldest->batch); !taken) return taken;
      lock.lock();
    }
    return {};
  }

  void help() {
    std::unique_lock lock(mutex_);
    while (!ended_) read_one_or_wait(lock);
  }

  // Reads the oldest batch that nobody reads yet, without the lock; waits when there is none.
  void read_one_or_wait(std::unique_lock<std::mutex>& lock) {
    for (const auto& item : work_) {
      if (item->stage != Stage::given) continue;
      auto& mine = *item;  // stays where it is: only what was read is taken
      mine.stage = Stage::being_read;
      lock.unlock();
      read_(mine.batch);
      lock.lock();
      mine.stage = Stage::read;
      changed_.notify_all();
      return;
    }
    changed_.wait(lock);
  }

  const unsigned helpers_;
  const Read read_;
  const Take take_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Item>> work_;  // oldest first
  bool all_given_ = false;
  bool ended_ = false;  // nothing more will be taken
};

}  // namespace sallyport
