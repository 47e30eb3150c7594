#include "service/sign_in_log.h"

#include <algorithm>

namespace sallyport {
namespace {

constexpr std::size_t group_max = 1000;  // records in one commit
constexpr std::chrono::milliseconds retry_pause{200};
constexpr std::chrono::seconds last_effort{5};  // when stopping

}  // namespace

std::size_t SignInLog::KeyHash::operator()(const SignInKey& key) const noexcept {
  return GuidHash{}(key.identity) * 31 + GuidHash{}(key.target);
}

SignInLog::SignInLog(Store& store, const SignInLogOptions& options)
    : store_(store), options_(options) {
  writer_ = std::thread([this] { write_until_stopped(); });
}

SignInLog::~SignInLog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  submitted_.notify_all();
  writer_.join();
}

Result<SignInLog::Seat> SignInLog::enter(const SignInKey& key, std::uint64_t fingerprint,
                                         Instant now, const MakeRecord& make_record) {
  auto& shard = shards_[(KeyHash{}(key) >> 7U) % shard_count];
  const std::lock_guard lock(shard.mutex);
  auto found = shard.young.find(key);
  if (found == shard.young.end()) {
    Session session;
    if (const auto kept = shard.old.find(key); kept != shard.old.end()) session = kept->second;
    if (shard.young.size() >= options_.sessions_max / (2 * shard_count) + 1) {
      shard.old = std::move(shard.young);
      shard.young.clear();
    }
    found = shard.young.emplace(key, session).first;
  }
  auto& session = found->second;
  const bool known = session.decision_id != Guid{} && session.fingerprint == fingerprint &&
                     now - session.recorded_at < options_.session_max;
  if (known) {
    ++session.repeats;
    repeated_.fetch_add(1, std::memory_order_relaxed);
    const bool durable = session.ticket <= last_durable_.load(std::memory_order_acquire);
    return Seat{session.decision_id, false, durable ? 0 : session.ticket};
  }
  if (auto room = check_room(); !room) return tl::unexpected<Error>(std::move(room.error()));
  const Guid id = random_guid();
  const auto ticket = submit(make_record(id, session.repeats));
  session = {id, fingerprint, now, 0, ticket};
  return Seat{id, true, ticket};
}

Result<void> SignInLog::check_room() const {
  const std::lock_guard lock(mutex_);
  if (queue_.size() < options_.queue_max) return {};
  return fail(ErrorKind::unavailable, "the sign-in log cannot be written and " +
                                          std::to_string(queue_.size()) +
                                          " records wait for it: " + problem_);
}

LogTicket SignInLog::submit(SignInRecord record) {
  LogTicket ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) first_waits_since_ = std::chrono::steady_clock::now();
    queue_.push_back(std::move(record));
    ticket = ++last_submitted_;
  }
  submitted_.notify_one();
  return ticket;
}

Result<void> SignInLog::wait_until_durable(LogTicket ticket, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  const auto durable = [&] { return last_durable_ >= ticket; };
  if (durable()) return {};
  // Who comes while the log is stuck does not wait again for what others have waited for, or a
  // locked database would hold up every thread and with them those who need no record.
  const auto until = std::min(std::chrono::steady_clock::now(), first_waits_since_) + timeout;
  if (written_.wait_until(lock, until, durable)) return {};
  return fail(ErrorKind::unavailable, "the decision could not be recorded" +
                                          (problem_.empty() ? std::string() : ": " + problem_) +
                                          "; try again");
}

SignInLogCounts SignInLog::counts() const {
  const std::lock_guard lock(mutex_);
  return {last_durable_.load(), repeated_.load(std::memory_order_relaxed),
          last_submitted_ - last_durable_, problem_};
}

// INVARIANT: queue_ holds exactly the records with tickets after last_durable_, in order.
void SignInLog::write_until_stopped() {
  std::vector<SignInRecord> group;
  std::chrono::steady_clock::time_point give_up_at = std::chrono::steady_clock::time_point::max();
  std::unique_lock lock(mutex_);
  for (;;) {
    submitted_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const auto now = std::chrono::steady_clock::now();
    if (stopping_ && give_up_at == std::chrono::steady_clock::time_point::max()) {
      give_up_at = now + last_effort;
    }
    if (now > give_up_at) return;
    const auto count = std::min(queue_.size(), group_max);
    group.assign(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
    lock.unlock();
    const auto appended = append(group);
    lock.lock();
    if (!appended) {
      problem_ = describe(appended.error());
      submitted_.wait_for(lock, retry_pause, [&] { return stopping_; });
      if (stopping_) {
        lock.unlock();
        std::this_thread::sleep_for(retry_pause);
        lock.lock();
      }
      continue;
    }
    problem_.clear();
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
    last_durable_ += count;
    first_waits_since_ = std::chrono::steady_clock::now();
    written_.notify_all();
  }
}

Result<void> SignInLog::append(const std::vector<SignInRecord>& group) {
  auto appended = store_.append(group);
  if (appended || appended.error().kind != ErrorKind::conflict) return appended;
  // A commit that was reported as failed may have happened: what is there already is written.
  for (const auto& record : group) {
    auto one = store_.append({&record, 1});
    if (!one && one.error().kind != ErrorKind::conflict) return one;
  }
  return {};
}

}  // namespace sallyport
