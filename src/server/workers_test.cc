#include "server/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <stdexcept>
#include <string>
#include <thread>

namespace sallyport {
namespace {

// A door that handlers wait at until it is opened.
class Door {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    opened_.notify_all();
    opened_.wait(lock, [&] { return open_; });
  }
  void wait_until_somebody_waits() {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [&] { return waiting_ > 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
  int waiting_ = 0;
};

// The request lives no longer than this call, as at a connection whose client has left.
HttpResponse ask(Workers& workers, const Workers::Handler& handler, const std::string& body) {
  const std::string name = "X-Name", value = "value of " + body;
  const Header headers[] = {{name, value}};
  const std::string method = "POST", path = "/v1.0/users", copy = body;
  HttpRequest request;
  request.method = method;
  request.path = path;
  request.headers = headers;
  request.body = copy;
  return workers.answer(request, handler);
}

HttpResponse wait_for(const HttpResponse& response) {
  for (;;) {
    if (auto made = response.pending->take()) return *made;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

const Workers::Handler echo = [](const HttpRequest& request) {
  HttpResponse response;
  response.body = std::string(request.method) + ' ' + std::string(request.path) + ' ' +
                  std::string(request.header("x-name")) + ' ' + std::string(request.body);
  return response;
};

TEST(Workers, a_request_is_answered_after_its_connection_is_gone) {
  Door door;
  const Workers::Handler later = [&](const HttpRequest& request) {
    door.pass();
    return echo(request);
  };
  Workers workers("test", 1);
  const auto response = ask(workers, later, "a body that is too long to be kept in the string");
  EXPECT_TRUE(response.waits());
  EXPECT_FALSE(response.pending->take().has_value());
  door.open();
  EXPECT_EQ(wait_for(response).body,
            "POST /v1.0/users value of a body that is too long to be kept in the string a body "
            "that is too long to be kept in the string");
}

TEST(Workers, who_listens_hears_of_each_answer_and_of_none_after_leaving) {
  Workers workers("test", 2);
  std::atomic<int> heard{0};
  workers.on_answered([&] { ++heard; });
  for (int i = 0; i < 20; ++i) std::ignore = wait_for(ask(workers, echo, std::to_string(i)));
  workers.on_answered({});
  EXPECT_EQ(heard, 20);
  std::ignore = wait_for(ask(workers, echo, "x"));
  EXPECT_EQ(heard, 20);
}

TEST(Workers, a_handler_that_fails_fails_alone) {
  const Workers::Handler fails = [](const HttpRequest&) -> HttpResponse {
    throw std::runtime_error("no");
  };
  Workers workers("test", 1);
  EXPECT_EQ(wait_for(ask(workers, fails, "")).status, 500);
  EXPECT_EQ(wait_for(ask(workers, echo, "")).status, 200);
}

TEST(Workers, what_waits_meanwhile_is_answered_together) {
  Door door;
  std::vector<std::size_t> batches;
  const Workers::BatchHandler together = [&](std::span<const HttpRequest* const> requests) {
    door.pass();
    batches.push_back(requests.size());
    std::vector<HttpResponse> responses;
    for (const auto* request : requests) responses.push_back(echo(*request));
    return responses;
  };
  const auto ask_together = [&](Workers& workers, const std::string& body) {
    HttpRequest request;
    request.body = body;
    return workers.answer_together(request, together);
  };
  std::vector<HttpResponse> responses;
  {
    Workers workers("test", 1, Workers::Priority::low);
    responses.push_back(ask_together(workers, "first"));
    door.wait_until_somebody_waits();
    for (std::size_t i = 1; i < Workers::batch_max + 5; ++i) {
      responses.push_back(ask_together(workers, std::to_string(i)));
    }
    responses.push_back(ask(workers, echo, "alone"));
    responses.push_back(ask_together(workers, "last"));
    door.open();
  }
  EXPECT_EQ(batches, (std::vector<std::size_t>{1, Workers::batch_max, 4, 1}));
  for (std::size_t i = 1; i < Workers::batch_max + 5; ++i) {
    EXPECT_TRUE(responses[i].pending->take()->body.ends_with(' ' + std::to_string(i)));
  }
  EXPECT_TRUE(responses[Workers::batch_max + 5].pending->take()->body.ends_with(" alone"));
}

TEST(Workers, a_batch_that_fails_fails_alone) {
  const Workers::BatchHandler fails =
      [](std::span<const HttpRequest* const>) -> std::vector<HttpResponse> {
    throw std::runtime_error("no");
  };
  Workers workers("test", 1);
  EXPECT_EQ(wait_for(workers.answer_together({}, fails)).status, 500);
  EXPECT_EQ(wait_for(ask(workers, echo, "")).status, 200);
}

TEST(Workers, too_many_that_wait_are_refused_and_all_others_answered) {
  Door door;
  const Workers::Handler later = [&](const HttpRequest& request) {
    door.pass();
    return echo(request);
  };
  std::vector<HttpResponse> responses;
  {
    constexpr std::size_t queue_max = 20;
    Workers workers("test", 1, Workers::Priority::normal, queue_max);
    responses.push_back(ask(workers, later, "first"));
    door.wait_until_somebody_waits();
    for (std::size_t i = 0; i < queue_max; ++i) {
      responses.push_back(ask(workers, later, std::to_string(i)));
    }
    const auto refused = ask(workers, later, "one too many");
    EXPECT_EQ(refused.status, 503);
    EXPECT_FALSE(refused.waits());
    EXPECT_EQ(refused.header("Retry-After"), "1");
    door.open();
  }
  for (const auto& response : responses) EXPECT_EQ(response.pending->take()->status, 200);
}

}  // namespace
}  // namespace sallyport
