// Threads for requests that may take long: a change waits for the disk, a subscription for its
// receiver, a list reads many documents. The threads of the HTTP server, which decide, hand these
// over and go on; the answer is sent when it is there.
//
// Bounds: so many threads, and as many requests waiting as it was made for; more are refused with
// 503 and Retry-After. Threads: any number may call.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "gates/message.h"

namespace sallyport {

class Workers {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  // For requests that share something dear, such as a commit: as many answers, in their order.
  using BatchHandler =
      std::function<std::vector<HttpResponse>(std::span<const HttpRequest* const>)>;
  // `low`: others run first where there are too few processors for all.
  enum class Priority : std::uint8_t { normal, low };

  static constexpr std::size_t queue_usual = 2000;
  static constexpr std::size_t batch_max = 256;

  // `name` is the threads': a constant of at most 15 characters.
  Workers(const char* name, unsigned threads, Priority priority = Priority::normal,
          std::size_t queue_max = queue_usual);
  ~Workers();  // answers what waits
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // A response that is pending, or the refusal. `handler` outlives this.
  HttpResponse answer(const HttpRequest& request, const Handler& handler);
  // The same, together with what else waits for this handler when a thread is free for it.
  HttpResponse answer_together(const HttpRequest& request, const BatchHandler& handler);
  // Called after each answer, by the thread that made it. Empty: nobody any more, and a call under
  // way has ended when this returns.
  void on_answered(std::function<void()> listener);

 private:
  struct Job;
  using Jobs = std::vector<std::unique_ptr<Job>>;
  HttpResponse enqueue(std::unique_ptr<Job> job);
  Jobs next();
  void work();

  const std::size_t queue_max_;
  std::mutex listening_;  // guards listener_, and is held while it is called
  std::function<void()> listener_;

  std::mutex mutex_;  // guards the two below
  std::deque<std::unique_ptr<Job>> queue_;
  bool stopping_ = false;
  std::condition_variable queued_;
  std::vector<std::thread> threads_;
};

}  // namespace sallyport
