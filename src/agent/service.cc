#include "agent/service.h"

#include <malloc.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <random>

#include "agent/boot_clock.h"
#include "agent/check_in.h"
#include "agent/collect.h"

namespace sallyport::agent {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = BootClock;

constexpr milliseconds first_wait{15'000};
constexpr milliseconds longest_wait{300'000};
constexpr int rounds_max = 5;  // of a server that always wants another report

Instant wall_now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

// Signals are taken one at a time, where the service waits, and nowhere else.
class Signals {
 public:
  Signals() {
    sigemptyset(&taken_);
    for (const int one : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&taken_, one);
    sigprocmask(SIG_BLOCK, &taken_, &before_);
  }
  ~Signals() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  // 0: none came in that time.
  int wait(milliseconds time) const {
    const timespec patience{time.count() / 1000, time.count() % 1000 * 1'000'000};
    const int got = sigtimedwait(&taken_, nullptr, &patience);
    return got < 0 ? 0 : got;
  }

 private:
  sigset_t taken_{};
  sigset_t before_{};
};

class Service {
 public:
  Service(const StateFolder& folder, const Root& root, const ServiceOptions& options)
      : folder_(folder), root_(root), options_(options) {}

  Result<void> run() {
    const Signals signals;
    for (bool told = true; enrolled_;) {  // once at the start: much may have changed meanwhile
      step(told);
      const int signal = enrolled_ ? signals.wait(options_.watch_interval) : 0;
      if (signal == SIGTERM || signal == SIGINT) break;
      told = signal == SIGHUP;
    }
    return {};
  }

 private:
  void step(bool told) {
    auto facts = collect_cheap(root_);
    const auto now = Clock::now();
    const bool held_back = now < not_before_;
    const bool fresh = (told || facts != seen_ || now >= report_due_) && now >= keep_not_before_;
    if (!fresh && (held_back || nothing_waits())) return;
    // While it is held back a report is kept for later.
    const bool kept = held_back ? keep_report() : meet(fresh);
    if (fresh && kept) {
      seen_ = std::move(facts);
      const auto contact = read_contact(folder_);
      const milliseconds next = seconds(contact ? contact->next_seconds : 3600);
      // A tenth earlier at most, so that devices spread.
      report_due_ = now + next - next * (random_() % 100) / 1000;
    }
    keep_not_before_ = kept ? Clock::time_point{} : Clock::now() + first_wait;
    malloc_trim(0);  // package lists and answers are large, and rare
  }

  // Whether the report is kept, sent or not.
  bool keep_report() {
    const auto lock = folder_.lock();
    const auto kept = lock ? CheckIn(folder_, root_).report(wall_now(), scripts_since())
                           : Result<void>(tl::unexpected<Error>(lock.error()));
    if (!kept) log("a report could not be kept: " + describe(kept.error()));
    return kept.has_value();
  }

  bool meet(bool fresh) {
    const auto met = check_in(folder_, root_, fresh, wall_now(), scripts_since());
    if (!met) {
      log("not checked in: " + describe(met.error()));
      return false;
    }
    enrolled_ = met->enrolled;
    if (met->error.message.empty()) {
      failures_ = 0;
      log(enrolled_ ? "checked in" : "this device is not enrolled any more");
      return true;
    }
    ++failures_;
    const auto wait = hold_back(failures_, static_cast<std::uint32_t>(random_()), met->retry_after);
    not_before_ = Clock::now() + wait;
    log("not checked in: " + describe(met->error) + "; the next try is in " +
        std::to_string(std::chrono::ceil<seconds>(wait).count()) + " s");
    return true;
  }

  bool nothing_waits() const {
    const auto spooled = waiting(folder_);
    return !spooled || spooled->empty();
  }

  // Scripts run again when the server would hear of us by itself, not with every change.
  Instant scripts_since() const {
    const auto contact = read_contact(folder_);
    return wall_now() - seconds(contact ? contact->next_seconds / 2 : 0);
  }

  void log(const std::string& line) const {
    if (options_.log) options_.log(line);
  }

  const StateFolder& folder_;
  const Root& root_;
  const ServiceOptions& options_;
  std::minstd_rand random_{std::random_device{}()};
  Readings seen_;                        // in the newest report
  Clock::time_point report_due_{};       // when there should be another although nothing changed
  Clock::time_point not_before_{};       // the server is asked again, after a failure
  Clock::time_point keep_not_before_{};  // a report is made again, after a full disk
  bool enrolled_ = true;
  unsigned failures_ = 0;
};

}  // namespace

milliseconds hold_back(unsigned failures, std::uint32_t random, seconds server_says) {
  const auto doublings = std::min(failures == 0 ? 0U : failures - 1, 10U);
  const auto most = std::min(first_wait * (1U << doublings), longest_wait);
  const auto wait = most / 2 + most / 2 * (random % 1000) / 1000;
  // Behind what the server said, not at it.
  return server_says.count() > 0 ? std::max<milliseconds>(wait, server_says + wait / 10) : wait;
}

Result<CheckedIn> check_in(const StateFolder& folder, const Root& root, bool fresh, Instant now,
                           Instant scripts_since) {
  const auto lock = folder.lock();
  if (!lock) return tl::unexpected<Error>(lock.error());
  CheckIn check_in(folder, root);
  for (int round = 0; round < rounds_max; ++round) {
    auto enrolment = read_enrolment(folder);
    if (!enrolment) return tl::unexpected<Error>(enrolment.error());
    if (!*enrolment) return CheckedIn{false, {}, {}};
    if (fresh) {
      if (auto kept = check_in.report(now, scripts_since); !kept) {
        return tl::unexpected<Error>(kept.error());
      }
    }
    const auto sent = check_in.send(**enrolment, now);
    if (!sent) {
      return CheckedIn{true, sent.error().error, sent.error().retry_after.value_or(seconds(0))};
    }
    if (sent->retired) return CheckedIn{false, {}, {}};
    if (!sent->again) break;
    fresh = true;
  }
  return CheckedIn{};
}

Result<void> run_service(const StateFolder& folder, const Root& root,
                         const ServiceOptions& options) {
  const auto enrolment = read_enrolment(folder);
  if (!enrolment) return tl::unexpected<Error>(enrolment.error());
  if (!*enrolment) {
    return fail(ErrorKind::not_found, "this device is not enrolled; run `sallyport-agent enrol`");
  }
  return Service(folder, root, options).run();
}

}  // namespace sallyport::agent
