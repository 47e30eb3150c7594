// Threads for requests that may take long: a change waits for the disk, a subscription for its
// receiver, a list reads many documents. The threads of the HTTP server, which decide, hand these
// over and go on; the answer is sent when it is there.
//
// Bounds: so many threads, and as many requests waiting as queue_max; more are refused with 503.
// Threads: any number may call.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "gates/message.h"

namespace sallyport {

class Workers {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  static constexpr std::size_t queue_max = 2000;

  explicit Workers(unsigned threads);
  ~Workers();  // answers what waits
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // A response that is pending, or the refusal. `handler` outlives this.
  HttpResponse answer(const HttpRequest& request, const Handler& handler);
  // Called after each answer, by the thread that made it. Empty: nobody any more, and a call under
  // way has ended when this returns.
  void on_answered(std::function<void()> listener);

 private:
  struct Job;
  void work();

  std::mutex listening_;  // guards listener_, and is held while it is called
  std::function<void()> listener_;

  std::mutex mutex_;  // guards the two below
  std::deque<std::unique_ptr<Job>> queue_;
  bool stopping_ = false;
  std::condition_variable queued_;
  std::vector<std::thread> threads_;
};

}  // namespace sallyport
