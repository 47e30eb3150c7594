#include "server/retention.h"

namespace sallyport {

Result<std::size_t> Retention::tick(Instant now) {
  if (keep_ == std::chrono::days(0) || now < next_) return std::size_t{0};
  auto forgotten = (store_.*forget_)(now - keep_, records_max);
  if (!forgotten || *forgotten < records_max) next_ = now + pause;
  return forgotten;
}

}  // namespace sallyport
