// Tells subscribers what has changed, on threads of its own.
//
// Each subscription follows the store's change feed, or the sign-in log, from where it was made.
// How far its receiver has taken it is kept in the store after each post, so a restart, or the
// death of the process, loses nothing: a notification arrives at least once, and those of one
// subscription in order. A receiver that does not take a post is asked again after retry_first,
// doubling up to retry_max; after give_up the subscriber is told that something was `missed`, and
// the subscription goes on from now. A slow receiver holds up no other: nothing of one subscription
// is posted while another post of it is under way, and there are several threads.
//
// A subscription ends when it expires, and when the token by which it was made is revoked, expires
// or may not read the resource any more: that is asked before each post.
//
// Several servers of one store all notify, each on its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "service/notifications/lifecycle.h"
#include "service/notifications/notification.h"
#include "service/notifications/webhook.h"

namespace sallyport {

// How far each has come; id: the subscription's.
inline constexpr std::string_view subscription_progress_kind = "sallyport.subscriptionProgress";

struct NotifierOptions {
  std::string tenant_id;
  std::function<Instant()> now;
  std::chrono::milliseconds patience{3000};  // for an answer, as Graph has
  std::chrono::milliseconds pause{250};      // at least, between two looks at the feed
  std::chrono::milliseconds tend{5000};      // how often is asked who may still go on
  std::chrono::milliseconds retry_first{1000};
  std::chrono::milliseconds retry_max{std::chrono::minutes(10)};
  std::chrono::minutes give_up{std::chrono::hours(4)};
  unsigned threads = 4;
  // Called when a receiver takes no more, and when notifications are given up. Any thread.
  std::function<void(const std::string& url, const std::string& problem)> on_problem;
};

struct NotifierCounts {
  std::size_t subscriptions = 0;
  std::uint64_t delivered = 0;  // notifications
  std::uint64_t failed = 0;     // posts that were not taken
  std::uint64_t given_up = 0;   // how often a subscriber was told `missed`, or had to be
};

class Notifier {
 public:
  // REQUIRES: store and client outlive this.
  Notifier(Store& store, WebhookClient& client, NotifierOptions options);
  ~Notifier();  // waits for posts under way; what was not delivered is after the next start
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  NotifierCounts counts() const;

 private:
  using Clock = std::chrono::steady_clock;
  // What is posted one after the other.
  struct Task {
    bool busy = false;  // a thread has it; nobody else touches it
    bool done = false;  // and stays here until the store, too, is seen not to have it
    unsigned attempts = 0;
    Clock::time_point due{};
    std::optional<Instant> failing_since;
  };
  struct Stream : Task {
    Subscription subscription;
    Sequence reached = 0;
    Sequence saved = 0;    // as the store has it
    std::string asked_of;  // the expiry of which the subscriber was told
    bool has_news = true;
  };
  struct Post : Task {
    Letter letter;
  };
  template <class T>
  using Tasks = std::map<std::string, std::shared_ptr<T>>;

  void watch();
  [[nodiscard]] Result<void> look();
  [[nodiscard]] Result<void> look_for_subscriptions();
  [[nodiscard]] Result<void> look_for_letters();
  void tend(const std::shared_ptr<Stream>& stream);
  void tend_all();

  void send();
  template <class T>
  std::shared_ptr<T> take_due(Tasks<T>& tasks);
  Clock::time_point next_due() const;
  void advance(Stream& stream);
  void advance(Post& post);
  [[nodiscard]] Result<void> post(const std::string& url, std::string body);
  void note_failure(Task& task, const std::string& url, const Error& problem);
  [[nodiscard]] bool is_over(const Task& task) const;

  enum class Right : std::uint8_t { granted, gone, unknown };
  struct Authority {
    Right right = Right::unknown;
    std::optional<Instant> expires;  // of the token
  };
  Authority authority_of(const Subscription& subscription) const;
  void end(Stream& stream, std::string_view reason);
  void give_up(Stream& stream);
  void save(Stream& stream, std::vector<Write> with = {});

  Store& store_;
  WebhookClient& client_;
  const NotifierOptions options_;

  mutable std::mutex mutex_;  // guards all below, but what a busy task holds
  std::condition_variable changed_;
  Tasks<Stream> streams_;
  Tasks<Post> posts_;
  NotifierCounts counts_;
  bool stopping_ = false;

  std::vector<std::thread> threads_;
};

}  // namespace sallyport
