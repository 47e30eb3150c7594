#include "server/retention.h"

namespace sallyport {

Result<std::size_t> Retention::tick(Instant now) {
  // Ticks come often. A clock that leaps, or that a machine starts with, has to stay there for a
  // while before it is believed.
  if (!last_ || now - *last_ > pause) next_ = now + pause;
  last_ = now;
  // Further off than a pause: the clock was set back.
  const bool rests = now < next_ && next_ - now <= pause;
  if (keep_ == std::chrono::days(0) || rests) return std::size_t{0};
  auto forgotten = forget_(store_, now - keep_, records_max);
  if (!forgotten || *forgotten < records_max) next_ = now + pause;
  return forgotten;
}

}  // namespace sallyport
