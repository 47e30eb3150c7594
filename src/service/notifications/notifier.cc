#include "service/notifications/notifier.h"

#include <algorithm>

#include "base/json.h"
#include "base/thread_name.h"
#include "service/notifications/change_subscription.h"
#include "service/tokens.h"

namespace sallyport {
namespace {

constexpr std::size_t letters_max = 1000;
constexpr std::size_t progresses_max = 10 * subscriptions_max;
constexpr std::chrono::milliseconds wait_slice{200};
constexpr std::chrono::hours warning_max{3};
// Of the feed, looked at and found to be of no interest, before that is written down.
constexpr Sequence unsaved_max = 5000;

struct Progress {
  Sequence delivered = 0;
  std::optional<Instant> failing_since;
  std::string asked_of;
};

std::string write_progress(const Progress& progress) {
  std::string text;
  json::Writer w(text);
  w.begin_object();
  w.member("delivered", progress.delivered);
  if (progress.failing_since) w.member("failingSince", to_string(*progress.failing_since));
  if (!progress.asked_of.empty()) w.member("askedOf", progress.asked_of);
  w.end_object();
  return text;
}

// Of a damaged one nothing is known: the subscription begins anew, and tells some things twice.
std::optional<Progress> read_progress(const VersionedDocument& document) {
  const auto parsed = json::parse(document.json);
  const auto* delivered = parsed ? parsed->root().find("delivered") : nullptr;
  if (delivered == nullptr || !delivered->integer()) return std::nullopt;
  Progress progress;
  progress.delivered = *delivered->integer();
  if (const auto* since = parsed->root().find("failingSince")) {
    progress.failing_since = parse_instant(since->text());
  }
  if (const auto* asked = parsed->root().find("askedOf")) progress.asked_of = asked->text();
  return progress;
}

Caller myself() {
  Caller caller;
  caller.kind = CallerKind::application;
  caller.id = "sallyport";
  caller.name = "change notifications";
  return caller;
}

}  // namespace

Notifier::Notifier(Store& store, WebhookClient& client, NotifierOptions options)
    : store_(store), client_(client), options_(std::move(options)) {
  threads_.emplace_back([this] { watch(); });
  for (unsigned i = 0; i < std::max(1U, options_.threads); ++i) {
    threads_.emplace_back([this] { send(); });
  }
}

Notifier::~Notifier() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

NotifierCounts Notifier::counts() const {
  const std::lock_guard lock(mutex_);
  auto counts = counts_;
  counts.subscriptions = streams_.size();
  return counts;
}

// ---- watching: what there is to do ----

void Notifier::watch() {
  name_thread("notifier");
  Sequence seen = -1, signed_in = -1;
  bool looked = false;
  auto tended = Clock::time_point{};
  for (;;) {
    // Errors of the store pass, or show elsewhere; nothing is decided on the strength of them.
    const auto last = store_.wait_for_change(seen, wait_slice);
    const auto last_sign_in = store_.last_sign_in();
    if (last && last_sign_in && (*last != seen || *last_sign_in != signed_in || !looked)) {
      looked = look().has_value();
      seen = *last;
      signed_in = *last_sign_in;
    }
    if (Clock::now() - tended >= options_.tend) {
      tend_all();
      tended = Clock::now();
    }
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, options_.pause, [&] { return stopping_; })) return;
  }
}

Result<void> Notifier::look() {
  if (auto looked = look_for_subscriptions(); !looked) return looked;
  if (auto looked = look_for_letters(); !looked) return looked;
  changed_.notify_all();
  return {};
}

Result<void> Notifier::look_for_subscriptions() {
  const auto subscriptions = list_subscriptions(store_);
  if (!subscriptions) return tl::unexpected<Error>(subscriptions.error());
  const auto documents = store_.list(subscription_progress_kind, "", progresses_max);
  if (!documents) return tl::unexpected<Error>(documents.error());
  std::map<std::string_view, const VersionedDocument*> progress;
  for (const auto& document : *documents) progress[document.id] = &document;
  std::unique_lock lock(mutex_);
  Tasks<Stream> streams;
  for (const auto& one : *subscriptions) {
    auto found = streams_.find(one.id);
    auto stream = found == streams_.end() ? std::make_shared<Stream>() : found->second;
    if (found == streams_.end()) {
      const auto known = progress.find(one.id);
      const auto read =
          known == progress.end() ? std::optional<Progress>() : read_progress(*known->second);
      const auto from = read.value_or(Progress{one.started_after, {}, {}});
      stream->reached = stream->saved = from.delivered;
      stream->failing_since = from.failing_since;
      stream->asked_of = from.asked_of;
    }
    progress.erase(one.id);
    // A thread that has it goes on with the old one; the next look brings the new one.
    if (!stream->busy) stream->subscription = one;
    stream->has_news = true;
    streams.emplace(one.id, std::move(stream));
  }
  streams_ = std::move(streams);
  lock.unlock();
  std::vector<Write> orphans;
  for (const auto& [id, document] : progress) {
    orphans.push_back({document->kind, document->id, std::nullopt, document->version});
  }
  if (!orphans.empty()) std::ignore = store_.write(orphans);  // else the next time
  return {};
}

