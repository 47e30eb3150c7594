#include "service/sign_in_log.h"

#include <algorithm>
#include <iterator>

#include "base/thread_name.h"

namespace sallyport {
namespace {

constexpr std::size_t group_max = 1000;  // records in one commit
constexpr std::chrono::milliseconds retry_pause{200};
constexpr std::chrono::seconds last_effort{5};  // when stopping
// So much may a decision be younger than the record it repeats, when two are made at a time. More,
// and the clock was set back: such a record is not repeated for as long as it had been ahead.
constexpr std::chrono::minutes set_back_max{1};

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
  const auto age = now - session.recorded_at;
  const bool known = session.decision_id != Guid{} && session.fingerprint == fingerprint &&
                     age < options_.session_max && age > -set_back_max;
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
  const auto waiting = last_submitted_ - last_durable_;
  if (waiting < options_.queue_max) return {};
  return fail(ErrorKind::unavailable, "the sign-in log cannot be written and " +
                                          std::to_string(waiting) + " records wait for it");
}

LogTicket SignInLog::submit(SignInRecord record) {
  LogTicket ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    if (last_submitted_ == last_durable_) stands_since_ = std::chrono::steady_clock::now();
    queue_.push_back(std::move(record));
    ticket = ++last_submitted_;
  }
  submitted_.notify_one();
  return ticket;
}

Result<bool> SignInLog::is_durable(LogTicket ticket,
                                   std::chrono::steady_clock::time_point since) const {
  if (last_durable_.load(std::memory_order_acquire) >= ticket) return true;
  const std::lock_guard lock(mutex_);
  if (last_durable_ >= ticket) return true;
  // Who comes while the log is stuck does not wait again for what others have waited for.
  const auto until = std::min(since, stands_since_) + options_.wait_max;
  if (std::chrono::steady_clock::now() < until) return false;
  return fail(ErrorKind::unavailable, "the decision could not be recorded; try again");
}

void SignInLog::on_commit(std::function<void()> listener) {
  const std::lock_guard lock(listening_);
  listener_ = std::move(listener);
}

void SignInLog::tell_of_commit() {
  const std::lock_guard lock(listening_);
  if (listener_) listener_();
}

SignInLogCounts SignInLog::counts() const {
  const std::lock_guard lock(mutex_);
  return {last_durable_.load(), repeated_.load(std::memory_order_relaxed),
          last_submitted_ - last_durable_, problem_};
}

// The oldest of the queue, as many as fit into one commit. REQUIRES: mutex_ is held.
void SignInLog::take_group(std::vector<SignInRecord>& group) {
  if (queue_.size() <= group_max) return group.swap(queue_);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(group_max);
  group.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
}

// INVARIANT: `group` and then queue_ hold exactly the records with tickets after last_durable_, in
// order.
void SignInLog::write_until_stopped() {
  name_thread("sign-in log");
  std::vector<SignInRecord> group;
  std::chrono::steady_clock::time_point give_up_at = std::chrono::steady_clock::time_point::max();
  std::unique_lock lock(mutex_);
  for (;;) {
    if (group.empty()) {
      submitted_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      take_group(group);
    }
    const auto now = std::chrono::steady_clock::now();
    if (stopping_ && give_up_at == std::chrono::steady_clock::time_point::max()) {
      give_up_at = now + last_effort;
    }
    if (now > give_up_at) return;
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
    last_durable_ += group.size();
    stands_since_ = std::chrono::steady_clock::now();
    group.clear();
    lock.unlock();
    tell_of_commit();
    lock.lock();
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
