// How much each caller may ask: a bucket of `burst` requests that fills again at `per_second`.
// Every caller has its own, so none can use up another's. Threads: any number may call. Memory:
// callers of the last minutes only.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/instant.h"

namespace sallyport::api {

struct RateLimit {
  double per_second = 200;
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
  std::mutex mutex_;  // guards the one below
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace sallyport::api