Result<void> Notifier::look_for_letters() {
  const auto documents = store_.list(letter_kind, "", letters_max);
  if (!documents) return tl::unexpected<Error>(documents.error());
  const std::lock_guard lock(mutex_);
  Tasks<Post> posts;
  for (const auto& document : *documents) {
    const auto found = posts_.find(document.id);
    auto post = found == posts_.end() ? std::make_shared<Post>() : found->second;
    if (found == posts_.end()) {
      auto letter = read_letter(document);
      if (!letter) continue;  // damaged: whose it is, is not known
      post->failing_since = letter->since;
      post->letter = std::move(*letter);
    }
    posts.emplace(document.id, std::move(post));
  }
  posts_ = std::move(posts);
  return {};
}

void Notifier::tend_all() {
  std::vector<std::shared_ptr<Stream>> idle;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [id, stream] : streams_) {
      if (stream->busy) continue;
      stream->busy = true;
      idle.push_back(stream);
    }
  }
  for (const auto& stream : idle) {
    tend(stream);
    const std::lock_guard lock(mutex_);
    stream->busy = false;
  }
  if (!idle.empty()) changed_.notify_all();
}

// Ends what has no right to go on, and tells who should renew. REQUIRES: the stream is ours.
void Notifier::tend(const std::shared_ptr<Stream>& stream) {
  const auto& subscription = stream->subscription;
  const auto now = options_.now();
  if (subscription.expires <= now) return end(*stream, "it has expired");
  const auto authority = authority_of(subscription);
  if (authority.right == Right::gone) {
    return end(*stream, "the token it was made with may not read this any more");
  }
  if (authority.right == Right::unknown || subscription.lifecycle_url.empty()) return;
  const auto deadline = std::min(subscription.expires, authority.expires.value_or(Instant::max()));
  const auto warning =
      std::min<Instant::duration>((deadline - subscription.renewed) / 4, warning_max);
  const auto asked_of = to_string(deadline);
  if (deadline - now > warning || stream->asked_of == asked_of) return;
  stream->asked_of = asked_of;
  save(*stream, {letter_to(subscription, LifecycleEvent::reauthorization_required,
                           options_.tenant_id, now)});
}

Notifier::Authority Notifier::authority_of(const Subscription& subscription) const {
  const auto credential = find_credential(store_, subscription.credential);
  if (!credential) return {Right::unknown, {}};
  if (!*credential || (*credential)->is_expired(options_.now())) return {Right::gone, {}};
  const auto& held = (*credential)->permissions;
  const bool may = std::ranges::any_of(subscription.permissions, [&](const std::string& one) {
    return std::ranges::find(held, one) != held.end();
  });
  return {may ? Right::granted : Right::gone, (*credential)->expires};
}

void Notifier::end(Stream& stream, std::string_view reason) {
  const auto& one = stream.subscription;
  const auto now = options_.now();
  std::vector<Write> writes = {{std::string(subscription_kind), one.id, std::nullopt, one.version}};
  if (!one.lifecycle_url.empty()) {
    writes.push_back(letter_to(one, LifecycleEvent::subscription_removed, options_.tenant_id, now));
  }
  const auto audit = audit_subscription(myself(), now, "Delete", &one, nullptr, reason);
  // When it was changed or removed meanwhile, the next look tells.
  std::ignore = store_.write(writes, {&audit, 1});
}

// The stream's progress, in one commit with what belongs to it.
void Notifier::save(Stream& stream, std::vector<Write> with) {
  const Progress progress{stream.reached, stream.failing_since, stream.asked_of};
  with.push_back({std::string(subscription_progress_kind), stream.subscription.id,
                  write_progress(progress), std::nullopt});
  // What cannot be written down now is delivered again after a restart.
  if (store_.write(with)) stream.saved = stream.reached;
}

// ---- sending ----

template <class T>
std::shared_ptr<T> Notifier::take_due(Tasks<T>& tasks) {
  const auto now = Clock::now();
  for (auto& [id, task] : tasks) {
    if (task->busy || task->done || task->due > now) continue;
    if constexpr (std::is_same_v<T, Stream>) {
      if (!task->has_news) continue;
      task->has_news = false;  // what comes from here on is news again
    }
    task->busy = true;
    return task;
  }
  return nullptr;
}

