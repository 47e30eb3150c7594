// Work of which one half can be done side by side and the other only in order.
//
//   ReadAhead<Batch> ahead(helpers, read, take);
//   while (...) if (auto given = ahead.give(next_batch()); !given) return given;
//   return ahead.finish();
//
// Each batch is read, on whichever thread comes to it first, and then taken: on the caller's
// thread, in the order given, so what comes of it never depends on who was faster. The caller, when
// it would have to wait, reads a batch itself; without helpers it does everything.
// At most `batches_max` are held at a time: give() takes the oldest when there are as many. After
// an error of `take` nothing more is taken; it ends once the helpers have put down what they hold.
//
// REQUIRES: read(batch) may run on several threads at once, each with a batch of its own; it does
// not throw.
// Threads: one, the caller's.
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

  ReadAhead(unsigned helpers, Read read, Take take)
      : read_(std::move(read)), take_(std::move(take)) {
    helpers_.reserve(helpers);
    for (unsigned i = 0; i < helpers; ++i) helpers_.emplace_back([this] { help(); });
  }
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;
  ~ReadAhead() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    for (auto& helper : helpers_) helper.join();
  }

  [[nodiscard]] Result<void> give(Batch batch) {
    {
      const std::lock_guard lock(mutex_);
      work_.push_back(std::make_unique<Item>(Item{std::move(batch), Stage::given}));
    }
    changed_.notify_all();
    while (work_.size() >= batches_max || oldest_is_read()) {
      if (auto taken = take_oldest(); !taken) return taken;
    }
    return {};
  }

  // Takes what is left.
  [[nodiscard]] Result<void> finish() {
    while (!work_.empty()) {
      if (auto taken = take_oldest(); !taken) return taken;
    }
    return {};
  }

 private:
  enum class Stage : std::uint8_t { given, being_read, read };
  struct Item {
    Batch batch;
    Stage stage = Stage::given;
  };

  bool oldest_is_read() {
    const std::lock_guard lock(mutex_);
    return !work_.empty() && work_.front()->stage == Stage::read;
  }

  Result<void> take_oldest() {
    std::unique_ptr<Item> oldest;
    {
      std::unique_lock lock(mutex_);
      while (work_.front()->stage != Stage::read) {
        if (!read_one(lock)) changed_.wait(lock);
      }
      oldest = std::move(work_.front());
      work_.pop_front();
    }
    return take_(oldest->batch);
  }

  void help() {
    std::unique_lock lock(mutex_);
    while (!ended_) {
      if (!read_one(lock)) changed_.wait(lock);
    }
  }

  // The oldest that nobody reads yet; false when there is none. Gives the lock away meanwhile.
  bool read_one(std::unique_lock<std::mutex>& lock) {
    for (const auto& item : work_) {
      if (item->stage != Stage::given) continue;
      auto& mine = *item;  // stays where it is: only what was read is taken
      mine.stage = Stage::being_read;
      lock.unlock();
      read_(mine.batch);
      lock.lock();
      mine.stage = Stage::read;
      changed_.notify_all();
      return true;
    }
    return false;
  }

  const Read read_;
  const Take take_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Item>> work_;  // oldest first; only the caller adds and removes
  bool ended_ = false;
  std::vector<std::thread> helpers_;
};

}  // namespace sallyport
