#include "service/live.h"

#include "base/thread_name.h"

namespace sallyport {
namespace {

constexpr std::size_t changes_max = 10'000;           // more at once: loading everything is quicker
constexpr std::chrono::milliseconds wait_slice{200};  // how soon the follower notices the end
constexpr std::chrono::milliseconds retry_pause{500};

}  // namespace

LiveTenant::LiveTenant(Store& store) : store_(store), loader_(store) {}

LiveTenant::~LiveTenant() {
  stopping_ = true;
  if (follower_.joinable()) follower_.join();
}

std::shared_ptr<const TenantState> LiveTenant::state() const {
  const std::shared_lock lock(published_);
  return state_;
}

TenantHealth LiveTenant::health() const {
  const std::shared_lock lock(published_);
  return health_;
}

Result<void> LiveTenant::refresh() {
  const std::lock_guard lock(loading_);
  auto done = refresh_once();
  const std::unique_lock publish(published_);
  const auto problem = done ? std::string() : describe(done.error());
  health_.loads = loader_.loads();
  if (!done && problem != health_.problem) ++health_.failures;
  health_.problem = problem;
  return done;
}

Result<void> LiveTenant::refresh_once() {
  const auto last = store_.last_sequence();
  if (!last) return tl::unexpected<Error>(last.error());
  const auto base = state();
  if (base && *last == base->sequence) return {};
  // The same documents would fail the same way; a locked or full store may have recovered.
  if (*last == failed_at_) return tl::unexpected<Error>(failure_);

  const auto start = std::chrono::steady_clock::now();
  Result<std::shared_ptr<const TenantState>> made;
  if (!base) {
    made = loader_.load();
  } else {
    const auto changes = store_.changes_after(base->sequence, changes_max);
    if (!changes) return tl::unexpected<Error>(changes.error());
    made = changes->size() == changes_max ? loader_.load() : loader_.next(*base, *changes);
  }
  if (!made) {
    failure_ = made.error();
    failed_at_ = failure_.kind == ErrorKind::unavailable ? -1 : *last;
    return tl::unexpected<Error>(failure_);
  }
  failed_at_ = -1;
  const std::unique_lock publish(published_);
  state_ = std::move(*made);
  health_.ready = true;
  health_.is_empty = state_->is_empty;
  health_.sequence = state_->sequence;
  ++health_.rebuilds;
  health_.rebuild_last = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - start);
  return {};
}

void LiveTenant::follow() {
  if (!follower_.joinable()) follower_ = std::thread([this] { follow_until_stopped(); });
}

void LiveTenant::follow_until_stopped() {
  name_thread("live policies");
  auto seen = health().sequence;
  while (!stopping_) {
    const auto last = store_.wait_for_change(seen, wait_slice);
    if (stopping_) return;
    const bool news = last && (*last > seen || !health().ready);
    if (last && !news) {
      // Nothing new; a problem that was the store's is over, one of the documents stays.
      if (!health().problem.empty()) std::ignore = refresh();
      continue;
    }
    if (refresh()) {
      seen = health().sequence;
    } else {
      if (last) seen = *last;
      std::this_thread::sleep_for(retry_pause);
    }
  }
}

}  // namespace sallyport