Notifier::Clock::time_point Notifier::next_due() const {
  auto next = Clock::now() + std::chrono::seconds(1);
  for (const auto& [id, stream] : streams_) {
    if (!stream->busy && stream->has_news) next = std::min(next, stream->due);
  }
  for (const auto& [id, post] : posts_) {
    if (!post->busy && !post->done) next = std::min(next, post->due);
  }
  return next;
}

void Notifier::send() {
  name_thread("notifications");
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (const auto stream = take_due(streams_)) {
      lock.unlock();
      advance(*stream);
      lock.lock();
      stream->busy = false;
    } else if (const auto post = take_due(posts_)) {
      lock.unlock();
      advance(*post);
      lock.lock();
      post->busy = false;
    } else {
      changed_.wait_until(lock, next_due());
    }
  }
}

Result<void> Notifier::post(const std::string& url, std::string body) {
  WebhookPost wanted;
  wanted.url = url;
  wanted.body = std::move(body);
  wanted.patience = options_.patience;
  const auto answer = client_.post(wanted);
  if (!answer) return tl::unexpected<Error>(answer.error());
  if (answer->status >= 200 && answer->status < 300) return {};
  return fail(ErrorKind::unavailable, "it answered " + std::to_string(answer->status));
}

void Notifier::note_failure(Task& task, const std::string& url, const Error& problem) {
  const bool first = task.attempts == 0;
  const auto factor = std::int64_t{1} << std::min(task.attempts, 20U);
  ++task.attempts;
  task.due = Clock::now() + std::min(options_.retry_max, options_.retry_first * factor);
  if (!task.failing_since) task.failing_since = options_.now();
  {
    const std::lock_guard lock(mutex_);
    ++counts_.failed;
  }
  if (first && options_.on_problem) options_.on_problem(url, problem.message);
}

bool Notifier::is_over(const Task& task) const {
  return task.failing_since && options_.now() - *task.failing_since >= options_.give_up;
}

void Notifier::advance(Stream& stream) {
  const auto& subscription = stream.subscription;
  const auto again = [&] {
    const std::lock_guard lock(mutex_);
    stream.has_news = true;
  };
  const auto batch = next_notifications(store_, subscription, stream.reached, options_.tenant_id);
  if (!batch) {
    stream.due = Clock::now() + options_.retry_first;
    return again();
  }
  if (batch->count > 0) {
    // Whoever may not read any more is told nothing; tend() ends it.
    if (authority_of(subscription).right != Right::granted ||
        subscription.expires <= options_.now()) {
      stream.due = Clock::now() + options_.retry_first;
      return again();
    }
    if (const auto posted = post(subscription.notification_url, batch->body); !posted) {
      const bool first = !stream.failing_since;
      note_failure(stream, subscription.notification_url, posted.error());
      if (is_over(stream)) {
        give_up(stream);
      } else if (first) {
        save(stream);
      }
      return again();
    }
    const std::lock_guard lock(mutex_);
    counts_.delivered += batch->count;
  }
  const bool was_failing = stream.failing_since.has_value() && batch->count > 0;
  if (batch->count > 0) {
    stream.attempts = 0;
    stream.failing_since.reset();
  }
  stream.reached = batch->reached;
  if (batch->count > 0 || was_failing || stream.reached - stream.saved >= unsaved_max) save(stream);
  if (batch->more) again();
}

void Notifier::give_up(Stream& stream) {
  const auto end = end_of_feed(store_, stream.subscription);
  if (!end) return;  // tried again
  stream.reached = *end;
  stream.attempts = 0;
  stream.due = {};
  stream.failing_since.reset();
  std::vector<Write> letters;
  if (!stream.subscription.lifecycle_url.empty()) {
    letters.push_back(
        letter_to(stream.subscription, LifecycleEvent::missed, options_.tenant_id, options_.now()));
  }
  save(stream, std::move(letters));
  {
    const std::lock_guard lock(mutex_);
    ++counts_.given_up;
  }
  if (options_.on_problem) {
    options_.on_problem(stream.subscription.notification_url,
                        "notifications were given up: it has taken none for too long");
  }
}

void Notifier::advance(Post& post_task) {
  const auto& letter = post_task.letter;
  const auto posted = post(letter.url, letter.body);
  if (!posted) note_failure(post_task, letter.url, posted.error());
  if (!posted && !is_over(post_task)) return;
  const auto removed = store_.remove(letter_kind, letter.id);
  post_task.done = removed || removed.error().kind == ErrorKind::not_found;
  post_task.due = Clock::now() + options_.retry_first;  // else: posted twice rather than lost
}

}  // namespace sallyport
