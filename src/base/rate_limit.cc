#include "base/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace sallyport {

int RateLimiter::take(const std::string& caller, Instant now) {
  if (limit_.per_second <= 0) return 0;
  using seconds = std::chrono::duration<double>;
  const std::lock_guard lock(mutex_);
  const auto fill_time = seconds(limit_.burst / limit_.per_second);
  // A bucket that is full again says nothing. Looked for seldom, for that looks at all.
  if (buckets_.size() >= tidy_at_) {
    std::erase_if(buckets_, [&](const auto& one) { return now - one.second.at > fill_time; });
    tidy_at_ = std::max(tidy_at_, 2 * buckets_.size());
  }
  const auto [found, is_new] = buckets_.try_emplace(caller, Bucket{limit_.burst, now});
  auto& bucket = found->second;
  // A clock that is set back gives nothing and takes nothing.
  const auto since = std::max(seconds(now - bucket.at).count(), 0.0);
  bucket.left = std::min(limit_.burst, bucket.left + since * limit_.per_second);
  bucket.at = now;
  if (bucket.left >= 1) {
    bucket.left -= 1;
    return 0;
  }
  return std::max(1, static_cast<int>(std::ceil((1 - bucket.left) / limit_.per_second)));
}

}  // namespace sallyport
