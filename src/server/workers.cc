#include "server/workers.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "base/thread_name.h"
#include "server/fault.h"

namespace sallyport {
namespace {

// A request that has outlived its connection's memory. REQUIRES: it stays where it was made.
class OwnRequest {
 public:
  explicit OwnRequest(const HttpRequest& from) : request_(from) {
    std::size_t size = from.method.size() + from.target.size() + from.path.size() +
                       from.query.size() + from.body.size() + from.client_certificate.size();
    for (const auto& header : from.headers) size += header.name.size() + header.value.size();
    text_.reserve(size);  // so that views into it stay valid
    for (auto* view : {&request_.method, &request_.target, &request_.path, &request_.query,
                       &request_.body, &request_.client_certificate}) {
      *view = keep(*view);
    }
    headers_.reserve(from.headers.size());
    for (const auto& header : from.headers) {
      const auto name = keep(header.name);
      headers_.push_back({name, keep(header.value)});
    }
    request_.headers = headers_;
  }
  OwnRequest(const OwnRequest&) = delete;
  OwnRequest& operator=(const OwnRequest&) = delete;
  const HttpRequest& view() const { return request_; }

 private:
  std::string_view keep(std::string_view text) {
    const auto begin = text_.size();
    text_ += text;
    return std::string_view(text_).substr(begin, text.size());
  }
  std::string text_;
  std::vector<Header> headers_;
  HttpRequest request_;
};

// Some tenth of what another thread gets: enough to come through, too little to be felt.
void give_way() {
  constexpr int steps = 10;
  const auto thread = static_cast<id_t>(::gettid());
  std::ignore = ::setpriority(PRIO_PROCESS, thread, ::getpriority(PRIO_PROCESS, thread) + steps);
}

}  // namespace

struct Workers::Job {
  Job(const HttpRequest& a_request, const Handler* a_handler, const BatchHandler* a_batch_handler)
      : request(a_request), handler(a_handler), batch_handler(a_batch_handler) {}
  OwnRequest request;
  const Handler* handler;             // this,
  const BatchHandler* batch_handler;  // or this
  std::shared_ptr<PendingResponse> pending = std::make_shared<PendingResponse>();
};

Workers::Workers(const char* name, unsigned threads, Priority priority, std::size_t queue_max)
    : queue_max_(queue_max) {
  for (unsigned i = 0; i < std::max(1U, threads); ++i) {
    threads_.emplace_back([this, name, priority] {
      name_thread(name);
      if (priority == Priority::low) give_way();
      work();
    });
  }
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  queued_.notify_all();
  for (auto& thread : threads_) thread.join();
}

HttpResponse Workers::answer(const HttpRequest& request, const Handler& handler) {
  return enqueue(std::make_unique<Job>(request, &handler, nullptr));
}

HttpResponse Workers::answer_together(const HttpRequest& request, const BatchHandler& handler) {
  return enqueue(std::make_unique<Job>(request, nullptr, &handler));
}

HttpResponse Workers::enqueue(std::unique_ptr<Job> job) {
  HttpResponse response;
  response.pending = job->pending;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= queue_max_) {
      auto full = error_response(503, "serviceUnavailable",
                                 "too many requests wait to be answered; ask again later");
      full.add("Retry-After", "1");
      return full;
    }
    queue_.push_back(std::move(job));
  }
  queued_.notify_one();
  return response;
}

void Workers::on_answered(std::function<void()> listener) {
  const std::lock_guard lock(listening_);
  listener_ = std::move(listener);
}

// Those to be answered together, the oldest among them; none: it is time to stop.
Workers::Jobs Workers::next() {
  std::unique_lock lock(mutex_);
  queued_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
  Jobs jobs;
  if (queue_.empty()) return jobs;
  const auto* together = queue_.front()->batch_handler;
  do {
    jobs.push_back(std::move(queue_.front()));
    queue_.pop_front();
  } while (together != nullptr && jobs.size() < batch_max && !queue_.empty() &&
           queue_.front()->batch_handler == together);
  return jobs;
}

void Workers::work() {
  for (auto jobs = next(); !jobs.empty(); jobs = next()) {
    std::vector<HttpResponse> responses;
    try {
      if (const auto* together = jobs.front()->batch_handler) {
        std::vector<const HttpRequest*> requests;
        for (const auto& job : jobs) requests.push_back(&job->request.view());
        responses = (*together)(requests);
      } else {
        responses.push_back((*jobs.front()->handler)(jobs.front()->request.view()));
      }
    } catch (const std::exception& why) {
      responses.assign(jobs.size(), fault(why));
    }
    for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i]->pending->set(std::move(responses[i]));
    const std::lock_guard listening(listening_);
    if (listener_) listener_();
  }
}

}  // namespace sallyport
