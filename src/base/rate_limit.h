// How much each caller may ask: a bucket of `burst` requests that fills again at `per_second`.
// Every caller has its own, so none can use up another's. Threads: any number may call. Memory:
// callers whose bucket is not full, and at most as many again.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/instant.h"

namespace sallyport {

struct RateLimit {
  double per_second = 200;  // 0: no limit
  double burst = 400;
};

class RateLimiter {
 public:
  explicit RateLimiter(const RateLimit& limit) : limit_(limit) {}
  // Takes one request out of the caller's bucket. 0 when there was one, else the seconds, rounded
  // up, after which there will be.
  int take(const std::string& caller, Instant now);

 private:
  struct Bucket {
    double left = 0;
    Instant at{};
  };
  RateLimit limit_;
  std::mutex mutex_;  // guards the two below
  std::unordered_map<std::string, Bucket> buckets_;
  std::size_t tidy_at_ = 10'000;  // so many buckets
};

}  // namespace sallyport
